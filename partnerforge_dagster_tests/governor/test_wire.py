"""One request on the wire: its body, its limits, and what each way of failing is called.

Not for: what is done about a failure (test_tries.py).
"""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from partnerforge_dagster.governor.policy import ProviderPolicy
from partnerforge_dagster.governor.wire import Sent, send
from partnerforge_dagster.models.failures import BadAnswer, Refused, Unreachable
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


def test_what_the_wire_would_not_carry_is_told_as_it_says() -> None:
    """It never left, and nothing of it may have been billed."""
    refused = Refused("fake", "the name leads into our own network")

    def refuse(_: httpx.Request) -> httpx.Response:
        raise refused

    found = asyncio.run(send(httpx.MockTransport(refuse), REQUEST, POLICY))
    assert found.result is refused
    assert not found.unanswered


@pytest.mark.parametrize(
    ("error", "told", "unanswered"),
    [
        (httpx.ReadTimeout("x"), "no answer within 5 s from api.example.com", True),
        (httpx.ConnectTimeout("x"), "no answer within 5 s from api.example.com", False),
        (httpx.ReadError("x"), "ReadError talking to api.example.com", True),
        (httpx.ConnectError("x"), "ConnectError talking to api.example.com", False),
    ],
)
def test_a_failure_names_provider_kind_and_host(error: Exception, told: str, unanswered: bool) -> None:
    """And whether the request may have been billed: one that never left was not."""

    def fail(_: httpx.Request) -> httpx.Response:
        raise error

    found = asyncio.run(send(httpx.MockTransport(fail), REQUEST, POLICY))
    assert isinstance(found.result, Unreachable)
    assert (found.result.provider, str(found.result)) == ("fake", f"fake: {told}")
    assert found.unanswered is unanswered
    assert 0 <= found.took_s < 60


def test_the_largest_body_is_still_taken() -> None:
    """One byte more is a bad answer that names the limit and the host."""
    small = ProviderPolicy(name="fake", settings=settings(max_body_bytes=10), classify=classify)

    def answered(size: int) -> Sent:
        transport = httpx.MockTransport(lambda _: httpx.Response(200, content=b"x" * size))
        return asyncio.run(send(transport, REQUEST, small))

    whole, refused = answered(10), answered(11)
    assert isinstance(whole.result, httpx.Response)
    assert whole.result.content == b"x" * 10
    assert isinstance(refused.result, BadAnswer)
    assert str(refused.result) == "fake: answer larger than 10 bytes from api.example.com"
