from datetime import UTC, datetime, timedelta
from typing import Unpack

from sqlalchemy import Engine, insert

from partnerforge_dagster.store.calls import CallCount, Calls, Spend, Which
from partnerforge_dagster.store.database import write
from partnerforge_dagster.store.tables import answers, calls

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


NOW = datetime.now(UTC)


def test_newest_first_of_those_that_are_meant(engine: Engine) -> None:
    """Every filter narrows, they add up, and the limit takes the newest."""
    book = ledger(
        engine,
        call("builtwith", "run-1", "a.com", 1, 1, asked_at=NOW - timedelta(days=3)),
        call("builtwith", "run-2", "a.com", 1, 1, asked_at=NOW - timedelta(days=2), module="company_context"),
        call("yahoo", "run-2", "b.com", 1, 0, asked_at=NOW - timedelta(days=1), status="unreachable"),
        call("yahoo", "other", "b.com", 1, 0, asked_at=NOW),
    )

    def found(limit: int = 10, **which: Unpack[Which]) -> list[str]:
        return [row["id"] for row in book.newest(limit, **which)]

    assert found() == ["3", "2", "1", "0"]
    assert found(2) == ["3", "2"]
    assert found(provider="yahoo") == ["3", "2"]
    assert found(account="a.com", provider=None) == ["1", "0"]
    assert found(modules=("company_context",)) == ["1"]
    assert found(run_id="run-") == ["2", "1", "0"]
    assert found(run_id="run_") == []
    assert found(status="unreachable") == ["2"]
    assert found(since=NOW - timedelta(days=2)) == ["3", "2", "1"]
    assert found(provider="yahoo", since=NOW) == ["3"]


def test_a_lost_call_is_unknown_before_anybody_has_noted_it(engine: Engine) -> None:
    """An intended call past its end is listed as charge_unknown, one within its time is under way."""
    book = ledger(
        engine,
        call("p", "r", "a.com", 1, 1, status="intended", expires_at=NOW - timedelta(seconds=1)),
        call("p", "r", "a.com", 1, 1, status="intended", expires_at=NOW + timedelta(hours=1)),
        call("p", "r", "a.com", 1, 1, status="charge_unknown"),
    )
    assert {row["id"] for row in book.newest(9, status="charge_unknown")} == {"0", "2"}
    assert {row["id"]: row["status"] for row in book.newest(9)}["1"] == "intended"
    assert [spend.credits for spend in book.spend(status="charge_unknown")] == [2]


def test_questions_with_the_age_of_their_stored_answers(engine: Engine) -> None:
    """What modules asked about an account, oldest first; sessions' cookies and nobody's questions are left out."""
    book = ledger(
        engine,
        call("p", "r", "a.com", 1, 3, question="k1"),
        call("p", "r", "a.com", 1, 0, question="k2", status="unreachable", asked_at=NOW),
        call("p", "r", "a.com", 1, 0, question=None),
        call("p", "r", "b.com", 1, 1, question="k3"),
    )
    with write(engine) as connection:
        answer = {"provider": "p", "url": "u", "status_code": 200, "headers": "[]", "body": b"", "fetched_at": NOW}
        connection.execute(insert(answers).values(key="k1", **answer))
    assert [(row.question, row.ok, row.credits, row.answered_at) for row in book.asked(["a.com", "c.com"])] == [
        ("k1", True, 3, NOW),
        ("k2", False, 0, None),
    ]
    assert book.asked_lately(1) == ["a.com"]
    assert set(book.asked_lately(9)) == {"a.com", "b.com"}


def test_rows_by_run_and_status(engine: Engine) -> None:
    """Rows can be had of one run, with one status, or all."""
    book = ledger(engine, call("p", "r1", "a.com", 1, 1), call("p", "r2", "a.com", 1, 1, status="charge_unknown"))
    assert len(book.rows()) == 2
    assert [row["run_id"] for row in book.rows(status="charge_unknown")] == ["r2"]
    assert [row["status"] for row in book.rows("r1")] == ["ok"]
