"""Runs the `partnerforge` command in a folder, as a user does.

Not for: what it should print (the tests).
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import dagster as dg
import pytest

from partnerforge_dagster_tests.cli.warm import run_warm

COMMAND = str(Path(sys.executable).with_name("partnerforge"))
PATIENCE_S = 120


@dataclass(frozen=True)
class Ran:
    """What a command left."""

    code: int
    out: str
    err: str

    @property
    def report(self) -> Any:
        """The last thing printed, read as JSON."""
        return json.loads(self.out.splitlines()[-1])


def environment(**settings: str) -> dict[str, str]:
    """This process's environment with these settings and no others of PartnerForge, on a terminal of 80 columns."""
    ours = {key: value for key, value in os.environ.items() if not key.startswith(("PARTNERFORGE_", "DAGSTER_"))}
    return {**ours, "COLUMNS": "80", **settings}


@contextmanager
def instance_in(home: Path) -> Iterator[dg.DagsterInstance]:
    """The Dagster instance of a DAGSTER_HOME, opened in this process: our storages look where the variable says."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DAGSTER_HOME", str(home))
        with dg.DagsterInstance.get() as instance:
            yield instance


def store_in(folder: Path) -> str:
    """The URL of the store of a deployment in this folder."""
    return f"sqlite:///{folder / '.partnerforge' / 'partnerforge.db'}"


def run(folder: Path, *words: str, **settings: str) -> Ran:
    """Run to the end."""
    with TemporaryDirectory() as output:
        code = run_warm(words, folder, environment(**settings), Path(output), PATIENCE_S)
        said = {name: Path(output, name).read_text(encoding="utf-8") for name in ("out", "err")}
    return Ran(code, **said)


@contextmanager
def started(folder: Path, *words: str, **settings: str) -> Iterator[subprocess.Popen[str]]:
    """A running command; whatever is left of it at the end is killed."""
    process = subprocess.Popen(
        [COMMAND, *words],
        cwd=folder,
        env=environment(**settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


@contextmanager
def sandbox(folder: Path, *words: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A served sandbox on a free port, and its address."""
    with started(folder, "sandbox", "--port", "0", *words) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("sandbox listening on http://"), line
        yield process, line.split()[-1]


def wait_until(done: Callable[[], bool], seconds: float = 60) -> None:
    """Poll for a state that another process brings about; there is nothing to be woken by."""
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.05)
