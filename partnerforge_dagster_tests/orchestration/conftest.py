"""Sandbox companies enriched once a session, without Dagster."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from partnerforge_dagster.models.modules import MODULES
from partnerforge_dagster.models.result import ModuleResult
from partnerforge_dagster_tests.orchestration.graph import COSTCO, NOBODY, PATAGONIA, Graph, graph_in


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
