"""A company's reported figures as EDGAR's companyfacts has them.

The same period comes again in the next two annual reports; years and quarters share a list; `fy` and `fp` are those of
the filing; the revenue tag changed with the years. IFRS filers have `ifrs-full` and no `us-gaap`.
Not for: filings' texts (sec_filings.py).
"""

from datetime import date, timedelta
from typing import Any

from partnerforge_dagster.providers.sandbox import dates
from partnerforge_dagster.providers.sandbox.building import FILED_AFTER
from partnerforge_dagster.providers.sandbox.company import Company, Year
from partnerforge_dagster.providers.sandbox.sec_filings import accession_of

_REPEATED = 3
"""A year stands in its own annual report and in the two after it."""

_US_GAAP = {
    "GrossProfit": "gross_profit",
    "OperatingIncomeLoss": "operating_income",
    "NetIncomeLoss": "net_income",
    "CashAndCashEquivalentsAtCarryingValue": "cash",
}
_IFRS = {
    "Revenue": "revenue",
    "GrossProfit": "gross_profit",
    "ProfitLossFromOperatingActivities": "operating_income",
    "ProfitLoss": "net_income",
    "CashAndCashEquivalents": "cash",
}
_REVENUE = "RevenueFromContractWithCustomerExcludingAssessedTax"
_OLD_REVENUE = "Revenues"
_OLD_REVENUE_UNTIL = 2
"""The oldest so many years stand under the old tag."""
_BALANCES = {"cash"}

Rows = list[dict[str, Any]]


def facts_of(company: Company) -> dict[str, Any]:
    """The `facts` object: taxonomy, concept, unit, rows."""
    years = tuple(reversed(company.years))
    if company.ifrs:
        return {"ifrs-full": {tag: _concept(company, years, tag, field) for tag, field in _IFRS.items()}}
    concepts = {tag: _concept(company, years, tag, field) for tag, field in _US_GAAP.items()}
    old, new = years[:_OLD_REVENUE_UNTIL], years[_OLD_REVENUE_UNTIL:]
    if new:
        concepts[_OLD_REVENUE] = _concept(company, old, _OLD_REVENUE, "revenue")
    concepts[_REVENUE] = _concept(company, new or old, _REVENUE, "revenue")
    return {"dei": {"EntityCommonStockSharesOutstanding": _shares(company)}, "us-gaap": concepts}


def _concept(company: Company, years: tuple[Year, ...], tag: str, field: str) -> dict[str, Any]:
    rows: Rows = []
    for index, year in enumerate(years):
        value = round(getattr(year, field))
        if field not in _BALANCES:
            rows.append(_quarter(company, year, round(value * 0.24)))
        rows += [
            _row(company, year, report, value, balance=field in _BALANCES)
            for report in years[index : index + _REPEATED]
        ]
    label = None if company.ifrs else tag
    return {"label": label, "description": label, "units": {company.currency: rows}}


def _row(company: Company, year: Year, report: Year, value: int, *, balance: bool) -> dict[str, Any]:
    """A year's value as the annual report of `report`'s year states it."""
    end, filed = dates.year_end(company, year), dates.year_end(company, report) + FILED_AFTER
    period = {"end": f"{end}"} if balance else {"start": f"{_year_before(end) + timedelta(days=1)}", "end": f"{end}"}
    return {**period, "val": value, "fy": report.fiscal_year, "fp": "FY", **_origin(company, _forms(company)[0], filed)}


def _quarter(company: Company, year: Year, value: int) -> dict[str, Any]:
    """The year's first quarter, which a reader of years must not take for one."""
    start = _year_before(dates.year_end(company, year)) + timedelta(days=1)
    end = start + timedelta(days=90)
    origin = _origin(company, _forms(company)[1], end + FILED_AFTER)
    return {"start": f"{start}", "end": f"{end}", "val": value, "fy": year.fiscal_year, "fp": "Q1", **origin}


def _forms(company: Company) -> tuple[str, str]:
    """Of its annual and quarterly reports; a foreign filer's are the same under IFRS and US rules."""
    domestic = any(filing.form == "10-K" for filing in company.filings)
    return ("10-K", "10-Q") if domestic else ("20-F", "6-K")


def _origin(company: Company, form: str, filed: date) -> dict[str, str]:
    """The report that states a figure, under the number by which the filings list it."""
    return {"accn": accession_of(company, form, filed), "filed": f"{filed}", "form": form}


def _year_before(day: date) -> date:
    return day - timedelta(days=365)


def _shares(company: Company) -> dict[str, Any]:
    in_major = (company.share_price or 0.0) / (100 if company.quote_currency == "GBp" else 1)
    count = round(company.market_value / in_major) if company.market_value and in_major else 0
    end = dates.year_end(company, company.years[0])
    row = {"end": f"{end}", "val": count, "fp": "FY", **_origin(company, _forms(company)[0], end + FILED_AFTER)}
    return {"label": "Entity Common Stock, Shares Outstanding", "description": "", "units": {"shares": [row]}}
