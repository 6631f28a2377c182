"""Opening the Dagster instance, one process at a time, and bringing its tables up to date.

Dagster's SQLite storages make their tables and then note the tables' version in a second step. A process that opens the
same new DAGSTER_HOME in between takes the tables for old ones and notes another version; from then on every process
fails with "Version table 'alembic_version' has more than one head present". Half a second under a lock costs less.
Not for: where DAGSTER_HOME is (settings.py) or what is in it (cli/common.py).
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import dagster as dg
from filelock import FileLock

OPENING = ".opening.lock"
"""The lock's file in DAGSTER_HOME. The operating system lets go of it when its holder dies."""
PATIENCE_S = 120.0


def open_instance() -> dg.DagsterInstance:
    """The instance of DAGSTER_HOME. Raises filelock.Timeout when others take more than two minutes to open it."""
    with FileLock(Path(os.environ["DAGSTER_HOME"]) / OPENING, timeout=PATIENCE_S):
        return dg.DagsterInstance.get()


class Version(NamedTuple):
    """Of one part of Dagster's storage: the version of its tables, and the one that this Dagster works with."""

    part: str
    found: str | None
    wanted: str


def versions(instance: dg.DagsterInstance) -> list[Version]:
    """Of all parts; those that keep no version are left out."""
    storages = {
        "dagster runs": instance.run_storage,
        "dagster events": instance.event_log_storage,
        "dagster schedules": instance.schedule_storage,
    }
    found = {part: storage.alembic_version() for part, storage in storages.items() if storage is not None}
    return [Version(part, version[0], str(version[1])) for part, version in found.items() if version is not None]


def upgrade(instance: dg.DagsterInstance, tell: Callable[[str], None]) -> None:
    """Migrate what is behind, by Dagster's own migrations; `tell` is given their progress."""
    if any(version.found != version.wanted for version in versions(instance)):
        instance.upgrade(tell)
