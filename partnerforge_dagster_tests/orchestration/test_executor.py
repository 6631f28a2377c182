"""The executor against Dagster's habits. An upgrade of Dagster that breaks one of them fails here, by name."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import dagster as dg
import pytest

from partnerforge_dagster.orchestration.executor import interrupt
from partnerforge_dagster_tests.orchestration import executor_jobs as jobs

Type = dg.DagsterEventType


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    with dg.instance_for_test(temp_dir=str(tmp_path)) as instance:
        yield instance


def steps(result: dg.JobExecutionResult, kind: Type) -> list[str]:
    return sorted(e.step_key for e in result.all_events if e.event_type == kind and e.step_key)


def test_steps_run_side_by_side_whether_threads_or_coroutines(instance: dg.DagsterInstance) -> None:
    """Synchronous, async and loop-bound steps are all under way at the same time."""
    assert dg.execute_job(dg.reconstructable(jobs.together), instance).success


def test_a_branch_not_taken_is_skipped_to_its_end(instance: dg.DagsterInstance) -> None:
    """Steps on an output that was not yielded are skipped, the others run."""
    result = dg.execute_job(dg.reconstructable(jobs.skips), instance)
    assert result.success
    assert steps(result, Type.STEP_SKIPPED) == ["after_left", "next_left"]
    assert "after_taken" in steps(result, Type.STEP_SUCCESS)


def test_a_failure_stops_only_what_stands_on_it(instance: dg.DagsterInstance) -> None:
    """Another branch goes on to its end; the run fails and names the step."""
    result = dg.execute_job(dg.reconstructable(jobs.one_branch_fails), instance)
    assert not result.success
    assert steps(result, Type.STEP_FAILURE) == ["breaks"]
    assert steps(result, Type.STEP_SUCCESS) == ["after_working", "works"]


def test_a_retry_policy_waits_and_tries_again(instance: dg.DagsterInstance) -> None:
    """Two retries, each after its delay."""
    started = time.monotonic()
    result = dg.execute_job(dg.reconstructable(jobs.retries), instance)
    assert result.success
    assert len(steps(result, Type.STEP_UP_FOR_RETRY)) == 2
    assert time.monotonic() - started >= 1.0


def test_a_pool_lets_one_in_at_a_time_through_retries(instance: dg.DagsterInstance) -> None:
    """A slot is given back when a step waits for its retry and taken again after."""
    instance.event_log_storage.set_concurrency_slots("narrow", 1)
    jobs.INSIDE[:] = [0]
    result = dg.execute_job(dg.reconstructable(jobs.pooled), instance)
    assert result.success
    assert len(steps(result, Type.STEP_UP_FOR_RETRY)) == 4
    assert max(jobs.INSIDE) == 1
    assert len(jobs.INSIDE) == 1 + 2 * 8


def test_hooks_are_called_after_their_step(instance: dg.DagsterInstance) -> None:
    """A success hook sees every successful step."""
    jobs.HOOKED.clear()
    assert dg.execute_job(dg.reconstructable(jobs.hooked), instance).success
    assert sorted(jobs.HOOKED) == ["after", "works"]


def test_resources_are_set_up_once_a_run(instance: dg.DagsterInstance) -> None:
    """Three steps share one resource, torn down at the end."""
    jobs.SETUPS.clear()
    assert dg.execute_job(dg.reconstructable(jobs.resourced), instance).success
    assert jobs.SETUPS == ["up", "down"]


def test_a_blocking_check_blocks(instance: dg.DagsterInstance) -> None:
    """What stands on an asset whose blocking check failed does not run."""
    result = dg.execute_job(dg.reconstructable(jobs.blocked), instance)
    assert not result.success
    assert "beyond" not in steps(result, Type.STEP_START)


def test_interrupt_cancels_running_steps_within_seconds(instance: dg.DagsterInstance) -> None:
    """A run in another thread is stopped by name, before the next look at the instance, and ends as cancelled."""
    assert _cancelled(instance, interrupt) is dg.DagsterRunStatus.CANCELED


def test_a_run_cancelled_in_the_instance_stops_within_seconds(instance: dg.DagsterInstance) -> None:
    """Whoever reports the run as canceling, from whatever process, stops it."""
    assert _cancelled(instance, lambda _: None) is dg.DagsterRunStatus.CANCELED


def test_a_run_that_was_ended_from_outside_stops_within_seconds(instance: dg.DagsterInstance) -> None:
    """A run that somebody took for dead does not go on spending, and stays as it was marked."""

    def mark(run_id: str) -> None:
        record = instance.get_run_by_id(run_id)
        assert record is not None
        instance.report_run_failed(record)

    assert _cancelled(instance, mark) is dg.DagsterRunStatus.FAILURE


def _cancelled(instance: dg.DagsterInstance, then: Callable[[str], None]) -> dg.DagsterRunStatus:
    """How an endless run ends that is reported as canceling, and to which `then` happens."""
    done = threading.Event()

    def run() -> None:
        dg.execute_job(dg.reconstructable(jobs.endless), instance)
        done.set()

    threading.Thread(target=run).start()
    run_id = _wait_for_step(instance)
    record = instance.get_run_by_id(run_id)
    assert record is not None
    instance.report_run_canceling(record)
    then(run_id)
    assert done.wait(10)
    record = instance.get_run_by_id(run_id)
    assert record is not None
    return record.status


def test_a_run_that_takes_too_long_is_stopped_and_fails(instance: dg.DagsterInstance) -> None:
    """Dagster's own tag for the longest run time holds without a daemon, and the failure says so."""
    result = dg.execute_job(dg.reconstructable(jobs.endless), instance, tags={"dagster/max_runtime": "1"})
    assert not result.success
    failures = [event for event in result.all_events if event.event_type is Type.RUN_FAILURE]
    assert "took longer than 1 s" in str(failures[0].event_specific_data)


def test_sigterm_stops_a_run_process_within_seconds(instance: dg.DagsterInstance, tmp_path: Path) -> None:
    """SIGTERM to a run's process ends its steps and the process, and the run as cancelled."""
    program = (
        "import dagster as dg\n"
        "from partnerforge_dagster_tests.orchestration import executor_jobs as jobs\n"
        "from dagster._utils.interrupts import capture_interrupts\n"
        "with capture_interrupts():\n"
        "    dg.execute_job(dg.reconstructable(jobs.endless), dg.DagsterInstance.get())\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program], env={**os.environ, "DAGSTER_HOME": str(tmp_path)}, stderr=subprocess.DEVNULL
    )
    try:
        _wait_for_step(instance)
        process.send_signal(signal.SIGTERM)
        process.wait(15)
    finally:
        process.kill()
        process.wait()
    assert [run.status for run in instance.get_runs()] == [dg.DagsterRunStatus.CANCELED]


def _wait_for_step(instance: dg.DagsterInstance) -> str:
    """The id of the run whose two steps have started."""
    give_up = time.monotonic() + 30
    while time.monotonic() < give_up:
        for run in instance.get_runs():
            started = instance.get_records_for_run(run.run_id, of_type=Type.STEP_START).records
            if len(started) == 2:
                return run.run_id
        time.sleep(0.1)
    raise AssertionError("the steps did not start within 30 s")
