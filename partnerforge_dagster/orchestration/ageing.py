"""Raises the priority of runs that have waited for long, so that the lowest still move.

Dagster's queue takes the highest priority first, without end: a stream of urgent work would keep the rest waiting.
Not for: how fast a priority grows (planning/priority.py).
"""

from datetime import datetime

import dagster as dg

from partnerforge_dagster.orchestration.tags import ASKED_PRIORITY_TAG, PRIORITY_TAG, priority_in
from partnerforge_dagster.planning.priority import aged


def raise_waiting(instance: dg.DagsterInstance, now: datetime) -> int:
    """Raise queued runs to the priority of their age; return how many were raised."""
    raised = 0
    for record in instance.get_run_records(dg.RunsFilter(statuses=[dg.DagsterRunStatus.QUEUED]), ascending=True):
        tags = record.dagster_run.tags
        asked = priority_in(tags, ASKED_PRIORITY_TAG if ASKED_PRIORITY_TAG in tags else PRIORITY_TAG)
        wanted = aged(asked, (now - record.create_timestamp).total_seconds())
        if wanted > priority_in(tags):
            new = {PRIORITY_TAG: str(wanted), ASKED_PRIORITY_TAG: str(asked)}
            instance.add_run_tags(record.dagster_run.run_id, new)
            raised += 1
    return raised
