"""What is tried again, how often and how far apart, and what a provider's Retry-After does to everybody.

Not for: the breaker (test_shared_breaker.py) or one request on the wire (test_wire.py).
"""

import asyncio

import httpx
import pytest
from sqlalchemy import Engine, select

from partnerforge_dagster.models.failures import (
    BadAnswer,
    CircuitOpen,
    ProviderError,
    RateLimited,
    Refused,
    Unreachable,
)
from partnerforge_dagster.store.tables import providers
from partnerforge_dagster_tests.governor.fakes import FastClock, Provider, ask, failing, governed


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504, 599])
def test_what_may_pass_is_tried_again(engine: Engine, status: int) -> None:
    """408, 429 and 5xx are tried three times more."""
    provider = Provider(failing(3, status))
    assert ask(engine, provider).status_code == 200
    assert len(provider.requests) == 4


@pytest.mark.parametrize(
    "error",
    [httpx.ConnectError("x"), httpx.ConnectTimeout("x"), httpx.ReadTimeout("x"), httpx.RemoteProtocolError("x")],
)
def test_errors_of_the_connection_are_tried_again(engine: Engine, error: Exception) -> None:
    """Timeouts and connection errors are tried three times more, and end as Unreachable that says so."""
    provider = Provider(lambda _: error)
    with pytest.raises(Unreachable, match=r"api\.example\.com after 4 tries"):
        ask(engine, provider)
    assert len(provider.requests) == 4


@pytest.mark.parametrize(("status", "kind"), [(400, BadAnswer), (401, Refused), (403, Refused), (405, BadAnswer)])
def test_what_stays_wrong_is_not_tried_again(engine: Engine, status: int, kind: type[ProviderError]) -> None:
    """400, 401, 403 and 405 are asked once."""
    provider = Provider(lambda _: httpx.Response(status))
    with pytest.raises(kind):
        ask(engine, provider)
    assert len(provider.requests) == 1


def test_a_silent_provider_times_out(engine: Engine) -> None:
    """The whole answer must come within `timeout_s`, whatever httpx's own timeouts are."""
    provider = Provider()
    provider.latency_s = 5
    with pytest.raises(Unreachable, match=r"no answer within 0.05 s"):
        ask(engine, provider, timeout_s=0.05)


class NotingClock(FastClock):
    """Notes how long it was asked to sleep."""

    def __init__(self) -> None:
        super().__init__(speed=1000)
        self.slept: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        await super().sleep(seconds)


def test_tries_are_further_and_further_apart(engine: Engine) -> None:
    """About 1, 2 and 4 seconds, each a quarter more or less."""
    clock = NotingClock()
    with pytest.raises(Unreachable):
        ask(engine, Provider(failing(9, 500)), clock=clock)
    between = [seconds for seconds in clock.slept if 0.7 < seconds < 6]  # not the queue's polling or a claim's renewal
    for wanted, seconds in zip((1, 2, 4), between, strict=True):
        assert 0.75 * wanted <= seconds <= 1.25 * wanted


def paused(engine: Engine) -> bool:
    """Whether a provider's Retry-After has been noted for all processes."""
    with engine.connect() as connection:
        return any(connection.execute(select(providers.c.paused_until)).scalars())


def test_retry_after_is_obeyed_by_all(engine: Engine) -> None:
    """After a 429 with Retry-After no call, of whatever question, leaves before the pause is over."""
    clock = FastClock()
    at: list[float] = []

    def answer(request: httpx.Request) -> httpx.Response:
        at.append(clock.monotonic())
        return httpx.Response(429, headers={"Retry-After": "40"}) if len(at) == 1 else httpx.Response(200)

    async def call() -> None:
        async with governed(engine, Provider(answer), clock=clock) as client:
            first = asyncio.create_task(client.get("/a"))
            while not paused(engine):  # noqa: ASYNC110 - what is waited for is a row, not an event
                await asyncio.sleep(0.001)
            await asyncio.gather(first, client.get("/b"))

    asyncio.run(call())
    assert len(at) == 3
    assert at[1] - at[0] >= 40


def test_a_long_retry_after_ends_the_call_and_opens_the_breaker(engine: Engine) -> None:
    """A pause of an hour is not waited for: the call fails, and nothing is sent for an hour."""
    clock = FastClock()
    provider = Provider(failing(1, 429, **{"Retry-After": "3600"}))
    with pytest.raises(RateLimited):
        ask(engine, provider, clock=clock)
    clock.jump(3500)
    with pytest.raises(CircuitOpen):
        ask(engine, provider, clock=clock)
    clock.jump(120)
    assert ask(engine, provider, clock=clock).status_code == 200
