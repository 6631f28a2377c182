"""Companies that the sandbox knows, one file each. Master data is public knowledge; stacks, traffic, events, quotes,
postings and filing texts are invented, plausible and harmless, and the newest year's figures are guesses.

Not for: any other domain (derive.py).
"""

from collections.abc import Callable
from datetime import date

from partnerforge_dagster.providers.sandbox.companies.costco import costco
from partnerforge_dagster.providers.sandbox.company import Company

BUILDERS: tuple[Callable[[date], Company], ...] = (costco,)


def known_companies(today: date) -> tuple[Company, ...]:
    """All known companies as of a day; everything dated moves with it."""
    return tuple(build(today) for build in BUILDERS)
