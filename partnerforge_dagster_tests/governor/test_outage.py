"""What callers and the ledger are told while a breaker is open, and of authorizers that cannot reach the provider."""

import asyncio
import threading

import httpx
import pytest
from sqlalchemy import Engine

from partnerforge_dagster.governor import cache
from partnerforge_dagster.governor.cache import StoredAnswer
from partnerforge_dagster.governor.extensions import DELIVERY
from partnerforge_dagster.governor.gate import Outcome
from partnerforge_dagster.governor.leases import Lease
from partnerforge_dagster.governor.outage import Outage
from partnerforge_dagster.governor.policy import Open, Send
from partnerforge_dagster.governor.questions import Questions
from partnerforge_dagster.governor.transport import RECORD_EVERY_S
from partnerforge_dagster.models.failures import CircuitOpen, Unreachable
from partnerforge_dagster.store.calls import Calls
from partnerforge_dagster.store.transaction import begin
from partnerforge_dagster_tests.governor import virtual
from partnerforge_dagster_tests.governor.fakes import HOST, FastClock, Provider, governed
from partnerforge_dagster_tests.governor.watching import watched


def test_an_outage_names_the_provider_and_what_is_left_of_it() -> None:
    """The remembered failure counts down, and ends."""
    clock = virtual.VirtualClock()
    clock.advance(1000)
    outage = Outage("fake", clock)
    assert not outage.lasts
    outage.note(Unreachable("fake", "HTTP 500"))
    assert not outage.lasts
    outage.note(CircuitOpen("fake", "failed too often", retry_after=60))
    clock.advance(20)
    assert outage.lasts
    failure = outage.failure()
    assert (failure.provider, failure.retry_after) == ("fake", 40)
    assert str(failure) == "fake: failed too often, left alone for another 40 s"
    clock.advance(40)
    assert not outage.lasts


def test_what_left_before_the_breaker_opened_says_nothing(engine: Engine) -> None:
    """Two late successes of calls that left earlier do not close it."""
    clock = virtual.VirtualClock()
    gate = virtual.gate(engine, clock, "fake", breaker_after=1, breaker_open_s=60)
    left = []
    for _ in range(3):
        call = virtual.question(clock, "fake")
        lease = gate.admit(call, "host")
        assert isinstance(lease, Lease)
        left.append((call, lease))
        clock.advance(1)
    gate.settle(*left[0], Outcome(Unreachable("fake", "HTTP 500")))
    for late in left[1:]:
        gate.settle(*late, Outcome())
    assert isinstance(gate.admit(virtual.question(clock, "fake"), "host"), CircuitOpen)


def test_a_fresh_answer_serves_during_an_outage(engine: Engine) -> None:
    """It is no stale one, its row says ok, and a question without one fails and says why."""

    async def call() -> None:
        async with governed(engine, provider, clock=FastClock(speed=1), breaker_after=1, breaker_open_s=600) as client:
            good = await client.get("/a")
            provider.answer = lambda _: httpx.Response(500)
            with pytest.raises((CircuitOpen, Unreachable)):
                await client.get("/b")
            with pytest.raises(CircuitOpen, match="left alone for another"):
                await client.get("/c")
            again = await client.get("/a")
            assert again.content == good.content
            assert again.extensions[DELIVERY] == {**good.extensions[DELIVERY], "cached": True}
            with pytest.raises(CircuitOpen):
                await client.get("/c")

    provider = Provider(lambda _: httpx.Response(200, headers={"Link": "<a>; rel=next"}))
    asyncio.run(call())
    rows = [row for row in Calls(engine).rows() if row["tries"] == 0]
    told = sorted((row["endpoint"], row["status"], row["cached"], row["stale"]) for row in rows)
    assert told == [
        ("/a", "ok", True, False),
        ("/c", "circuit_open", False, False),
        ("/c", "circuit_open", False, False),
    ]
    assert {row["detail"] is None for row in rows if row["status"] == "ok"} == {True}


