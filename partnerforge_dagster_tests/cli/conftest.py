"""One enriched deployment for all tests that only look at it."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from partnerforge_dagster_tests.cli.running import Ran, run


@dataclass(frozen=True)
class Deployed:
    """A folder with a deployment, and what enriching it printed."""

    folder: Path
    first: Ran


@pytest.fixture(scope="session")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Deployed:
    """Two enriched accounts. A test that changes them makes a folder of its own."""
    folder = tmp_path_factory.mktemp("deployed")
    return Deployed(folder, run(folder, "enrich", "costco.com", "https://www.SallyBeauty.com/hair?x=1", "--json"))
