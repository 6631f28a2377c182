"""The IO manager: what a step hands over is kept, brief and all, and an asset of one's own may read it."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from partnerforge_dagster.brief.files import brief_files
from partnerforge_dagster.models.modules import BRIEF, MODULES
from partnerforge_dagster.models.result import ModuleResult, Status
from partnerforge_dagster.orchestration.enrichment import Outcome
from partnerforge_dagster.orchestration.io_manager import ResultsIOManager
from partnerforge_dagster.orchestration.partitions import account_partitions, add_accounts
from partnerforge_dagster.store.database import migrate, open_engine
from partnerforge_dagster.store.results import Results
from partnerforge_dagster_tests.orchestration.graph import COSTCO, PATAGONIA

Whole = dict[tuple[str, str], ModuleResult]


@pytest.fixture
def io_manager(tmp_path: Path) -> Iterator[ResultsIOManager]:
    engine = open_engine(f"sqlite:///{tmp_path / 'store.db'}")
    migrate(engine)
    yield ResultsIOManager(Results(engine), tmp_path / "briefs")
    engine.dispose()


def outcomes(whole: Whole, name: str, *domains: str) -> dict[str, Outcome]:
    return {domain: Outcome(whole[name, domain], 1.5) for domain in domains}


def output_of(name: str, run_id: str = "run") -> dg.OutputContext:
    return dg.build_output_context(asset_key=dg.AssetKey(name), run_id=run_id)


def test_every_account_of_a_step_is_kept(io_manager: ResultsIOManager, whole: Whole) -> None:
    """One row for each, with run, status and duration."""
    io_manager.handle_output(output_of("company_context"), outcomes(whole, "company_context", COSTCO, PATAGONIA))
    for domain in (COSTCO, PATAGONIA):
        (row,) = io_manager.results.history(domain, "company_context")
        assert (row.result, row.run_id, row.duration_s) == (whole["company_context", domain], "run", 1.5)


def test_a_step_that_is_run_again_stores_nothing_twice(io_manager: ResultsIOManager, whole: Whole) -> None:
    """A retried step of the same run with the same content is one row."""
    for _ in range(2):
        io_manager.handle_output(output_of("company_context"), outcomes(whole, "company_context", COSTCO))
    assert len(io_manager.results.history(COSTCO, "company_context")) == 1


def test_a_brief_is_written_as_files(io_manager: ResultsIOManager, whole: Whole, tmp_path: Path) -> None:
    """HTML, Markdown and JSON; one that is unavailable is kept and leaves the older files alone."""
    io_manager.handle_output(output_of(BRIEF), outcomes(whole, BRIEF, COSTCO))
    files = brief_files(COSTCO, tmp_path / "briefs")
    before = {path: path.read_bytes() for path in files}
    gone = whole[BRIEF, COSTCO].model_copy(update={"status": Status.UNAVAILABLE, "statements": ()})
    io_manager.handle_output(output_of(BRIEF, "later"), {COSTCO: Outcome(gone, 0.1)})
    assert {path: path.read_bytes() for path in files} == before
    latest = io_manager.results.latest(COSTCO, BRIEF)
    assert latest is not None
    assert latest.status is Status.UNAVAILABLE


def test_an_asset_of_ones_own_takes_a_module_as_input(
    io_manager: ResultsIOManager, whole: Whole, tmp_path: Path
) -> None:
    """The newest results of the run's accounts, and of no other, as records by domain."""
    for name in MODULES:
        io_manager.handle_output(output_of(name), outcomes(whole, name, COSTCO, PATAGONIA))
    taken: list[dict[str, ModuleResult]] = []

    @dg.asset(partitions_def=account_partitions, io_manager_key="mine")
    def my_report(company_context: dict[str, ModuleResult]) -> None:
        taken.append(company_context)

    upstream = dg.AssetSpec("company_context", partitions_def=account_partitions)
    with dg.instance_for_test(temp_dir=str(tmp_path)) as instance:
        add_accounts(instance, [COSTCO, PATAGONIA])
        dg.materialize(
            [my_report, upstream],
            instance=instance,
            partition_key=PATAGONIA,
            resources={"io_manager": io_manager, "mine": dg.InMemoryIOManager()},
        )
    assert taken == [{PATAGONIA: whole["company_context", PATAGONIA]}]
