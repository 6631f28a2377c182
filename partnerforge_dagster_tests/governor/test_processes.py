"""Several real processes on one store, judged by the log of a real HTTP server."""

import asyncio
import multiprocessing
import os
import signal
import time
from collections import Counter
from collections.abc import Callable
from multiprocessing.process import BaseProcess

import httpx
from sqlalchemy import Engine

from partnerforge_dagster.governor.context import calling
from partnerforge_dagster.governor.policy import ProviderPolicy
from partnerforge_dagster.governor.transport import GovernorTransport
from partnerforge_dagster.models.failures import OverBudget
from partnerforge_dagster.store.calls import Calls
from partnerforge_dagster.store.database import open_engine
from partnerforge_dagster_tests.governor.fakes import FastClock, classify, logging_server, settings

SPEED = 20.0
"""Processes share a clock this many times faster: a minute is three seconds."""

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload([__name__])


def ask_all(store_url: str, urls: list[str], start: float, speed: float, changes: dict[str, object]) -> None:
    """What each process does: ask for all URLs together. A spent budget is no error here."""
    policy = ProviderPolicy(name="fake", settings=settings(**changes), classify=classify)

    async def ask() -> None:
        engine = open_engine(store_url)
        clock = FastClock(speed, start)
        transport = GovernorTransport(policy, httpx.AsyncHTTPTransport(), engine, clock)
        async with httpx.AsyncClient(transport=transport, timeout=None) as client:
            with calling(run_id=f"run-{os.getpid()}"):
                answers = await asyncio.gather(*(client.get(url) for url in urls), return_exceptions=True)
        for answer in answers:
            if isinstance(answer, BaseException) and not isinstance(answer, OverBudget):
                raise answer

    asyncio.run(ask())


def start(store_url: str, urls: list[str], clock: float, speed: float = SPEED, **changes: object) -> BaseProcess:
    """Start a process that asks for `urls`."""
    process = _context.Process(target=ask_all, args=(store_url, urls, clock, speed, changes))
    process.start()
    return process


def together(number: int, of: Callable[[int], BaseProcess]) -> None:
    """Run so many processes together to their good ends."""
    processes = [of(n) for n in range(number)]
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * number


def test_limits_hold_over_processes(store_url: str) -> None:
    """Two processes that ask as fast as they may never exceed the number a minute or the number at once together."""
    clock = time.time()
    with logging_server(latency_s=0.05) as server:
        together(
            2,
            lambda n: start(
                store_url, [f"{server.url}/{n}-{i}" for i in range(25)], clock, per_minute=30, at_once=3, timeout_s=30
            ),
        )
        assert len(server.log) == 50
        assert server.most_in(60 / SPEED) <= 30
        assert 2 <= server.most_at_once() <= 3


def test_one_question_of_many_processes_is_asked_once(store_url: str) -> None:
    """Four processes that ask the same twelve things at the same time cause twelve paid calls."""
    clock = time.time()
    with logging_server(latency_s=0.05) as server:
        together(4, lambda _: start(store_url, [f"{server.url}/{i}" for i in range(12)], clock, speed=1.0))
        assert sorted(Counter(path for path, _, _ in server.log).values()) == [1] * 12
    rows = Calls(open_engine(store_url)).rows()
    assert Counter((row["status"], row["cached"]) for row in rows) == {("ok", False): 12, ("ok", True): 36}


def test_a_budget_is_exact_over_processes(store_url: str) -> None:
    """Of sixty calls in three processes exactly as many leave as the budget has credits."""
    clock = time.time()
    with logging_server(latency_s=0.01) as server:
        together(
            3,
            lambda n: start(
                store_url, [f"{server.url}/{n}-{i}" for i in range(20)], clock, speed=1.0, credits_a_month=17
            ),
        )
        assert len(server.log) == 17
    counted = Calls(open_engine(store_url)).spend(provider="fake")
    assert sum(spend.credits for spend in counted) == 17


def test_a_killed_call_is_found_counted_and_asked_again(store_url: str, engine: Engine) -> None:
    """A process killed in mid-call leaves no lock: the next one asks again, and the lost call's charge is unknown."""
    clock = time.time()
    with logging_server(latency_s=0.5) as server:
        limits = {"at_once": 1, "timeout_s": 5}
        doomed = start(store_url, [f"{server.url}/a"], clock, **limits)
        while not (intended := Calls(engine).rows(status="intended")):
            time.sleep(0.02)
        os.kill(doomed.pid or 0, signal.SIGKILL)
        doomed.join()
        together(1, lambda _: start(store_url, [f"{server.url}/a"], clock, **limits))
    lost, found = Calls(engine).rows()
    assert (lost["id"], lost["status"], lost["credits"]) == (intended[0]["id"], "charge_unknown", 1)
    assert (found["status"], found["cached"]) == ("ok", False)
    assert sum(spend.credits for spend in Calls(engine).spend(provider="fake")) == 2
