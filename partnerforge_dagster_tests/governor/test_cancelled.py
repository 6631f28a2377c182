"""Calls that are cancelled: waiting, refused, under way.

Not for: processes that are killed (test_processes.py, test_crash_points.py).
"""

import asyncio
import time
from datetime import datetime

import httpx
from sqlalchemy import Connection, Engine, select

from partnerforge_dagster.store.calls import Calls
from partnerforge_dagster.store.tables import flights, leases
from partnerforge_dagster_tests.governor.fakes import FastClock, Provider, governed


class SlowDatabase(FastClock):
    """The second transaction takes long: the first is the cache's, the second the limiter's."""

    reads = 0

    def now(self, connection: Connection) -> datetime:
        self.reads += 1
        if self.reads == 2:
            time.sleep(0.4)
        return super().now(connection)


def test_a_call_cancelled_before_it_left_owes_nothing(engine: Engine) -> None:
    """When the caller goes while the database still decides, lease and credits are back once the client is closed."""

    async def call() -> None:
        async with governed(engine, provider, clock=SlowDatabase()) as client:
            asking = asyncio.create_task(client.get("/a"))
            await asyncio.sleep(0.2)
            asking.cancel()
            await asyncio.wait([asking])

    provider = Provider()
    asyncio.run(call())
    assert provider.requests == []
    (row,) = Calls(engine).rows()
    assert (row["status"], row["tries"], row["credits"]) == ("cancelled", 0, 0)
    with engine.connect() as connection:
        assert connection.execute(select(leases.c.id)).all() == []
        assert connection.execute(select(flights.c.key)).all() == []


def test_a_call_cancelled_while_it_is_refused_owes_nothing(engine: Engine) -> None:
    """When the caller goes and the answer is no, there is nothing to give back and no charge."""

    async def call() -> None:
        async with governed(engine, provider, clock=SlowDatabase(), credits_a_month=0) as client:
            asking = asyncio.create_task(client.get("/a"))
            await asyncio.sleep(0.2)
            asking.cancel()
            await asyncio.wait([asking])

    provider = Provider()
    asyncio.run(call())
    assert provider.requests == []
    assert Calls(engine).rows() == []
    with engine.connect() as connection:
        assert connection.execute(select(flights.c.key)).all() == []


def test_a_call_cancelled_under_way_frees_its_slot_and_stays_charged(engine: Engine) -> None:
    """Its connection is closed, so the next one may go a second later and not after the timeout; the bill is unknown.

    Seconds are the store's, which pass fifty times as fast as the test's.
    """

    async def call() -> float:
        clock = FastClock()
        async with governed(engine, provider, clock=clock, at_once=1, timeout_s=300) as client:
            arrived = asyncio.Event()
            provider.latency_s, provider.answer = 60, lambda _: arrived.set() or httpx.Response(200)
            asking = asyncio.create_task(client.get("/a"))
            await arrived.wait()
            asking.cancel()
            await asyncio.wait([asking])
            provider.latency_s = 0
            began = clock.monotonic()
            assert (await client.get("/b")).status_code == 200
            return clock.monotonic() - began

    provider = Provider()
    assert asyncio.run(call()) < 60
    first, second = Calls(engine).rows()
    assert (first["status"], first["detail"], first["credits"]) == ("charge_unknown", "cancelled under way", 1)
    assert second["status"] == "ok"
