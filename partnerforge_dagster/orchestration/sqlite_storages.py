"""Dagster's SQLite storages of runs and of schedules with their connections kept open.

Dagster's own make an engine for every question, compile the statement anew, and look up the table's columns before they
read a run: 15 ms for one run's status, which every run asks each second and the daemon all the time. Only how a
connection is had differs.
Leans on private names of Dagster, as executor.py does: minor version pinned, behaviour tested.
Not for: the event log (event_storage.py), PostgreSQL (dagster-postgres keeps its connections).
"""

import weakref
from collections.abc import Iterator
from contextlib import contextmanager

from dagster._core.storage.runs.sqlite.sqlite_run_storage import SqliteRunStorage
from dagster._core.storage.schedules.sqlite.sqlite_schedule_storage import SqliteScheduleStorage
from dagster._serdes import ConfigurableClassData
from sqlalchemy import Connection, create_engine

from partnerforge_dagster.orchestration.event_storage import BUSY_S


class _KeptOpen:
    """One engine for a storage, with as many connections as are asked for at once: as Dagster's own, without a bound,
    because a question may be asked while another's connection is held.
    """

    def __init__(self, conn_string: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._engine = create_engine(conn_string, connect_args={"timeout": BUSY_S}, pool_use_lifo=True, max_overflow=-1)
        # Also when the process ends: a connection that is never closed leaves its write-ahead log behind.
        weakref.finalize(self, self._engine.dispose)
        super().__init__(conn_string, inst_data)  # type: ignore[call-arg]

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """A transaction on a connection that stays open."""
        with self._engine.connect() as connection, connection.begin():
            yield connection

    def dispose(self) -> None:
        """Close everything."""
        self._engine.dispose()


class KeptOpenSqliteRunStorage(_KeptOpen, SqliteRunStorage):
    """Of the runs, in one file."""

    _has_run_times = False

    def has_run_stats_index_cols(self) -> bool:
        """Whether the table has columns of a later version; they stay, and Dagster asks before it reads a run."""
        self._has_run_times = self._has_run_times or super().has_run_stats_index_cols()
        return self._has_run_times


class KeptOpenSqliteScheduleStorage(_KeptOpen, SqliteScheduleStorage):
    """Of schedules and sensors, in one file."""
