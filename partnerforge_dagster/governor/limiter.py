"""How many requests may leave, and when: the shared row of a provider and a lease for each of its requests.

A lease is given when a request leaves and kept until a minute after its end. The provider saw the request somewhere
between the two, so counting leases bounds every sliding minute of its own log exactly, however slow the network is.
A lease whose holder died runs out by itself, when its request must have ended.
Not for: transactions (gate.py) or waiting (transport.py).
"""

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Executable, ScalarSelect, bindparam, delete, func, insert, select, update

from partnerforge_dagster.governor.breaker import Breaker, State
from partnerforge_dagster.governor.retry import PATIENCE_S
from partnerforge_dagster.store.prepared import Inserter, Moment, Prepared
from partnerforge_dagster.store.tables import UtcDateTime, leases, providers
from partnerforge_dagster.store.transaction import Transaction

WINDOW_S = 60.1
"""The limits' minute, and a tenth of a second for clocks that are being slewed."""
BURST_GAP_S = 0.1
"""Interactive work goes at ten a second while the minute has room: what the strictest provider (SEC EDGAR) allows."""
LEASE_GRACE_S = 5.0
"""A request ends with its timeout; its sender has this long to notice."""
HUNG_UP_S = 1.0
"""A request whose connection we closed has ended by then: the close travels as fast as a request of another process."""
POLL_S, LONGEST_POLL_S = 0.05, 0.5
INTERACTIVE_GRACE_S = 0.25
"""Batch work stays back this long after the moment when waiting interactive work means to look again."""
SWEEP = 50
"""Leases that no window needs any more are removed when there are so many: one at a time costs every call."""


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
    read_at: datetime | None = None
    """By the database's clock, once the row was locked."""

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
class Traffic:
    """A provider's requests at one moment."""

    under_way: int
    to_host: int
    probes: int
    """Under way and begun in the breaker's present generation."""
    in_window: int
    """Under way or ended less than a minute ago."""
    frees_in: float
    """Seconds until the oldest ended one leaves the window; 0 when none has ended."""
    lost: bool = False
    """One has run out whose sender did not say that it ended."""
    old: int = 0
    """Leases that no window needs any more."""
    set_back: bool = False
    """The clock was: some ended in the future."""


@dataclass(frozen=True)
class Lease:
    """Leave for one request."""

    id: str
    generation: int


@dataclass(frozen=True)
class Wait:
    """Not yet: ask again in `seconds`."""

    seconds: float
    host_full: bool = False
    """Only this host has enough; a request to another one may go."""


_MOMENTS = ("last_at", "turn_at", "paused_until", "interactive_until")
_BREAKER = tuple(Breaker.__dataclass_fields__)
_OF_IT = providers.c.name == bindparam("of")
_LOCKED = select(providers).where(_OF_IT).with_for_update().cte("locked")
_ROW = Prepared(select(_LOCKED, Moment().label("read_at")))
_SAVE = Prepared(update(providers).where(_OF_IT), *_BREAKER, *_MOMENTS)

_NOW, _SINCE = bindparam("now", type_=UtcDateTime()), bindparam("since", type_=UtcDateTime())
_LATEST = bindparam("latest", type_=UtcDateTime())
_OURS = leases.c.provider == bindparam("of")
_OPEN = leases.c.ended_at.is_(None)
_ENDS = leases.c.expires_at
_LIVE = _ENDS > _NOW
_IN_WINDOW = _ENDS > _SINCE


def _of_ours(asked: ColumnElement[Any], *where: ColumnElement[bool]) -> ScalarSelect[Any]:
    return select(asked).where(_OURS, *where).correlate(None).scalar_subquery()


_TRAFFIC = Prepared(
    select(  # each on an index of its own: a row for every request of the last minute is not read for every request
        _of_ours(func.count()).label("all"),
        _of_ours(func.count(), _IN_WINDOW).label("in_window"),
        _of_ours(func.min(_ENDS), _IN_WINDOW).label("first_end"),
        _of_ours(func.max(_ENDS)).label("last_end"),
        _of_ours(func.count(), _OPEN, ~_LIVE).label("lost"),
        func.count().label("live"),
        func.count().filter(leases.c.host == bindparam("to")).label("to_host"),
        func.count().filter(leases.c.generation == bindparam("gen")).label("probes"),
        func.count(leases.c.ended_at).label("ended"),
    ).where(_OURS, _LIVE)
)
_END_NOW = Prepared(update(leases).where(_OURS, leases.c.ended_at > _NOW).values(ended_at=_NOW, expires_at=_NOW))
_EXPIRE_BY = Prepared(update(leases).where(_OURS, leases.c.expires_at > _LATEST).values(expires_at=_LATEST))
_GIVE = Prepared(insert(leases), "id", "provider", "host", "generation", "expires_at")
_ITS = leases.c.id == bindparam("its_id")
_END = Prepared(update(leases).where(_ITS), "ended_at", "expires_at")
_HANG_UP = Prepared(
    update(leases).where(_ITS, leases.c.expires_at > bindparam("soon", type_=UtcDateTime())), "expires_at"
)
_TAKE_BACK = Prepared(delete(leases).where(_ITS))
_SWEEP = Prepared(delete(leases).where(_OURS, ~_IN_WINDOW))


