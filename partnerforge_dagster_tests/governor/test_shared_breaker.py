"""The breaker as calls meet it: all of them together, over event loops and processes' shared row.

Not for: its rules (test_breaker.py, test_simulation_breaker.py).
"""

import asyncio
import itertools
import time

import httpx
import pytest
from sqlalchemy import Engine

from partnerforge_dagster.governor.context import calling
from partnerforge_dagster.governor.extensions import DELIVERY
from partnerforge_dagster.models.failures import (
    CircuitOpen,
    Unreachable,
)
from partnerforge_dagster.store.calls import Calls
from partnerforge_dagster_tests.governor.fakes import FastClock, Provider, ask, failing, governed


def test_an_open_breaker_fails_fast(engine: Engine) -> None:
    """While it is open nothing is sent; a question known to have no answer fails within a millisecond."""

    async def call() -> list[float]:
        async with governed(engine, provider, clock=FastClock(speed=20), breaker_after=2, breaker_open_s=900) as client:
            with pytest.raises(Unreachable, match="after 2 tries"):
                await client.get("/a")
            took = []
            with calling(run_id="fast"):
                for _ in range(50):
                    started = time.perf_counter()
                    with pytest.raises(CircuitOpen):
                        await client.get("/a")
                    took.append(time.perf_counter() - started)
            return sorted(took)

    provider = Provider(lambda _: httpx.Response(500))
    took = asyncio.run(call())
    assert len(provider.requests) == 2
    assert took[10] < 0.001  # a loaded machine may stop any one call for longer
    assert [row["status"] for row in Calls(engine).rows("fast")] == ["circuit_open"] * 50


def test_the_breaker_is_shared_and_closes_after_two_probes(engine: Engine) -> None:
    """Another transport on the same store finds it open; half-open, two answers close it."""
    clock = FastClock()
    provider = Provider(failing(2))
    limits = {"clock": clock, "breaker_after": 2, "breaker_open_s": 600, "cache_s": 0.001}
    with pytest.raises(Unreachable):
        ask(engine, provider, **limits)
    with pytest.raises(CircuitOpen) as caught:
        ask(engine, provider, **limits)
    assert 500 < caught.value.retry_after <= 600
    clock.jump(600)
    ask(engine, provider, **limits)
    ask(engine, provider, **limits)
    provider.answer = failing(1)
    assert ask(engine, provider, **limits).status_code == 200  # closed: one failure opens nothing
    assert len(provider.requests) == 6


def test_half_open_lets_one_probe_through_at_a_time(engine: Engine) -> None:
    """Ten callers that wait for a half-open breaker probe one after the other until it is closed."""
    under_way, most = 0, []
    clock = FastClock()

    class Probed(Provider):
        async def __call__(self, request: httpx.Request) -> httpx.Response:
            nonlocal under_way
            under_way += 1
            most.append(under_way)
            try:
                return await super().__call__(request)
            finally:
                under_way -= 1

    async def call() -> None:
        async with governed(engine, provider, clock=clock, breaker_after=2, breaker_open_s=600) as client:
            with pytest.raises(Unreachable):
                await client.get("/a")
        clock.jump(600)
        provider.answer, provider.latency_s = failing(0), 0.1
        most.clear()
        async with governed(engine, provider, clock=clock, breaker_after=2, breaker_open_s=600) as client:
            await asyncio.gather(*(client.get(f"/{n}") for n in range(10)))

    provider = Probed(lambda _: httpx.Response(500))
    asyncio.run(call())
    assert most[:2] == [1, 1]
    assert max(most[2:]) > 1


def test_the_last_good_answer_is_served_stale(engine: Engine) -> None:
    """A provider that fails, and then one whose breaker is open, is made up for by its last good answer."""

    async def call() -> None:
        clock = FastClock()
        async with governed(engine, provider, clock=clock, breaker_after=4, cache_s=60) as client:
            good = await client.get("/a")
            clock.jump(61)
            for tries in (4, 0, 0):
                provider.requests.clear()
                with calling(run_id=f"stale-{tries}"):
                    stale = await client.get("/a")
                assert len(provider.requests) == tries
                assert stale.content == good.content
                assert stale.extensions[DELIVERY] == {**good.extensions[DELIVERY], "cached": True, "stale": True}

    answers = itertools.chain([httpx.Response(200, json={"first": True})], itertools.repeat(httpx.Response(500)))
    provider = Provider(lambda _: next(answers))
    asyncio.run(call())
    (failure,) = Calls(engine).rows("stale-4")
    assert (failure["status"], failure["tries"], failure["stale"]) == ("unreachable", 4, True)
    assert [(row["status"], row["cached"], row["stale"]) for row in Calls(engine).rows("stale-0")] == [
        ("circuit_open", True, True)
    ] * 2
