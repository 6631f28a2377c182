import asyncio
from collections.abc import AsyncIterator

import httpx

from partnerforge_dagster.governor.policy import ProviderPolicy
from partnerforge_dagster.governor.wire import Sent, send
from partnerforge_dagster.models.failures import BadAnswer
from partnerforge_dagster_tests.governor.fakes import classify, settings

POLICY = ProviderPolicy(name="fake", settings=settings(), classify=classify)
REQUEST = httpx.Request("GET", "https://api.example.com/a")


def sent(response: httpx.Response) -> Sent:
    return asyncio.run(send(httpx.MockTransport(lambda _: response), REQUEST, POLICY))


def test_a_body_in_pieces_is_whole() -> None:
    """What comes in several chunks is handed on as one body, with the request it answers."""

    async def pieces() -> AsyncIterator[bytes]:
        yield b"one "
        yield b"two"

    result = sent(httpx.Response(200, content=pieces())).result
    assert isinstance(result, httpx.Response)
    assert result.content == b"one two"
    assert result.request is REQUEST


def test_a_body_that_cannot_be_unpacked_is_a_bad_answer() -> None:
    """Broken gzip is an answer, and a bad one."""

    async def broken() -> AsyncIterator[bytes]:
        yield b"not gzip"

    found = sent(httpx.Response(200, headers={"Content-Encoding": "gzip"}, content=broken()))
    assert isinstance(found.result, BadAnswer)
    assert "cannot be decompressed" in str(found.result)
    assert not found.unanswered