def test_calls_in_an_outage_read_little_and_are_written_down_while_it_lasts(engine: Engine) -> None:
    """A question without an answer is looked up once; the rows come within moments, not when the client closes."""
    looks: list[str] = []

    async def fail(client: httpx.AsyncClient, *paths: str) -> int:
        """How often the stored answers are looked at meanwhile."""
        looks.clear()
        with watched(lambda when, words: looks.append(words) if when == "before" and "answers" in words else None):
            for path in paths:
                with pytest.raises((CircuitOpen, Unreachable)):
                    await client.get(path)
        return len(looks)

    async def call() -> None:
        async with governed(engine, provider, clock=FastClock(speed=1), breaker_after=1, breaker_open_s=600) as client:
            await fail(client, "/down", "/down")
            assert await fail(client, "/a", "/b", "/a") == 2
            assert await fail(client, "/a", "/a", "/a") == 0
            await asyncio.sleep(20 * RECORD_EVERY_S)
            rows = Calls(engine).rows()
            assert [row["endpoint"] for row in rows].count("/a") == 5

    provider = Provider(lambda _: httpx.Response(500))
    asyncio.run(call())


def test_every_asker_in_an_outage_gets_the_old_answer(engine: Engine) -> None:
    """Not only the first."""

    async def call() -> None:
        clock = FastClock(speed=1)
        async with governed(engine, provider, clock=clock, breaker_after=1, breaker_open_s=6000, cache_s=10) as client:
            good = await client.get("/a")
            clock.jump(11)
            provider.answer = lambda _: httpx.Response(500)
            for path in ("/down", "/down"):
                with pytest.raises((CircuitOpen, Unreachable)):
                    await client.get(path)
            for _ in range(3):
                again = await client.get("/a")
                assert again.content == good.content
                assert again.extensions[DELIVERY]["stale"]

    provider = Provider()
    asyncio.run(call())


class Token(Open):
    """An authorizer that fetches a token before every call."""

    def ready(self, request: httpx.Request) -> bool:  # noqa: ARG002 - the Authorizer's signature
        return False

    async def sign(self, request: httpx.Request, send: Send) -> httpx.Request:
        await send(httpx.Request("GET", f"{HOST}/token"))
        return request


@pytest.mark.parametrize("error", [httpx.ReadTimeout("x"), httpx.ConnectError("x")])
def test_an_authorizer_that_gets_no_answer_fails_the_call(engine: Engine, error: Exception) -> None:
    """The token's call has its own row, which says unreachable and costs nothing; the question was never sent."""

    async def call() -> None:
        async with governed(engine, provider, authorizer=Token()) as client:
            await client.get("/a")

    provider = Provider(lambda _: error)
    with pytest.raises(Unreachable):
        asyncio.run(call())
    assert {request.url.path for request in provider.requests} == {"/token"}
    rows = [row for row in Calls(engine).rows() if row["endpoint"] == "/token"]
    assert {(row["status"], row["credits"]) for row in rows} == {("unreachable", 0)}


def test_an_answer_that_came_while_the_claim_was_waited_for_is_used(engine: Engine) -> None:
    """The cache is read again under the claim: the last owner may have answered in between."""
    clock = virtual.VirtualClock()
    questions = Questions(engine, clock, fresh_s=60)
    answer = StoredAnswer(200, (), b"bought", clock.shared)
    with begin(engine) as transaction:
        assert virtual.owner(transaction, "k", "first", clock.shared) == "first"
    entered: list[StoredAnswer | bool] = []
    second = threading.Thread(
        target=lambda: entered.append(virtual.entered(engine, questions, "k", virtual.question(clock, "fake")))
    )
    with begin(engine) as transaction:
        cache.store(transaction, "k", "fake", "https://host/a", answer)
        cache.release(transaction, "k", "first")
        assert virtual.see(transaction, "k").answer == answer, "and what was written before is on the server"
        second.start()
        second.join(0.5)
        assert entered == []
    second.join(10)
    assert entered == [answer]
    with begin(engine) as transaction:
        assert virtual.owner(transaction, "k", "third", clock.shared) == "third", "nobody holds the claim any more"


def test_a_stored_answer_keeps_headers_but_no_sessions() -> None:
    """Cookies lose their values, other headers keep theirs, and the response knows its request."""
    request = httpx.Request("GET", HOST)
    headers = [("Set-Cookie", "session=secret=x; Path=/"), ("Link", "<a>; rel=next")]
    stored = StoredAnswer.of(httpx.Response(200, headers=headers), "r1")
    assert stored.headers == (("set-cookie", "session="), ("link", "<a>; rel=next"))
    response = stored.response(request, cached=True, stale=False)
    assert response.headers["Link"] == "<a>; rel=next"
    assert response.request is request
