"""The instance that dagster.yaml makes: where its records lie, and processes that open a new one together."""

import os
import shutil
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.storage.event_log.schema import SqlEventLogStorageMetadata
from dagster._core.storage.runs.schema import RunStorageSqlMetadata
from dagster._core.storage.schedules.schema import ScheduleStorageSqlMetadata
from sqlalchemy import create_engine

from partnerforge_dagster.cli.common import default_dagster_yaml
from partnerforge_dagster.orchestration.instance import open_instance, versions
from partnerforge_dagster_tests import postgres
from partnerforge_dagster_tests.forking import FORKED
from partnerforge_dagster_tests.orchestration import executor_jobs as jobs

PROCESSES = 6


def _open(folder: Path, url: str, together) -> None:
    os.environ |= {"DAGSTER_HOME": str(folder), "PARTNERFORGE_DATABASE_URL": url}
    together.wait()
    with open_instance() as instance:
        instance.add_dynamic_partitions("account", [f"p{os.getpid()}.com"])


def _homes(folder: Path, number: int) -> list[Path]:
    homes = [folder / f"home-{n}" for n in range(number)]
    for home in homes:
        home.mkdir()
        shutil.copyfile(default_dagster_yaml(), home / "dagster.yaml")
    return homes


@pytest.mark.parametrize("homes", [1, PROCESSES], ids=["one machine", "several machines"])
def test_processes_that_start_together_open_one_new_instance(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database_url: str, homes: int
) -> None:
    """None fails, and the tables' versions are noted once: two of them would lock everybody out for good."""
    if homes > 1 and database_url.startswith("sqlite"):
        pytest.skip("several machines share no SQLite; the same runs on PostgreSQL")
    folders = _homes(tmp_path, homes)
    together = FORKED.Barrier(PROCESSES)
    processes = [
        FORKED.Process(target=_open, args=(folders[n % homes], database_url, together)) for n in range(PROCESSES)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * PROCESSES
    monkeypatch.setenv("DAGSTER_HOME", str(folders[0]))
    with dg.DagsterInstance.get() as instance:
        assert len(instance.get_dynamic_partitions("account")) == PROCESSES


@pytest.mark.parametrize(
    "made", ["snapshots runs", "snapshots runs event_logs jobs", "snapshots runs run_tags event_logs asset_keys jobs"]
)
def test_tables_that_a_killed_process_left_half_made_are_completed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgres_server: postgres.Server, made: str
) -> None:
    """Dagster commits each table, and looks for one of each storage afterwards."""
    (home,) = _homes(tmp_path, 1)
    url = postgres_server.empty()
    monkeypatch.setenv("DAGSTER_HOME", str(home))
    monkeypatch.setenv("PARTNERFORGE_DATABASE_URL", url)
    engine = create_engine(url)
    for tables in (RunStorageSqlMetadata, SqlEventLogStorageMetadata, ScheduleStorageSqlMetadata):
        tables.create_all(engine, tables=[table for name, table in tables.tables.items() if name in made.split()])
    engine.dispose()
    with open_instance() as instance:
        assert dg.execute_job(dg.reconstructable(jobs.hooked), instance, tags={"a": "b"}).success
        assert len(instance.get_runs(dg.RunsFilter(tags={"a": "b"}))) == 1
        assert {version.found == version.wanted for version in versions(instance)} == {True}
        assert instance.run_storage.has_built_index("run_partitions")


def test_the_store_s_database_holds_everything(tmp_path: Path, database_url: str) -> None:
    """Runs, events and schedules lie where PARTNERFORGE_DATABASE_URL says; Dagster is handed no address of it."""
    (tmp_path / "home").mkdir()
    shutil.copyfile(default_dagster_yaml(), tmp_path / "home" / "dagster.yaml")
    with dg.DagsterInstance.get() as instance:
        dg.execute_job(dg.reconstructable(jobs.hooked), instance)
        names = {type(storage).__name__ for storage in (instance.run_storage, instance.event_log_storage)}
        handed = dg.serialize_value(instance.get_ref())
    assert names == (
        {"KeptOpenSqliteRunStorage", "KeptOpenSqliteEventLogStorage"}
        if database_url.startswith("sqlite")
        else {"PostgresRunStorage", "PostgresEventLogStorage"}
    )
    assert (tmp_path / "home" / "history").exists() is database_url.startswith("sqlite")
    assert database_url not in handed
    assert "postgres@" not in handed
