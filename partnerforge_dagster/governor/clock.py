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

_NOW = Prepared(select(Moment("now").label("now")))


class Clock(Protocol):
    """What the governor asks of time."""

    def ours(self, transaction: Transaction) -> datetime | None:
        """The moment, aware and in UTC, on the clock that all processes share; None where that is the database's own.

        It is then read by the statement that needs it (`Moment`), as asking for it alone is a journey of its own. It is
        asked for when whatever the transaction had to wait for has been asked of the database.
        """
        ...

    def monotonic(self) -> float:
        """Seconds for measuring durations within this process."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Let others work for `seconds`."""
        ...


def now(clock: Clock, transaction: Transaction) -> datetime:
    """The moment on the shared clock, where no other statement tells it."""
    moment: datetime = transaction.row(_NOW, {"now": clock.ours(transaction)}).now
    return moment


class SystemClock:
    """Real time."""

    def ours(self, transaction: Transaction) -> datetime | None:
        """PostgreSQL's clock, or this machine's for SQLite."""
        return None if transaction.dialect.name == "postgresql" else datetime.now(UTC)

    def monotonic(self) -> float:
        """Python's monotonic clock."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """The event loop's sleep."""
        await asyncio.sleep(seconds)
