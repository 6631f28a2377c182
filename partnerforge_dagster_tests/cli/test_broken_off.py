"""Work that is broken off: an interrupt, a full disk. What was done is kept, nothing is half done, again goes on."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
import pytest

from partnerforge_dagster_tests.cli.running import instance_in, run, sandbox, started, wait_until


def test_interrupt_ends_the_run_and_again_completes(tmp_path: Path) -> None:
    """Ctrl-C while providers are slow: exit status 130 within seconds, the run is canceled, the next one completes."""
    log = tmp_path / "requests.jsonl"
    home = tmp_path / ".partnerforge"
    with (
        sandbox(tmp_path, "--log", str(log), "--faults", "similarweb:slow:1:60") as (_process, url),
        started(tmp_path, "enrich", "costco.com", PARTNERFORGE_SANDBOX_URL=url) as enriching,
    ):
        wait_until(lambda: log.exists() and '"similarweb"' in log.read_text())
        began = time.monotonic()
        enriching.send_signal(signal.SIGINT)
        _out, err = enriching.communicate(timeout=20)
        assert time.monotonic() - began < 10
        assert enriching.returncode == 130, err
    assert "interrupted" in err
    with instance_in(home) as instance:
        assert [run.status for run in instance.get_runs()] == [dg.DagsterRunStatus.CANCELED]
    again = run(tmp_path, "enrich", "costco.com", "--json")
    assert again.code == 0, again.err
    assert {module["status"] for module in again.report["accounts"]["costco.com"]["modules"].values()} == {"complete"}


@contextmanager
def small_disk(folder: Path, kilobytes: int) -> Iterator[None]:
    """A file system of its own that is soon full."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(folder)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.mark.skipif(os.geteuid() != 0, reason="mounts a small disk: run as root (sudo -E uv run pytest -k full_disk)")
def test_full_disk(tmp_path: Path) -> None:
    """A full disk is said in one line with the way out; no half brief is left; with room the same command completes."""
    disk = tmp_path / "disk"
    disk.mkdir()
    with small_disk(disk, 4_000):
        full = run(tmp_path, "enrich", "costco.com", DAGSTER_HOME=str(disk / "home"))
        assert full.code not in (0, 2)
        assert "is full" in full.err
        assert "Traceback" not in full.err
        assert not list(disk.rglob("*.html"))
        subprocess.run(["mount", "-o", "remount,size=100m", str(disk)], check=True)
        again = run(tmp_path, "enrich", "costco.com", "--json", DAGSTER_HOME=str(disk / "home"))
        assert again.code == 0, again.err
        assert again.report["accounts"]["costco.com"]["status"] == "complete"
        assert not list(disk.rglob("*.part"))
