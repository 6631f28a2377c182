"""Dagster's SQLite event log with its connections kept open.

Dagster's own makes an engine for every event it writes or reads, and compiles every statement anew: about a quarter of
a run's time and a third of its CPU here (decision 0001). Only how a connection is had differs, and that its commits do
not wait for the disk.
Leans on private names of Dagster, as executor.py does: minor version pinned, behaviour tested.
Not for: PostgreSQL (dagster-postgres keeps its connections).
"""

import sqlite3
import weakref
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import dagster as dg
from dagster._core.events.log import EventLogEntry
from dagster._core.storage.event_log.schema import SqlEventLogStorageTable
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage
from dagster._serdes import ConfigurableClassData
from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.event import listen
from sqlalchemy.pool import StaticPool

from partnerforge_dagster.settings import home

OPEN_SHARDS = 8
"""Dagster keeps a file for each run and one for all; so many stay open."""
BUSY_S = 60.0


class KeptOpenSqliteEventLogStorage(SqliteEventLogStorage):
    """Named in dagster.yaml; takes no configuration: the files lie where Dagster's own would put them."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._engines: dict[str, Engine] = {}
        self._tables: set[str] = set()
        self._columns: set[str] = set()
        # Also when the process ends: a connection that is never closed leaves its write-ahead log, 4 MB for each run.
        weakref.finalize(self, _close, self._engines)
        super().__init__(base_dir, inst_data)

    @classmethod
    def config_type(cls) -> dict[str, Any]:
        """No configuration."""
        return {}

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]) -> Self:
        """Dagster's way to make one from dagster.yaml."""
        del config_value
        return cls(str(home() / "history" / "runs"), inst_data)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._db_lock, self._engine(shard).connect() as connection, connection.begin():
            yield connection

    def _engine(self, shard: str) -> Engine:
        """The shard's engine, one connection in it; the one used longest ago makes room."""
        engine = self._engines.pop(shard, None)
        if engine is None:
            engine = create_engine(
                self.conn_string_for_shard(shard),
                poolclass=StaticPool,
                connect_args={"timeout": BUSY_S, "check_same_thread": False},
            )
            listen(engine, "connect", _let_commits_not_wait)
            if shard not in self._initialized_dbs:
                self._initdb(engine)
                self._initialized_dbs.add(shard)
            if len(self._engines) >= OPEN_SHARDS:
                self._engines.pop(next(iter(self._engines))).dispose()
        self._engines[shard] = engine
        return engine

    def store_event_batch(self, events: Sequence[EventLogEntry]) -> None:
        """Store a step's materializations (step_events.py) in two transactions; Dagster's own takes two for each."""
        runs = {event.run_id for event in events}
        kinds = {event.dagster_event_type for event in events}
        if len(runs) > 1 or kinds != {dg.DagsterEventType.ASSET_MATERIALIZATION}:
            super().store_event_batch(events)
            return
        rows = [self._event_to_row(event) for event in events]
        insert = SqlEventLogStorageTable.insert()
        with self.run_connection(runs.pop()) as connection:
            connection.execute(insert, rows)
        with self.index_connection() as connection:
            ordered = insert.returning(SqlEventLogStorageTable.c.id, sort_by_parameter_order=True)
            ids = connection.execute(ordered, rows).scalars().all()
            self._store_asset_event_tags(connection, events, ids)
            # Of each asset the last: what it replaces would be overwritten at once.
            last = {event.get_dagster_event().asset_key: (event, id_) for event, id_ in zip(events, ids, strict=True)}
            for event, id_ in last.values():
                self._store_asset_event(connection, event, id_)

    def has_table(self, table_name: str) -> bool:
        """Whether the index has a table; it stays, and Dagster asks at every event, over an engine of its own."""
        if table_name not in self._tables and super().has_table(table_name):
            self._tables.add(table_name)
        return table_name in self._tables

    def _has_asset_key_col_on_connection(self, conn: Connection, column_name: str) -> bool:
        """The same of a column of the assets' table."""
        if column_name not in self._columns and super()._has_asset_key_col_on_connection(conn, column_name):
            self._columns.add(column_name)
        return column_name in self._columns

    def delete_events(self, run_id: str) -> None:
        """Delete a run's events and its file: Dagster's own leaves the file, emptied and as large as before."""
        super().delete_events(run_id)
        with self._db_lock:
            engine = self._engines.pop(run_id, None)
            if engine is not None:
                engine.dispose()
            self._initialized_dbs.discard(run_id)
            for ending in ("", "-wal", "-shm"):
                Path(self.path_for_shard(run_id) + ending).unlink(missing_ok=True)

    def dispose(self) -> None:
        """Close everything."""
        super().dispose()
        _close(self._engines)


def _let_commits_not_wait(connection: sqlite3.Connection, _record: object) -> None:
    """A run commits a hundred times for each account. In WAL mode, which Dagster sets, a power cut may take the last
    moments and no more: https://www.sqlite.org/pragma.html#pragma_synchronous. Our own store keeps results and waits.
    """
    connection.execute("PRAGMA synchronous = NORMAL")


def _close(engines: dict[str, Engine]) -> None:
    for engine in engines.values():
        engine.dispose()
    engines.clear()
