"""The team server, built and run for real: `uv run pytest -m containers`.

Docker's images where a registry answers, else local stand-ins of the two bases (stand_ins.py). Some minutes on two idle
cores, most of them for building, and 3 GB of disk until the end.
Not for: the files by themselves (test_files.py).
"""

import json
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from partnerforge_dagster_tests.cli.running import wait_until
from partnerforge_dagster_tests.deploy.engine import compose, engine
from partnerforge_dagster_tests.deploy.stand_ins import ROOT, provide

pytestmark = [pytest.mark.containers, pytest.mark.slow, pytest.mark.timeout(2400)]

UP_S, RUN_S = 600, 600
SERVICES = {"postgres", "code", "webserver", "daemon", "viewer"}
PARTS = ("docker-compose.yml", ".dockerignore", "deploy", "partnerforge_dagster", "pyproject.toml", "constraints.txt")
LAUNCH = """
mutation Launch($parameters: ExecutionParams!) {
  launchRun(executionParams: $parameters) {
    __typename
    ... on LaunchRunSuccess { run { runId } }
    ... on PythonError { message }
  }
}
"""
RUNS = "{ runsOrError { ... on Runs { results { runId status } } } }"


@dataclass(frozen=True)
class Team:
    """A running team server."""

    folder: Path
    environment: dict[str, str]
    compose: tuple[str, ...]
    web: str
    viewers: str

    def run(self, *words: str) -> str:
        """A command of compose; what it prints."""
        done = subprocess.run(
            [*self.compose, "--profile", "viewers", *words],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{words}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
        return done.stdout

    def sql(self, database: str, statement: str) -> str:
        """A statement in the database's container."""
        return self.run(
            "exec", "-T", "postgres", "psql", "--username=partnerforge", f"--dbname={database}", "-c", statement
        )

    def partnerforge(self, *words: str) -> str:
        """The command line, in the code server's container."""
        return self.run("exec", "-T", "code", "partnerforge", *words)

    def up(self) -> None:
        """Build what has changed, start everything, and wait until all of it says that it is healthy."""
        self.run("up", "--build", "--detach")
        wait_until(lambda: self.health() == dict.fromkeys(SERVICES, "healthy"), UP_S)

    def health(self) -> dict[str, str]:
        """What each container's health check says."""
        found = {}
        for container in self.run("ps", "--quiet").split():
            shown = subprocess.run(
                ["docker", "inspect", container], env=self.environment, capture_output=True, text=True, check=True
            ).stdout
            (state,) = json.loads(shown)
            found[state["Config"]["Labels"]["com.docker.compose.service"]] = state["State"]["Health"]["Status"]
        return found

    def ask(self, url: str, query: str, **variables: Any) -> Any:
        """GraphQL, as the pages ask it."""
        answer = httpx.post(f"{url}/graphql", json={"query": query, "variables": variables}, timeout=60)
        return answer.raise_for_status().json()["data"]

    def launch(self, url: str, account: str) -> Any:
        """Ask a web server for a run of all modules for an account."""
        job = {"repositoryLocationName": "partnerforge", "repositoryName": "__repository__", "jobName": "enrich"}
        tags = [{"key": "dagster/partition", "value": account}]
        return self.ask(url, LAUNCH, parameters={"selector": job, "executionMetadata": {"tags": tags}})["launchRun"]

    def states(self) -> dict[str, str]:
        """Every run's state."""
        return {run["runId"]: run["status"] for run in self.ask(self.web, RUNS)["runsOrError"]["results"]}

    def held(self) -> dict[str, Any]:
        """What must outlive the containers: results with their times, runs, calls, briefs."""
        accounts = json.loads(self.partnerforge("status", "--json"))
        return {
            "results": accounts,
            "runs": self.states(),
            "calls": json.loads(self.partnerforge("calls", "--limit", "1000", "--json")),
            "briefs": {account: self.partnerforge("brief", account, "--format", "json") for account in accounts},
            "files": self.run("exec", "-T", "code", "sh", "-c", "cd ../briefs && sha256sum *"),
        }


@pytest.fixture(scope="module")
def team(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    """A team server made as docs/deploy.md says, from copies of the files; nothing of it is left."""
    if "containers" not in request.config.option.markexpr:
        pytest.skip("builds images for minutes: uv run pytest -m containers, as root or with a running engine")
    scratch = tmp_path_factory.mktemp("containers")
    # Its name is compose's name of the whole: no other deployment's, as its volumes are removed at the end.
    folder = scratch / f"partnerforge-test-{os.getpid()}"
    folder.mkdir()
    for part in (*PARTS, "README.md", "dagster.yaml"):
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copyfile
        copy(ROOT / part, folder / part)
    (folder / "deploy" / "entrypoint.sh").chmod(0o755)
    (folder / "config").mkdir()
    (folder / "secrets").mkdir(mode=0o700)
    (folder / "secrets" / "postgres_password").write_text("a:password\\with'signs\n", encoding="utf-8")
    for path in (folder / "secrets", folder / "secrets" / "postgres_password"):
        os.chown(path, 10001, -1)
    ports = _free_ports(2)
    (folder / ".env").write_text(f"UI_PORT={ports[0]}\nVIEWER_PORT={ports[1]}\n", encoding="utf-8")
    with engine(scratch) as environment:
        provide(environment, scratch)
        web, viewers = (f"http://127.0.0.1:{port}" for port in ports)
        running = Team(folder, environment, tuple(compose(environment)), web, viewers)
        try:
            running.up()
            yield running
        finally:
            running.run("down", "--volumes")


def test_an_account_is_enriched_through_the_web_server(team: Team) -> None:
    """As a person's button does it: launched by GraphQL, queued by the daemon, run by the code server, brief there."""
    team.partnerforge("add", "costco.com")
    started = team.launch(team.web, "costco.com")
    assert started["__typename"] == "LaunchRunSuccess", started
    run = started["run"]["runId"]
    wait_until(lambda: team.states()[run] in {"SUCCESS", "FAILURE", "CANCELED"}, RUN_S)
    assert team.states()[run] == "SUCCESS"
    assert "Costco" in team.partnerforge("brief", "costco.com")


def test_viewers_see_everything_and_start_nothing(team: Team) -> None:
    """The read-only web server answers questions and refuses what changes something."""
    before = team.states()
    assert {run["runId"] for run in team.ask(team.viewers, RUNS)["runsOrError"]["results"]} == set(before)
    assert team.launch(team.viewers, "costco.com")["__typename"] == "UnauthorizedError"
    assert team.states() == before


def test_nothing_is_lost_when_all_of_it_is_taken_down(team: Team) -> None:
    """Down removes the containers; what was known is known again after up, and goes on."""
    team.partnerforge("enrich", "patagonia.com")
    before = team.held()
    assert set(before["briefs"]) == {"costco.com", "patagonia.com"}
    assert len(before["calls"]["calls"]) > 50
    team.run("down")
    team.up()
    assert team.held() == before
    again = json.loads(team.partnerforge("enrich", "patagonia.com", "--json").splitlines()[-1])
    assert sum(calls["made"] for calls in again["calls"].values()) == 0


def test_a_backup_brings_everything_back(team: Team) -> None:
    """docs/runbooks/restore.md: the database put aside, and a new one filled from the dump, holds the same."""
    before = team.held()
    as_us = "--username=partnerforge"
    team.run("exec", "-T", "postgres", "pg_dump", as_us, "--format=custom", "--file=/tmp/dump", "partnerforge")
    team.run("stop", "viewer", "webserver", "daemon", "code")
    team.sql("postgres", "alter database partnerforge rename to broken")
    team.run("exec", "-T", "postgres", "createdb", as_us, "partnerforge")
    team.run("exec", "-T", "postgres", "pg_restore", as_us, "--dbname=partnerforge", "--exit-on-error", "/tmp/dump")
    team.sql("postgres", "drop database broken")
    team.up()
    assert team.held() == before


def test_containers_run_as_nobody_special_and_show_no_password(team: Team) -> None:
    """No root, no privileges, and the password in no environment, no command and no log."""
    assert team.run("exec", "-T", "code", "id", "-u").strip() == "10001"
    assert "CapEff:\t0000000000000000" in team.run("exec", "-T", "code", "cat", "/proc/self/status")
    for service in SERVICES - {"postgres"}:
        assert "with'signs" not in team.run(
            "exec", "-T", service, "sh", "-c", "cat /proc/[0-9]*/environ /proc/[0-9]*/cmdline"
        )
    assert "with'signs" not in team.run("logs")


def _free_ports(number: int) -> list[int]:
    probes = [socket.socket() for _ in range(number)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            probe.close()
