"""Transactions of prepared statements: what SQLAlchemy's own promise, on SQLite and on PostgreSQL."""

import time
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Engine, Executable, bindparam, create_engine, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from partnerforge_dagster.store.database import REST_S, open_engine
from partnerforge_dagster.store.lost_connection import connection_lost
from partnerforge_dagster.store.prepared import Inserter, Moment, Month, Prepared
from partnerforge_dagster.store.tables import accounts, store_info
from partnerforge_dagster.store.transaction import begin
from partnerforge_dagster_tests.postgres import Server

NOON = datetime(2026, 11, 16, 12, tzinfo=UTC)

ADD = Prepared(insert(store_info))
ADD_ACCOUNT = Prepared(insert(accounts), "domain", "added_at")
CHANGE = Prepared(update(store_info).where(store_info.c.key == bindparam("of")), "value")
READ = Prepared(select(store_info).where(store_info.c.key == bindparam("of")))
READ_ACCOUNT = Prepared(select(accounts).where(accounts.c.domain == bindparam("of")))
END_ALL_OTHERS = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


CLOCK = Prepared(
    select(
        Moment("now").label("now"),
        Moment("since", -90).label("since"),
        Moment("until", "for_s").label("until"),
        Month("month").label("month"),
    )
)
UNKNOWN: dict[str, object] = {"now": None, "since": None, "until": None, "for_s": 30, "month": None}


@Prepared
def replacing(insert: Inserter) -> Executable:
    """An upsert that answers."""
    new = insert(store_info)
    upsert = new.on_conflict_do_update(index_elements=["key"], set_={"value": new.excluded.value})
    return upsert.returning(store_info.c.value)


def add(engine: Engine, prepared: Prepared, *rows: dict[str, object]) -> None:
    """One transaction."""
    with begin(engine) as transaction:
        for row in rows:
            transaction.run(prepared, row)


def write_as_a_reader(engine: Engine) -> None:
    """What a reader may not do."""
    with begin(engine, writes=False) as reader:
        reader.run(ADD, {"key": "b", "value": "1"})


def be_cut_off(engine: Engine) -> None:
    """The server ends the connection in the middle."""
    with begin(engine) as transaction:
        transaction.row(READ, {"of": "a"})
        with engine.connect() as connection:
            connection.execute(END_ALL_OTHERS)
        transaction.run(ADD, {"key": "a", "value": "1"})


def be_ended(engine: Engine) -> None:
    """The server ends every connection while none is used; they rest for a while."""
    with begin(engine, writes=False) as transaction, engine.connect() as connection:
        assert transaction.row(READ, {"of": "a"}) is None
        connection.execute(text("SELECT 1"))
    other = create_engine(engine.url)
    with other.connect() as connection:
        assert connection.execute(END_ALL_OTHERS).all().count((True,)) == 2
    other.dispose()
    time.sleep(1.1 * REST_S)


def fail(engine: Engine) -> None:
    """Write, and fail before the end."""
    with begin(engine) as transaction:
        transaction.run(ADD, {"key": "a", "value": "1"})
        transaction.row(READ, {"of": "a"})
        raise ZeroDivisionError


def test_what_was_written_is_read_in_order_and_kept(engine: Engine) -> None:
    """Also where writes travel with the next question; and by others once it is committed."""
    with begin(engine) as transaction:
        assert transaction.row(READ, {"of": "a"}) is None
        transaction.run(ADD, {"key": "a", "value": "1"})
        transaction.run(CHANGE, {"of": "a", "value": "2"})
        assert transaction.row(READ, {"of": "a"}).value == "2"
        assert transaction.row(replacing, {"key": "a", "value": "3"}).value == "3"
        transaction.run(CHANGE, {"of": "a", "value": "it's 100 %; --"})
    with engine.connect() as connection:
        assert connection.execute(select(store_info.c.value)).scalars().all() == ["it's 100 %; --"]


def test_postgresql_plans_a_statement_once_for_a_connection(postgres_server: Server) -> None:
    """Values are handed over in each run; constants stand in the plan, where they choose a partial index."""
    engine = open_engine(postgres_server.store())
    adding_a = Prepared(insert(store_info).values(key="a, it's 100 %", value=bindparam("said")))
    for said in ("1", "2"):
        with begin(engine) as transaction:
            transaction.run(CHANGE, {"of": "a, it's 100 %", "value": said})
    with begin(engine) as transaction:
        transaction.run(adding_a, {"said": "it's 3 %"})
        assert transaction.row(READ, {"of": "a, it's 100 %"}).value == "it's 3 %"
    with engine.connect() as connection:
        known = connection.execute(text("SELECT statement, parameter_types::text[] FROM pg_prepared_statements")).all()
    assert [len(types) for _, types in known] == [2, 1, 1]
    assert "'a, it''s 100 %'" in known[1][0]
    engine.dispose()


