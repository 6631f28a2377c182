import asyncio
import logging
import os
import time
import warnings

import pytest
from sqlalchemy import Engine

from partnerforge_dagster.governor import threads
from partnerforge_dagster.governor.clock import SystemClock, now
from partnerforge_dagster.store.transaction import begin


def test_work_that_nobody_awaits_says_when_it_fails(caplog: pytest.LogCaptureFixture) -> None:
    """Its error is in the log; a success is not."""

    def fail() -> None:
        raise ValueError("disk full")

    behind = threads.Behind()
    with caplog.at_level(logging.ERROR):
        for work in (fail, str):
            behind.start(work)
        asyncio.run(behind.finished())
    assert [record.getMessage() for record in caplog.records] == ["the governor could not finish its books: disk full"]


def test_work_goes_on_in_a_forked_child() -> None:
    """A child has threads of its own: its parent's do not survive the fork."""
    assert threads.submit(lambda: 1).result(5) == 1
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # forking beside threads is what is tested
        child = os.fork()
    if child == 0:
        os._exit(threads.submit(lambda: 42).result(5))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 42


def test_the_system_clock_measures_and_sleeps() -> None:
    """Monotonic seconds pass while it sleeps."""
    clock = SystemClock()
    started = clock.monotonic()
    asyncio.run(clock.sleep(0.02))
    assert 0.02 <= clock.monotonic() - started < 5
    assert clock.monotonic() == pytest.approx(time.monotonic(), abs=5)


def test_the_shared_clock_is_utc(engine: Engine) -> None:
    """Aware, in UTC, and the machine's own time when the database is on this machine."""
    with begin(engine, writes=False) as transaction:
        moment = now(SystemClock(), transaction)
    assert moment.tzname() == "UTC"
    assert moment.timestamp() == pytest.approx(time.time(), abs=60)
