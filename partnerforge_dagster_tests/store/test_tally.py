"""How many accounts came through since some moment."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine

from partnerforge_dagster.models.base import Mode
from partnerforge_dagster.models.modules import BRIEF, MODULES
from partnerforge_dagster.models.result import Status
from partnerforge_dagster.store.results import Results
from partnerforge_dagster.store.tally import tally

BEFORE = datetime.now(UTC) - timedelta(hours=1)


def put(engine: Engine, account: str, module: str, status: Status, run_id: str = "r") -> None:
    fields = {"title": account} if module == BRIEF else {}
    record = MODULES[module].result.model_validate(
        {"account": account, "as_of": BEFORE, "mode": Mode.SANDBOX, "status": status, **fields}
    )
    Results(engine).put(record, module=module, run_id=run_id, duration_s=1.0)


def test_an_account_is_done_with_its_brief_and_failed_with_any_module(engine: Engine) -> None:
    """A brief with gaps is a brief; one stale module makes a failed account, whatever its brief says."""
    put(engine, "done.com", BRIEF, Status.PARTIAL)
    put(engine, "under-way.com", "company_context", Status.COMPLETE)
    put(engine, "failed.com", "traffic_analysis", Status.STALE)
    put(engine, "failed.com", BRIEF, Status.COMPLETE)
    put(engine, "nothing.com", BRIEF, Status.UNAVAILABLE)
    found = tally(engine, BEFORE)
    assert (found.done, found.failed) == (1, 2)
    assert found.begun_at is not None
    assert found.begun_at > BEFORE


def test_only_the_newest_result_of_a_module_counts(engine: Engine) -> None:
    """What failed and came right the second time is done."""
    put(engine, "costco.com", BRIEF, Status.UNAVAILABLE, "first")
    put(engine, "costco.com", BRIEF, Status.COMPLETE, "second")
    assert tally(engine, BEFORE)[:2] == (1, 0)


def test_what_was_stored_before_does_not_count(engine: Engine) -> None:
    """From a moment that lies ahead there is nothing."""
    put(engine, "costco.com", BRIEF, Status.COMPLETE)
    assert tally(engine, datetime.now(UTC) + timedelta(seconds=5)) == (0, 0, None)
