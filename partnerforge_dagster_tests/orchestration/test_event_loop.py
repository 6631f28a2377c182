"""The one loop of a process: results and errors reach the waiting thread, and one run's work can be cancelled."""

import asyncio
import os
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from partnerforge_dagster.orchestration.event_loop import Cancelled, EventLoop, event_loop


@pytest.fixture(scope="module")
def loop() -> EventLoop:
    return EventLoop()


async def answers(value: int) -> int:
    await asyncio.sleep(0)
    return value


def test_the_result_comes_back(loop: EventLoop) -> None:
    """From any thread."""
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda n: loop.run(answers(n), owner=f"run {n % 2}"), range(20)))
    assert found == list(range(20))


def test_an_error_is_the_waiting_threads(loop: EventLoop) -> None:
    """As it was raised."""

    async def breaks() -> None:
        raise LookupError("gone")

    with pytest.raises(LookupError, match="gone"):
        loop.run(breaks(), owner="run")
    assert loop.run(answers(1), owner="run") == 1


def test_all_work_is_on_one_loop(loop: EventLoop) -> None:
    """Two threads' coroutines wait for each other."""
    met = asyncio.Barrier(2)

    async def meets() -> int:
        async with asyncio.timeout(5):
            await met.wait()
        return threading.get_ident()

    with ThreadPoolExecutor(2) as threads:
        idents = list(threads.map(lambda n: loop.run(meets(), owner=str(n)), range(2)))
    assert len(set(idents)) == 1
    assert threading.get_ident() not in idents


def test_one_runs_work_is_cancelled_and_no_others(loop: EventLoop) -> None:
    """`Cancelled` in the threads of that run; its coroutines see it and clean up; the other run goes on."""
    cleaned = threading.Event()

    async def waits(seconds: float, begun: threading.Event) -> int:
        try:
            begun.set()
            await asyncio.sleep(seconds)
        except asyncio.CancelledError:
            cleaned.set()
            raise
        return 7

    begun = [threading.Event(), threading.Event()]
    with ThreadPoolExecutor(2) as threads:
        stopped = threads.submit(loop.run, waits(3600, begun[0]), owner="stopped")
        other = threads.submit(loop.run, waits(0.5, begun[1]), owner="other")
        assert all(event.wait(5) for event in begun)
        loop.cancel("stopped")
        with pytest.raises(Cancelled, match="run stopped was cancelled"):
            stopped.result(5)
        assert other.result(5) == 7
    assert cleaned.wait(5)


def test_work_can_be_cancelled_from_its_first_moment(loop: EventLoop) -> None:
    """Work that began before it could be found ran on: the loop's thread may be ahead of the one that waits."""

    async def begins() -> None:
        loop.cancel("begins")
        await asyncio.sleep(5)

    often = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for _ in range(500):
            with pytest.raises(Cancelled):
                loop.run(begins(), owner="begins")
    finally:
        sys.setswitchinterval(often)


def test_cancelling_nobody_is_nothing(loop: EventLoop) -> None:
    """A run that has nothing running, or has ended."""
    loop.cancel("unknown")
    loop.run(answers(1), owner="ended")
    loop.cancel("ended")
    assert loop.run(answers(2), owner="ended") == 2


def test_a_process_has_one_loop_and_a_forked_child_its_own() -> None:
    """The parent's loop thread does not survive a fork; a child that waited for it would hang."""
    assert event_loop() is event_loop()
    parents = event_loop()
    child = os.fork()
    if child == 0:
        ok = event_loop() is not parents and event_loop().run(answers(3), owner="child") == 3
        os._exit(0 if ok else 1)
    give_up = time.monotonic() + 20
    while (ended := os.waitpid(child, os.WNOHANG)) == (0, 0) and time.monotonic() < give_up:
        time.sleep(0.05)
    if ended == (0, 0):
        os.kill(child, 9)
        os.waitpid(child, 0)
    assert ended == (child, 0)
