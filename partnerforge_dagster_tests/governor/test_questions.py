"""Questions on a clock of our own: whose they are, for how long, and which stored answer a call may use.

Not for: what two processes do at once (test_simulation_flights.py), or leave to go (test_entrance.py).
"""

import asyncio
from collections.abc import Callable

import httpx
from sqlalchemy import Engine, select

from partnerforge_dagster.governor.cache import StoredAnswer
from partnerforge_dagster.governor.context import CallContext, calling
from partnerforge_dagster.governor.leases import Lease
from partnerforge_dagster.governor.ledger import Call
from partnerforge_dagster.governor.questions import Questions
from partnerforge_dagster.governor.retry import TRIES
from partnerforge_dagster.models.failures import OverBudget, ProviderError, Unreachable
from partnerforge_dagster.store.calls import Calls
from partnerforge_dagster.store.tables import flights
from partnerforge_dagster_tests.governor import virtual
from partnerforge_dagster_tests.governor.fakes import FastClock, Provider, governed

KEY = "key"


def bought(engine: Engine, clock: virtual.VirtualClock, body: bytes, who: CallContext) -> Callable[[], StoredAnswer]:
    """Somebody who asks now; the answer comes when the result is called."""
    gate = virtual.gate(engine, clock, "fake")
    call = Call("fake", "/a", who, cost=1, monotonic=clock.monotonic)
    lease = gate.enter(Questions(engine, clock, 3600), KEY, call, "host")
    assert isinstance(lease, Lease)
    answer = StoredAnswer(200, (), body, clock.shared, who.run_id)
    return lambda: gate.settle_with(call, lease, answer, KEY, "https://host/a")


def test_a_used_answer_is_written_down_as_cached(engine: Engine) -> None:
    """It was asked when it was asked, and cost nothing."""
    clock = virtual.VirtualClock()
    bought(engine, clock, b"a", CallContext())()
    clock.advance(60)
    call = virtual.question(clock, "fake")
    assert isinstance(virtual.entered(engine, Questions(engine, clock, 3600), KEY, call), StoredAnswer)
    row = next(row for row in Calls(engine).rows() if row["id"] == call.id)
    assert (row["status"], row["cached"], row["stale"], row["credits"], row["tries"]) == ("ok", True, False, 0, 0)
    assert row["asked_at"] == clock.shared


def test_a_forced_call_uses_what_was_bought_since_it_was_asked(engine: Engine) -> None:
    """Somebody else was asking when it came: his answer is new enough, and what is older is not."""
    clock, who = virtual.VirtualClock(), CallContext(force=True)
    questions = Questions(engine, clock, 3600)
    bought(engine, clock, b"old", CallContext(run_id="r1"))()
    clock.advance(60)
    arrives = bought(engine, clock, b"new", CallContext(run_id="r2", force=True))
    clock.advance(1)
    call = Call("fake", "/a", who, cost=1, monotonic=clock.monotonic)
    assert virtual.entered(engine, questions, KEY, call) is False
    clock.advance(1)
    arrives()
    clock.advance(1)
    answer = virtual.entered(engine, questions, KEY, call)
    assert isinstance(answer, StoredAnswer)
    assert answer.body == b"new"
    later = Call("fake", "/a", who, cost=1, monotonic=clock.monotonic)
    assert virtual.entered(engine, questions, KEY, later) is True, "whoever comes after that has it bought again"


def test_a_claim_stands_for_its_providers_time(engine: Engine) -> None:
    """From the first moment; its owner died."""
    clock = virtual.VirtualClock()
    questions = Questions(engine, clock, 3600, claim_s=5)
    assert virtual.entered(engine, questions, KEY, virtual.question(clock, "fake")) is True
    clock.advance(4.9)
    assert virtual.entered(engine, questions, KEY, virtual.question(clock, "fake")) is False
    clock.advance(0.2)
    assert virtual.entered(engine, questions, KEY, virtual.question(clock, "fake")) is True


def test_a_transport_claims_for_its_providers_time(engine: Engine) -> None:
    """`claim_s` of the settings."""
    ends = []

    def answer(_: httpx.Request) -> httpx.Response:
        with engine.connect() as connection:
            ends.append(connection.execute(select(flights.c.expires_at)).scalar_one())
        return httpx.Response(200)

    async def call() -> None:
        async with governed(engine, Provider(answer), clock=FastClock(speed=1), claim_s=300) as client:
            await client.get("/a")

    asyncio.run(call())
    (row,) = Calls(engine).rows()
    assert 299 < (ends[0] - row["asked_at"]).total_seconds() <= 301


def test_a_failure_is_everybodys_who_asks_the_same(engine: Engine) -> None:
    """Three askers in a process fail together, after the tries of one."""

    async def call() -> list[object]:
        async with governed(engine, provider) as client:
            return await asyncio.gather(*(client.get("/a") for _ in range(3)), return_exceptions=True)

    provider = Provider(lambda _: httpx.Response(500))
    failures = asyncio.run(call())
    assert [type(failure) for failure in failures] == [Unreachable] * 3
    assert len(provider.requests) == TRIES
    assert {row["status"] for row in Calls(engine).rows()} == {"unreachable"}


def test_a_runs_empty_budget_is_no_other_runs(engine: Engine) -> None:
    """Two runs with budgets of their own ask the same together: the one that may, does."""

    async def ask(client: httpx.AsyncClient, run_id: str, credits_left: int) -> int | ProviderError:
        with calling(run_id=run_id, max_credits=credits_left):
            try:
                return (await client.get("/a")).status_code
            except ProviderError as failure:
                return failure

    async def both() -> list[int | ProviderError]:
        async with governed(engine, provider) as client:
            return await asyncio.gather(ask(client, "poor", 0), ask(client, "rich", 5))

    provider = Provider()
    provider.latency_s = 0.05
    poor, rich = asyncio.run(both())
    assert rich == 200
    assert poor == 200 or isinstance(poor, OverBudget)
    assert len(provider.requests) == 1
