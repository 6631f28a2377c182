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

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from partnerforge_dagster.governor.breaker import Breaker, State
from partnerforge_dagster.governor.retry import PATIENCE_S
from partnerforge_dagster.store.database import insert_into
from partnerforge_dagster.store.tables import UtcDateTime, leases, providers

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

    def values(self) -> dict[str, Any]:
        """What is written back."""
        return {
            **vars(self.breaker),
            "last_at": self.last_at,
            "turn_at": self.turn_at,
            "paused_until": self.paused_until,
            "interactive_until": self.interactive_until,
        }

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


_ROW = select(providers).where(providers.c.name == bindparam("of")).with_for_update()
_SAVE = update(providers).where(providers.c.name == bindparam("of"))

_NOW, _SINCE = bindparam("now", type_=UtcDateTime()), bindparam("since", type_=UtcDateTime())
_LATEST = bindparam("latest", type_=UtcDateTime())
_OURS = leases.c.provider == bindparam("of")
_OPEN = leases.c.ended_at.is_(None)
_LIVE = _OPEN & (leases.c.expires_at > _NOW)
_ENDED_AT = func.coalesce(leases.c.ended_at, leases.c.expires_at)
_ENDED = ~_LIVE & (_ENDED_AT > _SINCE)
_TRAFFIC = select(
    func.count().filter(_LIVE).label("live"),
    func.count().filter(_LIVE, leases.c.host == bindparam("to")).label("to_host"),
    func.count().filter(_LIVE, leases.c.generation == bindparam("gen")).label("probes"),
    func.count().filter(_ENDED).label("ended"),
    func.min(_ENDED_AT).filter(_ENDED).label("oldest"),
    func.count().filter(_OPEN, leases.c.expires_at <= _NOW).label("lost"),
    func.count().filter(_ENDED_AT <= _SINCE).label("old"),
    func.max(leases.c.ended_at).label("last_end"),
    func.max(leases.c.expires_at).filter(_OPEN).label("last_expiry"),
).where(_OURS)
_END_NOW = update(leases).where(_OURS, leases.c.ended_at > _NOW).values(ended_at=_NOW, expires_at=_NOW)
_EXPIRE_BY = update(leases).where(_OURS, _OPEN, leases.c.expires_at > _LATEST).values(expires_at=_LATEST)
_GIVE = insert(leases)
_END = update(leases).where(leases.c.id == bindparam("its_id"))
_TAKE_BACK = delete(leases).where(leases.c.id == bindparam("its_id"))
_SWEEP = delete(leases).where(_OURS, _ENDED_AT <= _SINCE)


def window_start(now: datetime) -> datetime:
    """What ended after it is in the window that ends at `now`."""
    return now - timedelta(seconds=WINDOW_S)


def lock(connection: Connection, name: str) -> ProviderRow:
    """The provider's row, held until the end of the transaction (SQLite's writers hold the whole database)."""
    row = connection.execute(_ROW, {"of": name}).mappings().one_or_none()
    if row is None:
        connection.execute(insert_into(connection, providers).values(name=name).on_conflict_do_nothing())
        row = connection.execute(_ROW, {"of": name}).mappings().one()
    state = {field: row[field] for field in Breaker.__dataclass_fields__}
    moments = {field: row[field] for field in ("last_at", "turn_at", "paused_until", "interactive_until")}
    found = ProviderRow(name, Breaker(**state), **moments)
    found.read = found.values()
    return found


def save(connection: Connection, row: ProviderRow) -> None:
    """Write the row back where it has changed."""
    values = row.values()
    if values != row.read:
        connection.execute(_SAVE, {"of": row.name, **values})
        row.read = values


def traffic(connection: Connection, row: ProviderRow, host: str, limits: Limits, now: datetime) -> Traffic:
    """Count the provider's leases at `now`. Those that end later than they can are pulled back first."""
    asked = {"of": row.name, "to": host, "gen": row.breaker.generation, "now": now, "since": window_start(now)}
    seen = connection.execute(_TRAFFIC, asked).one()
    latest = now + timedelta(seconds=limits.lease_s)
    set_back = (seen.last_end or now) > now or (seen.last_expiry or now) > latest
    if set_back:
        connection.execute(_END_NOW, {"of": row.name, "now": now})
        connection.execute(_EXPIRE_BY, {"of": row.name, "latest": latest})
        seen = connection.execute(_TRAFFIC, asked).one()
    frees_in = 0.0 if seen.oldest is None else WINDOW_S - (now - seen.oldest).total_seconds()
    return Traffic(
        under_way=seen.live,
        to_host=seen.to_host,
        probes=seen.probes,
        in_window=seen.live + seen.ended,
        frees_in=max(0.0, frees_in),
        lost=seen.lost > 0,
        old=seen.old,
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
        0.0 if row.last_at is None else min(limits.pace_s, BURST_GAP_S) + until(row.last_at),
        0.0 if interactive or row.turn_at is None else limits.pace_s + until(row.turn_at),
    ]
    longest = max(waits)
    return Wait(min(longest, LONGEST_POLL_S)) if longest > 0 else None


def give(connection: Connection, row: ProviderRow, host: str, limits: Limits, now: datetime) -> Lease:
    """Let a request leave at `now`.

    Its turn was a little earlier: nobody looks at the very moment. The next turn counts from there, or a batch would
    lose these moments with each of its calls; the count of the window keeps the limit all the same.
    """
    lease = Lease(uuid.uuid4().hex, row.breaker.generation)
    pace = timedelta(seconds=limits.pace_s)
    row.turn_at = now if row.turn_at is None else min(now, max(row.turn_at + pace, now - pace))
    row.last_at = now
    kept = {"id": lease.id, "provider": row.name, "host": host, "generation": lease.generation}
    connection.execute(_GIVE, {**kept, "expires_at": now + timedelta(seconds=limits.lease_s)})
    return lease


def end(connection: Connection, lease: Lease, now: datetime) -> None:
    """The request has ended."""
    connection.execute(_END, {"its_id": lease.id, "ended_at": now})


def sweep(connection: Connection, row: ProviderRow, now: datetime) -> None:
    """Remove the leases that no window needs any more."""
    connection.execute(_SWEEP, {"of": row.name, "since": window_start(now)})


def take_back(connection: Connection, lease: Lease) -> None:
    """The request never left."""
    connection.execute(_TAKE_BACK, {"its_id": lease.id})


def hang_up(connection: Connection, lease: Lease, now: datetime) -> None:
    """The request was cancelled and its connection closed: its lease ends a moment later, not after the whole timeout.

    A provider that does not notice may work on for nobody; that is not under way any more as its own log tells it.
    """
    soon = now + timedelta(seconds=HUNG_UP_S)
    early = (leases.c.id == lease.id) & (leases.c.expires_at > soon)
    connection.execute(update(leases).where(early).values(expires_at=soon))
