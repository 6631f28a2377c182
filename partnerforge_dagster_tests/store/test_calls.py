from datetime import UTC, datetime

from sqlalchemy import Engine, insert

from partnerforge_dagster.store.calls import CallCount, Calls, Spend
from partnerforge_dagster.store.database import write
from partnerforge_dagster.store.tables import calls

ROW = {
    "endpoint": "domain",
    "module": "technology_stack",
    "asked_at": datetime(2026, 11, 16, tzinfo=UTC),
    "month": "2026-11",
    "status": "ok",
    "waited_s": 0.0,
    "took_s": 0.1,
    "cached": False,
    "stale": False,
}


def ledger(engine: Engine, *rows: dict[str, object]) -> Calls:
    """A ledger of these rows."""
    with write(engine) as connection:
        for number, row in enumerate(rows):
            connection.execute(insert(calls).values({**ROW, "id": str(number), **row}))
    return Calls(engine)


def call(provider: str, run_id: str, account: str, tries: int, credit: int, **other: object) -> dict[str, object]:
    return {"provider": provider, "run_id": run_id, "account": account, "tries": tries, "credits": credit, **other}


def test_what_runs_asked(engine: Engine) -> None:
    """Requests that left, answers from the cache and credits, by provider, of the named runs only."""
    book = ledger(
        engine,
        call("builtwith", "r1", "a.com", 1, 1),
        call("builtwith", "r2", "a.com", 3, 2),
        call("builtwith", "r2", "b.com", 0, 0, cached=True),
        call("yahoo", "r2", "b.com", 4, 0, status="unreachable", cached=True, stale=True),
        call("yahoo", "r3", "b.com", 1, 0),
    )
    assert book.of_runs(["r1", "r2"]) == {
        "builtwith": CallCount(made=4, cached=1, credits=3),
        "yahoo": CallCount(made=4, cached=0, credits=0),
    }
    assert book.of_runs([]) == {}


def test_who_spent_what(engine: Engine) -> None:
    """Credits by provider, account and month, most first; free calls are left out."""
    book = ledger(
        engine,
        call("builtwith", "r1", "a.com", 1, 1),
        call("builtwith", "r2", "a.com", 1, 1),
        call("similarweb", "r2", "a.com", 1, 9, month="2026-10"),
        call("yahoo", "r2", "a.com", 1, 0),
    )
    similarweb = Spend("similarweb", "a.com", "2026-10", 9)
    builtwith = Spend("builtwith", "a.com", "2026-11", 2)
    assert book.spend() == [similarweb, builtwith]
    assert book.spend(provider="builtwith", account="a.com", month="2026-11") == [builtwith]
    assert book.spend(month="2026-10") == [similarweb]


def test_rows_by_run_and_status(engine: Engine) -> None:
    """Rows can be had of one run, with one status, or all."""
    book = ledger(engine, call("p", "r1", "a.com", 1, 1), call("p", "r2", "a.com", 1, 1, status="charge_unknown"))
    assert len(book.rows()) == 2
    assert [row["run_id"] for row in book.rows(status="charge_unknown")] == ["r2"]
    assert [row["status"] for row in book.rows("r1")] == ["ok"]
