"""Which of Dagster's old runs can go: those whose every materialization has been renewed since.

Deleting a run deletes its events. One that holds the newest materialization of an account would leave that account
"missing" in the UI, so it stays however old it is. What PartnerForge itself keeps (results, changes, calls) is not
touched: its history is whole without Dagster's.
Leans on private names of Dagster, as executor.py does: minor version pinned, behaviour tested.
"""

from collections.abc import Iterator
from datetime import datetime

import dagster as dg
from dagster._core.storage.dagster_run import FINISHED_STATUSES
from dagster._core.storage.event_log import SqlEventLogStorage
from dagster._core.storage.event_log.schema import SqlEventLogStorageTable
from sqlalchemy import func, select

PAGE = 1_000
"""Runs read at a time."""


def superseded(instance: dg.DagsterInstance, before: datetime) -> list[str]:
    """Ids of ended runs that were created before `before` and hold no newest materialization, oldest first."""
    needed = _with_newest(instance)
    return [run_id for run_id in _ended(instance, before) if run_id not in needed][::-1]


def _ended(instance: dg.DagsterInstance, before: datetime) -> Iterator[str]:
    cursor = None
    wanted = dg.RunsFilter(statuses=list(FINISHED_STATUSES), created_before=before)
    while page := instance.get_run_ids(wanted, cursor=cursor, limit=PAGE):
        yield from page
        cursor = page[-1]


def _with_newest(instance: dg.DagsterInstance) -> set[str]:
    """Runs that made what the UI shows of some asset and partition."""
    storage = instance.event_log_storage
    if not isinstance(storage, SqlEventLogStorage):
        raise TypeError(f"cannot tell which runs are needed in a {type(storage).__name__}")
    events = SqlEventLogStorageTable
    newest = (
        select(func.max(events.c.id))
        .where(events.c.dagster_event_type == dg.DagsterEventType.ASSET_MATERIALIZATION.value)
        .group_by(events.c.asset_key, events.c.partition)
    )
    with storage.index_connection() as connection:
        return set(connection.execute(select(events.c.run_id).where(events.c.id.in_(newest)).distinct()).scalars())
