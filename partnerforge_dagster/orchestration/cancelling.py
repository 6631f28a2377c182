"""Stops runs and backfills, wherever they run, and watches them stop.

There is one way for all: what is to stop is marked in the instance. Our executor looks there every second
(executor.py), be it in this process, in another one of this machine or in a worker on another machine; the daemon looks
there before it starts anything. Dagster's own way asks the code server that started a run, which a run of the command
line does not have.
Not for: what stopping means for a request under way (governor/gate.py).
"""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import dagster as dg
from dagster._core.execution.backfill import BulkActionStatus

from partnerforge_dagster.orchestration.tags import BACKFILL_TAG

LOOK_S = 0.25
"""Seconds between two looks."""
SILENT_S = 15.0
"""A run's process answers within two seconds, on a busy machine within ten; after this it counts as dead."""
SETTLED_S = 3.0
"""What is stopped before it starts may be starting in this very moment; it is watched for so long."""

_Status = dg.DagsterRunStatus
_NOT_BEGUN = (_Status.QUEUED, _Status.NOT_STARTED, _Status.STARTING)
_UNFINISHED = (*_NOT_BEGUN, _Status.MANAGED, _Status.STARTED, _Status.CANCELING)


@dataclass(frozen=True)
class Canceled:
    """What became of the runs."""

    stopped: tuple[str, ...]
    """Ended because of this, or of themselves meanwhile."""
    dead: tuple[str, ...]
    """Nobody answered: their processes had died, and they are marked as canceled."""


def cancel(instance: dg.DagsterInstance, run_ids: Iterable[str] = (), backfill_ids: Iterable[str] = ()) -> Canceled:
    """Stop runs, and backfills with their runs; return when all have ended, which takes seconds.

    A backfill is marked; the daemon starts no more of it and notes it as canceled when it next looks.
    """
    backfills = list(backfill_ids)
    for backfill_id in backfills:
        backfill = instance.get_backfill(backfill_id)
        if backfill is not None and backfill.status is BulkActionStatus.REQUESTED:
            instance.update_backfill(backfill._replace(status=BulkActionStatus.CANCELING))
    return _Watch(instance, list(run_ids), backfills).to_the_end()


class _Watch:
    """Marks runs until they have ended: a run that was just starting may overwrite the mark."""

    def __init__(self, instance: dg.DagsterInstance, run_ids: Sequence[str], backfill_ids: Sequence[str]) -> None:
        self._instance = instance
        self._given = run_ids
        self._backfills = backfill_ids
        self._asked: dict[str, float] = {}
        """When each run was first marked."""
        self._settled_at: dict[str, float] = {}
        """When each run that was stopped before it began is sure not to begin any more."""

    def to_the_end(self) -> Canceled:
        dead: list[str] = []
        while True:
            now = time.monotonic()
            left = [run for run in self._runs() if not run.is_finished]
            for run in left:
                if now - self._asked.setdefault(run.run_id, now) > SILENT_S:
                    message = f"Canceled from outside: its process did not answer for {SILENT_S:g} s."
                    self._instance.report_run_canceled(run, message)
                    dead.append(run.run_id)
                else:
                    self._mark(run, now)
            if not left and all(now >= moment for moment in self._settled_at.values()):
                return Canceled(tuple(run_id for run_id in self._asked if run_id not in dead), tuple(dead))
            time.sleep(LOOK_S)

    def _runs(self) -> list[dg.DagsterRun]:
        """The given ones, those that were marked, and what the daemon was just making of the backfills."""
        known = list(dict.fromkeys([*self._given, *self._asked]))
        found = self._instance.get_runs(dg.RunsFilter(run_ids=known)) if known else []
        if self._backfills:
            of_backfills = {BACKFILL_TAG: list(self._backfills)}
            found = [*found, *self._instance.get_runs(dg.RunsFilter(tags=of_backfills, statuses=_UNFINISHED))]
        return list({run.run_id: run for run in found}.values())

    def _mark(self, run: dg.DagsterRun, now: float) -> None:
        if run.status is _Status.CANCELING:
            return
        self._instance.report_run_canceling(run)
        if run.status in _NOT_BEGUN:
            self._instance.report_run_canceled(run, "Canceled before it began.")
            self._settled_at[run.run_id] = now + SETTLED_S
