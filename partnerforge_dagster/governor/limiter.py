"""Whether a request may leave now: a provider's limits, the row that its processes share, and its leases (leases.py).

Not for: transactions (gate.py) or waiting (transport.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Executable, bindparam, select, update

from partnerforge_dagster.governor import leases
from partnerforge_dagster.governor.breaker import Breaker, State
from partnerforge_dagster.governor.leases import Lease, Traffic
from partnerforge_dagster.governor.retry import PATIENCE_S
from partnerforge_dagster.store.prepared import Inserter, Prepared, Row
from partnerforge_dagster.store.tables import providers
from partnerforge_dagster.store.transaction import Transaction

BURST_GAP_S = 0.1
"""Interactive work goes at ten a second while the minute has room: what the strictest provider (SEC EDGAR) allows."""
LEASE_GRACE_S = 5.0
"""A request ends with its timeout; its sender has this long to notice."""
POLL_S, LONGEST_POLL_S = 0.05, 0.5
INTERACTIVE_GRACE_S = 0.25
"""Batch work stays back this long after the moment when waiting interactive work means to look again."""


@dataclass(frozen=True)
class Limits:
    """What a provider allows, over all processes."""

    per_minute: int
    at_once: int
    per_host: int | None
    timeout_s: float
    spacing_s: float = 0.0

    @property
    def pace_s(self) -> float:
        """Seconds between two requests that are spread evenly."""
        return 60.0 / self.per_minute

    @property
    def lease_s(self) -> float:
        """Seconds after which a request must have ended."""
        return self.timeout_s + LEASE_GRACE_S


@dataclass
class ProviderRow:
    """The shared state of one provider."""

    name: str
    breaker: Breaker
    last_at: datetime | None = None
    turn_at: datetime | None = None
    paused_until: datetime | None = None
    interactive_until: datetime | None = None
    read: dict[str, Any] = field(default_factory=dict)
    """As it is in the table."""

    @classmethod
    def of(cls, row: Row) -> "ProviderRow":
        """What a row with the columns of the table says."""
        breaker = Breaker(**{field: getattr(row, field) for field in _BREAKER})
        found = cls(row.name, breaker, **{field: getattr(row, field) for field in _MOMENTS})
        found.read = found.values()
        return found

    def values(self) -> dict[str, Any]:
        """What is written back."""
        return {**vars(self.breaker), **{field: getattr(self, field) for field in _MOMENTS}}

    def correct(self, now: datetime) -> None:
        """Pull back what lies further ahead than it can: the clock was set back, and nobody waits an hour for that."""
        self.breaker = self.breaker.corrected(now)
        self.last_at = _at_most(self.last_at, now)
        self.turn_at = _at_most(self.turn_at, now)
        self.paused_until = _at_most(self.paused_until, now + timedelta(seconds=PATIENCE_S))
        latest = now + timedelta(seconds=LONGEST_POLL_S + INTERACTIVE_GRACE_S)
        self.interactive_until = _at_most(self.interactive_until, latest)


def _at_most(moment: datetime | None, latest: datetime) -> datetime | None:
    return None if moment is None else min(moment, latest)


@dataclass(frozen=True)
class Wait:
    """Not yet: ask again in `seconds`."""

    seconds: float
    host_full: bool = False
    """Only this host has enough; a request to another one may go."""


_MOMENTS = ("last_at", "turn_at", "paused_until", "interactive_until")
_BREAKER = tuple(Breaker.__dataclass_fields__)
OF_IT = providers.c.name == bindparam("of")
LOCK = Prepared(select(providers.c.name).where(OF_IT).with_for_update())
_ROW = Prepared(select(providers).where(OF_IT))
_FORGET_FAILURES = Prepared(
    update(providers)
    .where(OF_IT, providers.c.generation == bindparam("gen"), providers.c.failures > 0)
    .values(failures=0)
)
_SAVE = Prepared(update(providers).where(OF_IT), *_BREAKER, *_MOMENTS)


@Prepared
def _adding(insert: Inserter) -> Executable:
    return insert(providers).values(name=bindparam("of")).on_conflict_do_nothing()


def lock(transaction: Transaction, name: str) -> ProviderRow:
    """The provider's row, held until the end of the transaction (SQLite's writers hold the whole database)."""
    hold(transaction, {"of": name})
    return ProviderRow.of(transaction.row(_ROW, {"of": name}))


def hold(transaction: Transaction, values: Mapping[str, object], by: Prepared = LOCK) -> None:
    """Hold the row `of` a provider before it is read.

    It is made first where it is missing. Made only after a look had found none, it may be another's by then: that look
    would have read it without holding it.
    """
    transaction.run(_adding, values)
    transaction.lock(by, values)


def save(transaction: Transaction, row: ProviderRow) -> None:
    """Write the row back where it has changed."""
    values = row.values()
    if values != row.read:
        transaction.run(_SAVE, {"of": row.name, **values})
        row.read = values


def forget_failures(transaction: Transaction, name: str, lease: Lease) -> None:
    """A request passed that left while the breaker was closed: what `Breaker.passed` says, without holding the row.

    In one generation a breaker that was closed stays closed.
    """
    transaction.run(_FORGET_FAILURES, {"of": name, "gen": lease.generation})


def wait_for_turn(row: ProviderRow, seen: Traffic, limits: Limits, now: datetime, *, interactive: bool) -> Wait | None:
    """Whether a request must wait, from what is known at `now`; None when it may leave. Changes nothing."""

    def until(moment: datetime | None) -> float:
        return 0.0 if moment is None else (moment - now).total_seconds()

    if limits.per_host is not None and seen.to_host >= limits.per_host:
        return Wait(POLL_S, host_full=True)
    half_open = row.breaker.state(now) is State.HALF_OPEN
    under_way, at_once = (seen.probes, 1) if half_open else (seen.under_way, limits.at_once)
    waits = [
        until(row.paused_until),
        0.0 if interactive else until(row.interactive_until),
        POLL_S if under_way >= at_once else 0.0,
        max(POLL_S, seen.frees_in) if seen.in_window >= limits.per_minute else 0.0,
        0.0 if row.last_at is None else max(limits.spacing_s, min(limits.pace_s, BURST_GAP_S)) + until(row.last_at),
        0.0 if interactive or row.turn_at is None else limits.pace_s + until(row.turn_at),
    ]
    longest = max(waits)
    return Wait(min(longest, LONGEST_POLL_S)) if longest > 0 else None


def give(
    transaction: Transaction, row: ProviderRow, host: str, limits: Limits, now: datetime, monotonic: float
) -> Lease:
    """Let a request leave at `now`, which is `monotonic` to its sender.

    Its turn was a little earlier: nobody looks at the very moment. The next turn counts from there, or a batch would
    lose these moments with each of its calls; the count of the window keeps the limit all the same.
    """
    probes = row.breaker.state(now) is State.HALF_OPEN
    lease = Lease(row.breaker.generation, now, monotonic, probes)
    pace = timedelta(seconds=limits.pace_s)
    row.turn_at = now if row.turn_at is None else min(now, max(row.turn_at + pace, now - pace))
    row.last_at = now
    leases.keep(transaction, row.name, host, lease, limits.lease_s)
    return lease
