"""Opening the Dagster instance, one process at a time.

Dagster's SQLite storages make their tables and then note the tables' version in a second step. A process that opens the
same new DAGSTER_HOME in between takes the tables for old ones and notes another version; from then on every process
fails with "Version table 'alembic_version' has more than one head present". Half a second under a lock costs less.
Not for: where DAGSTER_HOME is (settings.py) or what is in it (cli/common.py).
"""

import os
from pathlib import Path

import dagster as dg
from filelock import FileLock

OPENING = ".opening.lock"
"""The lock's file in DAGSTER_HOME. The operating system lets go of it when its holder dies."""
PATIENCE_S = 120.0


def open_instance() -> dg.DagsterInstance:
    """The instance of DAGSTER_HOME. Raises filelock.Timeout when others take more than two minutes to open it."""
    with FileLock(Path(os.environ["DAGSTER_HOME"]) / OPENING, timeout=PATIENCE_S):
        return dg.DagsterInstance.get()
