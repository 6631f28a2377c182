"""M08 investor intelligence: filings, stated priorities and risks, earnings dates.

Not for: the figures themselves (financial_profile.py).
"""

from datetime import date

from partnerforge_dagster.models.base import Frozen
from partnerforge_dagster.models.provenance import Fact, Sources
from partnerforge_dagster.models.result import ModuleResult
from partnerforge_dagster.models.signals import NewsItem


class Filing(Frozen):
    """One SEC filing. `url` opens the document itself."""

    form: str
    filed_on: date
    period_end: date | None
    url: str
    items: tuple[str, ...] = ()
    """8-K item numbers: `5.02` is a change of officers."""
    sources: Sources


class StatedTheme(Frozen):
    """A sentence of the company's own filing that touches a theme of the seller profile."""

    theme: str
    text: str
    url: str
    on: date
    sources: Sources


class InvestorIntelligence(ModuleResult):
    """What the company tells its investors. A private company has NOT_APPLICABLE gaps and status complete."""

    filings: tuple[Filing, ...] = ()
    """Recent 10-K, 10-Q, 8-K (20-F, 6-K for foreign filers), newest first."""
    priorities: tuple[StatedTheme, ...] = ()
    risks: tuple[StatedTheme, ...] = ()
    next_earnings: Fact[date] | None = None
    earnings_news: tuple[NewsItem, ...] = ()
