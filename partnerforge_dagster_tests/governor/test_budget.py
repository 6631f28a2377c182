"""The month's and the run's budget, raced for: not a credit more is spent than there is."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import httpx
import pytest
from sqlalchemy import Engine

from partnerforge_dagster.governor.clock import SystemClock
from partnerforge_dagster.governor.context import CallContext, calling
from partnerforge_dagster.governor.gate import Gate, Outcome
from partnerforge_dagster.governor.leases import Lease
from partnerforge_dagster.governor.ledger import Call
from partnerforge_dagster.governor.limiter import Wait
from partnerforge_dagster.governor.policy import ProviderPolicy
from partnerforge_dagster.models.failures import OverBudget, ProviderError, Unreachable
from partnerforge_dagster.store.calls import Calls
from partnerforge_dagster.store.database import open_engine
from partnerforge_dagster_tests.governor.fakes import Provider, classify, governed, settings

RACERS, BUDGET = 64, 100
ENGINES = 4
"""Racers that share an engine look to the database like tasks of one process, those of different ones like several."""


def gate(engine: Engine, provider: str, **limits: object) -> Gate:
    """A gate whose limits are in nobody's way, but for `limits`."""
    roomy = settings(**{"per_minute": 600_000, "at_once": 10_000, **limits})
    return Gate(ProviderPolicy(provider, roomy, classify), engine, SystemClock())


def call(provider: str, cost: int = 1, **who: object) -> Call:
    """A call on behalf of `who`."""
    return Call(provider, "a", CallContext(**who), cost, time.monotonic)  # type: ignore[arg-type]  # names as given


def leave(through: Gate, question: Call) -> Lease | ProviderError:
    """Ask until it is decided."""
    while isinstance(admission := through.admit(question, "host"), Wait):
        time.sleep(admission.seconds)
    return admission


def race(store_url: str, racer: Callable[[int, Engine], list[Lease | ProviderError]]) -> Counter[type]:
    """Let all racers go at once; how often each outcome came."""
    engines = [open_engine(store_url) for _ in range(ENGINES)]
    line = Barrier(RACERS)

    def run(number: int) -> list[Lease | ProviderError]:
        line.wait()
        return racer(number, engines[number % ENGINES])

    with ThreadPoolExecutor(RACERS) as threads:
        outcomes = Counter(type(outcome) for each in threads.map(run, range(RACERS)) for outcome in each)
    for engine in engines:
        engine.dispose()
    return outcomes


def test_a_month_is_spent_to_the_last_credit_and_no_further(store_url: str) -> None:
    """Of 128 calls by 64 racers exactly 100 leave, as many as the month has credits."""

    def racer(_: int, engine: Engine) -> list[Lease | ProviderError]:
        through = gate(engine, "p", credits_a_month=BUDGET)
        return [leave(through, call("p")) for _ in range(2)]

    assert race(store_url, racer) == {Lease: BUDGET, OverBudget: 2 * RACERS - BUDGET}
    assert [spend.credits for spend in Calls(open_engine(store_url)).spend()] == [BUDGET]


def test_a_run_is_spent_to_the_last_credit_over_all_providers(store_url: str) -> None:
    """A run's 100 credits are one sum for two providers, though each provider has a row and a lock of its own."""

    def racer(number: int, engine: Engine) -> list[Lease | ProviderError]:
        provider = f"p{number // ENGINES % 2}"
        through = gate(engine, provider)
        return [leave(through, call(provider, run_id="r", max_credits=BUDGET)) for _ in range(2)]

    assert race(store_url, racer) == {Lease: BUDGET, OverBudget: 2 * RACERS - BUDGET}
    counts = Calls(open_engine(store_url)).of_runs(["r"])
    assert set(counts) == {"p0", "p1"}
    assert sum(count.credits for count in counts.values()) == BUDGET


def test_what_is_given_back_can_be_spent(engine: Engine) -> None:
    """A failure that the provider answered costs nothing; what is left pays for a cheap call only."""
    through = gate(engine, "p")
    who = {"run_id": "r", "max_credits": 10}
    first = call("p", 8, **who)
    lease = leave(through, first)
    assert isinstance(lease, Lease)
    assert isinstance(leave(through, call("p", 3, **who)), OverBudget)
    assert isinstance(leave(through, call("p", 2, **who)), Lease)
    through.settle(first, lease, Outcome(Unreachable("p", "HTTP 500")))
    assert isinstance(leave(through, call("p", 8, **who)), Lease)
    assert isinstance(leave(through, call("p", 1, **who)), OverBudget)


@pytest.mark.parametrize("who", [CallContext(run_id="other", max_credits=1), CallContext(run_id="r"), CallContext()])
def test_a_budget_is_its_own_runs(engine: Engine, who: CallContext) -> None:
    """What one run has spent binds no other run, none without a budget, and no call that belongs to no run."""
    through = gate(engine, "p")
    assert isinstance(leave(through, call("p", run_id="r", max_credits=1)), Lease)
    assert isinstance(leave(through, Call("p", "a", who, 1, time.monotonic)), Lease)


def test_what_is_free_is_never_refused(engine: Engine) -> None:
    """A budget of nothing still lets a free call leave."""
    who = {"run_id": "r", "max_credits": 0}
    through = gate(engine, "p", credits_a_month=0)
    assert isinstance(leave(through, call("p", 0, **who)), Lease)
    assert isinstance(leave(through, call("p", 1, **who)), OverBudget)


def test_the_failure_names_the_flag(engine: Engine) -> None:
    """A person reads what to raise, in the same words for every call of the provider."""
    through = gate(engine, "p")
    told = {str(leave(through, call("p", cost, run_id="r", max_credits=3))) for cost in (4, 5, 400)}
    assert told == {"p: this run's budget of 3 credits does not cover it; enrich again with a higher --max-credits"}


def test_a_spent_budget_is_not_shared_with_who_asks_the_same(engine: Engine) -> None:
    """Two runs of one process ask one question at once: that the first one may not pay does not hinder the other."""

    async def session() -> list[httpx.Response | BaseException]:
        async with governed(engine, Provider()) as client:

            async def ask(**who: object) -> httpx.Response:
                with calling(**who):
                    return await client.get("/a")

            poor, rich = ask(run_id="poor", max_credits=0), ask(run_id="rich")
            return list(await asyncio.gather(poor, rich, return_exceptions=True))

    refused, answered = asyncio.run(session())
    # Whoever claims the question first: after the rich one has paid, the answer is free for the poor one, too.
    assert isinstance(refused, OverBudget | httpx.Response)
    assert isinstance(answered, httpx.Response)
    assert [row["credits"] for row in Calls(engine).rows("rich")] == [1]
