"""`partnerforge sandbox` as a process of its own."""

import json
import signal
import time
from pathlib import Path

import httpx
import pytest

from partnerforge_dagster_tests.cli.running import run, sandbox, wait_until


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_serves_logs_and_ends(tmp_path: Path, ending: signal.Signals) -> None:
    """It prints its address, writes a line for each request and each answer with SPEC 11's keys, and ends."""
    log = tmp_path / "requests.jsonl"
    with sandbox(tmp_path, "--log", str(log), "--faults", "builtwith:500") as (process, url):
        httpx.get(
            f"{url}/v23/api.json",
            params={"LOOKUP": "costco.com", "KEY": "k"},
            headers={"X-Forwarded-Host": "api.builtwith.com"},
        )
        wait_until(lambda: log.exists() and log.read_text().count("\n") >= 2, 5)
        asked, answered = (json.loads(line) for line in log.read_text().splitlines())
        began = time.monotonic()
        process.send_signal(ending)
        process.wait(2)
        assert time.monotonic() - began < 2
    always = {"event", "id", "at", "provider", "method", "path", "domain"}
    assert (asked["event"], answered["event"]) == ("request", "response")
    more = {"fault", "host", "module"}  # host and module tell limits per host and the asker; readers ignore them
    assert always <= set(asked) <= always | more
    assert always | {"status"} <= set(answered) <= always | {"status"} | more
    assert (answered["status"], answered["fault"]) == (500, "500")
    assert answered["domain"] == "costco.com"
    assert abs(asked["at"] - time.time()) < 30
    assert asked["id"] == answered["id"]


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("--faults", "nobody:down"), "'nobody' is not a provider"),
        (("--faults", "yahoo:sleepy"), "'sleepy' is not a kind of fault"),
        (("--faults", "yahoo:429:2"), "share '2'"),
        (("--latency", "fast"), "latency 'fast'"),
        (("--port", "70000"), "65535"),
        (("--log", "."), "cannot write the log '.'"),
    ],
)
def test_refuses(tmp_path: Path, words: tuple[str, ...], named: str) -> None:
    """Wrong faults, latency, port or log are refused before anything is served."""
    refused = run(tmp_path, "sandbox", *words)
    assert (refused.code, refused.out) == (2, "")
    assert named in refused.err


def test_taken_port_is_refused_with_the_way_out(tmp_path: Path) -> None:
    """Two cannot listen on one port, and a third who is told so knows what to do; the same for the UI."""
    with sandbox(tmp_path) as (_process, url):
        port = url.rpartition(":")[2]
        for command in ("sandbox", "ui"):
            refused = run(tmp_path, command, "--port", port)
            assert refused.code == 2
            assert f"port {port}" in refused.err
            assert "--port" in refused.err
