"""The way of a call through its queue: credentials, hosts, interactive work first, event loops, clocks that jump.

Not for: tries (test_tries.py), the breaker (test_shared_breaker.py), the ledger (test_ledger.py).
"""

import asyncio
import itertools

import httpx
import pytest
from sqlalchemy import Engine

from partnerforge_dagster.governor.context import calling
from partnerforge_dagster.governor.policy import Send
from partnerforge_dagster.store.calls import Calls
from partnerforge_dagster.store.tables import leases
from partnerforge_dagster_tests.governor.fakes import HOST, FastClock, Provider, ask, governed
from partnerforge_dagster_tests.governor.watching import watched


class Session:
    """An authorizer that fetches a token over the wire and drops it when it is rejected."""

    def __init__(self) -> None:
        self.token: str | None = None

    def configured(self, request: httpx.Request) -> bool:  # noqa: ARG002 - the Authorizer's signature
        return True

    def ready(self, request: httpx.Request) -> bool:  # noqa: ARG002 - as above
        return self.token is not None

    async def sign(self, request: httpx.Request, send: Send) -> httpx.Request:
        if self.token is None:
            self.token = (await send(httpx.Request("GET", f"{HOST}/token"))).headers["Set-Cookie"]
        return httpx.Request("GET", request.url, headers={"Cookie": self.token})

    def rejected(self, response: httpx.Response) -> bool:
        if response.status_code == 401:
            self.token = None
        return response.status_code == 401


def test_credentials_that_have_gone_off_are_renewed_once(engine: Engine) -> None:
    """A rejected session is renewed and the call goes once more, through the same limits and ledger."""
    tokens = itertools.count(1)

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/token":
            return httpx.Response(404, headers={"Set-Cookie": f"t={next(tokens)}"})
        return httpx.Response(200 if request.headers["Cookie"] == "t=2" else 401)

    provider = Provider(answer)
    assert ask(engine, provider, authorizer=Session(), at_once=1).status_code == 200
    assert [request.url.path for request in provider.requests] == ["/token", "/a", "/token", "/a"]
    assert Calls(engine).of_runs(["r"]) == {"fake": (4, 0, 1)}


def test_hosts_have_limits_of_their_own(engine: Engine) -> None:
    """Two requests at once to a host, and a full host holds up no other."""
    under_way: dict[str, int] = {}
    most: dict[str, int] = {}

    class Counted(Provider):
        async def __call__(self, request: httpx.Request) -> httpx.Response:
            host = request.url.host
            under_way[host] = under_way.get(host, 0) + 1
            most[host] = max(most.get(host, 0), under_way[host])
            try:
                return await super().__call__(request)
            finally:
                under_way[host] -= 1

    async def call() -> int:
        async with governed(engine, provider, clock=FastClock(speed=1), per_host=2) as client:
            busy = [asyncio.create_task(client.get(f"https://busy.example/{n}")) for n in range(8)]
            await asyncio.sleep(0.05)
            await client.get("https://idle.example/")
            answered = sum(task.done() for task in busy)
            await asyncio.gather(*busy)
            return answered

    provider = Counted()
    provider.latency_s = 0.2
    assert asyncio.run(call()) < 8, "the idle host's request waited for all of the busy one's"
    assert most == {"busy.example": 2, "idle.example": 1}


def test_interactive_work_goes_before_batch_work(engine: Engine) -> None:
    """An interactive call that comes last leaves before the batch that is already waiting."""

    async def call() -> None:
        async with governed(engine, provider, clock=FastClock(speed=10), per_minute=60, at_once=1) as client:
            with calling(interactive=False):
                batch = [asyncio.create_task(client.get(f"/batch/{n}")) for n in range(6)]
            await asyncio.sleep(0.15)
            await client.get("/interactive")
            await asyncio.gather(*batch)

    provider = Provider()
    asyncio.run(call())
    paths = [request.url.path for request in provider.requests]
    assert len(paths) == 7
    assert paths.index("/interactive") <= 3


def test_several_event_loops_share_a_transport(engine: Engine) -> None:
    """Calls of one question from two threads, each with a loop of its own, make one request."""

    provider = Provider()
    provider.latency_s = 0.05

    async def both() -> list[int]:
        async with governed(engine, provider) as client:

            def elsewhere() -> int:
                return asyncio.run(client.get("/a")).status_code

            one = asyncio.create_task(client.get("/a"))
            two = asyncio.create_task(asyncio.to_thread(elsewhere))
            return [(await one).status_code, await two]

    assert asyncio.run(both()) == [200, 200]
    assert len(provider.requests) == 1


@pytest.mark.parametrize("seconds", [-7200, 7200])
def test_a_clock_that_jumps_holds_nobody_up(engine: Engine, seconds: float) -> None:
    """After the clock was set two hours back or ahead, calls leave as before."""

    async def call() -> None:
        clock = FastClock()
        async with governed(engine, provider, clock=clock, per_minute=60) as client:
            for n in range(3):
                await client.get(f"/{n}")
            clock.jump(seconds)
            async with asyncio.timeout(2):
                await client.get("/after")

    provider = Provider()
    asyncio.run(call())
    assert len(provider.requests) == 4


def test_calls_to_many_hosts_wait_in_one_queue(engine: Engine) -> None:
    """Each host has its queue, and the first of each waits for the provider; all of them leave."""

    async def call() -> None:
        async with governed(engine, provider, clock=FastClock(speed=10), per_host=1, at_once=1) as client:
            calls = (client.get(f"https://{host}.example/{n}") for host in "abcd" for n in range(2))
            assert {answer.status_code for answer in await asyncio.gather(*calls)} == {200}

    provider = Provider()
    provider.latency_s = 0.02
    asyncio.run(call())
    assert len({str(request.url) for request in provider.requests}) == 8


def test_books_that_could_not_be_finished_are_told(engine: Engine, caplog: pytest.LogCaptureFixture) -> None:
    """Nobody awaits what a cancelled call leaves behind, so the log says when it fails."""

    async def call() -> None:
        async with governed(engine, provider) as client:
            arrived = asyncio.Event()
            provider.latency_s, provider.answer = 60, lambda _: arrived.set() or httpx.Response(200)
            asking = asyncio.create_task(client.get("/a"))
            await arrived.wait()
            with engine.begin() as connection:
                leases.drop(connection)
            asking.cancel()
            await asyncio.wait([asking])

    provider = Provider()
    asyncio.run(call())
    assert "could not finish its books" in caplog.text
    assert "leases" in caplog.text


class Sleeps(FastClock):
    """Counts how often somebody slept."""

    slept = 0

    async def sleep(self, seconds: float) -> None:
        self.slept += 1
        await super().sleep(seconds)


def test_who_waits_for_a_turn_sleeps_between_two_looks(engine: Engine) -> None:
    """With one request at once the second call looks, sleeps and looks again; it does not keep the database busy."""

    async def both() -> None:
        async with governed(engine, provider, clock=clock, at_once=1, timeout_s=600, claim_s=3600) as client:
            await asyncio.gather(client.get("/a"), client.get("/b"))

    provider, clock = Provider(), Sleeps(speed=5)
    provider.latency_s = 0.4
    looks: list[str] = []
    with watched(lambda when, words: looks.append(when) if words == "COMMIT" else None):
        asyncio.run(both())
    assert len(provider.requests) == 2
    assert looks.count("after") <= clock.slept + 6, "each of two calls claims, leaves and settles"
