"""Real processes that share a store and ask a real server, each with workers of its own.

Not for: what they show (test_processes.py, test_figures.py) or the server (fakes.py).
"""

import asyncio
import itertools
import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from multiprocessing.process import BaseProcess

import httpx

from partnerforge_dagster.governor.context import calling
from partnerforge_dagster.governor.policy import ProviderPolicy
from partnerforge_dagster.governor.transport import GovernorTransport
from partnerforge_dagster.models.failures import CircuitOpen, OverBudget, RateLimited, Unreachable
from partnerforge_dagster.store.database import open_engine
from partnerforge_dagster.store.transaction import Transaction
from partnerforge_dagster_tests.forking import FORKED
from partnerforge_dagster_tests.governor.fakes import FastClock, classify, settings

SPEED = 20.0
"""Processes share a clock this many times faster: a minute is three seconds."""

EXPECTED = (OverBudget, CircuitOpen, RateLimited, Unreachable)
"""What a call may end with where the test judges by the server's log; anything else ends the process with an error."""


class SteppedClock(FastClock):
    """A fast clock that somebody sets by `jump` seconds once `after` real seconds have passed."""

    def __init__(self, speed: float, start: float, *, after: float, jump: float) -> None:
        super().__init__(speed, start)
        self.after, self.by = after, jump

    def ours(self, transaction: Transaction) -> datetime:
        stepped = time.time() - self.start >= self.after
        return super().ours(transaction) + timedelta(seconds=self.by if stepped else 0)


@dataclass(frozen=True)
class Job:
    """What one process does."""

    store_url: str
    urls: tuple[str, ...]
    clock: FastClock
    limits: dict[str, object] = field(default_factory=dict)
    workers: int | None = None
    """None: all URLs are asked for together."""
    seconds: float | None = None
    """On the shared clock: the URLs are asked for over and over, each time as new questions."""
    interactive: bool = True

    def addresses(self) -> Iterator[str]:
        if self.seconds is None:
            return iter(self.urls)
        return (f"{url}-{number}" for number in itertools.count() for url in self.urls)


async def _work(client: httpx.AsyncClient, addresses: Iterator[str], job: Job, until: float) -> None:
    for url in addresses:
        if job.clock.monotonic() >= until:
            return
        try:
            await client.get(url)
        except EXPECTED:
            await job.clock.sleep(1)


async def _do(job: Job) -> None:
    policy = ProviderPolicy(name="fake", settings=settings(**job.limits), classify=classify)
    inner = httpx.AsyncHTTPTransport(limits=httpx.Limits(max_connections=None))
    transport = GovernorTransport(policy, inner, open_engine(job.store_url), job.clock)
    until = job.clock.monotonic() + (job.seconds or float("inf"))
    addresses = job.addresses()
    async with httpx.AsyncClient(transport=transport, timeout=None) as client:
        with calling(run_id=f"run-{os.getpid()}", interactive=job.interactive):
            workers = (_work(client, addresses, job, until) for _ in range(job.workers or len(job.urls)))
            work = asyncio.gather(*workers)
            with suppress(TimeoutError):
                async with asyncio.timeout(None if job.seconds is None else job.seconds / job.clock.speed):
                    await work


def run(job: Job) -> None:
    """A process's whole life."""
    asyncio.run(_do(job))


def start(job: Job) -> BaseProcess:
    """Start a process."""
    process = FORKED.Process(target=run, args=(job,))
    process.start()
    return process


def together(number: int, of: Callable[[int], Job]) -> None:
    """Run so many processes together to their good ends."""
    joined([start(of(n)) for n in range(number)])


def joined(processes: Iterable[BaseProcess]) -> None:
    """Wait for the processes' good ends."""
    processes = list(processes)
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * len(processes)
