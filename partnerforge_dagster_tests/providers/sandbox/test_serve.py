"""The sandbox on a real port: faults on the wire, the request log, stopping."""

import asyncio
import json
import signal
import time
from collections import Counter
from pathlib import Path

import httpx
import pytest

from partnerforge_dagster_tests.providers.sandbox.served import Served, served

COSTCO = "https://api.builtwith.com/kw2/api.json?LOOKUP=costco.com&KEY=very-secret"


def get(sandbox: Served, url: str = COSTCO, **options: object) -> httpx.Response:
    async def ask() -> httpx.Response:
        async with sandbox.client(timeout=5, **options) as client:
            return await client.get(url)

    return asyncio.run(ask())


def test_a_request_leaves_two_lines_that_hold_no_secret(tmp_path: Path) -> None:
    """One line when it arrives, one when its answer has been sent, without query, headers or body."""
    with served(tmp_path) as sandbox:
        before = time.time()
        assert get(sandbox).status_code == 200
        arrived, answered = sandbox.settled()
    assert arrived.items() >= {
        "event": "request", "provider": "builtwith", "method": "GET", "path": "/kw2/api.json", "domain": "costco.com",
        "host": "api.builtwith.com",
    }.items()  # fmt: skip
    assert answered["event"] == "response"
    assert answered["id"] == arrived["id"]
    assert answered["status"] == 200
    assert "fault" not in answered
    assert before <= arrived["at"] <= answered["at"] <= time.time()
    assert "secret" not in sandbox.log.read_text()


def test_many_requests_at_once_leave_whole_lines_with_ids_of_their_own(tmp_path: Path) -> None:
    """Lines of concurrent requests never mix."""

    async def ask(sandbox: Served) -> None:
        async with sandbox.client(timeout=30) as client:
            await asyncio.gather(*(client.get(COSTCO) for _ in range(60)))

    with served(tmp_path, latency="0.01") as sandbox:
        asyncio.run(ask(sandbox))
        lines = sandbox.settled()
    assert Counter(Counter(line["id"] for line in lines).values()) == {2: 60}


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("down", httpx.RemoteProtocolError),
        ("reset", (httpx.ReadError, httpx.RemoteProtocolError)),
        ("timeout", httpx.ReadTimeout),
    ],
)
def test_dropped_connections_are_real_ones(tmp_path: Path, fault: str, error: type[Exception]) -> None:
    """`down` closes unanswered, `reset` breaks the answer off, `timeout` never answers; all are logged so."""
    with served(tmp_path, faults=f"builtwith:{fault}") as sandbox:

        async def ask() -> None:
            async with sandbox.client(timeout=0.5) as client:
                with pytest.raises(error):
                    await client.get(COSTCO)
                other = await client.get("https://www.costco.com/")
                assert other.status_code == 200

        asyncio.run(ask())
        ended = [line for line in sandbox.settled("response") if line["provider"] == "builtwith"]
    assert [(line["fault"], line.get("status")) for line in ended] == [(fault, None)]


def test_a_timeout_ends_after_its_seconds(tmp_path: Path) -> None:
    """A hanging request is dropped once the rule's seconds are over, so that no client waits for ever."""
    with served(tmp_path, faults="builtwith:timeout:1:0.4") as sandbox:
        started = time.monotonic()
        with pytest.raises(httpx.RemoteProtocolError):
            get(sandbox)
        assert 0.4 <= time.monotonic() - started < 3


def test_slow_answers_are_right_but_late(tmp_path: Path) -> None:
    """`slow` holds the provider's own answer back for its seconds."""
    with served(tmp_path, faults="builtwith/kw2:slow:1:0.4") as sandbox:
        started = time.monotonic()
        answer = get(sandbox)
        assert time.monotonic() - started >= 0.4
    assert answer.json()["Keywords"][0]["Domain"] == "costco.com"


def test_truncated_bodies_are_whole_http_and_broken_json(tmp_path: Path) -> None:
    """The length that is announced is the length that comes; only the JSON ends in the middle."""
    with served(tmp_path, faults="builtwith:truncated") as sandbox:
        answer = get(sandbox)
    assert answer.status_code == 200
    assert int(answer.headers["content-length"]) == len(answer.content)
    with pytest.raises(json.JSONDecodeError):
        answer.json()


