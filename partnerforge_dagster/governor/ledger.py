"""The ledger: one row for each call, written as intended before it leaves, and the credits spent per month.

For each provider and month, `spending.credits` is the sum of its rows' credits: both change in one transaction, while
the caller holds the provider's row (limiter.py), so that a budget holds over all processes.
Not for: reading it (store/calls.py).
"""

import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Executable, bindparam, func, select, update

from partnerforge_dagster.governor.context import CallContext
from partnerforge_dagster.models.failures import ProviderError
from partnerforge_dagster.store.calls import CHARGE_UNKNOWN
from partnerforge_dagster.store.prepared import Inserter, Month, Prepared
from partnerforge_dagster.store.tables import UtcDateTime, calls, spending
from partnerforge_dagster.store.transaction import Transaction

INTENDED = "intended"
OK = "ok"

RUN_LOCK = 0x7046_0002
"""Seed of the PostgreSQL advisory locks on runs, apart from those of migrations (store/database.py)."""


@dataclass
class Call:
    """One question on its way; every change of it that must survive this process is saved at once."""

    provider: str
    endpoint: str
    who: CallContext
    cost: int
    """Credits that an answer costs."""
    monotonic: Callable[[], float]
    """Seconds, for measuring."""
    question: str | None = None
    """The key of its answer; None for what is never stored."""
    id: str = field(default_factory=lambda: uuid.uuid4().hex)
    asked_at: datetime | None = None
    """On the shared clock; None until it is first looked into."""
    status: str = INTENDED
    detail: str | None = None
    tries: int = 0
    took_s: float = 0.0
    """Seconds on the wire, over all tries."""
    credits: int = 0
    cached: bool = False
    stale: bool = False
    expires_at: datetime | None = None

    def __post_init__(self) -> None:
        self._started = self.monotonic()

    def month_at(self, now: datetime | None) -> str | None:
        """The budget's month that it is charged to, `2026-11`: that in which it was asked, for a new one that of `now`.

        None for a new one whose moment only the database knows.
        """
        asked = self.asked_at or now
        return None if asked is None else f"{asked.year}-{asked.month:02}"

    @property
    def waited_s(self) -> float:
        """Seconds since it was asked that were not spent on the wire: for a turn, between tries, for another asker."""
        return max(0.0, self.monotonic() - self._started - self.took_s)


_CHANGING = ("status", "detail", "tries", "waited_s", "took_s", "credits", "cached", "stale", "expires_at")

SPENT = (
    select(spending.c.credits)
    .where(spending.c.provider == bindparam("of"), spending.c.month == Month("in_month"))
    .scalar_subquery()
)
"""Credits `of` a provider `in_month` (None: in this one), those of calls under way and of unknown charge among them.

NULL for none.
"""
_SPENT_BY_RUN = Prepared(select(func.sum(calls.c.credits).label("credits")).where(calls.c.run_id == bindparam("run")))
_LOCK_RUN = Prepared(
    select(func.pg_advisory_xact_lock(func.hashtextextended(bindparam("run"), RUN_LOCK)).label("locked"))
)
_UNDER_WAY = (calls.c.provider == bindparam("of")) & (calls.c.status == INTENDED)
_LOSE = Prepared(
    update(calls)
    .where(_UNDER_WAY, calls.c.expires_at <= bindparam("now", type_=UtcDateTime()))
    .values(status=CHARGE_UNKNOWN, detail="its process died")
)
_LATEST = bindparam("latest", type_=UtcDateTime())
_CORRECT = Prepared(update(calls).where(_UNDER_WAY, calls.c.expires_at > _LATEST).values(expires_at=_LATEST))


@Prepared
def _saving(insert: Inserter) -> Executable:
    new = insert(calls)
    return new.on_conflict_do_update(index_elements=["id"], set_={name: new.excluded[name] for name in _CHANGING})


@Prepared
def _charging(insert: Inserter) -> Executable:
    new = insert(spending)
    total = spending.c.credits + new.excluded.credits
    return new.on_conflict_do_update(index_elements=["provider", "month"], set_={"credits": total})


def save(transaction: Transaction, call: Call) -> None:
    """Write the call's row as it now is."""
    row: dict[str, object] = {
        "id": call.id,
        "provider": call.provider,
        "endpoint": call.endpoint,
        "account": call.who.account,
        "module": call.who.module,
        "run_id": call.who.run_id,
        "question": call.question,
        "asked_at": call.asked_at,
        "month": call.month_at(None),
    }
    transaction.run(_saving, row | {name: getattr(call, name) for name in _CHANGING})


def charge(transaction: Transaction, call: Call, cost: int) -> None:
    """Count credits against the call and its month; negative ones give back what was not billed after all."""
    if cost == 0:
        return
    call.credits += cost
    transaction.run(_charging, {"provider": call.provider, "month": call.month_at(None), "credits": cost})


def lock_run(transaction: Transaction, run_id: str) -> None:
    """One transaction at a time may charge the run; on SQLite every writer is the only one already.

    Taken after the provider's row and never before it, so that no two transactions wait for each other.
    """
    transaction.lock(_LOCK_RUN, {"run": run_id})


def spent_by_run(transaction: Transaction, run_id: str) -> int:
    """Credits of the run at all providers, those of calls under way and of unknown charge among them."""
    row = transaction.row(_SPENT_BY_RUN, {"run": run_id})
    return row.credits or 0


def find_lost(transaction: Transaction, provider: str, now: datetime) -> None:
    """Mark what dead processes left behind: their calls may have been billed, so their credits stay counted."""
    transaction.run(_LOSE, {"of": provider, "now": now})


def correct(transaction: Transaction, provider: str, latest: datetime) -> None:
    """Let no call of the provider count as under way after `latest`: the clock was set back since it left."""
    transaction.run(_CORRECT, {"of": provider, "latest": latest})


def status_of(failure: ProviderError) -> str:
    """The ledger's word for a failure: `rate_limited` for RateLimited."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", type(failure).__name__).lower()
