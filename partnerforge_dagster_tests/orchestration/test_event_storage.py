"""The storages with open connections behave as Dagster's own, on a real instance from our dagster.yaml."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import dagster as dg
import pytest

from partnerforge_dagster.cli.common import default_dagster_yaml
from partnerforge_dagster.orchestration.event_storage import OPEN_SHARDS, KeptOpenSqliteEventLogStorage
from partnerforge_dagster.orchestration.sqlite_storages import KeptOpenSqliteRunStorage, KeptOpenSqliteScheduleStorage
from partnerforge_dagster_tests.orchestration import executor_jobs as jobs


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dg.DagsterInstance]:
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    shutil.copyfile(default_dagster_yaml(), tmp_path / "dagster.yaml")
    with dg.DagsterInstance.get() as instance:
        yield instance


def test_dagster_yaml_names_it_and_its_files_lie_where_dagster_looks(
    instance: dg.DagsterInstance, tmp_path: Path
) -> None:
    """A deployment can go back to Dagster's own storage without losing its history."""
    assert isinstance(instance.event_log_storage, KeptOpenSqliteEventLogStorage)
    assert isinstance(instance.run_storage, KeptOpenSqliteRunStorage)
    assert isinstance(instance.schedule_storage, KeptOpenSqliteScheduleStorage)
    run_id = dg.execute_job(dg.reconstructable(jobs.hooked), instance).run_id
    written = [record.event_log_entry.message for record in instance.get_records_for_run(run_id).records]
    assert (tmp_path / "history" / "runs" / f"{run_id}.db").exists()
    (tmp_path / "dagster.yaml").unlink()
    with dg.DagsterInstance.get() as plain:
        assert not isinstance(plain.event_log_storage, KeptOpenSqliteEventLogStorage)
        assert not isinstance(plain.run_storage, KeptOpenSqliteRunStorage)
        assert plain.has_run(run_id)
        assert [record.event_log_entry.message for record in plain.get_records_for_run(run_id).records] == written


def test_more_runs_than_open_shards_stay_readable(instance: dg.DagsterInstance) -> None:
    """The connection used longest ago makes room; what it wrote is there."""
    results = [dg.execute_job(dg.reconstructable(jobs.hooked), instance) for _ in range(OPEN_SHARDS + 2)]
    for result in results:
        assert len(instance.get_records_for_run(result.run_id).records) > 10


def test_threads_write_side_by_side(instance: dg.DagsterInstance) -> None:
    """No event is lost and none is an error when threads share the connection."""
    run_id = dg.execute_job(dg.reconstructable(jobs.hooked), instance).run_id
    before = len(instance.get_records_for_run(run_id).records)
    run = instance.get_run_by_id(run_id)
    assert run is not None

    def write(number: int) -> None:
        instance.report_engine_event(f"event {number}", run)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(write, range(100)))
    assert len(instance.get_records_for_run(run_id).records) == before + 100


def test_a_deleted_run_is_gone(instance: dg.DagsterInstance) -> None:
    """Deleting works over the open connection."""
    run_id = dg.execute_job(dg.reconstructable(jobs.hooked), instance).run_id
    instance.delete_run(run_id)
    assert not instance.has_run(run_id)
    assert len(instance.get_records_for_run(run_id).records) == 0


def test_a_process_leaves_no_open_logs_behind(instance: dg.DagsterInstance, tmp_path: Path) -> None:
    """Not every program closes its instance; SQLite's write-ahead log of a run is larger than the run."""
    program = (
        "import dagster as dg; from partnerforge_dagster_tests.orchestration import executor_jobs as jobs; "
        "print(dg.execute_job(dg.reconstructable(jobs.hooked), dg.DagsterInstance.get()).run_id)"
    )
    instance.dispose()
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    run_id = done.stdout.strip().splitlines()[-1]
    runs = tmp_path / "history" / "runs"
    assert (runs / f"{run_id}.db").exists()
    assert not list((tmp_path / "history").rglob("*-wal"))
