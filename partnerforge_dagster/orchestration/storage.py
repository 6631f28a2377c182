"""Where Dagster keeps runs, events and schedules: beside PartnerForge's own tables, by the same setting.

A `PARTNERFORGE_DATABASE_URL` of PostgreSQL takes everything, and nothing else has to be said; without one all is SQLite
in DAGSTER_HOME. A password is in no file of Dagster's and in nothing that it hands to its processes: each reads the
setting for itself.
Leans on private names of Dagster, as executor.py does: minor version pinned, behaviour tested.
Not for: PartnerForge's own tables (store/database.py).
"""

from collections.abc import Mapping
from typing import Any

from dagster._core.storage.base_storage import DagsterStorage
from dagster._core.storage.legacy_storage import CompositeStorage
from dagster._serdes import ConfigurableClass, ConfigurableClassData
from dagster_postgres import DagsterPostgresStorage
from sqlalchemy import text

from partnerforge_dagster.orchestration.event_storage import KeptOpenSqliteEventLogStorage
from partnerforge_dagster.orchestration.sqlite_storages import KeptOpenSqliteRunStorage, KeptOpenSqliteScheduleStorage
from partnerforge_dagster.settings import Settings, home
from partnerforge_dagster.store.database import open_engine

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
    engine.dispose()
    return storage
