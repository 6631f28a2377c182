"""M04 financial profile: money by fiscal year, margins, market value.

Not for: filings and what they say (investor_intelligence.py).
"""

from datetime import date

from partnerforge_dagster.models.base import Frozen, Money
from partnerforge_dagster.models.provenance import Fact, Sources
from partnerforge_dagster.models.result import ModuleResult
from partnerforge_dagster.models.signals import NewsItem


class FiscalYear(Frozen):
    """One fiscal year; named by the calendar year in which it ends."""

    fiscal_year: int
    ends_on: date
    revenue: Money | None = None
    gross_profit: Money | None = None
    operating_income: Money | None = None
    net_income: Money | None = None
    cash: Money | None = None
    sources: Sources


class PricePoint(Frozen):
    """A closing price at the end of a month, in the quote's major currency unit."""

    on: date
    close: float


class FinancialProfile(ModuleResult):
    """What the company earns. A private company has an estimate and says so."""

    public: Fact[bool] | None = None
    currency: Fact[str] | None = None
    """Currency of the statements; the quote's may differ (BABA: USD and CNY)."""
    fiscal_year_end: Fact[str] | None = None
    """MM-DD."""
    years: tuple[FiscalYear, ...] = ()
    """Newest first."""
    revenue: Fact[Money] | None = None
    """Latest fiscal year, or the estimate."""
    revenue_growth: Fact[float] | None = None
    gross_margin: Fact[float] | None = None
    operating_margin: Fact[float] | None = None
    net_margin: Fact[float] | None = None
    cash: Fact[Money] | None = None
    market_value: Fact[Money] | None = None
    share_price: Fact[Money] | None = None
    prices: Fact[tuple[PricePoint, ...]] | None = None
    """Oldest first, about 12 months."""
    news: tuple[NewsItem, ...] = ()
