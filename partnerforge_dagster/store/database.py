"""The engine of PartnerForge's own tables: SQLite or PostgreSQL by URL, the same rules on both.

Readers use `engine.connect()`, writers `write(engine)`; everybody else's code is the same for both databases.
Not for: what the tables are (tables.py) or what is asked of them (accounts.py, results.py, calls.py).
"""

import os
import sqlite3
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, create_engine, event, make_url, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import Pool

from partnerforge_dagster.models.base import Mode
from partnerforge_dagster.store.tables import store_info
from partnerforge_dagster.store.versions import newest, own_version

BUSY_S = 60.0
"""Seconds a SQLite connection waits for another process's transaction; they last milliseconds, migrations a second."""

IDLE_S = 300
"""Seconds after which PostgreSQL ends a transaction that asks nothing: a machine cut off would hold its locks."""

REST_S = 1.0
"""Seconds without use after which a connection to PostgreSQL is asked whether it still is one."""

_KEEPALIVES = {"keepalives": 1, "keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}
"""A server that is gone is noticed after a minute, not after two hours.
https://www.postgresql.org/docs/current/libpq-connect.html"""

_MIGRATION_LOCK = 0x7046_0001
"""Key of the PostgreSQL advisory lock that lets one process migrate at a time."""

_inherited: list[Pool] = []
"""Pools of the parent process, kept from the garbage collector: closing a connection here would end the parent's."""


class WrongMode(Exception):
    """The store belongs to the other mode. The message says what to do."""


def open_engine(url: str) -> Engine:
    """Make the engine for `url`; a SQLite file's folder is created.

    A plain `postgresql://` means psycopg2: SQLAlchemy 2.1 would take psycopg 3, which Dagster's storage cannot use.
    """
    address = make_url(url)
    if address.drivername in ("postgresql", "postgres"):
        address = address.set(drivername="postgresql+psycopg2")
    if address.get_backend_name() == "sqlite":
        if address.database:
            Path(address.database).parent.mkdir(parents=True, exist_ok=True)
        # The connection used last: its pages are the ones in memory.
        engine = create_engine(address, connect_args={"timeout": BUSY_S}, pool_use_lifo=True)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        engine = create_engine(address, connect_args=_KEEPALIVES)
        event.listen(engine, "connect", _prepare_postgres)
        _ping_after_a_rest(engine)
    _renew_after_fork(engine)
    return engine


@contextmanager
def write(engine: Engine) -> Iterator[Connection]:
    """A writing transaction, committed at the end of the block and rolled back on an exception."""
    with engine.connect().execution_options(partnerforge_write=True) as connection, connection.begin():
        yield connection


def migrate(engine: Engine) -> None:
    """Bring the schema to the newest version. Idempotent; of processes that start together one works, the rest wait."""
    with engine.connect() as connection:
        if own_version(connection) == newest():
            return
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "partnerforge_dagster:store/migrations")
    with write(engine) as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def claim_mode(engine: Engine, mode: Mode) -> None:
    """Bind a new store to `mode`; raise WrongMode when it is already bound to the other one."""
    with write(engine) as connection:
        connection.execute(
            insert_into(connection, store_info).values(key="mode", value=mode.value).on_conflict_do_nothing()
        )
        bound = connection.execute(select(store_info.c.value).where(store_info.c.key == "mode")).scalar_one()
    _same_mode(engine, bound, mode)


def check_mode(engine: Engine, mode: Mode) -> None:
    """Like `claim_mode`, without writing: a store that is bound to no mode yet is nobody's."""
    with engine.connect() as connection:
        bound = connection.execute(select(store_info.c.value).where(store_info.c.key == "mode")).scalar_one_or_none()
    _same_mode(engine, bound or mode.value, mode)


def _same_mode(engine: Engine, bound: str, mode: Mode) -> None:
    if bound != mode.value:
        store = engine.url.render_as_string(hide_password=True)
        raise WrongMode(
            f"the store {store} holds {bound} data and PartnerForge runs in {mode.value} mode; the two never mix: set "
            f"PARTNERFORGE_MODE={bound}, or give {mode.value} data a deployment of its own: another DAGSTER_HOME and, "
            "where it is set, another PARTNERFORGE_DATABASE_URL"
        )


def insert_into(connection: Connection, table: Table) -> postgresql.Insert | sqlite.Insert:
    """An INSERT that knows ON CONFLICT, which SQLAlchemy has per dialect only."""
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:  # noqa: ANN401 - SQLAlchemy's pool record
    connection.isolation_level = None  # the driver starts no transaction of its own: _begin_sqlite does
    _enter_wal(connection)
    connection.execute("PRAGMA foreign_keys = ON")


def _prepare_postgres(connection: Any, _record: Any) -> None:  # noqa: ANN401 - psycopg2's connection
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f"SET idle_in_transaction_session_timeout = '{IDLE_S}s'")
    connection.autocommit = False


def _ping_after_a_rest(engine: Engine) -> None:
    """Use no connection that the server ended meanwhile. SQLAlchemy would ask at every use, a round trip each."""
    used_at = "partnerforge.used_at"

    def ping(connection: Any, record: Any, _proxy: Any) -> None:  # noqa: ANN401 - psycopg2's, SQLAlchemy's
        if time.monotonic() - record.info.get(used_at, 0.0) > REST_S:
            try:
                engine.dialect.do_ping(connection)
            except engine.dialect.loaded_dbapi.Error as error:
                raise DisconnectionError from error  # the pool makes another one

    def note(_connection: Any, record: Any) -> None:  # noqa: ANN401 - as above
        record.info[used_at] = time.monotonic()

    event.listen(engine, "checkout", ping)
    event.listen(engine, "checkin", note)


def _enter_wal(connection: sqlite3.Connection) -> None:
    """Switch to write-ahead logging. SQLite does not wait for this lock: processes that start together try again."""
    give_up = time.monotonic() + BUSY_S
    while connection.execute("PRAGMA journal_mode").fetchone() != ("wal",):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > give_up:
                raise
            time.sleep(0.02)


def _begin_sqlite(connection: Connection) -> None:
    """Writers take the lock at once: a reader that turns writer in a deferred transaction fails without waiting."""
    writes = connection.get_execution_options().get("partnerforge_write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _renew_after_fork(engine: Engine) -> None:
    """Give a forked child its own connections: two processes on one socket or SQLite handle corrupt each other."""
    reference = weakref.ref(engine)

    def renew() -> None:
        inherited = reference()
        if inherited is not None:
            _inherited.append(inherited.pool)
            inherited.dispose(close=False)

    os.register_at_fork(after_in_child=renew)
