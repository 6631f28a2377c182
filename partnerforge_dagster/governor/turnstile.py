"""Sharing within one process, over all its threads and event loops.

`Turnstile` lets one caller at a time ask the database for leave, the most urgent first; a hundred waiting calls then
poll as one. `Flights` lets the askers of one question wait for one of them.
Not for: what processes share (limiter.py, cache.py).
"""

import asyncio
import heapq
import threading
from collections.abc import AsyncIterator, Hashable
from concurrent.futures import Future
from contextlib import asynccontextmanager
from typing import Generic, TypeVar

T = TypeVar("T")

Rank = tuple[int, int]
"""Urgency (less is sooner), then order of arrival."""


class Turnstile:
    """A lock that goes to the waiting caller of the lowest rank."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: list[tuple[Rank, Future[None]]] = []
        self._taken = False

    @property
    def free(self) -> bool:
        """Whether nobody has the turn, and so nobody waits for it."""
        return not self._taken

    @asynccontextmanager
    async def turn(self, rank: Rank) -> AsyncIterator[None]:
        """Wait for one's turn and have it for the block. Ranks must differ."""
        turn = self._place(rank)
        if turn is not None:
            await self._called(turn)
        try:
            yield
        finally:
            self._pass_on()

    def _place(self, rank: Rank) -> "Future[None] | None":
        """A place in the queue, or None when the turn is the caller's at once."""
        with self._guard:
            if not self._taken:
                self._taken = True
                return None
            turn: Future[None] = Future()
            heapq.heappush(self._waiting, (rank, turn))
            return turn

    async def _called(self, turn: "Future[None]") -> None:
        try:
            await asyncio.wrap_future(turn)
        except asyncio.CancelledError:
            if not turn.cancel():  # it was given in the same moment: pass it on
                self._pass_on()
            raise

    def _pass_on(self) -> None:
        with self._guard:
            while self._waiting:
                turn = heapq.heappop(self._waiting)[1]
                if turn.set_running_or_notify_cancel():
                    turn.set_result(None)
                    return
            self._taken = False


class Turnstiles:
    """A turnstile for each key, as long as somebody uses it."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._used: dict[Hashable, tuple[Turnstile, int]] = {}

    @asynccontextmanager
    async def turn(self, key: Hashable, rank: Rank) -> AsyncIterator[None]:
        """Have the turn at the key's turnstile for the block."""
        with self._guard:
            turnstile, users = self._used.get(key, (Turnstile(), 0))
            self._used[key] = (turnstile, users + 1)
        try:
            async with turnstile.turn(rank):
                yield
        finally:
            with self._guard:
                users = self._used[key][1] - 1
                if users:
                    self._used[key] = (turnstile, users)
                else:
                    del self._used[key]


class Flights(Generic[T]):
    """Questions under way in this process."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._flights: dict[Hashable, Future[T | None]] = {}

    def join(self, key: Hashable) -> tuple[Future[T | None], bool]:
        """The flight of a question, and whether the caller has to fly it; he must then `land` it, come what may."""
        with self._guard:
            flight = self._flights.get(key)
            if flight is not None:
                return flight, False
            self._flights[key] = flight = Future()
            flight.set_running_or_notify_cancel()  # a passenger who is cancelled must not cancel the flight
            return flight, True

    def land(self, key: Hashable, outcome: T | None) -> None:
        """Give the passengers the outcome; None when there is none, so that another one must fly."""
        with self._guard:
            flight = self._flights.pop(key)
        flight.set_result(outcome)
