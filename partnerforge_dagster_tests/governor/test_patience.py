"""A time limit that does not count the wait for a turn."""

import asyncio
import time

import pytest

from partnerforge_dagster.governor.patience import Patience


def test_work_is_stopped_after_its_seconds() -> None:
    """Without waiting it is an ordinary timeout."""

    async def work() -> None:
        async with Patience(0.1).limit():
            await asyncio.sleep(5)

    with pytest.raises(TimeoutError):
        asyncio.run(work())


def test_waiting_does_not_count() -> None:
    """Half a second in the queue leaves a limit of 0.3 s untouched, also with two waiting side by side."""

    async def work() -> None:
        patience = Patience(0.3)

        async def wait(seconds: float) -> None:
            with patience.waiting():
                await asyncio.sleep(seconds)

        async with patience.limit():
            await asyncio.gather(wait(0.4), wait(0.5))
            await asyncio.sleep(0.1)

    asyncio.run(work())


def test_after_the_wait_the_rest_of_the_time_counts() -> None:
    """What was used before the wait stays used."""

    async def work() -> None:
        patience = Patience(0.4)
        async with patience.limit():
            await asyncio.sleep(0.2)
            with patience.waiting():
                await asyncio.sleep(0.4)
            await asyncio.sleep(5)

    started = time.monotonic()
    with pytest.raises(TimeoutError):
        asyncio.run(work())
    assert 0.75 < time.monotonic() - started < 3


def test_a_call_left_waiting_behind_harms_nobody() -> None:
    """One call fails and ends the module while another one still waits for its turn."""

    async def work() -> None:
        patience = Patience(0.3)

        async def wait() -> None:
            with patience.waiting():
                await asyncio.sleep(0.1)

        async def fail() -> None:
            async with patience.limit():
                await asyncio.sleep(0.01)
                raise LookupError

        left_behind = asyncio.create_task(wait())
        with pytest.raises(LookupError):
            await fail()
        await left_behind

    asyncio.run(work())


def test_waiting_after_the_time_was_up_changes_nothing() -> None:
    """A wait outside of the limit, or once it has passed, neither fails nor gives time back."""

    async def work() -> None:
        patience = Patience(0.05)
        with patience.waiting():
            pass
        async with patience.limit():
            try:
                await asyncio.sleep(5)
            finally:
                with patience.waiting():
                    await asyncio.sleep(0)

    with pytest.raises(TimeoutError):
        asyncio.run(work())
