"""A real UI (`partnerforge ui`) in a folder of its own and a real Chromium in front of it.

Not for: what the pages should show (test_ui.py).
"""

import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from partnerforge_dagster_tests.cli.running import COMMAND, environment, wait_until

UP_S = 120
"""Until the UI answers: four processes import Dagster one after the other."""
RUN_S = 120
STOP_S = 20
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]


@dataclass(frozen=True)
class UI:
    """A running UI and the folder that `partnerforge` runs in."""

    folder: Path
    url: str

    def runs(self) -> dict[str, str]:
        """Status of every run by its id, from the UI's own GraphQL."""
        query = "{runsOrError{... on Runs{results{runId status}}}}"
        answer = httpx.post(f"{self.url}/graphql", json={"query": query}, timeout=30).raise_for_status()
        return {run["runId"]: run["status"] for run in answer.json()["data"]["runsOrError"]["results"]}

    def finished(self, launch: Callable[[], None]) -> tuple[str, str]:
        """Id and last status of the one run that `launch` starts."""
        before = self.runs()
        launch()
        ended = {"SUCCESS", "FAILURE", "CANCELED"}

        def new() -> dict[str, str]:
            return {run: status for run, status in self.runs().items() if run not in before}

        wait_until(lambda: bool(new()) and set(new().values()) <= ended, RUN_S)
        ((run, status),) = new().items()
        return run, status


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser's program. Where the browser is promised (PARTNERFORGE_CI=1), its absence is a failure."""
    found = shutil.which("chromium")
    if found is None:
        why = "no `chromium` on the PATH: apt-get install chromium, then pytest -m browser"
        (pytest.fail if os.environ.get("PARTNERFORGE_CI") == "1" else pytest.skip)(why)
    return found


@pytest.fixture
def ui(chromium: str, tmp_path: Path) -> Iterator[UI]:
    """`partnerforge ui` in an empty folder, stopped at the end with everything that it started."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with own_group([COMMAND, "ui", "--port", str(port)], tmp_path) as process:
        running = UI(tmp_path, f"http://127.0.0.1:{port}")

        def up() -> bool:
            assert process.poll() is None, (tmp_path / "ui.log").read_text(encoding="utf-8")[-3000:]
            try:
                return httpx.get(f"{running.url}/server_info", timeout=5).is_success
            except httpx.TransportError:
                return False

        wait_until(up, UP_S)
        yield running


@contextmanager
def own_group(command: list[str], folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A command in a process group of its own: ended by Ctrl-C, and nothing of the group may be left after it."""
    with (folder / "ui.log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=folder, env=environment(), stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )
    try:
        yield process
        process.send_signal(signal.SIGINT)
        process.wait(STOP_S)
        # Children end by themselves when their parent's pipe closes; nobody tells us.
        wait_until(lambda: not signalled(process.pid, 0), STOP_S)
    finally:
        signalled(process.pid, signal.SIGKILL)
        process.wait(STOP_S)


def signalled(group: int, number: int) -> bool:
    """Send a signal to a process group; whether it has any process."""
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture
def page(chromium: str) -> Iterator[Any]:
    """A page of a headless browser; it waits at most 30 s for anything."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, headless=True, args=FLAGS)
        opened = browser.new_page(viewport={"width": 1400, "height": 900})
        opened.set_default_timeout(60_000)
        yield opened
        browser.close()
