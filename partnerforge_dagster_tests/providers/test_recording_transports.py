"""Recording and replaying under a client: one question, one file, one delivery, whatever came of it.

Not for: whole runs (cli/test_recording.py).
"""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from partnerforge_dagster.governor.extensions import DELIVERY, ENDPOINT
from partnerforge_dagster.models.base import Mode
from partnerforge_dagster.models.failures import (
    BadAnswer,
    CircuitOpen,
    NotConfigured,
    NotRecorded,
    OverBudget,
    ProviderError,
    RateLimited,
    Refused,
    Unreachable,
)
from partnerforge_dagster.providers.recording import Recording
from partnerforge_dagster.providers.recording_transports import RecordingTransport, ReplayTransport

WHEN = datetime(2026, 11, 16, 12, 0, 0, 123456, tzinfo=UTC)
URL = "https://api.example.com/answer?b=2&a=1"


def recording(folder: Path) -> Recording:
    """A new one, or what is in the folder."""
    return Recording.begin(folder, mode=Mode.LIVE, as_of=WHEN, accounts=["costco.com"])


class Provider(httpx.AsyncBaseTransport):
    """Answers as a governor does, and counts; `answer` may raise."""

    def __init__(self, answer: Callable[[httpx.Request], httpx.Response]) -> None:
        self.answer = answer
        self.asked = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """After a moment, so that others can ask meanwhile. The first answer is new, later ones are from a cache."""
        self.asked += 1
        cached = self.asked > 1
        await asyncio.sleep(0.01)
        response = self.answer(request)
        response.extensions[DELIVERY] = {"fetched_at": WHEN, "cached": cached, "stale": False}
        return response


def ask(transport: httpx.AsyncBaseTransport, url: str = URL, **options: object) -> httpx.Response:
    """One question."""

    async def asking() -> httpx.Response:
        request = httpx.Request("GET", url, extensions={ENDPOINT: "answer"}, **options)  # type: ignore[arg-type]
        return await transport.handle_async_request(request)

    return asyncio.run(asking())


@pytest.mark.parametrize(
    "body",
    [
        b'{"visits": 1.50, "who": null, "name": "Espa\\u00f1a \\ud800"}',
        b"<html>a page</html>",
        b'{"one": 1}\n{"two": 2}\n',
        b"\xff\xfe\x00binary",
        b"",
    ],
)
def test_an_answer_comes_back_as_it_was(tmp_path: Path, body: bytes) -> None:
    """Status, headers, delivery and body, of whatever kind; JSON comes back as the same values."""
    provider = Provider(lambda _: httpx.Response(404, headers={"x-powered-by": "Express"}, content=body))
    first = ask(RecordingTransport("builtwith", recording(tmp_path / "kept"), provider, ()))
    again = ask(ReplayTransport("builtwith", Recording.open(tmp_path / "kept")))
    for response in (first, again):
        assert response.status_code == 404
        assert response.headers["x-powered-by"] == "Express"
        assert response.extensions[DELIVERY] == {"fetched_at": WHEN, "cached": False, "stale": False}
    assert first.content == again.content
    if body.endswith(b'"}'):
        assert again.json() == httpx.Response(200, content=body).json()
    else:
        assert again.content == body
    (file,) = (tmp_path / "kept" / "builtwith").iterdir()
    assert file.name.startswith("answer-")


@pytest.mark.parametrize(
    "failure",
    [
        Unreachable("p", "HTTP 500 after 4 tries", status=500),
        RateLimited("p", "HTTP 429", status=429, retry_after=7.5),
        Refused("p", "the key is wrong", status=403),
        NotConfigured("p", "no key is set"),
        OverBudget("p", "the budget is spent"),
        CircuitOpen("p", "failed too often", retry_after=12.0),
        BadAnswer("p", "not JSON", status=200),
    ],
)
def test_a_failure_comes_back_as_it_was(tmp_path: Path, failure: ProviderError) -> None:
    """Its class, sentence, status and pause; it is asked once."""

    def fail(_: httpx.Request) -> httpx.Response:
        raise failure

    provider = Provider(fail)
    kept = recording(tmp_path / "kept")
    for transport in (
        RecordingTransport("p", kept, provider, ()),
        RecordingTransport("p", kept, provider, ()),
        ReplayTransport("p", kept),
    ):
        with pytest.raises(type(failure)) as caught:
            ask(transport)
        assert str(caught.value) == str(failure)
        assert vars(caught.value) == vars(failure)
    assert provider.asked == 1


def test_who_asks_together_gets_one_delivery(tmp_path: Path) -> None:
    """Two askers of one question, its parameters in another order for one: one request, and both see it as new."""
    provider = Provider(lambda _: httpx.Response(200, json={}))
    transport = RecordingTransport("p", recording(tmp_path / "kept"), provider, ())

    async def both() -> list[httpx.Response]:
        urls = (URL, "https://api.example.com/answer?a=1&b=2")
        return await asyncio.gather(*(transport.handle_async_request(httpx.Request("GET", url)) for url in urls))

    responses = asyncio.run(both())
    assert provider.asked == 1
    assert [response.extensions[DELIVERY]["cached"] for response in responses] == [False, False]


def test_who_waits_goes_on_when_the_asker_is_cancelled(tmp_path: Path) -> None:
    """Another one asks, and nothing half done is in the folder."""
    provider = Provider(lambda _: httpx.Response(200, json={}))
    kept = recording(tmp_path / "kept")
    transport = RecordingTransport("p", kept, provider, ())

    async def both() -> httpx.Response:
        first = asyncio.create_task(transport.handle_async_request(httpx.Request("GET", URL)))
        await asyncio.sleep(0.002)
        second = asyncio.create_task(transport.handle_async_request(httpx.Request("GET", URL)))
        await asyncio.sleep(0.002)
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        return await second

    assert asyncio.run(both()).status_code == 200
    assert len(kept.answers()) == 1
    assert not list((tmp_path / "kept").rglob("*.part"))


def test_what_is_not_recorded_is_never_asked(tmp_path: Path) -> None:
    """Another question, and the same one in another body: could not be asked, with the reason."""
    provider = Provider(lambda _: httpx.Response(200, json={}))
    kept = recording(tmp_path / "kept")
    ask(RecordingTransport("p", kept, provider, ()))
    for url, options in (("https://api.example.com/other", {}), (URL, {"content": b"more"})):
        with pytest.raises(NotRecorded, match="not in the recording"):
            ask(ReplayTransport("p", kept), url, **options)


def test_a_key_in_an_answer_is_gone_for_everybody(tmp_path: Path) -> None:
    """Also for the run that is recorded: it sees what a replay will see."""
    provider = Provider(lambda _: httpx.Response(200, json={"request": "?api_key=very-secret", "by": "a@b.com"}))
    transport = RecordingTransport("p", recording(tmp_path / "kept"), provider, ("very-secret",))
    assert ask(transport).json() == {"request": "?api_key=(key removed)", "by": "removed@example.invalid"}


def test_moment_and_mode_stay(tmp_path: Path) -> None:
    """A recording that is gone on with keeps its moment and gathers accounts."""
    recording(tmp_path / "kept")
    later = WHEN.replace(year=2027)
    again = Recording.begin(tmp_path / "kept", mode=Mode.LIVE, as_of=later, accounts=["etsy.com"])
    assert again.manifest.as_of == WHEN
    assert Recording.open(tmp_path / "kept").manifest.accounts == ("costco.com", "etsy.com")
