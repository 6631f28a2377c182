"""An executor that runs a run's steps side by side in threads of one process.

Dagster's default starts a process per step, which costs 5 to 14 times the critical path of our graph; its in-process
executor runs one step after the other. Here each step is Dagster's own, unmodified `dagster_event_sequence_for_step`
in a worker thread, and Dagster's own `ActiveExecution` says what is ready, skipped, to be retried or held by a pool.

This is the only file that leans on Dagster's private modules, so the minor version is pinned in pyproject.toml and
partnerforge_dagster_tests/orchestration/test_executor.py runs every behaviour named above.
Step output is not captured: capture redirects the whole process's file descriptors, which side-by-side steps share.
"""

import gc
import queue
import threading
import time
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache

import dagster as dg
from dagster._core.errors import DagsterExecutionInterruptedError
from dagster._core.events import DagsterEvent, EngineEventData
from dagster._core.execution.api import ExecuteRunWithPlanIterable
from dagster._core.execution.context.system import (
    PlanExecutionContext,
    PlanOrchestrationContext,
    StepExecutionContext,
)
from dagster._core.execution.context_creation_job import PlanExecutionContextManager
from dagster._core.execution.plan.active import ActiveExecution
from dagster._core.execution.plan.execute_plan import _trigger_hook, dagster_event_sequence_for_step
from dagster._core.execution.plan.instance_concurrency_context import InstanceConcurrencyContext
from dagster._core.execution.plan.outputs import StepOutputHandle
from dagster._core.execution.plan.plan import ExecutionPlan
from dagster._core.execution.plan.step import ExecutionStep
from dagster._core.execution.retries import RetryMode
from dagster._core.executor.base import Executor

from partnerforge_dagster.orchestration.event_loop import event_loop
from partnerforge_dagster.orchestration.partitions import Order
from partnerforge_dagster.orchestration.tags import ALIVE_TAG, MAX_RETRIES_TAG, MAX_RUNTIME_TAG

POLL_S = 0.1
"""How long the executor sleeps at most between two looks at interrupts, pools and retry delays."""
LOOK_S = 1.0
"""Seconds between two looks at whether the run was cancelled in the instance: the one way that reaches a run wherever
it runs. Dagster's own goes through the code server that started the run."""
ALIVE_S = 10.0
"""Seconds between two signs of life of a run (run_launcher.py)."""

ACCOUNT_S = 600.0
"""What a run has for each account when it carries no MAX_RUNTIME_TAG. Dagster's run monitoring knows the tag, too, but
only the daemon enforces it."""


class TooLong(Exception):
    """The run passed its time and was stopped."""


_INTERRUPTED: set[str] = set()


def interrupt(run_id: str) -> None:
    """Stop a run of this process: what a signal does for a run in the main thread, for runs in other threads."""
    _INTERRUPTED.add(run_id)


@dataclass(frozen=True)
class _Done:
    """A step's thread has ended; `error` is what escaped Dagster's own handling."""

    step: ExecutionStep
    context: StepExecutionContext
    events: list[DagsterEvent]
    error: BaseException | None


