"""One enriched deployment for all tests that only look at it."""

from dataclasses import astuple, dataclass
from pathlib import Path

import pytest

from partnerforge_dagster_tests.cli.running import Ran, run
from partnerforge_dagster_tests.once import made_once


@dataclass(frozen=True)
class Deployed:
    """A folder with a deployment, and what enriching it printed."""

    folder: Path
    first: Ran


@pytest.fixture(scope="session")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Deployed:
    """Two enriched accounts. A test that changes them makes a folder of its own."""

    def enriched(folder: Path) -> tuple[int, str, str]:
        return astuple(run(folder, "enrich", "costco.com", "https://www.SallyBeauty.com/hair?x=1", "--json"))

    folder, first = made_once(tmp_path_factory, "deployed", enriched)
    return Deployed(folder, Ran(*first))
