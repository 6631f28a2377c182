"""How many accounts came through and how many did not, since some moment.

Not for: which ones, and why (status, the list of failures).
"""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Engine, distinct, func, select

from partnerforge_dagster.models.modules import BRIEF
from partnerforge_dagster.models.result import Status
from partnerforge_dagster.store.results import GOOD
from partnerforge_dagster.store.tables import results


class Tally(NamedTuple):
    """Accounts, each counted once."""

    done: int
    """They got a brief, and no module of theirs failed."""
    failed: int
    """The newest result of a module of theirs is stale or unavailable."""
    begun_at: datetime | None
    """When the first result was stored; None when there is none."""


def tally(engine: Engine, since: datetime) -> Tally:
    """What the results say that were stored since then."""
    lately = results.c.stored_at >= since
    newest = select(func.max(results.c.id)).where(lately).group_by(results.c.account, results.c.module)
    bad = results.c.status.in_((Status.STALE, Status.UNAVAILABLE))
    failed = select(results.c.account).where(results.c.id.in_(newest), bad).distinct()
    briefed = (lately, results.c.module == BRIEF, results.c.status.in_(GOOD))
    with engine.connect() as connection:
        begun_at = connection.execute(select(func.min(results.c.stored_at)).where(lately)).scalar_one()
        names = set(connection.execute(failed).scalars())
        query = select(func.count(distinct(results.c.account))).where(*briefed)
        done = connection.execute(query.where(results.c.account.not_in(failed))).scalar_one()
    return Tally(int(done), len(names), begun_at)
