"""Asking Dagster for batch work: backfills, which the daemon splits into runs of a few accounts each.

Every list of accounts, schedule and sensor asks here, so that bound, priority and tags hold for all. A request needs
neither the code location nor a workspace: the daemon looks at the assets when it makes the runs.
Leans on private names of Dagster, as executor.py does: minor version pinned, behaviour tested.
Not for: deciding what to run (selection.py), or runs in this process (launch.py).
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import uuid4

import dagster as dg
from dagster._core.definitions.assets.graph.asset_graph_subset import AssetGraphSubset
from dagster._core.definitions.partitions.context import partition_loading_context
from dagster._core.execution.backfill import BulkActionsFilter, BulkActionStatus, PartitionBackfill
from dagster._core.storage.dagster_run import NOT_FINISHED_STATUSES

from partnerforge_dagster.orchestration.partitions import ACCOUNT, account_partitions, add_accounts
from partnerforge_dagster.orchestration.tags import BACKFILL_TAG, BATCH_TAG, MAX_RUNTIME_TAG, PRIORITY_TAG
from partnerforge_dagster.settings import Settings

ACCOUNTS_A_BACKFILL = 500
"""The daemon rewrites a backfill's lists of accounts, 15 of them, after every 25 runs: small ones keep that small."""

OPEN = (BulkActionStatus.REQUESTED, BulkActionStatus.CANCELING, BulkActionStatus.FAILING)


class QueueFull(Exception):
    """The bound of the queue would be passed; nothing was queued. The message says what to do."""


@dataclass(frozen=True)
class Open:
    """A backfill that has not ended."""

    id: str
    tags: Mapping[str, str]
    accounts: frozenset[str]
    """All that it was asked for."""
    left: frozenset[str]
    """Those that have not ended yet, as of the daemon's last look (every 5 s or so)."""
    canceling: bool


def request(
    instance: dg.DagsterInstance,
    selections: Mapping[str, Sequence[str]],
    *,
    settings: Settings,
    priority: int = 0,
    tags: Mapping[str, str] | None = None,
) -> list[str]:
    """Queue the modules of each account; return the ids of the backfills made, none when there is nothing to run.

    Accounts with the same modules share backfills. Partitions that are missing are made. `tags` come on every run.
    Raises QueueFull, then nothing was queued.
    """
    wanted = {account: tuple(modules) for account, modules in selections.items() if modules}
    if not wanted:
        return []
    _refuse_past_the_bound(instance, len(wanted), settings.queue_bound)
    add_accounts(instance, wanted)
    alike: dict[tuple[str, ...], list[str]] = {}
    for account in instance.get_dynamic_partitions(ACCOUNT):  # neighbours in this order can share a run
        if account in wanted:
            alike.setdefault(wanted[account], []).append(account)
    ids = []
    for modules, accounts in alike.items():
        for start in range(0, len(accounts), ACCOUNTS_A_BACKFILL):
            some = accounts[start : start + ACCOUNTS_A_BACKFILL]
            backfill = _backfill(instance, modules, some, _tags(settings, len(some), priority, tags or {}))
            instance.add_backfill(backfill)
            ids.append(backfill.backfill_id)
    return ids


def open_backfills(instance: dg.DagsterInstance) -> list[Open]:
    """Backfills that have not ended, oldest first; those that somebody started in the UI, too."""
    found = instance.get_backfills(filters=BulkActionsFilter(statuses=OPEN))
    with partition_loading_context(dynamic_partitions_store=instance):
        return [_open(backfill) for backfill in sorted(found, key=lambda one: one.backfill_timestamp)]


def queued(instance: dg.DagsterInstance) -> int:
    """Accounts that wait or run: those of backfills, and one for each run of an account alone."""
    of_backfills = sum(len(backfill.left) for backfill in open_backfills(instance))
    unfinished = instance.get_runs(dg.RunsFilter(statuses=NOT_FINISHED_STATUSES))
    return of_backfills + sum(BACKFILL_TAG not in run.tags for run in unfinished)


def room(instance: dg.DagsterInstance, settings: Settings) -> int:
    """Accounts that can be queued before the bound."""
    return max(0, settings.queue_bound - queued(instance))


def batch_runs(instance: dg.DagsterInstance) -> int:
    """How many runs of batches the queue lets run at once: the tightest limit of dagster.yaml that is about them."""
    queue = instance.get_concurrency_config().run_queue_config
    if queue is None:  # nothing is queued: runs start as they come
        return 1
    limits: list[int] = [
        limit["limit"] for limit in queue.tag_concurrency_limits if limit["key"] in (BACKFILL_TAG, BATCH_TAG)
    ]
    return max(1, min([*limits, queue.max_concurrent_runs]))


def _refuse_past_the_bound(instance: dg.DagsterInstance, asked: int, bound: int) -> None:
    waiting = queued(instance)
    if waiting + asked > bound:
        raise QueueFull(
            f"{asked} accounts were asked for and {waiting} are queued or running, past the bound of {bound}: "
            "nothing was queued. Ask again later or for fewer, or raise PARTNERFORGE_QUEUE_BOUND"
        )


def _tags(settings: Settings, accounts: int, priority: int, more: Mapping[str, str]) -> dict[str, str]:
    longest_s = settings.run_timeout_s * min(accounts, settings.accounts_a_run)
    return {BATCH_TAG: "true", PRIORITY_TAG: str(priority), MAX_RUNTIME_TAG: str(round(longest_s)), **more}


def _backfill(
    instance: dg.DagsterInstance, modules: Sequence[str], accounts: Sequence[str], tags: Mapping[str, str]
) -> PartitionBackfill:
    subset = account_partitions.subset_with_partition_keys(accounts)
    made: PartitionBackfill = PartitionBackfill.from_asset_graph_subset(
        backfill_id=uuid4().hex[:8],  # as long as those that the UI makes
        backfill_timestamp=time.time(),
        tags=tags,
        dynamic_partitions_store=instance,
        asset_graph_subset=AssetGraphSubset({dg.AssetKey(name): subset for name in modules}),  # type: ignore[call-arg]  # mypy takes its `__hash__ = None` for a field
        title=f"{accounts[0]} and {len(accounts) - 1} more" if len(accounts) > 1 else accounts[0],
        description=", ".join(modules),
        run_config=None,
    )
    return made


def _open(backfill: PartitionBackfill) -> Open:
    data = backfill.asset_backfill_data
    target = data.target_subset.partitions_subsets_by_asset_key if data else {}
    accounts: set[str] = set()
    left: set[str] = set()
    for key, subset in target.items():
        of_asset = set(subset.get_partition_keys())
        accounts |= of_asset
        for ended in (data.materialized_subset, data.failed_and_downstream_subset) if data else ():
            done = ended.partitions_subsets_by_asset_key.get(key)
            of_asset -= set(done.get_partition_keys()) if done is not None else set()
        left |= of_asset
    canceling = backfill.status is not BulkActionStatus.REQUESTED
    return Open(backfill.backfill_id, backfill.tags, frozenset(accounts), frozenset(left), canceling)
