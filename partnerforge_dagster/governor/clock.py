"""Time as the governor knows it, handed in so that tests can move it.

Moments that processes share come from the database's clock: several machines' own clocks differ. SQLite lives on one
machine and has no other clock than this machine's.
"""

import asyncio
import time
from datetime import UTC, datetime
from typing import Protocol

from sqlalchemy import Connection, func, select


class Clock(Protocol):
    """What the governor asks of time."""

    def now(self, connection: Connection) -> datetime:
        """The moment, aware and in UTC, on the clock that all processes share."""
        ...

    def monotonic(self) -> float:
        """Seconds for measuring durations within this process."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Let others work for `seconds`."""
        ...


class SystemClock:
    """Real time."""

    def now(self, connection: Connection) -> datetime:
        """PostgreSQL's clock at this statement (`now()` would be the transaction's start, before it got its lock)."""
        if connection.dialect.name == "postgresql":
            moment: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
            return moment.astimezone(UTC)
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Python's monotonic clock."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """The event loop's sleep."""
        await asyncio.sleep(seconds)
