"""Asks again for what runs that died still owe, where Dagster's own retries gave up.

`run_retries` starts a dead run again, but a retry that finds the code server still starting (after a reboot, all start
at once) is given up for good. Nor does it start a run again of which a step died, as of a database that was away: to it
that is a step's own failure. A sensor runs in the code server, so when this looks, it is there.
Not for: noticing that a run is dead (run_launcher.py), or accounts that failed in a living one (store/failures.py).
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

import dagster as dg

from partnerforge_dagster.orchestration.backfills import request
from partnerforge_dagster.orchestration.module import Module
from partnerforge_dagster.orchestration.partitions import Order
from partnerforge_dagster.orchestration.selection import left_over
from partnerforge_dagster.orchestration.tags import (
    AGAIN_TAG,
    BACKFILL_TAG,
    FORCE_TAG,
    MAX_CREDITS_TAG,
    MAX_RETRIES_TAG,
    priority_in,
)
from partnerforge_dagster.settings import Settings
from partnerforge_dagster.store.results import Results

LOOK_BACK = timedelta(hours=3)
MOST_TIMES = 3
"""How often work is asked for again: what kills every run that takes it must not go on for ever."""
TAKEN = "taken"
FAILURE_REASON_TAG = "dagster/failure_reason"


def ask_again(
    instance: dg.DagsterInstance, results: Results, modules: Mapping[str, Module], settings: Settings, now: datetime
) -> list[str]:
    """Queue what dead runs of batches owe; return the backfills' ids. Raises QueueFull; the rest is asked next time."""
    recent = dg.RunsFilter(statuses=[dg.DagsterRunStatus.FAILURE], updated_after=now - LOOK_BACK)
    ids = []
    for record in instance.get_run_records(recent, ascending=True):
        run = record.dagster_run
        if _given_up(run.tags) and not _failed_by_its_accounts(instance, run):
            ids += request(
                instance,
                _owed(instance, record, results, modules),
                settings=settings,
                priority=priority_in(run.tags),
                tags=_tags(run.tags),
            )
            instance.add_run_tags(run.run_id, {AGAIN_TAG: TAKEN})
    return ids


def _given_up(tags: Mapping[str, str]) -> bool:
    """Whether Dagster will not start a run of a batch again."""
    again = tags.get(AGAIN_TAG, "0")
    return (
        BACKFILL_TAG in tags
        and tags.get("dagster/will_retry") == "false"
        and "dagster/auto_retry_run_id" not in tags
        and tags.get(MAX_RETRIES_TAG) != "0"
        and again != TAKEN
        and int(again) < MOST_TIMES
    )


def _failed_by_its_accounts(instance: dg.DagsterInstance, run: dg.DagsterRun) -> bool:
    """Whether steps failed for accounts that they named (step_events.py), and none for any other reason."""
    if run.tags.get(FAILURE_REASON_TAG) != "STEP_FAILURE":
        return False
    logged = instance.all_logs(run.run_id, of_type=dg.DagsterEventType.STEP_FAILURE)
    events = [entry.dagster_event for entry in logged if entry.dagster_event is not None]
    return all(event.step_failure_data.user_failure_data is not None for event in events)


def _owed(
    instance: dg.DagsterInstance, record: dg.RunRecord, results: Results, modules: Mapping[str, Module]
) -> dict[str, tuple[str, ...]]:
    run = record.dagster_run
    root = instance.get_run_record_by_id(run.root_run_id) if run.root_run_id else record
    since = (root or record).create_timestamp
    asked = [key.to_user_string() for key in run.asset_selection or ()]
    accounts = Order(instance).accounts_of(run.tags)
    good = results.standing_of(accounts, good=True)
    return {account: left_over(modules, good.get(account, {}), asked=asked, since=since) for account in accounts}


def _tags(tags: Mapping[str, str]) -> dict[str, str]:
    kept = {name: tags[name] for name in (FORCE_TAG, MAX_CREDITS_TAG) if name in tags}
    return {**kept, AGAIN_TAG: str(int(tags.get(AGAIN_TAG, "0")) + 1)}