@Prepared
def _adding(insert: Inserter) -> Executable:
    return insert(providers).values(name=bindparam("of")).on_conflict_do_nothing()


def window_start(now: datetime) -> datetime:
    """What ended after it is in the window that ends at `now`."""
    return now - timedelta(seconds=WINDOW_S)


def lock(transaction: Transaction, name: str) -> ProviderRow:
    """The provider's row, held until the end of the transaction (SQLite's writers hold the whole database)."""
    row = transaction.row(_ROW, {"of": name})
    if row is None:
        transaction.run(_adding, {"of": name})
        row = transaction.row(_ROW, {"of": name})
    breaker = Breaker(**{field: getattr(row, field) for field in _BREAKER})
    found = ProviderRow(name, breaker, **{field: getattr(row, field) for field in _MOMENTS}, read_at=row.read_at)
    found.read = found.values()
    return found


def save(transaction: Transaction, row: ProviderRow) -> None:
    """Write the row back where it has changed."""
    values = row.values()
    if values != row.read:
        transaction.run(_SAVE, {"of": row.name, **values})
        row.read = values


def traffic(transaction: Transaction, row: ProviderRow, host: str, limits: Limits, now: datetime) -> Traffic:
    """Count the provider's leases at `now`. Those that end later than they can are pulled back first."""
    asked = {"of": row.name, "to": host, "gen": row.breaker.generation, "now": now, "since": window_start(now)}
    seen = transaction.row(_TRAFFIC, asked)
    latest = now + timedelta(seconds=limits.lease_s)
    set_back = seen.ended > 0 or (seen.last_end or now) > latest
    if set_back:
        transaction.run(_END_NOW, {"of": row.name, "now": now})
        transaction.run(_EXPIRE_BY, {"of": row.name, "latest": latest})
        seen = transaction.row(_TRAFFIC, asked)
    ended = seen.first_end is not None and seen.first_end <= now
    frees_in = WINDOW_S - (now - seen.first_end).total_seconds() if ended else 0.0
    return Traffic(
        under_way=seen.live,
        to_host=seen.to_host,
        probes=seen.probes,
        in_window=seen.in_window,
        frees_in=max(0.0, frees_in),
        lost=seen.lost > 0,
        old=seen.all - seen.in_window,
        set_back=set_back,
    )


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


def give(transaction: Transaction, row: ProviderRow, host: str, limits: Limits, now: datetime) -> Lease:
    """Let a request leave at `now`.

    Its turn was a little earlier: nobody looks at the very moment. The next turn counts from there, or a batch would
    lose these moments with each of its calls; the count of the window keeps the limit all the same.
    """
    lease = Lease(uuid.uuid4().hex, row.breaker.generation)
    pace = timedelta(seconds=limits.pace_s)
    row.turn_at = now if row.turn_at is None else min(now, max(row.turn_at + pace, now - pace))
    row.last_at = now
    kept = {"id": lease.id, "provider": row.name, "host": host, "generation": lease.generation}
    transaction.run(_GIVE, {**kept, "expires_at": now + timedelta(seconds=limits.lease_s)})
    return lease


def end(transaction: Transaction, lease: Lease, now: datetime) -> None:
    """The request has ended."""
    transaction.run(_END, {"its_id": lease.id, "ended_at": now, "expires_at": now})


def sweep(transaction: Transaction, row: ProviderRow, now: datetime) -> None:
    """Remove the leases that no window needs any more."""
    transaction.run(_SWEEP, {"of": row.name, "since": window_start(now)})


def take_back(transaction: Transaction, lease: Lease) -> None:
    """The request never left."""
    transaction.run(_TAKE_BACK, {"its_id": lease.id})


def hang_up(transaction: Transaction, lease: Lease, now: datetime) -> None:
    """The request was cancelled and its connection closed: its lease ends a moment later, not after the whole timeout.

    A provider that does not notice may work on for nobody; that is not under way any more as its own log tells it.
    """
    soon = now + timedelta(seconds=HUNG_UP_S)
    transaction.run(_HANG_UP, {"its_id": lease.id, "soon": soon, "expires_at": soon})
