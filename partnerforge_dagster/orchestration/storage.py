"""Where Dagster keeps runs, events and schedules: beside PartnerForge's own tables, by the same setting.

A `PARTNERFORGE_DATABASE_URL` of PostgreSQL takes everything, and nothing else has to be said; without one all is SQLite
in DAGSTER_HOME. A password is in no file of Dagster's and in nothing that it hands to its processes: each reads the
setting for itself.
Leans on private names of Dagster, as executor.py does: minor version pinned, behaviour tested.
Not for: PartnerForge's own tables (store/database.py).
"""

from collections.abc import Mapping
from typing import Any

import dagster_postgres.run_storage.run_storage
from dagster._core.storage.base_storage import DagsterStorage
from dagster._core.storage.event_log.schema import SqlEventLogStorageMetadata
from dagster._core.storage.legacy_storage import CompositeStorage
from dagster._core.storage.runs.schema import RunStorageSqlMetadata
from dagster._core.storage.schedules.schema import ScheduleStorageSqlMetadata
from dagster._core.storage.sql import stamp_alembic_rev
from dagster._serdes import ConfigurableClass, ConfigurableClassData
from dagster_postgres import DagsterPostgresStorage
from dagster_postgres.utils import pg_alembic_config
from sqlalchemy import Engine, inspect, text

from partnerforge_dagster.orchestration.event_storage import KeptOpenSqliteEventLogStorage
from partnerforge_dagster.orchestration.sqlite_storages import KeptOpenSqliteRunStorage, KeptOpenSqliteScheduleStorage
from partnerforge_dagster.settings import Settings, home
from partnerforge_dagster.store.database import open_engine

_TABLES = (RunStorageSqlMetadata, SqlEventLogStorageMetadata, ScheduleStorageSqlMetadata)

_OPENING_LOCK = 0x7046_0004
"""Key of the PostgreSQL advisory lock under which one process at a time opens Dagster's tables: two that make them
together fail, and one that comes in between takes new tables for old ones."""


class DeploymentStorage(DagsterStorage, ConfigurableClass):
    """Named in dagster.yaml; takes no configuration. What it makes are Dagster's own storages."""

    @classmethod
    def config_type(cls) -> dict[str, Any]:
        """No configuration."""
        return {}

    @classmethod
    def from_config_value(  # type: ignore[override]  # Dagster wants a storage, of whatever class
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> DagsterStorage:
        """Dagster's way to make one from dagster.yaml."""
        del config_value
        # Not the process's cached settings: a test or a tool opens several homes in one process.
        url = Settings().database_url
        return _sqlite(inst_data) if url.startswith("sqlite") else _postgres(url, inst_data)


def _sqlite(inst_data: ConfigurableClassData | None) -> CompositeStorage:
    """The files lie where Dagster's own default puts them."""
    history = home() / "history"
    return CompositeStorage(
        KeptOpenSqliteRunStorage.from_local(str(history)),
        KeptOpenSqliteEventLogStorage(str(history / "runs")),
        KeptOpenSqliteScheduleStorage.from_local(str(home() / "schedules")),
        inst_data,
    )


def _postgres(url: str, inst_data: ConfigurableClassData | None) -> DagsterPostgresStorage:
    engine = open_engine(url)  # names the driver that Dagster can use
    address = engine.url.render_as_string(hide_password=False)
    with engine.connect() as connection, connection.begin():
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _OPENING_LOCK})
        storage = DagsterPostgresStorage(address, inst_data=inst_data)
        _complete(storage, engine)
    engine.dispose()
    return storage


def _complete(storage: DagsterPostgresStorage, engine: Engine) -> None:
    """Make the tables that are missing because a process was killed while Dagster made them, one commit for each.

    Dagster looks for one table of each storage and takes the others for there: every process would fail for good. An
    older Dagster's tables are left to `partnerforge db upgrade`.
    """
    with engine.begin() as connection:
        there = set(inspect(connection).get_table_names())
        if all(table in there for tables in _TABLES for table in tables.tables):
            return
        version, newest = storage.run_storage.alembic_version() or (None, None)
        if version not in (None, newest):
            return
        for tables in _TABLES:
            tables.create_all(connection)
        stamp_alembic_rev(pg_alembic_config(dagster_postgres.run_storage.run_storage.__file__), connection)
    # What Dagster does after it has made them.
    for changed in (storage.run_storage, storage.schedule_storage):
        changed.migrate()
        changed.optimize()
    storage.event_log_storage.reindex_events()
    storage.event_log_storage.reindex_assets()
