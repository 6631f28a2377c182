"""Calls that are cancelled: waiting, refused, under way.

Not for: processes that are killed (test_processes.py, test_crash_points.py).
"""

import asyncio
import threading
from datetime import datetime

import httpx
import pytest
from sqlalchemy import Engine, select

from partnerforge_dagster.store.calls import Calls
from partnerforge_dagster.store.tables import flights, leases
from partnerforge_dagster.store.transaction import Transaction
from partnerforge_dagster_tests.governor.fakes import FastClock, Provider, governed

PATIENCE_S = 30
"""A busy machine's threads come late."""


ONE_OR_TWO = pytest.mark.parametrize("per_host", [None, 2], ids=["one transaction", "two transactions"])
"""A call claims its question and leaves in one, where no host has a limit of its own and nobody waits."""


class SlowDatabase(FastClock):
    """The limiter's look at the clock takes long; the cache's come before it, one where claim and leave are one."""

    def __init__(self, per_host: int | None) -> None:
        super().__init__()
        self._reads = 0
        self._limiters = 2 if per_host is None else 3
        self.deciding, self.decides = threading.Event(), threading.Event()

    def ours(self, transaction: Transaction) -> datetime:
        self._reads += 1
        if self._reads == self._limiters:
            self.deciding.set()
            assert self.decides.wait(PATIENCE_S)
        return super().ours(transaction)


async def cancel_while_the_database_decides(client: httpx.AsyncClient, clock: SlowDatabase) -> None:
    """Ask, and go when the limiter's transaction has begun; it ends after that."""
    asking = asyncio.create_task(client.get("/a"))
    assert await asyncio.to_thread(clock.deciding.wait, PATIENCE_S)
    asking.cancel()
    await asyncio.wait([asking])
    clock.decides.set()


@ONE_OR_TWO
def test_a_call_cancelled_before_it_left_owes_nothing(engine: Engine, per_host: int | None) -> None:
    """When the caller goes while the database still decides, lease and credits are back once the client is closed."""

    async def call() -> None:
        async with governed(engine, provider, clock=clock, per_host=per_host) as client:
            await cancel_while_the_database_decides(client, clock)

    provider, clock = Provider(), SlowDatabase(per_host)
    asyncio.run(call())
    assert provider.requests == []
    (row,) = Calls(engine).rows()
    assert (row["status"], row["tries"], row["credits"]) == ("cancelled", 0, 0)
    with engine.connect() as connection:
        assert connection.execute(select(leases.c.id)).all() == []
        assert connection.execute(select(flights.c.key)).all() == []


@ONE_OR_TWO
def test_a_call_cancelled_while_it_is_refused_owes_nothing(engine: Engine, per_host: int | None) -> None:
    """When the caller goes and the answer is no, there is nothing to give back and no charge."""

    async def call() -> None:
        async with governed(engine, provider, clock=clock, per_host=per_host, credits_a_month=0) as client:
            await cancel_while_the_database_decides(client, clock)

    provider, clock = Provider(), SlowDatabase(per_host)
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
