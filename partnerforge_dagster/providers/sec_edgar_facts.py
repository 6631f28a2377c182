"""From EDGAR's reported figures to fiscal years, each counted once.

EDGAR lists quarters and years of one concept together, repeats a period in every later filing, restates some, and
lets filers choose among several concepts for the same line. `fy` and `fp` of a row describe the filing, not the
figure, and are not used.
Not for: reading the answer (sec_edgar_records.py) or joining it with another provider's (fiscal_years.py).
"""

from collections.abc import Iterable
from datetime import date

from partnerforge_dagster.models.base import Money
from partnerforge_dagster.models.financial_profile import FiscalYear
from partnerforge_dagster.models.provenance import Sources
from partnerforge_dagster.providers.fiscal_years import fiscal_year_named, statement
from partnerforge_dagster.providers.sec_edgar_records import CompanyFacts, FactRow

LINES: dict[str, tuple[tuple[str, str], ...]] = {
    "revenue": (
        ("us-gaap", "Revenues"),
        ("us-gaap", "RevenueFromContractWithCustomerExcludingAssessedTax"),
        ("us-gaap", "RevenueFromContractWithCustomerIncludingAssessedTax"),
        ("us-gaap", "SalesRevenueNet"),
        ("ifrs-full", "Revenue"),
        ("ifrs-full", "RevenueFromContractsWithCustomers"),
    ),
    "gross_profit": (("us-gaap", "GrossProfit"), ("ifrs-full", "GrossProfit")),
    "operating_income": (
        ("us-gaap", "OperatingIncomeLoss"),
        ("ifrs-full", "ProfitLossFromOperatingActivities"),
    ),
    "net_income": (
        ("us-gaap", "NetIncomeLoss"),
        ("us-gaap", "ProfitLoss"),
        ("ifrs-full", "ProfitLossAttributableToOwnersOfParent"),
        ("ifrs-full", "ProfitLoss"),
    ),
    "cash": (
        ("us-gaap", "CashAndCashEquivalentsAtCarryingValue"),
        ("ifrs-full", "CashAndCashEquivalents"),
    ),
}
"""Field of a fiscal year -> concepts that state it, the most complete first (total before a part of it)."""

CONCEPTS = frozenset(concept for line in LINES.values() for concept in line)

ANNUAL_FORMS = frozenset({"10-K", "10-K/A", "10-KT", "20-F", "20-F/A", "40-F", "40-F/A"})
"""Only these: quarterly reports of utilities state twelve months that are no fiscal year."""

YEAR_DAYS = range(350, 381)
"""A year of 52 or 53 weeks; a transition period after a change of year end is shorter."""


def fiscal_years(facts: CompanyFacts, sources: Sources) -> tuple[FiscalYear, ...]:
    """The filer's fiscal years, newest first, in the currency of its newest annual report.

    For each year and line the row filed last counts (a restatement beats what it restates), and within one filing
    the most complete concept. Neither the order of the rows nor repeating one changes the result.
    """
    annual = [row for row in facts.rows if row.form in ANNUAL_FORMS]
    currency = _currency(annual)
    stated = [row for row in annual if row.unit == currency]
    years = {}
    for end in sorted(_year_ends(stated)):
        figures = {line: found for line in LINES if (found := _figure(line, end, stated)) is not None}
        years[fiscal_year_named(end)] = statement(end, figures, sources)
    return tuple(years[name] for name in sorted(years, reverse=True))


def _currency(rows: Iterable[FactRow]) -> str | None:
    """The currency that states most years in the newest annual report.

    Foreign filers add a convenience translation of the last year in US dollars (Alibaba), which must not win.
    """
    yearly = [row for row in rows if _is_year(row) and _is_currency(row.unit)]
    if not yearly:
        return None
    newest = max((row.filed_on, row.accession) for row in yearly)
    ends: dict[str, set[date]] = {}
    for row in yearly:
        if (row.filed_on, row.accession) == newest:
            ends.setdefault(row.unit, set()).add(row.end)
    return min(ends, key=lambda unit: (-len(ends[unit]), unit == "USD", unit))


def _year_ends(rows: Iterable[FactRow]) -> set[date]:
    return {row.end for row in rows if _is_year(row)}


def _figure(line: str, end: date, rows: Iterable[FactRow]) -> Money | None:
    concepts = LINES[line]
    candidates = [
        (row.filed_on, -concepts.index((row.taxonomy, row.concept)), row.accession, row.value, row.unit)
        for row in rows
        if row.end == end
        and (row.taxonomy, row.concept) in concepts
        and (row.start is None if line == "cash" else _is_year(row))
    ]
    if not candidates:
        return None
    *_, value, unit = max(candidates)
    return Money(amount=value, currency=unit)


def _is_year(row: FactRow) -> bool:
    return row.start is not None and (row.end - row.start).days + 1 in YEAR_DAYS


def _is_currency(unit: str) -> bool:
    return len(unit) == 3 and unit.isascii() and unit.isalpha() and unit.isupper()
