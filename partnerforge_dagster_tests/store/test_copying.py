"""Copying a store: nothing lost in any direction, all or nothing, and what is refused.

Not for: the command (cli/test_db.py).
"""

import os
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, insert, select

from partnerforge_dagster.models.base import Mode
from partnerforge_dagster.store.accounts import Accounts
from partnerforge_dagster.store.copying import CHUNK, CannotCopy, copy_store, total_rows
from partnerforge_dagster.store.database import check_mode, claim_mode, migrate, open_engine, write
from partnerforge_dagster.store.tables import (
    accounts,
    answers,
    calls,
    failures,
    leases,
    metadata,
    providers,
    results,
    store_info,
)
from partnerforge_dagster_tests.forking import FORKED
from partnerforge_dagster_tests.postgres import Server

MOMENT = datetime(2026, 11, 21, 9, 30, 0, 123456, tzinfo=UTC)
ROWS = CHUNK + 7


def fill(engine: Engine) -> None:
    """Rows of every kind of column: moments, floats, bytes, truths, texts of any script, and nothing."""
    claim_mode(engine, Mode.SANDBOX)
    result = {
        "module": "company_context",
        "run_id": "r",
        "stored_at": MOMENT,
        "as_of": MOMENT,
        "status": "complete",
        "duration_s": 0.1 + 0.2,
        "body": '{"name": "Größe ☃ \\u0000"}',
    }
    with write(engine) as connection:
        several = [{"domain": f"company-{n}.com", "added_at": MOMENT + timedelta(microseconds=n)} for n in range(ROWS)]
        connection.execute(insert(accounts), several)
        hashed = [{**result, "account": f"company-{n}.com", "content_hash": f"{n:064x}"} for n in range(ROWS)]
        connection.execute(insert(results), hashed)
        answer = {"key": "k" * 64, "provider": "yahoo", "url": "https://x.test", "status_code": 200, "headers": "[]"}
        connection.execute(insert(answers).values(**answer, body=bytes(range(256)), fetched_at=MOMENT))
        connection.execute(insert(providers).values(name="yahoo", last_at=MOMENT, open_for_s=1e-9))
        connection.execute(
            insert(calls).values(
                id="c", provider="yahoo", endpoint="/x", asked_at=MOMENT, month="2026-11", status="ok", tries=1,
                waited_s=0.0, took_s=1.5, credits=3, cached=False, stale=True,
            )
        )  # fmt: skip


