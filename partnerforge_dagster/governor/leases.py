"""A provider's requests under way and of the last minute: a lease for each.

A lease is given when a request leaves and kept until a minute after its end. The provider saw the request somewhere
between the two, so counting leases bounds every sliding minute of its own log exactly, however slow the network is.
A lease whose holder died runs out by itself, when its request must have ended.
Not for: whether a request may leave (limiter.py).
"""

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, bindparam, delete, func, insert, select, update

from partnerforge_dagster.store.prepared import Moment, Prepared, Row
from partnerforge_dagster.store.tables import UtcDateTime, leases, providers
from partnerforge_dagster.store.transaction import Transaction

WINDOW_S = 60.1
"""The limits' minute, and a tenth of a second for clocks that are being slewed."""
HUNG_UP_S = 1.0
"""A request whose connection we closed has ended by then: the close travels as fast as a request of another process."""
SWEEP = 50
"""Leases that no window needs any more are removed when there are so many: one at a time costs every call."""


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
    """The clock was: some end later than they can."""

    @classmethod
    def of(cls, row: Row, lease_s: float, now: datetime) -> "Traffic":
        """What a row with the columns of TRAFFIC says, asked at `now`; no lease is given for longer than `lease_s`."""
        ended = row.first_end is not None and row.first_end <= now
        frees_in = WINDOW_S - (now - row.first_end).total_seconds() if ended else 0.0
        latest = now + timedelta(seconds=lease_s)
        return cls(
            under_way=row.live,
            to_host=row.to_host,
            probes=row.probes,
            in_window=row.in_window,
            frees_in=max(0.0, frees_in),
            lost=row.lost > 0,
            old=row.of_all - row.in_window,
            set_back=row.ended > 0 or (row.last_end or now) > latest,
        )


@dataclass(frozen=True)
class Lease:
    """Leave for one request."""

    generation: int
    """The breaker's when it was given."""
    given_at: datetime
    monotonic: float
    """The same moment by the clock that measures durations in its holder's process, in seconds."""
    probes: bool
    """The breaker was half-open: the outcome says whether it closes."""
    id: str = field(default_factory=lambda: uuid.uuid4().hex)

    def moment(self, monotonic: float) -> datetime:
        """The shared clock's moment, without asking it: behind it by how long its answer took to come here."""
        return self.given_at + timedelta(seconds=monotonic - self.monotonic)


_NOW, _SINCE = Moment("now"), Moment("since", -WINDOW_S)
_LATEST = bindparam("latest", type_=UtcDateTime())
_OURS = leases.c.provider == bindparam("of")
_OPEN = leases.c.ended_at.is_(None)
_ENDS = leases.c.expires_at
_LIVE = _ENDS > _NOW
_IN_WINDOW = _ENDS > _SINCE


def _of_ours(asked: ColumnElement[Any], *where: ColumnElement[bool]) -> ScalarSelect[Any]:
    return select(asked).where(_OURS, *where).correlate(None).scalar_subquery()


_GENERATION = (
    select(providers.c.generation).where(providers.c.name == bindparam("of")).correlate(None).scalar_subquery()
)
# Each on an index of its own: a row for every request of the last minute is not read for every request.
TRAFFIC = select(
    _of_ours(func.count()).label("of_all"),
    _of_ours(func.count(), _IN_WINDOW).label("in_window"),
    _of_ours(func.min(_ENDS), _IN_WINDOW).label("first_end"),
    _of_ours(func.max(_ENDS)).label("last_end"),
    _of_ours(func.count(), _OPEN, ~_LIVE).label("lost"),
    func.count().label("live"),
    func.count().filter(leases.c.host == bindparam("to")).label("to_host"),
    func.count().filter(leases.c.generation == _GENERATION).label("probes"),
    func.count(leases.c.ended_at).label("ended"),
).where(_OURS, _LIVE)
"""The requests `of` a provider and `to` a host, at `now` and `since` the window's start: `Traffic.of` reads it."""
_END_NOW = Prepared(update(leases).where(_OURS, leases.c.ended_at > _NOW).values(ended_at=_NOW, expires_at=_NOW))
_EXPIRE_BY = Prepared(update(leases).where(_OURS, leases.c.expires_at > _LATEST).values(expires_at=_LATEST))
_KEEP = Prepared(insert(leases), "id", "provider", "host", "generation", "expires_at")
_ITS = leases.c.id == bindparam("its_id")
_END = Prepared(update(leases).where(_ITS).values(ended_at=_NOW, expires_at=_NOW))
_HANG_UP = Prepared(
    update(leases).where(_ITS, leases.c.expires_at > bindparam("soon", type_=UtcDateTime())), "expires_at"
)
_TAKE_BACK = Prepared(delete(leases).where(_ITS))
_SWEEP = Prepared(delete(leases).where(_OURS, ~_IN_WINDOW))


def window_start(now: datetime) -> datetime:
    """What ended after it is in the window that ends at `now`."""
    return now - timedelta(seconds=WINDOW_S)


def keep(transaction: Transaction, provider: str, host: str, lease: Lease, lease_s: float) -> None:
    """Count a request as under way, for `lease_s` seconds at most."""
    kept = {"id": lease.id, "provider": provider, "host": host, "generation": lease.generation}
    transaction.run(_KEEP, kept | {"expires_at": lease.given_at + timedelta(seconds=lease_s)})


def pull_back(transaction: Transaction, name: str, lease_s: float, now: datetime) -> None:
    """Let no lease end later than it can: the clock was set back since it was written."""
    transaction.run(_END_NOW, {"of": name, "now": now})
    transaction.run(_EXPIRE_BY, {"of": name, "latest": now + timedelta(seconds=lease_s)})


def end(transaction: Transaction, lease: Lease, ours: datetime | None) -> None:
    """The request has ended, by the shared clock; `ours` is the clock's."""
    transaction.run(_END, {"its_id": lease.id, "now": ours})


def sweep(transaction: Transaction, name: str, now: datetime) -> None:
    """Remove the leases that no window needs any more."""
    transaction.run(_SWEEP, {"of": name, "since": window_start(now)})


def take_back(transaction: Transaction, lease: Lease) -> None:
    """The request never left."""
    transaction.run(_TAKE_BACK, {"its_id": lease.id})


def hang_up(transaction: Transaction, lease: Lease, now: datetime) -> None:
    """The request was cancelled and its connection closed: its lease ends a moment later, not after the whole timeout.

    A provider that does not notice may work on for nobody; that is not under way any more as its own log tells it.
    """
    soon = now + timedelta(seconds=HUNG_UP_S)
    transaction.run(_HANG_UP, {"its_id": lease.id, "soon": soon, "expires_at": soon})