def test_a_moment_that_is_handed_in_is_the_moment(engine: Engine) -> None:
    """Whatever the database's clock says, and nothing is added to it."""
    handed_in = {"now": NOON, "since": NOON, "until": NOON, "month": "2026-11"}
    with begin(engine, writes=False) as transaction:
        assert transaction.row(CLOCK, UNKNOWN | handed_in) == (NOON, NOON, NOON, "2026-11")


def test_postgresql_tells_the_moment_itself(postgres_server: Server) -> None:
    """Aware, in UTC whatever the session's zone is, and going on within a transaction; SQLite has no clock to ask."""
    engine = open_engine(postgres_server.store())
    with begin(engine) as transaction:
        transaction.row(Prepared(select(func.set_config("TimeZone", "Pacific/Auckland", True).label("zone"))), {})
        first, second = (transaction.row(CLOCK, UNKNOWN) for _ in range(2))
    assert first.now < second.now
    assert first.now.tzinfo == UTC
    assert first.now.timestamp() == pytest.approx(time.time(), abs=60)
    assert (first.now - first.since).total_seconds() == pytest.approx(90, abs=0.1)
    assert (first.until - first.now).total_seconds() == pytest.approx(30, abs=0.1)
    assert first.month == f"{first.now:%Y-%m}"
    engine.dispose()


def test_types_are_those_of_the_tables(engine: Engine) -> None:
    """A moment comes back aware and in UTC, from whatever zone it was given; a naive one is refused."""
    east = timezone(timedelta(hours=5, minutes=30))
    with begin(engine) as transaction:
        transaction.run(ADD_ACCOUNT, {"domain": "a.com", "added_at": NOON.astimezone(east)})
        assert transaction.row(READ_ACCOUNT, {"of": "a.com"}).added_at == NOON
        assert transaction.row(READ_ACCOUNT, {"of": "a.com"}).added_at.tzinfo == UTC
    with pytest.raises(ValueError, match="has no time zone"):
        add(engine, ADD_ACCOUNT, {"domain": "b.com", "added_at": NOON.replace(tzinfo=None)})
    with pytest.raises(KeyError, match="added_at"):
        add(engine, ADD_ACCOUNT, {"domain": "b.com"})


def test_an_exception_undoes_all_of_it(engine: Engine) -> None:
    """The caller's own, and the database's, which comes as SQLAlchemy's kind; then work goes on."""
    with pytest.raises(ZeroDivisionError):
        fail(engine)
    with pytest.raises(IntegrityError) as twice:
        add(engine, ADD, {"key": "a", "value": "1"}, {"key": "a", "value": "2"})
    assert not connection_lost(twice.value)
    with begin(engine) as transaction:
        assert transaction.row(READ, {"of": "a"}) is None
        transaction.run(ADD, {"key": "a", "value": "3"})
    with begin(engine) as transaction:
        assert transaction.row(READ, {"of": "a"}).value == "3"


def test_the_connection_goes_back_as_it_was(engine: Engine) -> None:
    """SQLAlchemy's transactions on it still roll back, and wait for the disk as before."""
    setting = "PRAGMA synchronous" if engine.dialect.name == "sqlite" else "SHOW synchronous_commit"
    with engine.connect() as connection:
        usual = connection.execute(text(setting)).scalar_one()
    with begin(engine, durable=False) as transaction:
        transaction.run(ADD, {"key": "a", "value": "1"})
    with engine.connect() as connection:
        assert connection.execute(text(setting)).scalar_one() == usual
        connection.execute(insert(store_info).values(key="b", value="2"))
        connection.rollback()
    with begin(engine) as transaction:
        assert transaction.row(READ, {"of": "b"}) is None


def test_a_reader_hinders_nobody(engine: Engine) -> None:
    """While it is open others write; PostgreSQL would not let it write itself."""
    with begin(engine, writes=False) as reader:
        assert reader.row(READ, {"of": "a"}) is None
        with begin(engine) as transaction:
            transaction.run(ADD, {"key": "a", "value": "1"})
    if engine.dialect.name == "postgresql":
        with pytest.raises(DBAPIError, match="read-only"):
            write_as_a_reader(engine)


def test_a_server_that_was_away_is_asked_anew(postgres_server: Server) -> None:
    """The transaction that was cut off fails and leaves nothing; the next one has a new connection."""
    engine = open_engine(postgres_server.store())
    with pytest.raises(DBAPIError) as cut:
        be_cut_off(engine)
    assert connection_lost(cut.value)
    be_ended(engine)
    with begin(engine) as transaction:
        assert transaction.row(READ, {"of": "a"}) is None
    engine.dispose()


def test_a_transaction_of_a_machine_that_is_cut_off_ends(postgres_server: Server) -> None:
    """PostgreSQL drops it, with its locks, after a while without a question."""
    engine = open_engine(postgres_server.store())
    with engine.connect() as connection:
        setting = connection.execute(text("SHOW idle_in_transaction_session_timeout")).scalar_one()
    assert setting == "5min"
    engine.dispose()