@pytest.fixture(params=["sqlite", "postgresql"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Engine:
    """A database with nothing in it."""
    if request.param == "sqlite":
        return open_engine(f"sqlite:///{tmp_path / 'target.db'}")
    server: Server = request.getfixturevalue("postgres_server")
    return open_engine(server.empty())


def rows_of(engine: Engine) -> dict[str, list[tuple[object, ...]]]:
    """Everything, sorted."""
    with engine.connect() as connection:
        return {
            table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
            for table in metadata.sorted_tables
        }


def test_everything_arrives_from_any_database_in_any(engine: Engine, target: Engine) -> None:
    """Every row and value of every table; new rows go on after the copied numbers; the mode is the source's."""
    fill(engine)
    watched: list[int] = []
    copied = copy_store(engine, target, lambda _table, rows: watched.append(rows))
    assert rows_of(target) == rows_of(engine)
    assert sum(content.rows for content in copied.values()) == sum(watched) == total_rows(engine)
    assert copied["results"].rows == ROWS
    assert len({content.sha256 for content in copied.values() if content.rows}) == 6
    check_mode(target, Mode.SANDBOX)
    with write(target) as connection:
        last = connection.execute(select(func.max(results.c.id))).scalar_one()
        row = connection.execute(select(results).limit(1)).one()._asdict() | {"content_hash": "new"}
        del row["id"]
        assert connection.execute(insert(results).values(**row).returning(results.c.id)).scalar_one() == last + 1


def test_a_target_with_rows_is_refused(engine: Engine, target: Engine) -> None:
    """And keeps them; the refusal names the tables."""
    fill(engine)
    migrate(target)
    Accounts(target).add(["mine.com"])
    with pytest.raises(CannotCopy, match=r"not empty \(rows in accounts\)"):
        copy_store(engine, target)
    assert Accounts(target).all() == ["mine.com"]


def test_copying_twice_is_refused(engine: Engine, target: Engine) -> None:
    """The first copy is in the way of the second."""
    fill(engine)
    copy_store(engine, target)
    with pytest.raises(CannotCopy, match="not empty"):
        copy_store(engine, target)


@pytest.mark.parametrize("change", ["a new row", "a changed row"])
def test_a_source_that_is_written_to_is_refused(engine: Engine, target: Engine, change: str) -> None:
    """Nothing is copied then; with the writers stopped it can be given again."""
    fill(engine)

    def meddle(table: str, _rows: int) -> None:
        if table != "results":
            return
        with write(engine) as connection:
            if change == "a new row":
                values = {"provider": "yahoo", "host": "h", "generation": 0, "expires_at": MOMENT}
                connection.execute(insert(leases).values(id=os.urandom(4).hex(), **values))
            else:
                connection.execute(calls.update().values(credits=calls.c.credits + 1))

    with pytest.raises(CannotCopy, match=r"(leases|calls) of the source changed while it was read.*stop the daemon"):
        copy_store(engine, target, meddle)
    assert total_rows(target) == 0
    copy_store(engine, target)
    assert rows_of(target) == rows_of(engine)


def test_no_store_and_an_old_store_are_refused(engine: Engine, tmp_path: Path) -> None:
    """The message says what to do."""
    empty = open_engine(f"sqlite:///{tmp_path / 'empty.db'}")
    with pytest.raises(CannotCopy, match="there is no store in the source"):
        copy_store(empty, engine)
    migrate(empty)
    with write(empty) as connection:
        connection.exec_driver_sql("UPDATE partnerforge_version SET version_num = '0003'")
    with pytest.raises(CannotCopy, match=r"version 0003 .*partnerforge db upgrade"):
        copy_store(empty, engine)


def test_what_the_target_cannot_hold_is_told(tmp_path: Path, postgres_server: Server) -> None:
    """PostgreSQL takes no NUL in a text: the table is named, and nothing is copied."""
    source, target = open_engine(f"sqlite:///{tmp_path / 'source.db'}"), open_engine(postgres_server.empty())
    migrate(source)
    with write(source) as connection:
        moments = dict.fromkeys(("first_at", "last_at", "next_try_at"), MOMENT)
        values = {"account": "a.com", "module": "m", "run_id": "r", "tries": 1, **moments}
        connection.execute(insert(failures).values(**values, reason="\0"))
    with pytest.raises(CannotCopy, match="a row of failures"):
        copy_store(source, target)
    assert total_rows(target) == 0


def _copy_and_die(source: str, target: str) -> None:
    def die(table: str, _rows: int) -> None:
        if table == "results":
            os.kill(os.getpid(), signal.SIGKILL)

    copy_store(open_engine(source), open_engine(target), die)


def test_killed_half_way_it_can_be_given_again(store_url: str, postgres_server: Server, tmp_path: Path) -> None:
    """The target has nothing of the first try, and everything after the second."""
    source = open_engine(store_url)
    fill(source)
    for url in (postgres_server.empty(), f"sqlite:///{tmp_path / 'second.db'}"):
        process = FORKED.Process(target=_copy_and_die, args=(store_url, url))
        process.start()
        process.join()
        assert process.exitcode == -signal.SIGKILL
        target = open_engine(url)
        assert total_rows(target) == 0
        copy_store(source, target)
        assert rows_of(target) == rows_of(source)


def test_an_empty_target_of_the_other_mode_is_refused(engine: Engine, target: Engine) -> None:
    """It was opened once in that mode: services of it may be waiting there."""
    fill(engine)
    migrate(target)
    claim_mode(target, Mode.LIVE)
    with pytest.raises(CannotCopy, match="holds sandbox data and the target, though empty, is a live store"):
        copy_store(engine, target)
    check_mode(target, Mode.LIVE)
    with write(target) as connection:
        connection.execute(store_info.update().values(value=Mode.SANDBOX.value))
    assert copy_store(engine, target)["accounts"].rows == ROWS
