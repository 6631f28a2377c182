"""How accounts' newest results stand."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, insert, select

from partnerforge_dagster.models.result import Status
from partnerforge_dagster.orchestration.selection import young_since
from partnerforge_dagster.settings import FreshDays
from partnerforge_dagster.store.database import write
from partnerforge_dagster.store.results import Results
from partnerforge_dagster.store.tables import failures, results
from partnerforge_dagster_tests.store.test_tally import put

NOW = datetime.now(UTC)
DAYS = FreshDays(company_context=30, traffic_analysis=29)


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


def test_what_is_fresh_in_one_row_an_account(engine: Engine) -> None:
    """Of every status, young and old, with a failure whose time has come, has not come, or was dismissed."""
    put(engine, "complete.com", "company_context", Status.COMPLETE)
    put(engine, "stale.com", "company_context", Status.STALE)
    put(engine, "gone.com", "company_context", Status.UNAVAILABLE)
    put(engine, "again.com", "company_context", Status.COMPLETE)
    put(engine, "again.com", "company_context", Status.UNAVAILABLE, "later")
    put(engine, "two.com", "company_context", Status.COMPLETE)
    put(engine, "two.com", "traffic_analysis", Status.PARTIAL)
    for account in ("keyless.com", "due.com", "waiting.com", "dismissed.com"):
        put(engine, account, "company_context", Status.PARTIAL)
    row = {"module": "company_context", "reason": "down", "run_id": "run", "first_at": NOW, "last_at": NOW, "tries": 1}
    with write(engine) as connection:
        for account, then, dismissed in (
            ("due.com", NOW, None),
            ("waiting.com", NOW + timedelta(days=1), None),
            ("dismissed.com", NOW, NOW),
        ):
            one = {**row, "account": account, "next_try_at": then, "dismissed_at": dismissed}
            connection.execute(insert(failures).values(one))
    with engine.connect() as connection:
        accounts = [*connection.execute(select(results.c.account).distinct()).scalars(), "new.com"]
    standing = Results(engine).standing_of(accounts)

    def fresh(days: float) -> dict[str, set[str]]:
        now = datetime.now(UTC) + timedelta(days=days)
        found = Results(engine).freshness_of(accounts, young_since(DAYS, now))
        assert {account: row.oldest for account, row in found.items()} == {
            account: min(row.stored_at for row in rows.values()) for account, rows in standing.items()
        }
        return {account: set(row.fresh) for account, row in found.items() if row.fresh}

    one = {name: {"company_context"} for name in ("complete.com", "keyless.com", "waiting.com", "dismissed.com")}
    assert fresh(0) == {**one, "two.com": {"company_context", "traffic_analysis"}}
    assert fresh(29.5) == {**one, "two.com": {"company_context"}}
    assert fresh(31) == {}
    assert Results(engine).freshness_of(accounts, {}).keys() == standing.keys()
    assert "new.com" not in standing
