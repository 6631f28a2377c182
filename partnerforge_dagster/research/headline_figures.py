"""What fiscal years and prices come to: latest revenue, growth, margins, cash, month-end prices.

Ratios are our own division of two stated figures, so they are marked as inferred and cite the years they come from.
Not for: asking for the years (assets/financial_profile.py).
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from partnerforge_dagster.models.financial_profile import FiscalYear, PricePoint
from partnerforge_dagster.models.provenance import Fact, Source
from partnerforge_dagster.providers.fiscal_years import currency_of

Fields = dict[str, Any]
"""Fields of a module's record, by name."""


def headline_figures(years: Sequence[FiscalYear]) -> Fields:
    """The fields of `FinancialProfile` that follow from its years (newest first); empty when there are none.

    The newest year that states a revenue speaks for the company.
    """
    if not years:
        return {}
    position = next((index for index, year in enumerate(years) if year.revenue), 0)
    latest = years[position]
    return {
        "years": tuple(years),
        "currency": Fact(value=currency_of(latest), sources=latest.sources),
        "fiscal_year_end": Fact(value=f"{latest.ends_on:%m-%d}", sources=latest.sources),
        "revenue": Fact(value=latest.revenue, sources=latest.sources) if latest.revenue else None,
        "cash": Fact(value=latest.cash, sources=latest.sources) if latest.cash else None,
        "revenue_growth": _growth(latest, years[position + 1 :]),
        "gross_margin": _margin(latest, "gross_profit"),
        "operating_margin": _margin(latest, "operating_income"),
        "net_margin": _margin(latest, "net_income"),
    }


def _growth(latest: FiscalYear, earlier: Iterable[FiscalYear]) -> Fact[float] | None:
    """Growth of revenue over the fiscal year before; None when that year is missing or in another currency."""
    before = next((year for year in earlier if year.fiscal_year == latest.fiscal_year - 1), None)
    if before is None or latest.revenue is None or before.revenue is None:
        return None
    if before.revenue.amount <= 0 or before.revenue.currency != latest.revenue.currency:
        return None
    growth = latest.revenue.amount / before.revenue.amount - 1
    return Fact(value=growth, sources=_all((latest, before)), inferred=True)


def _margin(year: FiscalYear, part: str) -> Fact[float] | None:
    """A profit as a share of revenue; None without revenue."""
    profit = getattr(year, part)
    if profit is None or year.revenue is None or year.revenue.amount <= 0:
        return None
    return Fact(value=profit.amount / year.revenue.amount, sources=year.sources, inferred=True)


def _all(years: Iterable[FiscalYear]) -> tuple[Source, ...]:
    return tuple(dict.fromkeys(source for year in years for source in year.sources))


def month_ends(closes: Iterable[PricePoint], today: date) -> tuple[PricePoint, ...]:
    """The last close of each month that is over, oldest first."""
    running = (today.year, today.month) if (today + timedelta(days=1)).month == today.month else None
    last: dict[tuple[int, int], PricePoint] = {}
    for point in sorted(closes, key=lambda point: point.on):
        last[point.on.year, point.on.month] = point
    return tuple(point for month, point in last.items() if month != running)
