"""The row that a call leaves, and what it costs.

Not for: budgets under a race (test_budget.py).
"""

import asyncio

import httpx
import pytest
from sqlalchemy import Engine, select

from partnerforge_dagster.governor import cache
from partnerforge_dagster.governor.extensions import DELIVERY
from partnerforge_dagster.models.failures import (
    OverBudget,
    Refused,
    Unreachable,
)
from partnerforge_dagster.store.calls import Calls
from partnerforge_dagster.store.tables import flights
from partnerforge_dagster_tests.governor.fakes import FastClock, Provider, ask, failing, governed


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
    assert row["question"] == cache.key_of(provider.requests[0])
    assert 0.1 <= row["took_s"] < 1
    assert row["waited_s"] > 0.75
    with engine.connect() as connection:
        assert connection.execute(select(flights.c.key)).all() == []


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
