import asyncio
import itertools
import time
from collections.abc import Callable
from datetime import datetime

import httpx
import pytest
from sqlalchemy import Connection, Engine, select

from partnerforge_dagster.governor.context import calling
from partnerforge_dagster.governor.extensions import DELIVERY, ENDPOINT
from partnerforge_dagster.governor.policy import Send
from partnerforge_dagster.models.failures import (
    BadAnswer,
    CircuitOpen,
    OverBudget,
    ProviderError,
    RateLimited,
    Refused,
    Unreachable,
)
from partnerforge_dagster.store.calls import Calls
from partnerforge_dagster.store.tables import flights, leases, providers
from partnerforge_dagster_tests.governor.fakes import HOST, FastClock, Provider, governed


def failing(times: int, status: int = 500, **headers: str) -> Callable[[httpx.Request], httpx.Response]:
    """Fail so many times, then answer."""
    count = itertools.count(1)
    return lambda _: httpx.Response(status, headers=headers) if next(count) <= times else httpx.Response(200)


def ask(engine: Engine, provider: Provider, **changes: object) -> httpx.Response:
    """One call of run `r`."""

    async def call() -> httpx.Response:
        async with governed(engine, provider, **changes) as client:
            with calling(account="costco.com", module="technology_stack", run_id="r"):
                return await client.get("/a", extensions={ENDPOINT: "domain"})

    return asyncio.run(call())


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


def test_a_call_leaves_one_row(engine: Engine) -> None:
    """The row says who asked what of whom, how often, how long, at what price and how it ended."""
    provider = Provider(failing(1))
    provider.latency_s = 0.05
    ask(engine, provider)
    (row,) = Calls(engine).rows()
    assert {key: row[key] for key in ("provider", "endpoint", "account", "module", "run_id", "status")} == {
        "provider": "fake",
        "endpoint": "domain",
        "account": "costco.com",
        "module": "technology_stack",
        "run_id": "r",
        "status": "ok",
    }
    assert (row["tries"], row["credits"], row["cached"], row["detail"]) == (2, 1, False, None)
    assert 0.1 <= row["took_s"] < 1
    assert row["waited_s"] > 0.75


def test_a_failed_call_leaves_one_row(engine: Engine) -> None:
    """A failure that the provider answered costs nothing and says why."""
    with pytest.raises(Refused):
        ask(engine, Provider(failing(9, 401)))
    (row,) = Calls(engine).rows()
    assert (row["status"], row["detail"], row["tries"], row["credits"]) == ("refused", "fake: HTTP 401", 1, 0)


def test_silence_may_have_been_billed(engine: Engine) -> None:
    """Each try that left and was never answered counts its credits; one that never left counts none."""
    clock = FastClock()
    for error in (httpx.ReadTimeout("x"), httpx.ConnectError("x")):
        with pytest.raises(Unreachable):
            ask(engine, Provider(lambda _, error=error: error), clock=clock)
    assert [row["credits"] for row in Calls(engine).rows()] == [4, 0]


def test_a_spent_budget_refuses_before_anything_is_sent(engine: Engine) -> None:
    """The call past the month's credits is refused, and says which setting to raise; cached answers stay free."""

    async def call() -> None:
        async with governed(engine, provider, credits_a_month=3) as client:
            for n in range(3):
                await client.get(f"/{n}")
            with pytest.raises(OverBudget, match="PARTNERFORGE_PROVIDERS__FAKE__CREDITS_A_MONTH"):
                await client.get("/3")
            assert (await client.get("/0")).status_code == 200

    provider = Provider()
    asyncio.run(call())
    assert len(provider.requests) == 3


def test_a_new_month_has_a_new_budget(engine: Engine) -> None:
    """Credits are counted by calendar month."""
    clock = FastClock()
    provider = Provider()
    limits = {"clock": clock, "credits_a_month": 1, "cache_s": 1}
    ask(engine, provider, **limits)
    clock.jump(5)
    assert ask(engine, provider, **limits).extensions[DELIVERY]["stale"]
    clock.jump(32 * 86_400)
    assert not ask(engine, provider, **limits).extensions[DELIVERY]["stale"]
    assert [spend.credits for spend in Calls(engine).spend(provider="fake")] == [1, 1]


class Session:
    """An authorizer that fetches a token over the wire and drops it when it is rejected."""

    def __init__(self) -> None:
        self.token: str | None = None

    def configured(self, request: httpx.Request) -> bool:  # noqa: ARG002 - the Authorizer's signature
        return True

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
