"""What was asked of Dagster: runs and backfills as one kind of thing, with accounts, modules and a plain state.

Leans on private names of Dagster, as backfills.py does: minor version pinned, behaviour tested.
Not for: starting work (launch.py, backfills.py), stopping it (cancelling.py) or what it cost (store/calls.py).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

import dagster as dg
from dagster._core.definitions.partitions.context import partition_loading_context
from dagster._core.execution.backfill import BulkActionsFilter, BulkActionStatus, PartitionBackfill
from dagster._core.storage.dagster_run import RunRecord

from partnerforge_dagster.models.modules import MODULES
from partnerforge_dagster.models.work import State
from partnerforge_dagster.orchestration.launch import FAILURES, reason_of
from partnerforge_dagster.orchestration.partitions import Order
from partnerforge_dagster.orchestration.tags import BACKFILL_TAG, FORCE_TAG, MAX_CREDITS_TAG, priority_in, whole

_Run, _Backfill = dg.DagsterRunStatus, BulkActionStatus


SEARCHED = 5_000
"""Runs that are searched for the beginning of an id; an older one needs its whole id."""

_OF_RUN = {
    _Run.QUEUED: State.QUEUED,
    _Run.NOT_STARTED: State.QUEUED,
    _Run.MANAGED: State.RUNNING,
    _Run.STARTING: State.RUNNING,
    _Run.STARTED: State.RUNNING,
    _Run.SUCCESS: State.DONE,
    _Run.FAILURE: State.FAILED,
    _Run.CANCELING: State.CANCELING,
    _Run.CANCELED: State.CANCELED,
}
_OF_BACKFILL = {
    _Backfill.REQUESTED: State.RUNNING,
    _Backfill.COMPLETED: State.DONE,
    _Backfill.COMPLETED_SUCCESS: State.DONE,
    _Backfill.COMPLETED_FAILED: State.FAILED,
    _Backfill.FAILED: State.FAILED,
    _Backfill.FAILING: State.FAILED,
    _Backfill.CANCELING: State.CANCELING,
    _Backfill.CANCELED: State.CANCELED,
}


class Kind(StrEnum):
    """Of work."""

    RUN = "run"
    BACKFILL = "backfill"


@dataclass(frozen=True)
class Work:
    """One run or one backfill."""

    id: str
    kind: Kind
    accounts: tuple[str, ...]
    modules: tuple[str, ...]
    """In the order of the table."""
    state: State
    priority: int
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    backfill_id: str | None
    """The backfill that made the run."""
    force: bool
    """It buys every answer again."""
    max_credits: int | None
    """What it may spend; of a backfill, each of its runs."""


class Works:
    """Reads what an instance knows. One object for one look: it keeps the order of the accounts."""

    def __init__(self, instance: dg.DagsterInstance) -> None:
        self._instance = instance
        self._order = Order(instance)

    def runs(
        self,
        *,
        states: Iterable[State] | None = None,
        since: datetime | None = None,
        changed_since: datetime | None = None,
        limit: int | None = None,
        run_ids: Sequence[str] | None = None,
        backfill_id: str | None = None,
    ) -> list[Work]:
        """Runs, newest first."""
        wanted = set(State if states is None else states)
        chosen = dg.RunsFilter(
            run_ids=run_ids,
            statuses=[status for status, state in _OF_RUN.items() if state in wanted],
            created_after=since,
            updated_after=changed_since,
            tags={BACKFILL_TAG: backfill_id} if backfill_id else None,
        )
        return [self._run(record) for record in self._instance.get_run_records(chosen, limit=limit)]

    def backfills(
        self,
        *,
        states: Iterable[State] | None = None,
        since: datetime | None = None,
        limit: int | None = None,
        ids: Sequence[str] | None = None,
    ) -> list[Work]:
        """Backfills, newest first."""
        wanted = set(State if states is None else states)
        chosen = BulkActionsFilter(
            statuses=[status for status, state in _OF_BACKFILL.items() if state in wanted],
            created_after=since,
            backfill_ids=ids,
        )
        found = self._instance.get_backfills(filters=chosen, limit=limit)
        with partition_loading_context(dynamic_partitions_store=self._instance):
            return [_of_backfill(backfill) for backfill in found]

    def named(self, name: str) -> list[Work]:
        """The backfill or the run of this id, else the runs whose ids begin so, of the newest SEARCHED ones."""
        records = self._instance.get_run_records(dg.RunsFilter(run_ids=[name]))
        found = [*self.backfills(ids=[name]), *map(self._run, records)]
        if found:
            return found
        newest = self._instance.get_run_records(limit=SEARCHED)
        return [self._run(record) for record in newest if record.dagster_run.run_id.startswith(name)]

    def reason(self, work: Work) -> str | None:
        """Why it failed, in one line; None when it did not, or nobody wrote down why."""
        if work.state is not State.FAILED:
            return None
        if work.kind is Kind.RUN:
            records = self._instance.get_records_for_run(work.id, of_type=set(FAILURES), limit=1).records
            events = [record.event_log_entry.dagster_event for record in records]
            return reason_of(events[0]) if events and events[0] is not None else None
        backfill = self._instance.get_backfill(work.id)
        if backfill is None or backfill.error is not None:
            return backfill.error.message.strip().splitlines()[0] if backfill and backfill.error else None
        failed = sorted(_failed_in(backfill))
        return f"{len(failed)} of {len(work.accounts)} accounts failed: {', '.join(failed[:3])}" if failed else None

    def _run(self, record: RunRecord) -> Work:
        run = record.dagster_run
        chosen = {key.path[-1] for key in run.asset_selection} if run.asset_selection is not None else set(MODULES)
        return Work(
            id=run.run_id,
            kind=Kind.RUN,
            accounts=self._order.accounts_of(run.tags),
            modules=tuple(name for name in MODULES if name in chosen),
            state=_OF_RUN[run.status],
            priority=priority_in(run.tags),
            created_at=record.create_timestamp.astimezone(UTC),
            started_at=_moment(record.start_time),
            ended_at=_moment(record.end_time),
            backfill_id=run.tags.get(BACKFILL_TAG),
            force=run.tags.get(FORCE_TAG) == "true",
            max_credits=whole(run.tags.get(MAX_CREDITS_TAG)),
        )


def _of_backfill(backfill: PartitionBackfill) -> Work:
    data = backfill.asset_backfill_data
    target = data.target_subset.partitions_subsets_by_asset_key if data else {}
    accounts = dict.fromkeys(account for subset in target.values() for account in subset.get_partition_keys())
    chosen = {key.path[-1] for key in target}
    created = datetime.fromtimestamp(backfill.backfill_timestamp, UTC)
    return Work(
        id=backfill.backfill_id,
        kind=Kind.BACKFILL,
        accounts=tuple(accounts),
        modules=tuple(name for name in MODULES if name in chosen),
        state=_OF_BACKFILL[backfill.status],
        priority=priority_in(backfill.tags),
        created_at=created,
        started_at=created,
        ended_at=_moment(backfill.backfill_end_timestamp),
        backfill_id=None,
        force=backfill.tags.get(FORCE_TAG) == "true",
        max_credits=whole(backfill.tags.get(MAX_CREDITS_TAG)),
    )


def _failed_in(backfill: PartitionBackfill) -> set[str]:
    data = backfill.asset_backfill_data
    subsets = data.failed_and_downstream_subset.partitions_subsets_by_asset_key if data else {}
    return {account for subset in subsets.values() for account in subset.get_partition_keys()}


def _moment(seconds: float | None) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds is not None else None
