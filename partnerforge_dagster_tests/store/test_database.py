import os
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from dagster_postgres import DagsterPostgresStorage
from sqlalchemy import Engine, insert, inspect, select
from sqlalchemy.exc import IntegrityError, StatementError

from partnerforge_dagster.models.base import Mode
from partnerforge_dagster.store.accounts import Accounts
from partnerforge_dagster.store.database import WrongMode, claim_mode, migrate, open_engine, write
from partnerforge_dagster.store.tables import accounts, metadata
from partnerforge_dagster.store.versions import VERSION_TABLE, newest, scripts, version_of
from partnerforge_dagster_tests.forking import FORKED
from partnerforge_dagster_tests.postgres import Server

VERSION = {"version_table": VERSION_TABLE}


def _start(url: str, name: str, together) -> None:
    together.wait()
    engine = open_engine(url)
    migrate(engine)
    claim_mode(engine, Mode.SANDBOX)
    Accounts(engine).add([f"{name}.com"])


def _race(url: str) -> list[str]:
    together = FORKED.Barrier(12)
    processes = [FORKED.Process(target=_start, args=(url, f"p{n}", together)) for n in range(12)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * 12
    return Accounts(open_engine(url)).all()


def test_twelve_processes_start_on_one_new_sqlite_store(tmp_path: Path) -> None:
    """Processes that start together on a new store all find it migrated, and none fails."""
    assert len(_race(f"sqlite:///{tmp_path / 'new' / 'store.db'}")) == 12


def test_twelve_processes_start_on_one_new_postgresql_store(postgres_server: Server) -> None:
    """The same on PostgreSQL."""
    assert len(_race(postgres_server.empty())) == 12


def test_migrations_make_what_the_tables_say(engine: Engine) -> None:
    """The migrated schema has no difference to the tables in the code."""
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection, opts=VERSION), metadata) == []


def test_the_newest_version_is_that_of_the_last_migration() -> None:
    """It is read from the files' names; alembic follows what stands in them."""
    assert newest() == scripts().get_current_head()


def test_migrate_twice_changes_nothing(engine: Engine) -> None:
    """Migrating a store that is up to date keeps its rows."""
    Accounts(engine).add(["costco.com"])
    migrate(engine)
    assert Accounts(engine).all() == ["costco.com"]


def test_a_migration_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    """Migration runs in one transaction, on SQLite too."""
    engine = open_engine(f"sqlite:///{tmp_path / 'store.db'}")
    with write(engine) as connection:
        connection.exec_driver_sql("CREATE TABLE spending (provider TEXT)")  # in the way of a late step
    with pytest.raises(Exception, match="spending already exists"):
        migrate(engine)
    assert inspect(engine).get_table_names() == ["spending"]


def test_a_store_keeps_its_mode(engine: Engine) -> None:
    """A store belongs to the mode that claimed it first; the other mode is told what to do."""
    claim_mode(engine, Mode.SANDBOX)
    claim_mode(engine, Mode.SANDBOX)
    with pytest.raises(WrongMode, match=r"PARTNERFORGE_MODE=sandbox.*PARTNERFORGE_DATABASE_URL") as refused:
        claim_mode(engine, Mode.LIVE)
    assert engine.url.render_as_string(hide_password=True) in str(refused.value)
    assert "runs in live mode" in str(refused.value)


def _open_as(url: str, mode: Mode, start) -> bool:
    engine = open_engine(url)
    start.wait(60)
    try:
        migrate(engine)
        claim_mode(engine, mode)
    except WrongMode:
        return False
    finally:
        engine.dispose()
    return True


def test_of_two_that_open_a_new_store_together_one_mode_stands(database_url: str) -> None:
    """Whoever is first; the other one is refused, and neither sees half a store."""
    with FORKED.Manager() as manager, ProcessPoolExecutor(2, mp_context=FORKED) as pool:
        start = manager.Barrier(2)
        modes = [Mode.SANDBOX, Mode.LIVE]
        let_in = list(pool.map(_open_as, [database_url] * 2, modes, [start] * 2))
    assert sorted(let_in) == [False, True]


def test_plain_postgresql_urls_use_psycopg2(postgres_server: Server) -> None:
    """`postgresql://`, as people write it, opens with the driver that is installed."""
    engine = open_engine(postgres_server.store().replace("postgresql+psycopg2", "postgresql"))
    assert engine.driver == "psycopg2"
    assert Accounts(engine).all() == []


def test_writes_are_all_or_nothing(engine: Engine) -> None:
    """A write block that fails is undone as a whole."""

    def add_twice() -> None:
        with write(engine) as connection:
            for _ in range(2):
                connection.execute(insert(accounts).values(domain="costco.com", added_at=datetime.now(UTC)))

    with pytest.raises(IntegrityError):
        add_twice()
    assert "costco.com" not in Accounts(engine)


def test_moments_come_back_as_they_went_in(engine: Engine) -> None:
    """A moment in any zone comes back as the same moment, in UTC."""
    moment = datetime(2026, 11, 21, 9, 0, 0, 123456, tzinfo=timezone(timedelta(hours=-8)))
    with write(engine) as connection:
        connection.execute(insert(accounts).values(domain="costco.com", added_at=moment))
    with engine.connect() as connection:
        stored = connection.execute(select(accounts.c.added_at)).scalar_one()
    assert stored == moment
    assert stored.utcoffset() == timedelta(0)


def test_naive_moments_are_refused(engine: Engine) -> None:
    """A moment without a zone cannot be stored."""
    with pytest.raises(StatementError, match="has no time zone"), write(engine) as connection:
        connection.execute(insert(accounts).values(domain="costco.com", added_at=datetime(2026, 1, 1)))  # noqa: DTZ001


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_forked_child_uses_connections_of_its_own(engine: Engine) -> None:
    """A child forked while its parent holds a connection can write, and the parent's connection lives on."""
    with engine.connect() as held:
        held.execute(select(accounts)).all()
        child = os.fork()
        if child == 0:
            Accounts(engine).add(["child.com"])
            os._exit(0 if "child.com" in Accounts(engine) else 1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        held.execute(select(accounts)).all()
    assert Accounts(engine).add(["child.com", "parent.com"]).new == ("parent.com",)


@pytest.mark.parametrize("first", ["dagster", "partnerforge"])
def test_one_postgresql_database_holds_dagsters_tables_too(postgres_server: Server, first: str) -> None:
    """Whichever comes first, each keeps its own version, and neither takes the other's for its own."""
    url = postgres_server.empty()
    engine = open_engine(url)
    if first == "partnerforge":
        migrate(engine)
    runs = DagsterPostgresStorage(url).run_storage
    for _ in range(2):
        migrate(engine)
    found, wanted = runs.alembic_version()
    assert found == wanted is not None
    with engine.connect() as connection:
        assert version_of(connection) == newest() != found


def test_a_store_from_before_keeps_its_version(engine: Engine) -> None:
    """Its version stood in the table that Dagster uses, too; it is taken from there, and Dagster's is left alone."""
    Accounts(engine).add(["costco.com"])
    with write(engine) as connection:
        connection.exec_driver_sql("DROP TABLE partnerforge_version")
        connection.exec_driver_sql("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        connection.exec_driver_sql(f"INSERT INTO alembic_version VALUES ('{newest()}'), ('29b539ebc72a')")
        assert version_of(connection) == newest()
    migrate(engine)
    assert Accounts(engine).all() == ["costco.com"]
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalars().all() == ["29b539ebc72a"]
        assert version_of(connection) == newest()
