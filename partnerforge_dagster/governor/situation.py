"""What decides whether a call may leave, read at one moment while its provider's row is held.

It is one statement, and travels with the lock: each by itself would be a journey to PostgreSQL and back.
Not for: deciding (budget.py, breaker.py, limiter.py), or for what is read without deciding (cache.py's `see`).
"""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select, true

from partnerforge_dagster.governor import cache, leases, ledger, limiter
from partnerforge_dagster.governor.cache import Asking, Seen
from partnerforge_dagster.governor.clock import Clock
from partnerforge_dagster.governor.leases import Traffic
from partnerforge_dagster.governor.ledger import Call
from partnerforge_dagster.governor.limiter import Limits, ProviderRow
from partnerforge_dagster.store.prepared import Prepared
from partnerforge_dagster.store.tables import providers
from partnerforge_dagster.store.transaction import Transaction

_traffic, _seen = leases.TRAFFIC.subquery("traffic"), cache.SEEN.subquery("seen")
_LOOK = Prepared(
    select(*providers.c, *_traffic.c, *_seen.c, ledger.SPENT.label("spent"))
    .select_from(providers.join(_traffic, true()).join(_seen, true()))
    .where(limiter.OF_IT)
)
_LOCK_IF_OWNED = Prepared(select(providers.c.name).where(limiter.OF_IT, cache.OWNED).with_for_update())
NOTHING = Asking(key=None)


@dataclass(frozen=True)
class Situation:
    """A call's question, its provider and the month's credits, as they are until the transaction ends."""

    now: datetime
    """On the shared clock."""
    row: ProviderRow
    traffic: Traffic
    spent: int
    """Credits of the call's month at this provider, those of calls under way and of unknown charge among them."""
    seen: Seen
    """Nothing, when nothing was asked."""


def look(
    transaction: Transaction, clock: Clock, limits: Limits, call: Call, host: str, asking: Asking = NOTHING
) -> Situation:
    """Hold the provider's row and read what concerns a request of the call to `host`.

    When something is asked the row is held only if the asker has the claim: else nothing will leave.
    """
    who = {"of": call.provider, "question": asking.key, "asker": asking.asker}
    limiter.hold(transaction, who, by=limiter.LOCK if asking is NOTHING else _LOCK_IF_OWNED)
    ours = clock.ours(transaction)  # once the row is held: others have waited for it, and time has passed
    since = None if ours is None else leases.window_start(ours)
    asked = who | asking.values(ours) | {"to": host, "since": since, "in_month": call.month_at(ours)}
    read = transaction.row(_LOOK, asked)
    traffic = Traffic.of(read, limits.lease_s, read.at)
    held = asking is NOTHING or read.owner == asking.asker
    if traffic.set_back and held:
        leases.pull_back(transaction, call.provider, limits.lease_s, read.at)
        read = transaction.row(_LOOK, asked)
        traffic = replace(Traffic.of(read, limits.lease_s, read.at), set_back=True)
    row = ProviderRow.of(read)
    row.correct(read.at)
    return Situation(read.at, row, traffic, read.spent or 0, cache.seen(read))
