"""Runs the enrichment job in this process, one Dagster run an account, and reports what happens from the event log.

The runs are ordinary runs of the instance: the UI shows them while they go on and keeps them after.
Not for: deciding what to run (selection.py) or showing progress (cli/).
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from enum import StrEnum
from uuid import uuid4

import dagster as dg
from dagster._core.definitions.reconstruct import ReconstructableJob

from partnerforge_dagster.orchestration.executor import interrupt

REQUEST_TAG = "partnerforge/request"
"""Run tag that says which call of `launch` a run belongs to."""
PARTITION_TAG = "dagster/partition"
LOOK_S = 0.25
"""Seconds between two looks at the event log."""


class StepEvent(StrEnum):
    """What a watcher is told of a module."""

    STARTED = "started"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    SKIPPED = "skipped"


_TOLD = {
    dg.DagsterEventType.STEP_START: StepEvent.STARTED,
    dg.DagsterEventType.STEP_SUCCESS: StepEvent.SUCCEEDED,
    dg.DagsterEventType.STEP_FAILURE: StepEvent.FAILED,
    dg.DagsterEventType.STEP_SKIPPED: StepEvent.SKIPPED,
}

QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
"""Everything is in the event log; the console belongs to the progress bars."""

FAILURES = (dg.DagsterEventType.STEP_FAILURE, dg.DagsterEventType.RUN_FAILURE)

Watcher = Callable[[str, str, StepEvent], None]
"""Called as (domain, module, event)."""


@dataclass
class _Watched:
    """How far one account's run has been read."""

    run_id: str | None = None
    cursor: str | None = None


class Launch:
    """One request: a Dagster run for each account, at most `at_once` side by side."""

    def __init__(
        self, instance: dg.DagsterInstance, job: ReconstructableJob, *, at_once: int, max_runtime_s: float
    ) -> None:
        self._instance = instance
        self._job = job
        self._at_once = at_once
        self._max_runtime_s = max_runtime_s
        self._request = uuid4().hex
        self._watched: dict[str, _Watched] = {}
        self.failures: dict[str, str] = {}
        """Why an account's run failed, for those that did."""

    def run(
        self, selections: Mapping[str, Sequence[str]], *, tags: Mapping[str, str], watch: Watcher
    ) -> dict[str, str]:
        """Run each account's modules to the end; return run ids by account. Accounts without modules have none.

        A failed run is no exception: results tell. Raises KeyboardInterrupt after having cancelled every run.
        """
        self._watched = {domain: _Watched() for domain, modules in selections.items() if modules}
        with ThreadPoolExecutor(self._at_once, thread_name_prefix="run") as threads:
            runs = [threads.submit(self._run_one, domain, selections[domain], tags) for domain in self._watched]
            try:
                self._follow(runs, watch)
            except KeyboardInterrupt:
                for run in runs:
                    run.cancel()
                self._cancel()
                raise
        for run in runs:
            run.result()
        self._look(watch)
        return {domain: watched.run_id for domain, watched in self._watched.items() if watched.run_id}

    def _run_one(self, domain: str, modules: Sequence[str], tags: Mapping[str, str]) -> None:
        dg.execute_job(
            self._job,
            instance=self._instance,
            tags={
                **tags,
                REQUEST_TAG: self._request,
                PARTITION_TAG: domain,
                "dagster/max_runtime": f"{self._max_runtime_s:.0f}",
            },
            asset_selection=[dg.AssetKey(name) for name in modules],
            run_config=QUIET,
        )

    def _follow(self, runs: Sequence["Future[None]"], watch: Watcher) -> None:
        waiting = set(runs)
        while waiting:
            _, waiting = wait(waiting, timeout=LOOK_S)
            self._look(watch)

    def _look(self, watch: Watcher) -> None:
        """Tell the watcher what the event log has since the last look."""
        if any(watched.run_id is None for watched in self._watched.values()):
            for run in self._instance.get_runs(dg.RunsFilter(tags={REQUEST_TAG: self._request})):
                self._watched[run.tags[PARTITION_TAG]].run_id = run.run_id
        for domain, watched in self._watched.items():
            if watched.run_id is not None:
                self._tell(domain, watched, watched.run_id, watch)

    def _tell(self, domain: str, watched: _Watched, run_id: str, watch: Watcher) -> None:
        page = self._instance.get_records_for_run(run_id, cursor=watched.cursor, of_type={*_TOLD, *FAILURES})
        watched.cursor = page.cursor
        for record in page.records:
            event = record.event_log_entry.dagster_event
            if event is None:
                continue
            if event.event_type in FAILURES:
                self.failures[domain] = _reason(event)
            if event.step_key is not None:
                watch(domain, event.step_key, _TOLD[event.event_type])

    def _cancel(self) -> None:
        for watched in self._watched.values():
            run = self._instance.get_run_by_id(watched.run_id) if watched.run_id else None
            if run is not None and not run.is_finished:
                self._instance.report_run_canceling(run)
                interrupt(run.run_id)


def _reason(event: dg.DagsterEvent) -> str:
    """The innermost cause in one line: outer errors only say that there was one."""
    data = event.event_specific_data
    error = getattr(data, "error", None) or getattr(getattr(data, "first_step_failure_event", None), "error", None)
    while error is not None and error.cause is not None:
        error = error.cause
    return (error.message if error is not None else event.message or "").strip().splitlines()[0]
