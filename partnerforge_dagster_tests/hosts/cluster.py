"""A deployment on several machines: PostgreSQL, broker, sandbox, code server and daemon here, workers on the hosts.

What ends is started again, as `restart: unless-stopped` does on a server; a killed host stays dead.
Not for: what is done to it (test_hosts.py, benchmarks/hosts.py) or how machines are made (network.py).
"""

import os
import re
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import dagster as dg
import yaml

from partnerforge_dagster.chaos import books
from partnerforge_dagster.chaos.deployment import CLAIM_S, TIMEOUT_S
from partnerforge_dagster.cli.ui import KEPT
from partnerforge_dagster.models.modules import MODULES
from partnerforge_dagster.models.result import Status
from partnerforge_dagster.orchestration.backfills import open_backfills, request
from partnerforge_dagster.settings import Settings
from partnerforge_dagster.settings_providers import Providers
from partnerforge_dagster.store.calls import Calls
from partnerforge_dagster.store.database import open_engine
from partnerforge_dagster.store.results import Results
from partnerforge_dagster_tests import postgres
from partnerforge_dagster_tests.cli.running import COMMAND, environment, run, sandbox, wait_until
from partnerforge_dagster_tests.hosts.network import Host, network
from partnerforge_dagster_tests.orchestration.services import UP_S, Process, free_port, listens, quick

OURS = Path(__file__).parents[2] / "deploy" / "celery" / "dagster.yaml"
RUNS_A_HOST = 2
KEEP_S = 0.5


@dataclass(frozen=True)
class Limits:
    """What the judge saw of one provider beside what is allowed."""

    a_minute: int
    """The highest count in any sliding 60 s."""
    allowed_a_minute: int
    at_once: int
    allowed_at_once: int

    @property
    def kept(self) -> bool:
        """Whether no more came than is allowed."""
        return self.a_minute <= self.allowed_a_minute and self.at_once <= self.allowed_at_once


@dataclass
class Cluster:
    """The running deployment."""

    folder: Path
    settings: Settings
    instance: dg.DagsterInstance
    judge: Path
    server: postgres.Server
    broker: Process
    workers: dict[Host, Process]
    kept: list[Process]
    """Those that are started again when they end."""
    accounts: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.engine = open_engine(self.settings.database_url)

    def ask(self, accounts: int) -> None:
        """Queue a batch of so many new accounts."""
        self.accounts = [f"company-{number}.com" for number in range(accounts)]
        request(self.instance, dict.fromkeys(self.accounts, tuple(MODULES)), settings=self.settings)

    def stored(self) -> int:
        """Results so far."""
        return sum(len(rows) for rows in Results(self.engine).standing_of(self.accounts).values())

    def complete(self) -> bool:
        """Whether every module of every account has a complete result and nothing is asked for any more."""
        standing = [row for rows in Results(self.engine).standing_of(self.accounts).values() for row in rows.values()]
        whole = len(standing) == len(self.accounts) * len(MODULES)
        return whole and {row.status for row in standing} == {Status.COMPLETE} and not open_backfills(self.instance)

    def running_on(self, host: Host) -> int:
        """Runs that its worker has begun and not ended."""
        return self.taken_by(host) - len(re.findall(r"Task execute_job\[\S+\] (succeeded|raised)", self._log(host)))

    def taken_by(self, host: Host) -> int:
        """Runs that its worker has begun."""
        return len(re.findall(r"Task execute_job\[\S+\] received", self._log(host)))

    def _log(self, host: Host) -> str:
        return (self.folder / host.name / "services.log").read_text()

    def lose(self, host: Host) -> int:
        """`kill -9` of all that runs on the host, for good; how many processes died."""
        self.kept.remove(self.workers.pop(host))
        return host.kill()

    def restart_broker(self) -> None:
        """`kill -9`; it is started again by whoever keeps it."""
        self.broker.started[-1].kill()

    def restart_database(self) -> None:
        """PostgreSQL is killed and comes back; our own connection, in use a moment ago, is known to be gone."""
        self.server.restart()
        self.engine.dispose()

    def runs(self) -> Counter[str]:
        """Runs by status."""
        return Counter(run.status.value for run in self.instance.get_runs())

    def offences(self) -> list[object]:
        """What was bought twice, or is in one of both books only: the judge's log and the ledger."""
        requests, rows = books.read_log(self.judge), Calls(self.engine).rows()
        return [
            *books.bought_twice(requests, books.settled(rows), TIMEOUT_S),
            *books.unaccounted(requests, rows),
        ]

    def limits(self) -> dict[str, Limits]:
        """By provider, of those that were asked."""
        requests = books.read_log(self.judge)
        found = {}
        for provider, allowed in self.settings.providers.named().items():
            own = [request for request in requests if request.provider == provider]
            if own:
                came = sorted(request.arrived for request in own)
                spans = [(one.arrived, one.answered) for one in own if one.answered is not None]
                found[provider] = Limits(
                    max(sum(first <= other < first + 60 for other in came) for first in came),
                    allowed.per_minute,
                    max((sum(a <= moment < b for a, b in spans) for moment, _ in spans), default=0),
                    allowed.at_once,
                )
        return found


