"""Fiscal years from figures: what a year is called, one currency a year, two providers' years side by side.

Not for: finding the figures in a provider's answer (yahoo_records.py, sec_edgar_facts.py).
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from partnerforge_dagster.models.base import Money
from partnerforge_dagster.models.financial_profile import FiscalYear
from partnerforge_dagster.models.provenance import Sources

FIGURES = ("revenue", "gross_profit", "operating_income", "net_income", "cash")
"""The money fields of a fiscal year, the one that decides its currency first."""


def fiscal_year_named(ends_on: date) -> int:
    """The calendar year in which a fiscal year ends.

    An end in the first week of January belongs to the year before: a 52/53-week year closes on 1 January 2023 or
    31 December 2023, and these are two years, 2022 and 2023. Yahoo rounds the former to 2022-12-31.
    """
    return (ends_on - timedelta(days=7)).year


def statement(ends_on: date, figures: Mapping[str, Money], sources: Sources) -> FiscalYear:
    """One fiscal year from its figures by field name; figures in another currency than the first are left out."""
    first = next((figures[field] for field in FIGURES if field in figures), None)
    kept = {
        field: figures[field]
        for field in FIGURES
        if first is not None and field in figures and figures[field].currency == first.currency
    }
    return FiscalYear(fiscal_year=fiscal_year_named(ends_on), ends_on=ends_on, sources=sources, **kept)


def side_by_side(first: Iterable[FiscalYear], second: Iterable[FiscalYear]) -> tuple[FiscalYear, ...]:
    """Both providers' years, newest first. `first` wins wherever it has a figure; figures are never averaged.

    A figure that only `second` has is added when it is in the same currency, and the year then cites both.
    """
    years = {year.fiscal_year: year for year in second}
    for year in first:
        other = years.get(year.fiscal_year)
        years[year.fiscal_year] = year if other is None else _completed(year, other)
    return tuple(years[name] for name in sorted(years, reverse=True))


def _completed(year: FiscalYear, other: FiscalYear) -> FiscalYear:
    currency = currency_of(year)
    added = {
        field: value
        for field in FIGURES
        if getattr(year, field) is None
        and (value := getattr(other, field)) is not None
        and currency in (None, value.currency)
    }
    if not added:
        return year
    return year.model_copy(update={**added, "sources": (*year.sources, *other.sources)})


def currency_of(year: FiscalYear) -> str | None:
    """The currency of a year's figures; None when it has none."""
    return next((value.currency for field in FIGURES if (value := getattr(year, field)) is not None), None)
