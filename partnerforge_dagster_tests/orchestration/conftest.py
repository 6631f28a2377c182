"""A new Dagster instance on either database; and sandbox companies enriched once a session, without Dagster."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from partnerforge_dagster.cli.common import default_dagster_yaml
from partnerforge_dagster.models.modules import MODULES
from partnerforge_dagster.models.result import ModuleResult
from partnerforge_dagster_tests.orchestration.graph import COSTCO, NOBODY, PATAGONIA, Graph, graph_in


@pytest.fixture
def instance(tmp_path: Path, database_url: str) -> Iterator[dg.DagsterInstance]:
    """Of a deployment in `tmp_path / "home"`, from our dagster.yaml."""
    (tmp_path / "home").mkdir(exist_ok=True)
    shutil.copyfile(default_dagster_yaml(), tmp_path / "home" / "dagster.yaml")
    with dg.DagsterInstance.get() as opened:
        yield opened


@pytest.fixture
def graph(tmp_path: Path) -> Iterator[Graph]:
    """A graph over a new store."""
    with graph_in(tmp_path) as new:
        yield new


@pytest.fixture(scope="session")
def answered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Graph]:
    """A graph whose cache holds every answer about the three companies of `whole`. Store results elsewhere."""
    with graph_in(tmp_path_factory.mktemp("answered")) as new:
        new.run(new.enrichment("first"), [COSTCO, PATAGONIA, NOBODY])
        yield new


@pytest.fixture(scope="session")
def whole(answered: Graph) -> dict[tuple[str, str], ModuleResult]:
    """Results of all modules by module and domain, with nothing broken."""
    stored = answered.results.latest_of([COSTCO, PATAGONIA, NOBODY], list(MODULES))
    return {(row.module, row.account): row.result for row in stored.values()}