@contextmanager
def cluster(folder: Path, hosts: int = 2, *, latency: float = 0.1, limits: float = 5.0) -> Iterator[Cluster]:
    """A new deployment; `limits` multiplies what every provider allows. Its variables are this process's meanwhile."""
    bindir = postgres.programs()
    assert bindir is not None, "no PostgreSQL found: install postgresql, or set PG_BIN"
    judge = folder / "judge.jsonl"
    with ExitStack() as stack:
        on_hosts: list[Process] = []
        stack.callback(_bury, on_hosts)
        net = stack.enter_context(network(hosts))
        server = stack.enter_context(postgres.server(bindir, net.address))
        words = ("--host", net.address, "--log", str(judge), "--latency", str(latency))
        _, url = stack.enter_context(sandbox(folder, *words))
        port, broker_port = free_port(net.address), free_port(net.address)
        ours = {
            "PARTNERFORGE_DATABASE_URL": server.empty(),
            "PARTNERFORGE_BROKER_URL": f"redis://{net.address}:{broker_port}/0",
            "PARTNERFORGE_SANDBOX_URL": url,
            "PARTNERFORGE_ACCOUNTS_A_RUN": "1",
            "PARTNERFORGE_ACCOUNTS_AT_ONCE": str(hosts * RUNS_A_HOST),
            **_quick_limits(limits),
            **KEPT,
        }
        run_queue = {"max_concurrent_runs": hosts * RUNS_A_HOST}
        (folder / "workspace.yaml").write_text(
            yaml.safe_dump({"load_from": [{"grpc_server": {"host": net.address, "port": port}}]})
        )
        env = {name: _home(folder / name, ours, run_queue) for name in ("main", *(host.name for host in net.hosts))}
        stack.enter_context(_environment({**ours, "DAGSTER_HOME": str(folder / "main")}))
        upgraded = run(folder, "db", "upgrade", **ours, DAGSTER_HOME=str(folder / "main"))
        assert upgraded.code == 0, upgraded.err

        def process(name: str, *command: str) -> Process:
            return Process(command, folder / name, env[name])

        dagster = [sys.executable, "-m"]
        redis = ["redis-server", "--bind", net.address, "--port", str(broker_port), "--protected-mode", "no"]
        broker = process("main", *redis, "--save", "", "--appendonly", "yes", "--dir", str(folder / "main"))
        serve = ["dagster", "api", "grpc", "-h", net.address, "-p", str(port)]
        code = process("main", *dagster, *serve, "-m", "partnerforge_dagster.definitions")
        daemon = process("main", *dagster, "dagster._daemon", "run", "-w", str(folder / "workspace.yaml"))
        take = [COMMAND, "worker", "--queues", "batch", "--runs", str(RUNS_A_HOST)]
        workers = {host: process(host.name, *host.command(take)) for host in net.hosts}
        on_hosts += workers.values()
        kept = [broker, code, daemon, *workers.values()]
        stack.callback(_stop, [daemon, code, broker])
        broker.start()
        code.start()
        for worker in workers.values():
            worker.start()
        wait_until(lambda: listens(net.address, port) and listens(net.address, broker_port), UP_S)
        daemon.start()
        instance = stack.enter_context(dg.DagsterInstance.get())
        running = Cluster(folder, Settings(), instance, judge, server, broker, workers, kept)
        stack.callback(running.engine.dispose)
        stack.enter_context(_keeping(kept))
        yield running


def _quick_limits(factor: float) -> dict[str, str]:
    """Limits that bind; timeouts and claims so short that what a dead host held is free after seconds."""
    found = {}
    for provider, settings in Providers().named().items():
        changed = {
            "per_minute": round(settings.per_minute * factor),
            "timeout_s": TIMEOUT_S,
            "claim_s": CLAIM_S,
            "breaker_after": 100_000,
        }
        found |= {f"PARTNERFORGE_PROVIDERS__{provider}__{name}".upper(): str(value) for name, value in changed.items()}
    return found


def _home(folder: Path, ours: dict[str, str], run_queue: dict[str, int]) -> dict[str, str]:
    """A machine's DAGSTER_HOME with the dagster.yaml of several machines, and the environment of its processes."""
    folder.mkdir()
    quick(OURS, folder / "dagster.yaml", **run_queue)
    return environment(**ours, DAGSTER_HOME=str(folder))


@contextmanager
def _environment(variables: dict[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@contextmanager
def _keeping(kept: list[Process]) -> Iterator[None]:
    """Start again what ends, until the block ends."""
    over = threading.Event()

    def keep() -> None:
        while not over.wait(KEEP_S):
            for process in tuple(kept):
                process.keep()

    keeper = threading.Thread(target=keep)
    keeper.start()
    try:
        yield
    finally:
        over.set()
        keeper.join()


def _bury(processes: list[Process]) -> None:
    """Wait for those that ended with their hosts."""
    for process in processes:
        for started in process.started:
            started.wait(20)


def _stop(processes: list[Process]) -> None:
    """What belongs to no host; those end with their namespaces."""
    for process in processes:
        if process.started:
            started: subprocess.Popen[bytes] = process.started[-1]
            process.stop()
            if started.poll() is None:
                os.killpg(started.pid, signal.SIGKILL)
