"""A deployment as a server runs it: sandbox, code server and daemon, each a process that is started again when it ends.

What starts them again here does in a real deployment the container engine (`restart: unless-stopped`).
Not for: which of them is killed, and when (test_kills.py).
"""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from partnerforge_dagster.chaos.deployment import LIMITS
from partnerforge_dagster.cli.common import default_dagster_yaml
from partnerforge_dagster.cli.ui import KEPT
from partnerforge_dagster.settings_providers import Providers
from partnerforge_dagster_tests.cli.running import environment, wait_until

UP_S = 90
DEAD_AFTER_S = 20
"""Seconds without a sign of life: a minute in dagster.yaml, and no test waits so long."""
START_S = 90
"""Seconds until a run that has not started is given up: it was with a machine that died just then."""
POLL_S = 2


@dataclass
class Services:
    """The processes of a deployment, and where they are."""

    folder: Path
    port: int
    environment: dict[str, str]
    code: "Process"
    daemon: "Process"

    def run_workers(self) -> list[int]:
        """Process ids of runs: children that the code server spawned."""
        found = []
        for path in Path("/proc").glob("[0-9]*"):
            try:
                parent = int((path / "stat").read_text().rpartition(")")[2].split()[1])
                command = (path / "cmdline").read_text()
            except OSError:  # it has ended
                continue
            if parent == self.code.pid and "spawn_main" in command:
                found.append(int(path.name))
        return found


@dataclass
class Process:
    """A process that can be killed and started again."""

    command: Sequence[str]
    folder: Path
    environment: dict[str, str]
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def pid(self) -> int:
        """Of the one that runs now."""
        return self.started[-1].pid

    def start(self) -> None:
        """Start it; its output is added to a log in the folder."""
        with (self.folder / "services.log").open("ab") as log:
            self.started.append(
                subprocess.Popen(
                    self.command, cwd=self.folder, env=self.environment, stdout=log, stderr=log, start_new_session=True
                )
            )

    def kill(self) -> None:
        """`kill -9`, and start it again."""
        self.started[-1].kill()
        self.started[-1].wait()
        self.start()

    def keep(self) -> None:
        """Start it again if it has ended by itself."""
        if self.started and self.started[-1].poll() is not None:
            self.start()

    def stop(self) -> None:
        """Ask it to end; kill it when it does not."""
        if not self.started:
            return
        self.started[-1].send_signal(signal.SIGINT)
        try:
            self.started[-1].wait(20)
        except subprocess.TimeoutExpired:
            self.started[-1].kill()
            self.started[-1].wait()


@contextmanager
def services_in(folder: Path, url: str, **settings: str) -> Iterator[Services]:
    """Code server and daemon of a new deployment over the sandbox at `url`; `settings` are variables."""
    home, port = folder / "home", free_port()
    home.mkdir()
    quick(default_dagster_yaml(), home / "dagster.yaml")
    place = {"host": "127.0.0.1", "port": port, "location_name": "partnerforge"}
    (folder / "workspace.yaml").write_text(yaml.safe_dump({"load_from": [{"grpc_server": place}]}))
    env = environment(**_unlimited(), **KEPT, DAGSTER_HOME=str(home), PARTNERFORGE_SANDBOX_URL=url, **settings)
    dagster = [sys.executable, "-m"]
    definitions = ["-m", "partnerforge_dagster.definitions"]
    code = Process([*dagster, "dagster", "api", "grpc", "-h", "127.0.0.1", "-p", str(port), *definitions], folder, env)
    daemon = Process([*dagster, "dagster._daemon", "run", "-w", "workspace.yaml"], folder, env)
    running = Services(folder, port, env, code, daemon)
    try:
        code.start()
        wait_until(lambda: listens("127.0.0.1", port), UP_S)
        daemon.start()
        yield running
    finally:
        left = running.run_workers()
        daemon.stop()
        code.stop()
        for pid in left:
            _kill(pid)


def quick(ours: Path, file: Path, **run_queue: int) -> None:
    """One of our own dagster.yaml with shorter waits; `run_queue` says otherwise what it says of the queue."""
    settings = yaml.safe_load(ours.read_text())
    settings["run_monitoring"]["poll_interval_seconds"] = POLL_S
    settings["run_monitoring"]["start_timeout_seconds"] = START_S
    settings["run_launcher"]["config"] = {"dead_after_seconds": DEAD_AFTER_S}
    settings["run_queue"] |= run_queue
    file.write_text(yaml.safe_dump(settings))


def _unlimited() -> dict[str, str]:
    found = {}
    for provider, settings in Providers().named().items():
        for name in LIMITS.keys() & type(settings).model_fields.keys():
            found[f"PARTNERFORGE_PROVIDERS__{provider}__{name}".upper()] = str(LIMITS[name])
    return found


def free_port(address: str = "127.0.0.1") -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((address, 0))
        return int(probe.getsockname()[1])


def listens(address: str, port: int) -> bool:
    """Whether somebody listens there."""
    with socket.socket() as probe:
        return probe.connect_ex((address, port)) == 0


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