def test_a_path_narrows_a_rule_and_the_share_is_kept(tmp_path: Path) -> None:
    """Only the named path is struck, in about the given share of its requests."""

    async def ask(sandbox: Served) -> list[int]:
        async with sandbox.client(timeout=30) as client:
            kept = await asyncio.gather(*(client.get(COSTCO) for _ in range(100)))
            other = await client.get("https://api.builtwith.com/trustv2/api.json?LOOKUP=costco.com")
            return [*(answer.status_code for answer in kept), other.status_code]

    with served(tmp_path, faults="builtwith/kw2/api.json:429:0.3:7") as sandbox:
        *statuses, other = asyncio.run(ask(sandbox))
        struck = [line for line in sandbox.settled("response") if line.get("fault") == "429"]
    assert other == 200
    assert 15 <= statuses.count(429) <= 45
    assert len(struck) == statuses.count(429)


def test_its_own_address_tells_providers_by_path_and_asks_for_no_key(tmp_path: Path) -> None:
    """A bare request to the port is answered like the provider whose path it is."""
    with served(tmp_path) as sandbox:
        answer = httpx.get(f"{sandbox.url}/v23/api.json?LOOKUP=costco.com", timeout=5)
        nowhere = httpx.get(f"{sandbox.url}/no/such/path", timeout=5)
    assert answer.json()["Results"][0]["Lookup"] == "costco.com"
    assert nowhere.status_code == 404


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_signals_stop_it_soon_even_with_requests_hanging(tmp_path: Path, sign: signal.Signals) -> None:
    """SIGINT and SIGTERM end the process within seconds and the hanging request with it."""

    async def hang(sandbox: Served) -> float:
        async with sandbox.client(timeout=30) as client:
            hanging = asyncio.create_task(client.get(COSTCO))
            while not sandbox.lines("request"):  # noqa: ASYNC110 - another process writes it
                await asyncio.sleep(0.01)
            started = time.monotonic()
            sandbox.process.send_signal(sign)
            with pytest.raises(httpx.TransportError):
                await hanging
            await asyncio.to_thread(sandbox.process.wait, 10)
            return time.monotonic() - started

    with served(tmp_path, faults="builtwith:timeout") as sandbox:
        assert asyncio.run(hang(sandbox)) < 3
        assert len(sandbox.settled("response")) == 1


def test_a_wrong_rule_is_refused_before_anything_is_served(tmp_path: Path) -> None:
    """No port is opened and no log is made for faults that cannot be read."""
    from partnerforge_dagster.providers.sandbox.serve import serve
    from partnerforge_dagster.settings import SANDBOX_TODAY

    with pytest.raises(ValueError, match="'nonsense' is not a kind of fault"):
        serve(0, tmp_path / "log", "none", "builtwith:nonsense", SANDBOX_TODAY)
    assert not (tmp_path / "log").exists()


def test_two_processes_with_different_hash_seeds_say_the_same(tmp_path: Path) -> None:
    """Nothing that is served depends on Python's own hashing."""
    urls = [
        COSTCO,
        "https://api.builtwith.com/v23/api.json?LOOKUP=acme-tools.com",
        "https://data.sec.gov/submissions/CIK0000909832.json",
        "https://www.wikidata.org/wiki/Special:EntityData/Q715583.json",
        "https://query2.finance.yahoo.com/v8/finance/chart/COST?interval=1d",
        "https://api.search.brave.com/res/v1/news/search?q=%22Costco%22",
        "https://api.search.brave.com/res/v1/web/search?q=acme-tools.com",
        "https://acme-tools.com/",
    ]

    async def ask(sandbox: Served) -> list[bytes]:
        async with sandbox.client(timeout=30) as client:
            return [(await client.get(url)).content for url in urls]

    answers = []
    for seed in ("1", "4711"):
        (tmp_path / seed).mkdir()
        with served(tmp_path / seed, hash_seed=seed) as sandbox:
            answers.append(asyncio.run(ask(sandbox)))
    assert answers[0] == answers[1]
