"""Naming fiscal years and putting two providers' years side by side."""

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnerforge_dagster.models.base import Money
from partnerforge_dagster.models.financial_profile import FiscalYear
from partnerforge_dagster.models.provenance import Source
from partnerforge_dagster.providers.fiscal_years import FIGURES, fiscal_year_named, side_by_side, statement

FILED = Source(provider="sec_edgar", endpoint="company_facts", url=None, fetched_at=datetime(2026, 1, 1, tzinfo=UTC))
PUBLISHED = Source(provider="yahoo", endpoint="fundamentals", url=None, fetched_at=datetime(2026, 1, 1, tzinfo=UTC))


def usd(amount: float) -> Money:
    return Money(amount=amount, currency="USD")


@pytest.mark.parametrize(
    ("ends_on", "name"),
    [
        (date(2024, 9, 28), 2024),
        (date(2024, 9, 30), 2024),
        (date(2025, 1, 31), 2025),
        (date(2023, 1, 1), 2022),
        (date(2022, 12, 31), 2022),
        (date(2023, 12, 31), 2023),
    ],
)
def test_a_fiscal_year_is_named_by_the_calendar_year_of_its_end(ends_on: date, name: int) -> None:
    """The first week of January belongs to the year before."""
    assert fiscal_year_named(ends_on) == name


@given(st.integers(2000, 2040), st.integers(1, 12), st.integers(0, 6), st.sampled_from([3, 6]))
def test_years_of_52_or_53_weeks_are_named_one_after_the_other(year: int, month: int, weekday: int, back: int) -> None:
    """Whether a year ends on the weekday nearest to a month's end or on its last one, no year hides another."""

    def end_of(calendar_year: int) -> date:
        month_end = date(calendar_year, month, monthrange(calendar_year, month)[1])
        earliest = month_end - timedelta(days=back)
        return earliest + timedelta(days=(weekday - earliest.weekday()) % 7)

    assert fiscal_year_named(end_of(year)) == year
    assert fiscal_year_named(end_of(year + 1)) == year + 1


def test_figures_in_another_currency_are_left_out_of_a_year() -> None:
    """A year is in the currency of its revenue."""
    year = statement(date(2024, 12, 31), {"cash": Money(amount=1, currency="EUR"), "revenue": usd(2)}, (FILED,))
    assert (year.revenue, year.cash) == (usd(2), None)


def test_the_first_provider_wins_and_nothing_is_averaged() -> None:
    """Two revenues for one year: the filed one stands, and only it is cited."""
    filed = statement(date(2024, 9, 28), {"revenue": usd(391)}, (FILED,))
    published = statement(date(2024, 9, 30), {"revenue": usd(400)}, (PUBLISHED,))
    assert side_by_side([filed], [published]) == (filed,)


def test_the_second_provider_adds_what_the_first_lacks_and_is_then_cited() -> None:
    """A missing gross profit comes from the other, a missing year does too."""
    filed = statement(date(2024, 9, 28), {"revenue": usd(391)}, (FILED,))
    published = statement(date(2024, 9, 30), {"gross_profit": usd(180), "revenue": usd(391)}, (PUBLISHED,))
    newer = statement(date(2025, 9, 30), {"revenue": usd(416)}, (PUBLISHED,))
    years = side_by_side([filed], [published, newer])
    assert [year.fiscal_year for year in years] == [2025, 2024]
    assert years[1].gross_profit == usd(180)
    assert years[1].ends_on == date(2024, 9, 28)
    assert years[1].sources == (FILED, PUBLISHED)


def test_a_figure_in_another_currency_is_not_added() -> None:
    """Dollars and renminbi do not stand in one year."""
    filed = statement(date(2024, 3, 31), {"revenue": Money(amount=941, currency="CNY")}, (FILED,))
    published = statement(date(2024, 3, 31), {"cash": usd(30)}, (PUBLISHED,))
    assert side_by_side([filed], [published]) == (filed,)


def figures() -> st.SearchStrategy[dict[str, Money]]:
    return st.dictionaries(st.sampled_from(FIGURES), st.integers(-9, 9).map(usd), min_size=1)


def all_years(source: Source) -> st.SearchStrategy[list[FiscalYear]]:
    one = st.builds(
        lambda name, found: statement(date(name, 12, 31), found, (source,)), st.integers(2020, 2025), figures()
    )
    return st.lists(one, unique_by=lambda year: year.fiscal_year)


@given(all_years(FILED), all_years(PUBLISHED))
def test_every_figure_comes_from_one_provider_unchanged(filed, published) -> None:
    """The first's figure where it has one, else the second's; each provider that gave a figure is cited."""
    first, second = ({year.fiscal_year: year for year in years} for years in (filed, published))
    joined = side_by_side(filed, published)
    assert {year.fiscal_year for year in joined} == first.keys() | second.keys()
    for year in joined:
        for field in FIGURES:
            ours, theirs = (getattr(years.get(year.fiscal_year), field, None) for years in (first, second))
            assert getattr(year, field) == (ours if ours is not None else theirs)
            assert ours is None or FILED in year.sources
            assert ours is not None or theirs is None or PUBLISHED in year.sources
