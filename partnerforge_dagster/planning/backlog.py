"""How long a backlog takes: the reckoning of a plan, for more accounts than can be looked at one by one. Pure.

Not for: what is in the backlog (cli/stats.py).
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from partnerforge_dagster.planning.need import Need, Needs

LOOKED_AT = 100
"""Accounts of a backlog whose needs are reckoned; the others are taken to be like them."""
RATE_S = 600.0
"""Seconds that a rate is measured over."""


def sample(accounts: Sequence[str], most: int = LOOKED_AT) -> list[str]:
    """At most so many of the accounts, evenly spread."""
    step = max(1, -(-len(accounts) // most))
    return list(accounts[::step])


def scaled(needs: Sequence[Needs], accounts: int) -> Iterator[Needs]:
    """The needs of a sample, each as large as its share of the accounts."""
    for need in needs:
        yield {name: Need(*(number * accounts / len(needs) for number in part)) for name, part in need.items()}


def rate(done: int, begun_at: datetime | None, now: datetime) -> float:
    """Accounts a minute over the last RATE_S, or since the first result of these; a minute at least is counted."""
    if begun_at is None:
        return 0.0
    return done * 60.0 / min(RATE_S, max(60.0, (now - begun_at).total_seconds()))


def seconds_at(rate: float, accounts: int) -> float | None:
    """Seconds for so many accounts at a rate per minute; None while nothing moves."""
    return accounts * 60.0 / rate if rate > 0 else None


def share_of_budget(spent: int, budget: int | None) -> float | None:
    """0 to 1 and beyond; None without a budget."""
    if budget is None:
        return None
    return spent / budget if budget else 1.0


def words_for(priority: int, names: Mapping[str, int]) -> str:
    """The name of a priority, or its number of 1 to 10."""
    return next((name for name, number in names.items() if number == priority), f"{priority // 2 + 5} of 10")
