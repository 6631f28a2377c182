"""Letting go by age: what is past its time goes, what is current and what was paid stays."""

import uuid
import zlib
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, event, func, select

from partnerforge_dagster.settings import RetentionSettings
from partnerforge_dagster.store.database import open_engine, write
from partnerforge_dagster.store.retention import AT_ONCE, expire, expired
from partnerforge_dagster.store.tables import answers, calls, changes, results

NOW = datetime(2026, 11, 16, 12, tzinfo=UTC)
KEEP = RetentionSettings(answers_days=30, results_days=10, changes_days=10, calls_days=10)


def result(account: str, age_days: float, status: str = "complete") -> dict[str, object]:
    at = NOW - timedelta(days=age_days)
    return {
        "account": account,
        "module": "traffic_analysis",
        "run_id": uuid.uuid4().hex,
        "stored_at": at,
        "as_of": at,
        "status": status,
        "content_hash": uuid.uuid4().hex,
        "duration_s": 1.0,
        "body": "{}",
    }


def call(age_days: float, cost: int) -> dict[str, object]:
    at = NOW - timedelta(days=age_days)
    who = {"id": uuid.uuid4().hex, "provider": "builtwith", "endpoint": "domain", "account": "a.com", "question": "q"}
    money = {"asked_at": at, "month": "2026-11", "status": "ok", "detail": "words", "tries": 1, "credits": cost}
    return {**who, **money, "waited_s": 0.0, "took_s": 0.0, "cached": False, "stale": False}


def answer(key: str, age_days: float) -> dict[str, object]:
    fetched = {
        "status_code": 200,
        "headers": "[]",
        "body": zlib.compress(b"x"),
        "fetched_at": NOW - timedelta(age_days),
    }
    return {"key": key, "provider": "builtwith", "url": "https://a.com/", **fetched}


def change(age_days: float) -> dict[str, object]:
    row = {"account": "a.com", "module": "m", "run_id": "r", "field": "f", "item": "", "alert": False, "body": "{}"}
    return {**row, "result_id": int(age_days * 100), "found_at": NOW - timedelta(days=age_days)}


def test_what_is_past_its_time_goes_and_the_rest_stays(engine: Engine) -> None:
    """The newest result and the newest good one are current, however old; credits are never lost."""
    with write(engine) as connection:
        for row in (
            result("a.com", 50),
            result("a.com", 40),
            result("a.com", 30, "unavailable"),
            result("b.com", 90),
            result("c.com", 20),
            result("c.com", 1),
        ):
            connection.execute(results.insert(), row)
        connection.execute(calls.insert(), [call(50, 3), call(1, 4)])
        connection.execute(answers.insert(), [answer("old", 31), answer("young", 29)])
        connection.execute(changes.insert(), [change(11), change(9)])
    counts = {"answers": 1, "results": 2, "changes": 1, "calls": 1}
    assert dict(expired(engine, KEEP, NOW)) == counts
    assert dict(expire(engine, KEEP, NOW)) == counts
    assert not any(expire(engine, KEEP, NOW).values())
    with engine.connect() as connection:
        kept = connection.execute(select(results.c.account, results.c.status).order_by(results.c.id)).all()
        assert [tuple(row) for row in kept] == [
            ("a.com", "complete"),
            ("a.com", "unavailable"),
            ("b.com", "complete"),
            ("c.com", "complete"),
        ]
        assert connection.execute(select(answers.c.key)).scalars().all() == ["young"]
        assert connection.execute(select(func.count()).select_from(changes)).scalar_one() == 1
        rows = connection.execute(select(calls.c.credits, calls.c.account, calls.c.question, calls.c.detail)).all()
        assert sorted(tuple(row) for row in rows) == [(3, None, None, None), (4, "a.com", "q", "words")]


def test_a_look_lets_go_of_some_and_the_next_of_the_rest(engine: Engine) -> None:
    """In as many transactions as it takes, for so long."""
    with write(engine) as connection:
        connection.execute(answers.insert(), [answer(f"old {number}", 31) for number in range(AT_ONCE + 1)])
        connection.execute(calls.insert(), [call(50, 3) for _ in range(3)])
    assert not expire(engine, KEEP, NOW, seconds=0).total()
    assert +expire(engine, KEEP, NOW, seconds=60) == {"answers": AT_ONCE + 1, "calls": 3}
    assert not expired(engine, KEEP, NOW).total()


def test_an_answer_that_is_bought_anew_meanwhile_stays(engine: Engine) -> None:
    """It was old when it was looked for, and is not when it is let go of: it has just been paid for."""
    with write(engine) as connection:
        connection.execute(answers.insert(), [answer("renewed", 31), answer("old", 31)])

    other = open_engine(engine.url.render_as_string(hide_password=False))
    looks: list[str] = []

    def renew_after_the_look(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("SELECT") and "FROM answers" in statement and not looks:
            looks.append(statement)
            with write(other) as connection:
                connection.execute(answers.update().where(answers.c.key == "renewed").values(fetched_at=NOW))

    event.listen(engine, "after_cursor_execute", renew_after_the_look)
    assert +expire(engine, KEEP, NOW) == {"answers": 1}
    assert looks
    with engine.connect() as connection:
        assert connection.execute(select(answers.c.key)).scalars().all() == ["renewed"]
    other.dispose()


def test_empty_is_for_ever(engine: Engine) -> None:
    """The default keeps results, changes and the ledger."""
    with write(engine) as connection:
        connection.execute(results.insert(), [result("a.com", 5000), result("a.com", 4000)])
        connection.execute(calls.insert(), [call(5000, 3)])
    assert dict(expire(engine, RetentionSettings(), NOW)) == {"answers": 0}
