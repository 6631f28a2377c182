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


@dg.asset(partitions_def=dg.StaticPartitionsDefinition(["a", "b", "c"]), backfill_policy=dg.BackfillPolicy.single_run())
def of_three() -> dg.MaterializeResult[None]:
    return dg.MaterializeResult(metadata={"said": "the same of all"})


def test_a_batch_is_stored_as_the_same_events_one_by_one(
    instance: dg.DagsterInstance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the run's file and in the index, with the tags by which data versions are found and the asset's last event."""
    ends = {"dagster/asset_partition_range_start": "a", "dagster/asset_partition_range_end": "c"}
    ran = dg.materialize([of_three], instance=instance, tags=ends)
    kind = dg.DagsterEventType.ASSET_MATERIALIZATION
    written = [record.event_log_entry for record in instance.get_records_for_run(ran.run_id, of_type=kind).records]
    assert {event.get_dagster_event().partition for event in written} == {"a", "b", "c"}
    seen = []
    for way in ("one by one", "as a batch"):
        monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / way))
        storage = KeptOpenSqliteEventLogStorage(str(tmp_path / way / "history" / "runs"))
        if way == "as a batch":
            storage.store_event_batch(written)
        else:
            for event in written:
                storage.store_event(event)
        seen.append(what_is_known(storage, ran.run_id))
        storage.dispose()
    assert seen[0] == seen[1]


def what_is_known(storage: KeptOpenSqliteEventLogStorage, run_id: str) -> list[object]:
    key = dg.AssetKey("of_three")
    events = storage.fetch_materializations(dg.AssetRecordsFilter(key), limit=10).records
    (record,) = storage.get_asset_records([key])
    return [
        [(event.storage_id, event.event_log_entry) for event in events],
        [log.dagster_event for log in storage.get_logs_for_run(run_id)],
        storage.get_event_tags_for_asset(key),
        record.asset_entry.last_materialization_record,
        record.asset_entry.last_run_id,
    ]


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


def test_commits_wait_for_no_disk_and_survive_a_crash(instance: dg.DagsterInstance) -> None:
    """Write-ahead logging with one sync at a checkpoint, in the index and in the runs' own files."""
    storage = instance.event_log_storage
    assert isinstance(storage, KeptOpenSqliteEventLogStorage)
    run_id = dg.execute_job(dg.reconstructable(jobs.hooked), instance).run_id
    for connect in (storage.index_connection(), storage.run_connection(run_id)):
        with connect as connection:
            asked = [
                connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in ("journal_mode", "synchronous")
            ]
        assert asked == ["wal", 1]