class ConcurrentExecutor(Executor):
    """Steps of a run in threads of this process, at most `max_concurrent` at once."""

    def __init__(self, max_concurrent: int, retries: RetryMode) -> None:
        self._max_concurrent = max_concurrent
        self._retries = retries

    @property
    def retries(self) -> RetryMode:
        """Whether RetryPolicy counts."""
        return self._retries

    def execute(self, plan_context: PlanOrchestrationContext, execution_plan: ExecutionPlan) -> Iterator[DagsterEvent]:
        """Run the plan; yields Dagster's events in the order in which they became known."""
        _leave_alone_what_is_loaded()
        yield DagsterEvent.engine_event(
            plan_context,
            f"Running up to {self._max_concurrent} steps side by side in this process",
            EngineEventData(),
        )
        yield from iter(
            ExecuteRunWithPlanIterable(
                execution_plan=execution_plan,
                iterator=self._run,
                execution_context_manager=PlanExecutionContextManager(
                    job=plan_context.job,
                    retry_mode=self._retries,
                    execution_plan=execution_plan,
                    run_config=plan_context.run_config,
                    dagster_run=plan_context.dagster_run,
                    instance=plan_context.instance,
                    raise_on_error=plan_context.raise_on_error,
                    output_capture=plan_context.output_capture,
                ),
            )
        )

    def _run(self, job_context: PlanExecutionContext, execution_plan: ExecutionPlan) -> Iterator[DagsterEvent]:
        with (
            InstanceConcurrencyContext(job_context.instance, job_context.dagster_run) as pools,
            ActiveExecution(
                execution_plan,
                retry_mode=self._retries,
                max_concurrent=self._max_concurrent,
                instance_concurrency_context=pools,
            ) as active,
            ThreadPoolExecutor(self._max_concurrent, thread_name_prefix="step") as threads,
        ):
            yield from _SideBySide(job_context, active, threads, self._max_concurrent).events()


