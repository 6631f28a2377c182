"""Processes that open one new Dagster home together."""

import multiprocessing
import os
import shutil
from pathlib import Path

import dagster as dg
import pytest

from partnerforge_dagster.cli.common import default_dagster_yaml
from partnerforge_dagster.orchestration.instance import open_instance

PROCESSES = 6


def _open(folder: Path, together) -> None:
    os.environ["DAGSTER_HOME"] = str(folder)
    together.wait()
    with open_instance() as instance:
        instance.add_dynamic_partitions("account", [f"p{os.getpid()}.com"])


def test_processes_that_start_together_open_one_new_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """None fails, and the tables' versions are noted once: two of them would lock everybody out for good."""
    shutil.copyfile(default_dagster_yaml(), tmp_path / "dagster.yaml")
    forkserver = multiprocessing.get_context("forkserver")
    forkserver.set_forkserver_preload([__name__])
    together = forkserver.Barrier(PROCESSES)
    processes = [forkserver.Process(target=_open, args=(tmp_path, together)) for _ in range(PROCESSES)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * PROCESSES
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    with dg.DagsterInstance.get() as instance:
        assert len(instance.get_dynamic_partitions("account")) == PROCESSES
