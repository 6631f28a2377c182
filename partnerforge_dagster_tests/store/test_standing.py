"""How accounts' newest good results stand."""

from datetime import UTC, datetime

from sqlalchemy import Engine, update

from partnerforge_dagster.models.result import Status
from partnerforge_dagster.store.database import write
from partnerforge_dagster.store.results import Results
from partnerforge_dagster.store.tables import failures
from partnerforge_dagster_tests.store.test_tally import put


def test_only_good_results_have_an_age(engine: Engine) -> None:
    """A failure makes no module young; the newest good result counts."""
    put(engine, "costco.com", "company_context", Status.COMPLETE, "first")
    put(engine, "costco.com", "company_context", Status.PARTIAL, "second")
    put(engine, "costco.com", "company_context", Status.STALE, "third")
    put(engine, "costco.com", "traffic_analysis", Status.UNAVAILABLE)
    put(engine, "etsy.com", "company_context", Status.COMPLETE)
    found = Results(engine).standing_of(["etsy.com", "costco.com", "new.com"], good=True)
    assert set(found) == {"etsy.com", "costco.com"}
    newest = Results(engine).current("costco.com", "company_context")
    assert newest is not None
    assert newest.run_id == "second"
    assert {name: row.stored_at for name, row in found["costco.com"].items()} == {"company_context": newest.stored_at}


def test_a_failure_is_to_be_asked_again_when_its_time_has_come(engine: Engine) -> None:
    """Not before, and of another account or module not at all."""
    put(engine, "costco.com", "company_context", Status.UNAVAILABLE)
    put(engine, "costco.com", "traffic_analysis", Status.COMPLETE)
    put(engine, "etsy.com", "company_context", Status.COMPLETE)

    def again() -> set[tuple[str, str]]:
        found = Results(engine).standing_of(["costco.com", "etsy.com"])
        return {(account, name) for account, rows in found.items() for name, row in rows.items() if row.ask_again}

    assert again() == set()
    with write(engine) as connection:
        connection.execute(update(failures).values(next_try_at=datetime.now(UTC)))
    assert again() == {("costco.com", "company_context")}
