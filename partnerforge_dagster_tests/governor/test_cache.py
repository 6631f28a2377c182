import asyncio
import time
from datetime import datetime

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr
from sqlalchemy import Engine, select, text

from partnerforge_dagster.governor import cache
from partnerforge_dagster.governor.cache import key_of
from partnerforge_dagster.governor.clock import SystemClock, now
from partnerforge_dagster.governor.context import calling
from partnerforge_dagster.governor.extensions import DELIVERY
from partnerforge_dagster.governor.policy import HeaderKeys
from partnerforge_dagster.models.failures import BadAnswer, NotConfigured
from partnerforge_dagster.store.calls import Calls
from partnerforge_dagster.store.tables import flights
from partnerforge_dagster.store.transaction import Transaction, begin
from partnerforge_dagster_tests.governor import virtual
from partnerforge_dagster_tests.governor.fakes import FastClock, Provider, governed

pairs = st.lists(st.tuples(st.text(max_size=5), st.text(max_size=5)), max_size=5)


def request(query: list[tuple[str, str]], body: bytes = b"", method: str = "GET") -> httpx.Request:
    return httpx.Request(method, "https://api.example.com/a", params=query, content=body)


@given(st.data(), pairs)
def test_order_of_query_parameters_is_not_the_question(data: st.DataObject, query: list[tuple[str, str]]) -> None:
    """The same parameters in any order are one question."""
    assert key_of(request(query)) == key_of(request(data.draw(st.permutations(query))))


@given(pairs, pairs)
def test_other_parameters_are_another_question(one: list[tuple[str, str]], other: list[tuple[str, str]]) -> None:
    """Different parameters never share an answer."""
    assert (key_of(request(one)) == key_of(request(other))) is (sorted(one) == sorted(other))


def test_method_and_body_are_the_question_and_headers_are_not() -> None:
    """A POST's body tells questions apart; headers, where credentials are, do not."""
    assert key_of(request([], b"a", "POST")) != key_of(request([], b"b", "POST"))
    assert key_of(request([])) != key_of(request([], method="POST"))
    signed = httpx.Request("GET", "https://api.example.com/a", headers={"Authorization": "secret"})
    assert key_of(signed) == key_of(request([]))
    assert key_of(httpx.Request("GET", "https://api.example.com/a#part")) == key_of(request([])), "nor is a part of it"


def test_a_fresh_answer_is_used_and_says_so(engine: Engine) -> None:
    """The second asking costs nothing, and its delivery is the first one's, marked as cached."""

    async def ask_twice() -> tuple[httpx.Response, httpx.Response]:
        async with governed(engine, provider) as client:
            return await client.get("/a"), await client.get("/a")

    provider = Provider()
    first, second = asyncio.run(ask_twice())
    assert len(provider.requests) == 1
    assert second.json() == first.json() == {"path": "/a"}
    assert first.extensions[DELIVERY] == {
        "fetched_at": first.extensions[DELIVERY]["fetched_at"],
        "cached": False,
        "stale": False,
    }
    assert second.extensions[DELIVERY] == {**first.extensions[DELIVERY], "cached": True}


def test_an_old_answer_is_bought_again(engine: Engine) -> None:
    """An answer older than the provider's freshness is not used."""

    async def ask_a_day_apart() -> None:
        clock = FastClock()
        async with governed(engine, provider, clock=clock, cache_s=86_400) as client:
            await client.get("/a")
            clock.jump(86_400)
            await client.get("/a")

    provider = Provider()
    asyncio.run(ask_a_day_apart())
    assert len(provider.requests) == 2


def test_a_paid_nothing_there_is_kept(engine: Engine) -> None:
    """A 404 that the provider calls an answer is stored like any other."""

    async def ask_twice() -> list[int]:
        async with governed(engine, provider) as client:
            return [(await client.get("/a")).status_code for _ in range(2)]

    provider = Provider(lambda _: httpx.Response(404))
    assert asyncio.run(ask_twice()) == [404, 404]
    assert len(provider.requests) == 1


def test_an_error_inside_a_200_is_never_kept(engine: Engine) -> None:
    """What `classify` calls a failure is not stored, whatever its status."""

    async def ask_twice() -> None:
        async with governed(engine, provider) as client:
            for _ in range(2):
                with pytest.raises(BadAnswer):
                    await client.get("/a")

    provider = Provider(lambda _: httpx.Response(200, json={"error": "no"}))
    asyncio.run(ask_twice())
    assert len(provider.requests) == 2


def test_force_buys_again_but_once_a_run(engine: Engine) -> None:
    """`force` skips fresh answers of other runs; what its own run has bought is used."""

    async def ask() -> list[bool]:
        async with governed(engine, provider) as client:
            cached = []
            for run_id in ("r1", "r2", "r2"):
                with calling(run_id=run_id, force=True):
                    cached.append((await client.get("/a")).extensions[DELIVERY]["cached"])
            return cached

    provider = Provider()
    assert asyncio.run(ask()) == [False, False, True]
    assert len(provider.requests) == 2


def test_askers_of_one_question_in_a_process_share_one_call(engine: Engine) -> None:
    """Twenty tasks that ask the same together make one request, and each has its row in the ledger."""

    async def ask() -> list[httpx.Response]:
        async with governed(engine, provider) as client:
            with calling(run_id="r"):
                return await asyncio.gather(*(client.get("/a") for _ in range(20)))

    provider = Provider()
    provider.latency_s = 0.05
    responses = asyncio.run(ask())
    assert {response.content for response in responses} == {b'{"path":"/a"}'}
    assert len(provider.requests) == 1
    assert Calls(engine).of_runs(["r"]) == {"fake": (1, 19, 1)}


