"""Time as the governor knows it, handed in so that tests can move it.

Moments that processes share come from the database's clock: several machines' own clocks differ. SQLite lives on one
machine and has no other clock than this machine's.
"""

import asyncio
import time
from datetime import UTC, datetime
from typing import Protocol

from sqlalchemy import select

from partnerforge_dagster.store.prepared import Moment, Prepared
from partnerforge_dagster.store.transaction import Transaction

_NOW = Prepared(select(Moment().label("now")))


class Clock(Protocol):
    """What the governor asks of time."""

    def now(self, transaction: Transaction, told: datetime | None = None) -> datetime:
        """The moment, aware and in UTC, on the clock that all processes share.

        `told` is what the database's own clock said with a row just read, and spares asking it again.
        """
        ...

    def monotonic(self) -> float:
        """Seconds for measuring durations within this process."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Let others work for `seconds`."""
        ...


class SystemClock:
    """Real time."""

    def now(self, transaction: Transaction, told: datetime | None = None) -> datetime:
        """PostgreSQL's clock, or this machine's for SQLite."""
        return told or transaction.row(_NOW, {}).now or datetime.now(UTC)

    def monotonic(self) -> float:
        """Python's monotonic clock."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """The event loop's sleep."""
        await asyncio.sleep(seconds)
