"""Temporary deployments for chaos: a folder, a store, the served sandbox that judges, `enrich` in child processes.

Nothing here touches the user's own deployment: folder, store and settings are new. A PostgreSQL database that the user
names gets a schema of its own, which is dropped at the end.
Not for: when a process is killed (storm.py).
"""

import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO

from sqlalchemy import make_url
from sqlalchemy.schema import CreateSchema, DropSchema

from partnerforge_dagster.settings import FreshDays
from partnerforge_dagster.settings_providers import Providers
from partnerforge_dagster.store.database import open_engine, write

TIMEOUT_S, CLAIM_S = 10.0, 5.0
"""Short, so that what a killed process held is free after seconds."""
LIMITS = {
    "per_minute": 100_000,
    "at_once": 1_000,
    "per_host_at_once": 1_000,
    "breaker_after": 100_000,
    "timeout_s": TIMEOUT_S,
    "claim_s": CLAIM_S,
}
"""Limits and breaker bind nobody here: with the usual ones most time would be waiting, and few kills would hit."""
PARTNERFORGE = (sys.executable, "-m", "partnerforge_dagster.cli")
_OURS = ("PARTNERFORGE_", "DAGSTER_")


class ChaosFailed(Exception):
    """Chaos could not be made: nothing was learnt about the promise. The message says why."""


@dataclass(frozen=True)
class Deployment:
    """One deployment: its folder, its store and the sandbox it asks (None: the one in its own process)."""

    folder: Path
    store_url: str
    sandbox_url: str | None = None
    children: "list[Child]" = field(default_factory=list)
    """All that were started."""

    def environment(self, *, from_scratch: bool = False) -> dict[str, str]:
        """Of a process in it. `from_scratch`: no module result counts as fresh, so every question is put again."""
        changed = (
            {f"PARTNERFORGE_FRESH_DAYS__{name}": "1e-9" for name in FreshDays.model_fields} if from_scratch else {}
        )
        for provider, settings in Providers().named().items():
            for name in LIMITS.keys() & type(settings).model_fields.keys():
                changed[f"PARTNERFORGE_PROVIDERS__{provider}__{name}"] = str(LIMITS[name])
        changed |= {
            "DAGSTER_HOME": str(self.folder / "home"),
            "PARTNERFORGE_DATABASE_URL": self.store_url,
            "PARTNERFORGE_SANDBOX_URL": self.sandbox_url or "",
        }
        foreign = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
        return foreign | {name.upper(): value for name, value in changed.items()}

    def enrich(self, accounts: Sequence[str], name: str, *, from_scratch: bool = False) -> "Child":
        """Start `partnerforge enrich --json`; `name` tells its output files from others'."""
        self.folder.mkdir(parents=True, exist_ok=True)
        output = self.folder / name
        with output.with_suffix(".out").open("wb") as out, output.with_suffix(".err").open("wb") as err:
            environment = self.environment(from_scratch=from_scratch)
            with uninterrupted():
                process = _start(["enrich", *accounts, "--json"], environment, self.folder, out, err)
                self.children.append(Child(process, output))
        return self.children[-1]

    def clear(self) -> None:
        """Kill whatever still runs."""
        for child in self.children:
            child.clear()


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Put off an interrupt to the end of the block: a child that was started and not written down would live on."""
    came: list[int] = []

    def later(number: int, _frame: FrameType | None) -> None:
        came.append(number)

    handlers = {number: signal.signal(number, later) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
    if came:
        raise KeyboardInterrupt


def _start(
    words: Sequence[str], environment: dict[str, str], folder: Path, out: IO[bytes] | int, err: IO[bytes] | int
) -> subprocess.Popen[bytes]:
    """In a session of its own: Ctrl-C is for us, and what a child leaves behind can be told by its group."""
    return subprocess.Popen(  # noqa: S603 - our own program
        [*PARTNERFORGE, *words],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=out,
        stderr=err,
        start_new_session=True,
    )


@dataclass(frozen=True)
class Child:
    """A running `enrich`."""

    process: subprocess.Popen[bytes]
    output: Path

    def kill(self) -> bool:
        """`kill -9`; False when it had ended before."""
        self.process.kill()
        return self.process.wait() < 0

    def left_behind(self, patience_s: float = 2.0) -> bool:
        """Whether processes that it started outlive it by `patience_s`; they are killed then."""
        end = time.monotonic() + patience_s
        while time.monotonic() < end:
            try:
                os.killpg(self.process.pid, 0)
            except ProcessLookupError:
                return False
            time.sleep(0.01)
        os.killpg(self.process.pid, signal.SIGKILL)
        return True

    def clear(self) -> None:
        """Kill it with all that it started, if it still runs: the number of one that ended may be another's by now."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def said(self) -> str:
        """The end of what it had to say about its trouble."""
        return self.output.with_suffix(".err").read_text(errors="replace").strip()[-2000:]

    def report(self) -> str:
        """What it printed last on standard output, once it has ended. Raises ChaosFailed when it ended badly."""
        if self.process.wait() != 0:
            raise ChaosFailed(f"`enrich` ended with status {self.process.returncode}: {self.said()}")
        return self.output.with_suffix(".out").read_text().strip().splitlines()[-1]


@contextmanager
def judge(folder: Path, *, latency: float, faults: str) -> Iterator[tuple[str, Path]]:
    """The served sandbox: its address and its log. Raises ChaosFailed when it does not start."""
    log = folder / "judge.jsonl"
    words = ["sandbox", "--port", "0", "--log", str(log), "--latency", str(latency), "--faults", faults]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    started: list[subprocess.Popen[bytes]] = []
    try:
        with (folder / "judge.err").open("wb") as err, uninterrupted():
            started.append(_start(words, environment, folder, subprocess.PIPE, err))
        output = started[0].stdout
        ready = output.readline().decode() if output else ""
        if not ready.startswith("sandbox listening"):
            raise ChaosFailed(f"the sandbox did not start: {(folder / 'judge.err').read_text().strip()}")
        yield ready.split()[-1], log
    finally:
        for process in started:
            process.terminate()
            process.communicate()


@contextmanager
def store(folder: Path, database_url: str | None) -> Iterator[str]:
    """The URL of a new store: a SQLite file in `folder`, or a schema of its own in a PostgreSQL database."""
    if database_url is None:
        yield f"sqlite:///{folder / 'partnerforge.db'}"
        return
    schema = f"partnerforge_chaos_{uuid.uuid4().hex[:12]}"
    engine = open_engine(database_url)
    with write(engine) as connection:
        connection.execute(CreateSchema(schema))
    try:
        address = make_url(database_url).update_query_dict({"options": f"-csearch_path={schema}"})
        yield address.render_as_string(hide_password=False)
    finally:
        with write(engine) as connection:
            connection.execute(DropSchema(schema, cascade=True))
        engine.dispose()
