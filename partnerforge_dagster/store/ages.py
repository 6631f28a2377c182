"""When each module's newest good result was stored: what tells stale from fresh, without reading the results.

Not for: what counts as fresh (settings.fresh_days, orchestration/selection.py).
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import Engine, func, select

from partnerforge_dagster.store.results import GOOD
from partnerforge_dagster.store.tables import results

_ACCOUNTS_A_QUERY = 10_000


def good_since(engine: Engine, accounts: Sequence[str]) -> Iterator[tuple[str, dict[str, datetime]]]:
    """Of each account, in order, when its modules' newest good results were stored; a module without one is left out.

    One query for 10,000 accounts; no more than so many are in memory at once.
    """
    newest = select(results.c.account, results.c.module, func.max(results.c.stored_at))
    newest = newest.where(results.c.status.in_(GOOD)).group_by(results.c.account, results.c.module)
    for start in range(0, len(accounts), _ACCOUNTS_A_QUERY):
        some = accounts[start : start + _ACCOUNTS_A_QUERY]
        found: dict[str, dict[str, datetime]] = {account: {} for account in some}
        with engine.connect() as connection:
            for account, module, stored_at in connection.execute(newest.where(results.c.account.in_(some))):
                found[account][module] = stored_at
        yield from found.items()
