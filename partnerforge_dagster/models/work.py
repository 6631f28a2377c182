"""The states of work that was asked of Dagster, in plain words.

Not for: the work itself (orchestration/work.py, which imports Dagster).
"""

from enum import StrEnum


class State(StrEnum):
    """Where a run or a backfill stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELING = "canceling"
    CANCELED = "canceled"


OVER = (State.DONE, State.FAILED, State.CANCELED)
UNFINISHED = tuple(state for state in State if state not in OVER)
