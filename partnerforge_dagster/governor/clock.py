"""Time as the governor knows it, handed in so that tests can move it.

Moments that processes share come from the database's clock: several machines' own clocks differ. SQLite lives on one
machine and has no other clock than this machine's.
"""

import asyncio
import time
from datetime import UTC, datetime
from typing import Protocol

from sqlalchemy import func, select

from partnerforge_dagster.store.prepared import Prepared
from partnerforge_dagster.store.tables import UtcDateTime
from partnerforge_dagster.store.transaction import Transaction

_NOW = Prepared(select(func.clock_timestamp(type_=UtcDateTime()).label("now")))


class Clock(Protocol):
    """What the governor asks of time."""

    def now(self, transaction: Transaction) -> datetime:
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

    def now(self, transaction: Transaction) -> datetime:
        """PostgreSQL's clock at this statement (`now()` would be the transaction's start, before it got its lock)."""
        if transaction.dialect.name == "postgresql":
            moment: datetime = transaction.row(_NOW, {}).now
            return moment
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Python's monotonic clock."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """The event loop's sleep."""
        await asyncio.sleep(seconds)