class _SideBySide:
    """One run's loop: start what is ready, pass on what happened, stop when interrupted."""

    def __init__(
        self, job_context: PlanExecutionContext, active: ActiveExecution, threads: ThreadPoolExecutor, limit: int
    ) -> None:
        self._job = job_context
        self._active = active
        self._threads = threads
        self._limit = limit
        self._limit_s = _limit_s(job_context)
        self._running: set[str] = set()
        self._interrupted = threading.Event()
        self._look_at = time.monotonic() + LOOK_S
        self._show_life_at = 0.0
        self._happened: queue.Queue[DagsterEvent | _Done] = queue.Queue()

    def events(self) -> Iterator[DagsterEvent]:
        failure: BaseException | None = None
        started = time.monotonic()
        try:
            while self._running or not (self._active.is_complete or self._interrupted.is_set()):
                self._show_life()
                yield from self._look_for_interrupt()
                if time.monotonic() - started > self._limit_s and not self._interrupted.is_set():
                    failure = TooLong(f"the run took longer than {self._limit_s:g} s ({MAX_RUNTIME_TAG})")
                    # It has had its time: not one for run_retries, which are for runs that died.
                    self._job.instance.add_run_tags(self._job.run_id, {MAX_RETRIES_TAG: "0"})
                    self._stop()
                yield from self._start_ready()
                done = yield from self._pass_on()
                if done is not None:
                    failure = failure or (None if self._interrupted.is_set() else done.error)
        finally:
            # Leaving early (an error here, a closed generator): no step may go on spending behind our back.
            if self._running:
                self._stop()
        if failure is not None:
            raise failure
        if self._interrupted.is_set():
            raise DagsterExecutionInterruptedError("the run was terminated")

    def _show_life(self) -> None:
        if time.monotonic() >= self._show_life_at:
            self._show_life_at = time.monotonic() + ALIVE_S
            self._job.instance.add_run_tags(self._job.run_id, {ALIVE_TAG: str(round(time.time()))})

    def _look_for_interrupt(self) -> Iterator[DagsterEvent]:
        signalled = self._active.check_for_interrupts()
        if self._interrupted.is_set() or not (signalled or self._job.run_id in _INTERRUPTED or self._over_elsewhere()):
            return
        yield DagsterEvent.engine_event(
            self._job,
            "Termination asked for: cancelling the running steps",
            EngineEventData.interrupted(sorted(self._running)),
        )
        if signalled:
            self._note_the_signal()
        self._stop()

    def _over_elsewhere(self) -> bool:
        """Whether somebody cancelled the run, or took it for dead and ended it."""
        if time.monotonic() < self._look_at:
            return False
        self._look_at = time.monotonic() + LOOK_S
        run = self._job.instance.get_run_by_id(self._job.run_id)
        return run is None or run.status is dg.DagsterRunStatus.CANCELING or run.is_finished

    def _note_the_signal(self) -> None:
        """A signal asks for what `partnerforge cancel` asks for; unnoted, Dagster would call the run failed."""
        run = self._job.instance.get_run_by_id(self._job.run_id)
        if run is not None and not run.is_finished and run.status is not dg.DagsterRunStatus.CANCELING:
            self._job.instance.report_run_canceling(run, "The run's process was asked to end (a signal).")

    def _stop(self) -> None:
        self._interrupted.set()
        self._active.mark_interrupted()
        event_loop().cancel(self._job.run_id)

    def _start_ready(self) -> Iterator[DagsterEvent]:
        if self._interrupted.is_set():
            return
        steps = self._active.get_steps_to_execute(limit=self._limit - len(self._running))
        yield from self._active.concurrency_event_iterator(self._job)
        for step in steps:
            context = self._job.for_step(step, self._active.get_known_state())
            self._running.add(step.key)
            self._threads.submit(self._run_step, step, context)

    def _run_step(self, step: ExecutionStep, context: StepExecutionContext) -> None:
        """In a worker thread: Dagster's own sequence for one step, event by event."""
        events: list[DagsterEvent] = []
        error: BaseException | None = None
        try:
            for event in dagster_event_sequence_for_step(context):
                events.append(event)
                self._happened.put(event)
        except BaseException as escaped:  # the run's thread must learn of it, whatever it is
            error = escaped
        self._happened.put(_Done(step, context, events, error))

    def _pass_on(self) -> Generator[DagsterEvent, None, _Done | None]:
        """Pass on one thing that happened, waiting a little for it; return a _Done when a step ended."""
        try:
            happened = self._happened.get(timeout=POLL_S)
        except queue.Empty:
            yield from self._active.plan_events_iterator(self._job)
            return None
        if isinstance(happened, DagsterEvent):
            yield happened
            self._active.handle_event(happened)
            self._go_on_after(happened)
            return None
        self._running.discard(happened.step.key)
        self._active.verify_complete(self._job, happened.step.key)
        yield from self._active.plan_events_iterator(self._job)
        yield from _trigger_hook(happened.context, happened.events)
        return happened

    def _go_on_after(self, event: DagsterEvent) -> None:
        """A step that raised a Failure after its output failed for some accounts and has stored the others
        (step_events.py): what stands on it goes on. In the event log the step and the run have failed.
        """
        if not event.is_step_failure or event.step_failure_data.user_failure_data is None or event.step_key is None:
            return
        step = self._active.get_step_by_key(event.step_key)
        outputs = [output for output in step.step_outputs if output.properties.asset_check_key is None]
        if all(StepOutputHandle(step.key, output.name) in self._active._step_outputs for output in outputs):
            # Not Dagster's `require_upstream_step_success=False`: that goes on after a failed blocking check as well.
            self._active._failed.discard(step.key)
            self._active._success.add(step.key)


@cache
def _leave_alone_what_is_loaded() -> None:
    """Once a process: 300,000 objects of modules and definitions stay to its end, and looking through them for garbage
    again and again, 750 times in a run for 20 accounts, took a twentieth of its CPU.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


def _limit_s(job: PlanExecutionContext) -> float:
    """The longest time of a run: its tag's, else that of its accounts."""
    tag = job.dagster_run.tags.get(MAX_RUNTIME_TAG)
    return float(tag) if tag else ACCOUNT_S * len(Order(job.instance).accounts_of(job.dagster_run.tags) or [1])


@dg.executor(
    name="concurrent",
    config_schema={
        "max_concurrent": dg.Field(int, default_value=15, is_required=False, description="Most steps at once."),
    },
)
def concurrent_executor(init_context: dg.InitExecutorContext) -> ConcurrentExecutor:
    """Run the steps of a run side by side in one process."""
    return ConcurrentExecutor(init_context.executor_config["max_concurrent"], RetryMode.ENABLED)  # type: ignore[arg-type]
