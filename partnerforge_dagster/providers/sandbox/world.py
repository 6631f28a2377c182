"""The sandbox's world on one day: every company by domain and by the identifiers that providers give out for it.

Not for: the facts (companies/ for known companies, derive.py for the others, later.py for what happens when the clock
moves on) or how providers show them.
"""

from collections.abc import Callable
from datetime import date
from functools import lru_cache

from partnerforge_dagster.providers.sandbox import identity
from partnerforge_dagster.providers.sandbox.companies import known_companies
from partnerforge_dagster.providers.sandbox.company import Company
from partnerforge_dagster.providers.sandbox.derive import derive
from partnerforge_dagster.providers.sandbox.later import lived_on


class World:
    """Known companies and, for every other domain, one derived from its name. The same on every machine."""

    def __init__(self, today: date) -> None:
        self.today = today
        self._known = {company.domain: lived_on(company, today) for company in known_companies(today)}
        self._derived = lru_cache(maxsize=4096)(lambda domain: lived_on(derive(domain, today), today))

    def company(self, domain: str) -> Company:
        """The company of a registrable domain, in any case. Domains starting with `nothing-` give an `unknown` one."""
        domain = domain.lower().rstrip(".").removeprefix("www.")
        return self._known.get(domain) or self._derived(domain)

    def known(self) -> tuple[str, ...]:
        """Domains of the known companies."""
        return tuple(self._known)

    def by_ticker(self, ticker: str) -> Company | None:
        """The company with this ticker in Yahoo's spelling; None when there is none."""
        ticker = ticker.upper()
        return self._first(lambda c: c.ticker == ticker, identity.domain_of(ticker))

    def by_cik(self, cik: int) -> Company | None:
        """The company that files under this CIK; None when there is none."""
        return self._first(lambda c: c.cik == cik, identity.domain_of_cik(cik))

    def by_wikidata(self, item: str) -> Company | None:
        """The company of this Q number; None when there is none."""
        return self._first(lambda c: c.wikidata == item, identity.domain_of_wikidata(item))

    def by_board(self, kind: str, slug: str) -> Company | None:
        """The company that posts on this board; None when the board has no such slug."""
        board = (kind, slug.lower())
        return self._first(lambda c: c.board == board, identity.domain_of(slug))

    def by_name(self, name: str) -> Company | None:
        """The company with this trading or legal name, in any case; None when nothing is known by it."""
        folded = name.strip().casefold()
        return self._first(
            lambda c: not c.unknown and folded in (c.name.casefold(), c.legal_name.casefold()),
            identity.domain_of_name(name),
        )

    def _first(self, matches: Callable[[Company], bool], derived: str | None) -> Company | None:
        for company in self._known.values():
            if matches(company):
                return company
        if derived is None or derived in self._known:
            return None
        company = self._derived(derived)
        return company if matches(company) else None