def test_when_the_asker_is_cancelled_another_one_asks(engine: Engine) -> None:
    """Those who wait for a call that is cancelled ask themselves, and the claim does not hold them up."""

    async def ask() -> httpx.Response:
        async with governed(engine, provider, clock=FastClock(speed=1)) as client:
            first = asyncio.create_task(client.get("/a"))
            while not provider.requests:  # noqa: ASYNC110 - what is waited for is a request, not an event
                await asyncio.sleep(0.01)
            second = asyncio.create_task(client.get("/a"))
            await asyncio.sleep(0.1)
            first.cancel()
            async with asyncio.timeout(20):
                return await second

    provider = Provider()
    provider.latency_s = 0.5
    assert asyncio.run(ask()).status_code == 200
    assert len(provider.requests) == 2
    assert sorted(row["status"] for row in Calls(engine).rows()) == ["charge_unknown", "ok"]


class SlowClaim(FastClock):
    """The transaction that claims the question takes long."""

    reads = 0

    def ours(self, transaction: Transaction) -> datetime:
        self.reads += 1
        if self.reads == 1:
            time.sleep(0.4)
        return super().ours(transaction)


def test_who_is_cancelled_while_claiming_a_question_keeps_no_claim(engine: Engine) -> None:
    """The database had not answered yet: the next asker need not wait for the claim to run out."""

    async def ask() -> None:
        async with governed(engine, provider, clock=SlowClaim()) as client:
            asking = asyncio.create_task(client.get("/a"))
            await asyncio.sleep(0.2)
            asking.cancel()
            await asyncio.wait([asking])

    provider = Provider()
    asyncio.run(ask())
    assert provider.requests == []
    with engine.connect() as connection:
        assert connection.execute(select(flights.c.key)).all() == []


def test_keys_are_in_no_row(engine: Engine) -> None:
    """The key goes over the wire and nowhere else; cookies are kept without their values."""

    async def ask() -> None:
        keys = HeaderKeys({"api.example.com": ("Authorization", "API {key}", SecretStr("s3cret"))})
        async with governed(engine, provider, authorizer=keys) as client:
            await client.get("/a")

    provider = Provider(lambda _: httpx.Response(200, headers=[("Set-Cookie", "session=s3cret; Path=/")]))
    asyncio.run(ask())
    assert provider.requests[0].headers["Authorization"] == "API s3cret"
    with engine.connect() as connection:
        tables = ("answers", "calls", "providers", "leases", "flights")
        rows = [repr(connection.execute(text(f"SELECT * FROM {table}")).all()) for table in tables]
        assert "s3cret" not in "".join(rows)
        assert "session=" in rows[0]


def test_without_a_key_nothing_is_sent(engine: Engine) -> None:
    """A provider whose key is not set is not asked."""

    async def ask() -> None:
        keys = HeaderKeys({"api.example.com": ("Authorization", "API {key}", None)})
        async with governed(engine, provider, authorizer=keys) as client:
            await client.get("/a")

    provider = Provider()
    with pytest.raises(NotConfigured, match=r"fake: no key is set for api\.example\.com, so it was not asked"):
        asyncio.run(ask())
    assert provider.requests == []


def test_large_answers_are_refused(engine: Engine) -> None:
    """A body past the bound is a bad answer, unpacked size counting; it is not tried again and not kept."""

    async def ask() -> None:
        async with governed(engine, provider, max_body_bytes=1000) as client:
            await client.get("/a")

    provider = Provider(lambda _: httpx.Response(200, content=b"x" * 1001))
    with pytest.raises(BadAnswer, match="answer larger than 1000 bytes"):
        asyncio.run(ask())
    assert len(provider.requests) == 1


def test_a_claim_is_had_by_one_and_ends_when_its_owner_dies(engine: Engine) -> None:
    """A second owner gets a claim only after it was released or has run out, within half a minute on any clock."""
    clock = FastClock(speed=1)

    def claim(owner: str) -> bool:
        with begin(engine) as transaction:
            return virtual.owner(transaction, "k", owner, clock.ours(transaction)) == owner

    assert (claim("a"), claim("b")) == (True, False)
    clock.jump(29)
    assert not claim("b")
    clock.jump(2)
    assert (claim("b"), claim("a")) == (True, False)
    clock.jump(-1)
    assert not claim("a")
    clock.jump(-3600)
    assert not claim("a")
    clock.jump(29)
    assert not claim("a")
    clock.jump(2)
    assert claim("a")
    with begin(engine) as transaction:
        cache.release(transaction, "k", "b")
        assert virtual.owner(transaction, "k", "c", clock.ours(transaction)) == "a"
        cache.release(transaction, "k", "a")
        assert virtual.owner(transaction, "k", "c", clock.ours(transaction)) == "c"


def test_the_databases_clock_is_the_real_time(engine: Engine) -> None:
    """The shared clock is aware, in UTC, and does not stand still within a transaction."""
    with begin(engine, writes=False) as transaction:
        first, second = (now(SystemClock(), transaction) for _ in range(2))
    assert first.utcoffset() is not None
    assert first < second
