"""Runs the enrichment job in this process, a run for several accounts, and reports what happens from the event log.

The runs are ordinary runs of the instance: the UI shows them while they go on and keeps them after.
Not for: deciding what to run (selection.py) or showing progress (cli/).
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from enum import StrEnum
from typing import NamedTuple
from uuid import uuid4

import dagster as dg
from dagster._core.definitions.reconstruct import ReconstructableJob

from partnerforge_dagster.orchestration.executor import interrupt
from partnerforge_dagster.orchestration.tags import FIRST_TAG, LAST_TAG, MAX_RUNTIME_TAG, PARTITION_TAG, REQUEST_TAG

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


class Batch(NamedTuple):
    """Accounts of one run and the modules that it runs for all of them."""

    domains: tuple[str, ...]
    modules: tuple[str, ...]


def batches(order: Sequence[str], selections: Mapping[str, Sequence[str]], size: int) -> list[Batch]:
    """Runs for accounts that want modules: neighbours in the partitions' order with the same modules go together.

    Dagster hands a run a contiguous range of partitions, and one run for several accounts costs a fraction of one each.
    """
    found: list[Batch] = []
    last = -1
    for place, domain in enumerate(order):
        modules = tuple(selections.get(domain, ()))
        if not modules:
            continue
        if found and place == last + 1 and found[-1].modules == modules and len(found[-1].domains) < size:
            found[-1] = Batch((*found[-1].domains, domain), modules)
        else:
            found.append(Batch((domain,), modules))
        last = place
    return found


class RunCanceled(Exception):
    """Somebody canceled a run of the request, so the request stops. The message is the run's id."""


class Launch:
    """One request: a Dagster run for each batch, one after the other.

    Not side by side: two runs in one process deadlock in Dagster's set-up of logging (seen with 1.13.27: `dictConfig`
    of one run against a handler of the other that waits for the event log). Within a run everything is side by side.
    """

    def __init__(self, instance: dg.DagsterInstance, job: ReconstructableJob, *, max_runtime_s: float) -> None:
        self._instance = instance
        self._job = job
        self._max_runtime_s = max_runtime_s
        self.failures: dict[str, str] = {}
        """Why an account's run failed, for those that did."""

    def run(self, work: Sequence[Batch], *, tags: Mapping[str, str], watch: Watcher) -> list[str]:
        """Run every batch to its end and return the run ids. A failed run is no exception: results tell.

        Raises KeyboardInterrupt after having cancelled the run, RunCanceled when another process canceled it.
        """
        with ThreadPoolExecutor(1, thread_name_prefix="run") as thread:
            return [run_id for batch in work for run_id in self._run(thread, batch, tags, watch)]

    def _run(self, thread: ThreadPoolExecutor, batch: Batch, tags: Mapping[str, str], watch: Watcher) -> list[str]:
        follow = _Follow(self._instance, batch, watch, self.failures)
        run = thread.submit(
            dg.execute_job,
            self._job,
            instance=self._instance,
            tags={
                **tags,
                **_partitions(batch),
                **follow.tags,
                MAX_RUNTIME_TAG: str(round(self._max_runtime_s * len(batch.domains))),
            },
            asset_selection=[dg.AssetKey(name) for name in batch.modules],
            run_config=QUIET,
        )
        try:
            while wait([run], timeout=LOOK_S).not_done:
                follow.look()
        except KeyboardInterrupt:
            follow.cancel()
            raise
        run.result()
        follow.look()
        if follow.run_id is None:
            return []
        ended = self._instance.get_run_by_id(follow.run_id)
        if ended is not None and ended.status is dg.DagsterRunStatus.CANCELED:
            raise RunCanceled(follow.run_id)
        return [follow.run_id]


def _partitions(batch: Batch) -> dict[str, str]:
    if len(batch.domains) == 1:
        return {PARTITION_TAG: batch.domains[0]}
    return {FIRST_TAG: batch.domains[0], LAST_TAG: batch.domains[-1]}


class _Follow:
    """Reads the event log of a run whose id is not known before it exists."""

    def __init__(self, instance: dg.DagsterInstance, batch: Batch, watch: Watcher, failures: dict[str, str]) -> None:
        self.tags = {REQUEST_TAG: uuid4().hex}
        self.run_id: str | None = None
        self._instance = instance
        self._batch = batch
        self._watch = watch
        self._failures = failures
        self._cursor: str | None = None

    def look(self) -> None:
        """Tell the watcher what the event log has since the last look."""
        if self.run_id is None:
            runs = self._instance.get_runs(dg.RunsFilter(tags=self.tags), limit=1)
            if not runs:
                return
            self.run_id = runs[0].run_id
        page = self._instance.get_records_for_run(self.run_id, cursor=self._cursor, of_type={*_TOLD, *FAILURES})
        self._cursor = page.cursor
        for record in page.records:
            event = record.event_log_entry.dagster_event
            if event is not None:
                self._tell(event)

    def _tell(self, event: dg.DagsterEvent) -> None:
        failed = _failed(event, self._batch.domains) if event.event_type in FAILURES else {}
        for domain, reason in failed.items():
            self._failures.setdefault(domain, reason)
        if event.step_key is None:
            return
        told = _TOLD[event.event_type]
        for domain in self._batch.domains:
            came_through = told is StepEvent.FAILED and domain not in failed
            self._watch(domain, event.step_key, StepEvent.SUCCEEDED if came_through else told)

    def cancel(self) -> None:
        """Stop the run."""
        run = self._instance.get_run_by_id(self.run_id) if self.run_id else None
        if run is not None and not run.is_finished:
            self._instance.report_run_canceling(run)
            interrupt(run.run_id)


def _failed(event: dg.DagsterEvent, domains: Sequence[str]) -> Mapping[str, str]:
    """Accounts that an event of failure is about: those named in a step's Failure (step_events.py), else all.

    A run that failed because of a step says nothing new.
    """
    data = event.event_specific_data
    if getattr(data, "first_step_failure_event", None) is not None:
        return {}
    named = getattr(data, "user_failure_data", None)
    reasons = {domain: str(value.value) for domain, value in (named.metadata if named else {}).items()}
    return {domain: reasons[domain] for domain in domains if domain in reasons} or dict.fromkeys(
        domains, reason_of(event)
    )


def reason_of(event: dg.DagsterEvent) -> str:
    """The innermost cause in one line: outer errors only say that there was one."""
    data = event.event_specific_data
    error = getattr(data, "error", None) or getattr(getattr(data, "first_step_failure_event", None), "error", None)
    while error is not None and error.cause is not None:
        error = error.cause
    said = (error.message if error is not None else event.message or "").strip().splitlines()[0]
    return said.removeprefix("dagster._core.definitions.events.Failure: ")
