"""The instance that dagster.yaml makes: where its records lie, and processes that open a new one together."""

import multiprocessing
import os
import shutil
from pathlib import Path

import dagster as dg
import pytest

from partnerforge_dagster.cli.common import default_dagster_yaml
from partnerforge_dagster.orchestration.instance import open_instance
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
    forkserver = multiprocessing.get_context("forkserver")
    forkserver.set_forkserver_preload([__name__])
    together = forkserver.Barrier(PROCESSES)
    processes = [
        forkserver.Process(target=_open, args=(folders[n % homes], database_url, together)) for n in range(PROCESSES)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * PROCESSES
    monkeypatch.setenv("DAGSTER_HOME", str(folders[0]))
    with dg.DagsterInstance.get() as instance:
        assert len(instance.get_dynamic_partitions("account")) == PROCESSES


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
