"""A time limit that stands still while calls wait for their turn.

A module has two minutes for an account; what it spends in the governor's queue is the other accounts' doing, and a
batch of twenty at thirty calls a minute would time out for no fault of its own.
Not for: the wait for one answer (the provider's timeout).
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager


class Patience:
    """Seconds for a block of work, of which `waiting()` blocks are left out; for one task and those that it starts."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._timeout: asyncio.Timeout | None = None
        self._waiting = 0
        self._left = seconds

    @asynccontextmanager
    async def limit(self) -> AsyncIterator[None]:
        """Run the block for at most the seconds. Raises TimeoutError."""
        async with asyncio.timeout(self._seconds) as self._timeout:
            try:
                yield
            finally:
                self._timeout = None  # a call left waiting behind has nothing to stop any more

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Stop the clock for the block; with several side by side, until the last one ends."""
        timeout = self._timeout
        if timeout is None or timeout.expired():
            yield
            return
        now = asyncio.get_running_loop().time
        if self._waiting == 0:
            self._left = (timeout.when() or now() + self._left) - now()
            timeout.reschedule(None)
        self._waiting += 1
        try:
            yield
        finally:
            self._waiting -= 1
            if self._waiting == 0 and self._timeout is timeout and not timeout.expired():
                timeout.reschedule(now() + self._left)
