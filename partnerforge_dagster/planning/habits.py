"""What modules usually ask about an account that nobody has asked about, learned from the ledger.

Not for: what was measured in the sandbox for want of a ledger (measured.py), or what one account needs (need.py).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from partnerforge_dagster.models.modules import MODULES
from partnerforge_dagster.store.calls import Asked


class Habit(NamedTuple):
    """What one module asks of one endpoint about one account, on average over accounts."""

    provider: str
    endpoint: str
    own: float
    """Questions that no module before it asks."""
    own_credits: float
    shared: float = 0.0
    """Questions that a module before it asks, too: only the first who asks pays."""
    shared_credits: float = 0.0


Habits = Mapping[str, tuple[Habit, ...]]
"""By module; one that asks nobody is left out."""

Asking = Mapping[str, Asked]
"""The questions of one module about one account in one run, by their keys."""


def newest_askings(rows: Iterable[Asked]) -> dict[tuple[str, str], Asking]:
    """By account and module, what its newest run asked. Rows come oldest first, as the ledger tells them."""
    found: dict[tuple[str, str], dict[str, Asked]] = {}
    for row in rows:
        asking = found.setdefault((row.account, row.module), {})
        if asking and next(iter(asking.values())).run_id != row.run_id:
            asking.clear()
        asking[row.question] = row
    return dict(found)


def prices(rows: Iterable[Asked]) -> dict[str, int]:
    """The most that was ever paid for each question: in its newest run it may have been in the cache."""
    found: dict[str, int] = {}
    for row in rows:
        found[row.question] = max(found.get(row.question, 0), row.credits)
    return found


def whole(asking: Asking) -> bool:
    """Whether everything was answered: after a failure a module may not have asked the rest."""
    return all(row.ok for row in asking.values())


def habits(rows: Iterable[Asked]) -> dict[str, tuple[Habit, ...]]:
    """Averages over the accounts in the ledger, of each account and module the newest run, unless it met a failure.

    The order of MODULES decides whose a shared question is, and not the race between modules that run together.
    """
    kept = list(rows)
    price, askings = prices(kept), newest_askings(kept)
    sums: dict[str, dict[tuple[str, str], list[float]]] = defaultdict(lambda: defaultdict(lambda: [0.0] * 4))
    accounts: dict[str, int] = defaultdict(int)
    seen: dict[str, set[str]] = defaultdict(set)
    for (account, module), asking in sorted(askings.items(), key=lambda item: list(MODULES).index(item[0][1])):
        before = set(seen[account])
        seen[account] |= set(asking)
        if not whole(asking):
            continue
        accounts[module] += 1
        for question, row in asking.items():
            counts = sums[module][row.provider, row.endpoint]
            first = 2 if question in before else 0
            counts[first] += 1
            counts[first + 1] += price[question]
    return {
        module: tuple(Habit(*slot, *(count / accounts[module] for count in counts)) for slot, counts in slots.items())
        for module, slots in sums.items()
    }
