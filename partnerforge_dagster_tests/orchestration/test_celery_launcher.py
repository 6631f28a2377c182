"""Sending runs to workers: which queue, what happens while the broker is away, how a run is stopped.

Not for: workers that take them (hosts/test_hosts.py).
"""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.errors import DagsterUserCodeUnreachableError
from dagster._core.launcher import LaunchRunContext, WorkerStatus
from dagster_celery.tags import DAGSTER_CELERY_QUEUE_TAG

from partnerforge_dagster.orchestration.celery_app import CONFIG, application
from partnerforge_dagster.orchestration.celery_launcher import BATCH, INTERACTIVE, WatchedCeleryRunLauncher, queue_of
from partnerforge_dagster.orchestration.tags import ALIVE_TAG, BACKFILL_TAG, BATCH_TAG
from partnerforge_dagster_tests.cli.running import wait_until
from partnerforge_dagster_tests.orchestration.executor_jobs import hooked
from partnerforge_dagster_tests.orchestration.services import free_port

LAUNCHER = {"module": WatchedCeleryRunLauncher.__module__, "class": WatchedCeleryRunLauncher.__name__}


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dg.DagsterInstance]:
    """One whose broker is not there."""
    monkeypatch.setenv("PARTNERFORGE_BROKER_URL", f"redis://:secret@127.0.0.1:{free_port()}/0")
    overrides = {"run_launcher": {**LAUNCHER, "config": {"dead_after_seconds": 2}}}
    with dg.instance_for_test(temp_dir=str(tmp_path), overrides=overrides) as made:
        yield made


def started(instance: dg.DagsterInstance, status: dg.DagsterRunStatus, **tags: str) -> dg.DagsterRun:
    return instance.create_run_for_job(
        hooked, status=status, tags=tags, job_code_origin=dg.reconstructable(hooked).get_python_origin()
    )


@pytest.mark.parametrize(
    ("tags", "queue"),
    [
        ({}, INTERACTIVE),
        ({BATCH_TAG: "true"}, BATCH),
        ({BACKFILL_TAG: "abc"}, BATCH),
        ({BACKFILL_TAG: "abc", DAGSTER_CELERY_QUEUE_TAG: "large"}, "large"),
    ],
)
def test_each_kind_of_work_has_its_queue(tags: dict[str, str], queue: str) -> None:
    """Batches, whoever started them; a person's runs; and what a tag names."""
    assert queue_of(tags) == queue


def test_without_a_broker_a_run_goes_back_into_the_queue(instance: dg.DagsterInstance) -> None:
    """By the error after which Dagster does so; the message has no password; the run says which queue it was for."""
    run = started(instance, dg.DagsterRunStatus.STARTING, **{BATCH_TAG: "true"})
    with pytest.raises(DagsterUserCodeUnreachableError, match="the broker cannot be reached") as raised:
        instance.run_launcher.launch_run(LaunchRunContext(run, None))
    assert "secret" not in str(raised.value)
    record = instance.get_run_by_id(run.run_id)
    assert record is not None
    assert record.tags[DAGSTER_CELERY_QUEUE_TAG] == BATCH
    assert ALIVE_TAG in record.tags, "a machine that dies while it starts a run has given no sign of life itself"


def test_a_silent_run_is_dead(instance: dg.DagsterInstance) -> None:
    """After so many seconds without a sign of life, the first of which is its launch."""
    run = started(instance, dg.DagsterRunStatus.STARTED, **{ALIVE_TAG: "0"})
    assert instance.run_launcher.check_run_worker_health(run).status is WorkerStatus.RUNNING
    wait_until(lambda: instance.run_launcher.check_run_worker_health(run).status is WorkerStatus.NOT_FOUND, 30)


def test_a_run_is_stopped_by_its_mark(instance: dg.DagsterInstance) -> None:
    """On whatever machine it is, the broker is not needed for it; one that has ended cannot be stopped."""
    run = started(instance, dg.DagsterRunStatus.STARTED)
    assert instance.run_launcher.terminate(run.run_id)
    marked = instance.get_run_by_id(run.run_id)
    assert marked is not None
    assert marked.status is dg.DagsterRunStatus.CANCELING
    instance.report_run_canceled(marked)
    assert not instance.run_launcher.terminate(run.run_id)
    assert not instance.run_launcher.terminate("no such run")


def test_no_broker_set_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the setting's name."""
    monkeypatch.delenv("PARTNERFORGE_BROKER_URL", raising=False)
    with (
        dg.instance_for_test(temp_dir=str(tmp_path), overrides={"run_launcher": LAUNCHER}) as made,
        pytest.raises(ValueError, match="PARTNERFORGE_BROKER_URL is not set"),
    ):
        assert made.run_launcher


def test_workers_and_senders_have_the_same_settings(instance: dg.DagsterInstance) -> None:
    """Else a worker would hold runs in hand, or take one twice."""
    launcher = instance.run_launcher
    assert isinstance(launcher, WatchedCeleryRunLauncher)
    for name, value in CONFIG.items():
        assert launcher.celery.conf[name] == application("redis://x").conf[name] == value
