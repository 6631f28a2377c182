"""Latest revenue, growth, margins and month-end prices."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnerforge_dagster.models.base import Money
from partnerforge_dagster.models.financial_profile import FiscalYear, PricePoint
from partnerforge_dagster.models.provenance import Source
from partnerforge_dagster.research.headline_figures import headline_figures, month_ends


def source(endpoint: str) -> Source:
    return Source(provider="sec_edgar", endpoint=endpoint, url=None, fetched_at=datetime(2026, 1, 1, tzinfo=UTC))


def year(name: int, currency: str = "USD", **figures: float) -> FiscalYear:
    money = {field: Money(amount=amount, currency=currency) for field, amount in figures.items()}
    return FiscalYear(fiscal_year=name, ends_on=date(name, 9, 28), sources=(source(f"{name}"),), **money)


def test_growth_and_margins_are_ours_and_cite_their_years() -> None:
    """Divisions of stated figures are inferred; growth rests on two years."""
    fields = headline_figures([year(2024, revenue=120, gross_profit=48, net_income=-12), year(2023, revenue=100)])
    assert fields["revenue"].value == Money(amount=120, currency="USD")
    assert not fields["revenue"].inferred
    assert fields["revenue_growth"].value == pytest.approx(0.2)
    assert fields["revenue_growth"].inferred
    assert [cited.endpoint for cited in fields["revenue_growth"].sources] == ["2024", "2023"]
    assert fields["gross_margin"].value == pytest.approx(0.4)
    assert fields["net_margin"].value == pytest.approx(-0.1)
    assert fields["operating_margin"] is None
    assert fields["fiscal_year_end"].value == "09-28"


def test_growth_needs_the_year_before_in_the_same_currency() -> None:
    """A missing year, another currency or a revenue of zero give no growth."""
    for before in (year(2022, revenue=100), year(2023, currency="EUR", revenue=100), year(2023, revenue=0)):
        assert headline_figures([year(2024, revenue=120), before])["revenue_growth"] is None


def test_a_newer_year_without_revenue_does_not_hide_the_last_one_with() -> None:
    """The newest year that states a revenue speaks for the company."""
    fields = headline_figures([year(2025, cash=5), year(2024, revenue=120, cash=4)])
    assert fields["revenue"].value.amount == 120
    assert fields["cash"].value.amount == 4
    assert len(fields["years"]) == 2


def test_years_without_any_revenue_have_no_margins() -> None:
    """A fund has cash and no sales."""
    fields = headline_figures([year(2025, cash=5, net_income=1)])
    assert (fields["revenue"], fields["net_margin"]) == (None, None)
    assert fields["cash"].value.amount == 5


def test_no_years_no_figures() -> None:
    """Nothing is stated about nothing."""
    assert headline_figures([]) == {}


def test_the_running_month_has_no_end_yet() -> None:
    """The last close of each month that is over; today's counts when it is the month's last day."""
    closes = [PricePoint(on=date(2026, month, day), close=month + day) for month in (9, 10, 11) for day in (2, 29, 30)]
    assert [point.on for point in month_ends(closes, date(2026, 11, 16))] == [date(2026, 9, 30), date(2026, 10, 30)]
    assert month_ends(closes, date(2026, 11, 30))[-1].on == date(2026, 11, 30)


@given(st.sets(st.dates(date(2025, 1, 1), date(2026, 11, 16)), max_size=60), st.randoms(use_true_random=False))
def test_there_is_one_price_a_month_oldest_first(days, random) -> None:
    """Whatever the order of the closes."""
    closes = [PricePoint(on=day, close=1) for day in days]
    random.shuffle(closes)
    found = [point.on for point in month_ends(closes, date(2026, 11, 16))]
    assert found == sorted(found)
    assert len({(day.year, day.month) for day in found}) == len(found)
    assert set(found) <= days
    assert all(day <= end for end in found for day in days if (day.year, day.month) == (end.year, end.month))
