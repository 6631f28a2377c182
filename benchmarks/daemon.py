"""A deployment with a daemon of its own, and what its processes cost: for benchmarks of batches.

The sandbox is served by a process of its own and judges by its log. Everything lies in one temporary folder.
Not for: what is measured of it (batch.py).
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread

import psutil

from partnerforge_dagster.chaos.books import read_log
from partnerforge_dagster.chaos.deployment import judge
from partnerforge_dagster.settings import Providers

OURS = ("PARTNERFORGE_", "DAGSTER_")
LOOK_S = 0.5
READY = b"Checking for new runs for sensor"
"""What the daemon logs once it has loaded the code location: it is not asked for work before."""
READY_S = 300.0


@dataclass
class Meter:
    """CPU seconds of a process and of all that it started, the ended ones among them."""

    process: psutil.Process
    seconds_of: dict[tuple[int, float], float] = field(default_factory=dict)
    """By process id and start; of a process that has ended, as last seen: it lacks LOOK_S at most."""

    def look(self) -> None:
        """Note what each process has used by now."""
        with suppress(psutil.NoSuchProcess):
            for process in [self.process, *self.process.children(recursive=True)]:
                with suppress(psutil.NoSuchProcess):
                    used = process.cpu_times()
                    self.seconds_of[process.pid, process.create_time()] = used.user + used.system

    @property
    def seconds(self) -> float:
        """CPU seconds so far."""
        return sum(self.seconds_of.values())


@dataclass(frozen=True)
class Team:
    """A running deployment."""

    folder: Path
    environment: dict[str, str]
    log: Path
    """The sandbox's."""
    meter: Meter
    """Of the daemon and all that it starts."""
    sandbox: Meter
    """Of the provider: no part of PartnerForge, but it has the same processors."""

    def command(self, *words: str) -> str:
        """Run `partnerforge` in it; what it printed. Raises CalledProcessError with its message on standard error."""
        return _partnerforge(self.folder, self.environment, *words)


@contextmanager
def team(folder: Path, *, limits: float, accounts_a_run: int, latency: float) -> Iterator[Team]:
    """A new deployment whose daemon runs. `limits` multiplies what every provider allows."""
    folder.mkdir(parents=True)
    with judge(folder, latency=latency, faults="") as (url, log):
        (sandbox,) = psutil.Process().children()
        environment = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
        environment |= {
            "DAGSTER_HOME": str(folder / "home"),
            "DAGSTER_BACKFILL_RETRY_DEFINITION_CHANGED_ERROR": "1",
            "PARTNERFORGE_SANDBOX_URL": url,
            "PARTNERFORGE_ACCOUNTS_A_RUN": str(accounts_a_run),
            **_limits(limits),
        }
        environment.pop("PYTHONDONTWRITEBYTECODE", None)  # every run would compile all of Dagster again
        _partnerforge(folder, environment, "status")  # makes the store and the Dagster instance
        with _daemon(folder, environment) as process:
            _ready(folder / "daemon.log", process)
            meters = Meter(psutil.Process(process.pid)), Meter(sandbox)
            with _watched(*meters):
                yield Team(folder, environment, log, *meters)


def _partnerforge(folder: Path, environment: dict[str, str], *words: str) -> str:
    command = [str(Path(sys.executable).with_name("partnerforge")), *words]
    return subprocess.run(command, env=environment, cwd=folder, stdout=subprocess.PIPE, text=True, check=True).stdout


def _limits(factor: float) -> dict[str, str]:
    found = {}
    for provider, settings in Providers().named().items():
        for name in ("per_minute", "at_once", "per_host_at_once"):
            allowed = getattr(settings, name, None)
            if allowed is not None:
                found[f"PARTNERFORGE_PROVIDERS__{provider.upper()}__{name.upper()}"] = str(
                    max(1, round(allowed * factor))
                )
    return found


@contextmanager
def _daemon(folder: Path, environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    command = [str(Path(sys.executable).with_name("dagster-daemon")), "run", "-m", "partnerforge_dagster.definitions"]
    with (folder / "daemon.log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, cwd=folder, stdout=log, stderr=log, start_new_session=True)
        try:
            yield process
        finally:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=60)
            with suppress(ProcessLookupError):
                os.killpg(process.pid, 9)
            process.wait()


def _ready(log: Path, process: subprocess.Popen[bytes]) -> None:
    """Wait for the daemon: its start is the deployment's, not a batch's. Raises TimeoutError."""
    end = time.monotonic() + READY_S
    while READY not in log.read_bytes():
        if process.poll() is not None or time.monotonic() > end:
            raise TimeoutError(f"the daemon did not start: {log.read_text()}")
        time.sleep(LOOK_S)


@contextmanager
def _watched(*meters: Meter) -> Iterator[None]:
    over = Event()

    def look() -> None:
        for meter in meters:
            meter.look()

    def watch() -> None:
        look()
        while not over.wait(LOOK_S):
            look()

    watcher = Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()
        look()


def arrivals(log: Path) -> dict[str, list[float]]:
    """When each provider's requests came, in order, as Unix seconds."""
    found: dict[str, list[float]] = {}
    for request in read_log(log):
        found.setdefault(request.provider, []).append(request.arrived)
    return {provider: sorted(times) for provider, times in found.items()}


def most_in(times: Sequence[float], seconds: float) -> int:
    """The highest count in any sliding span."""
    most = first = 0
    for last, moment in enumerate(times):
        while moment - times[first] >= seconds:
            first += 1
        most = max(most, last - first + 1)
    return most
