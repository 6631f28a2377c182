"""A deployment with a code server and a daemon of its own, and what its processes cost: for benchmarks of batches.

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
from partnerforge_dagster.settings_providers import Providers

OURS = ("PARTNERFORGE_", "DAGSTER_")
LOOK_S = 0.5
SERVING = b"Started Dagster code server"
READY = b"Checking for new runs for sensor"
"""What code server and daemon log once they have loaded the code location: nothing is asked of them before."""
READY_S = 300.0


@dataclass
class Meter:
    """CPU seconds of processes and of all that they started, the ended ones among them."""

    processes: Sequence[psutil.Process]
    seconds_of: dict[tuple[int, float], float] = field(default_factory=dict)
    """By process id and start; of a process that has ended, as last seen: it lacks LOOK_S at most."""

    def look(self) -> None:
        """Note what each process has used by now."""
        for root in self.processes:
            with suppress(psutil.NoSuchProcess):
                for process in [root, *root.children(recursive=True)]:
                    self._note(process)

    def _note(self, process: psutil.Process) -> None:
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
    """Of code server and daemon and all that they start."""
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
        # As docker-compose.yml has them: a daemon without a code server starts one anew every minute.
        (folder / "workspace.yaml").write_text(f"load_from: [{{grpc_server: {{socket: {folder / 'code.sock'}}}}}]\n")
        served = ("-m", "partnerforge_dagster.definitions", "--socket", str(folder / "code.sock"))
        watch = ("dagster-daemon", "run", "-w", "workspace.yaml")
        with _process(folder, environment, "dagster", "api", "grpc", *served) as code:
            _wait_for(SERVING, folder / "dagster.log", code)
            with _process(folder, environment, *watch) as daemon:
                _wait_for(READY, folder / "dagster-daemon.log", daemon)
                meters = Meter([psutil.Process(code.pid), psutil.Process(daemon.pid)]), Meter([sandbox])
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
def _process(folder: Path, environment: dict[str, str], program: str, *words: str) -> Iterator[subprocess.Popen[bytes]]:
    command = [str(Path(sys.executable).with_name(program)), *words]
    with (folder / f"{program}.log").open("wb") as log:
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


def _wait_for(words: bytes, log: Path, process: subprocess.Popen[bytes]) -> None:
    """Wait until a process says so: its start is the deployment's, not a batch's. Raises TimeoutError."""
    end = time.monotonic() + READY_S
    while words not in log.read_bytes():
        if process.poll() is not None or time.monotonic() > end:
            raise TimeoutError(f"{log.stem} did not start: {log.read_text()}")
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
