"""Fiscal years out of EDGAR's reported figures."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from partnerforge_dagster.models.base import Money
from partnerforge_dagster.models.financial_profile import FiscalYear
from partnerforge_dagster.models.provenance import Source
from partnerforge_dagster.providers.sec_edgar_facts import CONCEPTS, LINES, fiscal_years
from partnerforge_dagster.providers.sec_edgar_records import CompanyFacts, FactRow, read_facts
from partnerforge_dagster_tests.payloads import body

SOURCES = (
    Source(provider="sec_edgar", endpoint="company_facts", url=None, fetched_at=datetime(2026, 3, 21, tzinfo=UTC)),
)


def recorded(name: str) -> dict[int, FiscalYear]:
    facts = read_facts(body(f"sec-edgar/companyfacts__{name}.json"), CONCEPTS)
    assert facts is not None
    return {year.fiscal_year: year for year in fiscal_years(facts, SOURCES)}


def years_of(*rows: FactRow) -> tuple[FiscalYear, ...]:
    return fiscal_years(CompanyFacts(cik="0000000001", name="Example", rows=rows), SOURCES)


def row(
    value: float,
    *,
    start: date | None = date(2024, 1, 1),
    end: date = date(2024, 12, 31),
    concept: str = "Revenues",
    taxonomy: str = "us-gaap",
    unit: str = "USD",
    form: str = "10-K",
    filed: date = date(2025, 2, 1),
    accession: str = "0000000001-25-000001",
) -> FactRow:
    return FactRow(
        taxonomy=taxonomy,
        concept=concept,
        unit=unit,
        start=start,
        end=end,
        value=value,
        form=form,
        filed_on=filed,
        accession=accession,
    )


def test_apples_revenue_by_fiscal_year() -> None:
    """Billions of dollars as Apple reported them, from three successive concepts, each year once."""
    revenue = {name: year.revenue.amount / 1e9 for name, year in recorded("apple").items() if year.revenue}
    assert revenue[2025] == 416.161
    assert revenue[2024] == 391.035
    assert revenue[2023] == 383.285
    assert revenue[2018] == 265.595
    assert revenue[2017] == 229.234
    assert revenue[2015] == 233.715
    assert sorted(revenue) == list(range(2007, 2026))


def test_apples_fiscal_year_2024_whole() -> None:
    """A 52-week year that ended on 28 September 2024."""
    year = recorded("apple")[2024]
    assert year.ends_on == date(2024, 9, 28)
    assert year.gross_profit == Money(amount=180_683e6, currency="USD")
    assert year.operating_income == Money(amount=123_216e6, currency="USD")
    assert year.net_income == Money(amount=93_736e6, currency="USD")
    assert year.cash == Money(amount=29_943e6, currency="USD")


def test_a_restatement_beats_what_it_restates() -> None:
    """Apple restated 2009 in January 2010: 42.905 billion and not 36.537."""
    revenue = recorded("apple")[2009].revenue
    assert revenue == Money(amount=42_905e6, currency="USD")


def test_an_ifrs_filer_has_fiscal_years_too() -> None:
    """Logistic Properties reports under IFRS: total revenue, the owners' share of a loss, cash at year end."""
    years = recorded("logistic-properties-of-the-americas")
    assert sorted(years) == [2021, 2022, 2023, 2024]
    assert years[2024].revenue == Money(amount=43_862_372, currency="USD")
    assert years[2024].operating_income == Money(amount=36_606_814, currency="USD")
    assert years[2024].net_income == Money(amount=-29_285_428, currency="USD")
    assert years[2024].cash == Money(amount=28_827_347, currency="USD")
    assert years[2024].gross_profit is None


def test_quarters_and_nine_months_are_no_years() -> None:
    """Only periods of 52 or 53 weeks count."""
    quarter = row(10, start=date(2024, 10, 1))
    nine_months = row(30, start=date(2024, 1, 1), end=date(2024, 9, 30))
    transition = row(99, start=date(2024, 2, 1))
    assert years_of(quarter, nine_months, transition) == ()


def test_twelve_months_of_a_quarterly_report_are_no_fiscal_year() -> None:
    """Utilities state them in every 10-Q."""
    assert years_of(row(40, start=date(2023, 7, 1), end=date(2024, 6, 30), form="10-Q")) == ()


def test_53_weeks_are_a_year_and_its_first_days_of_january_belong_to_the_year_before() -> None:
    """Years that end on 1 January 2023 and on 31 December 2023 are 2022 and 2023."""
    years = years_of(
        row(53, start=date(2021, 12, 27), end=date(2023, 1, 1)),
        row(52, start=date(2023, 1, 2), end=date(2023, 12, 31)),
    )
    assert [(year.fiscal_year, year.revenue.amount) for year in years if year.revenue] == [(2023, 52), (2022, 53)]


def test_the_total_beats_a_part_of_it_in_one_filing() -> None:
    """Revenue from contracts is a part of revenues where both are stated."""
    part = row(90, concept="RevenueFromContractWithCustomerExcludingAssessedTax")
    (year,) = years_of(part, row(100))
    assert year.revenue == Money(amount=100, currency="USD")


def test_a_convenience_translation_does_not_win() -> None:
    """The currency that states most years of the newest report is the filer's own."""
    own = [
        row(
            value,
            start=date(year, 4, 1),
            end=date(year + 1, 3, 31),
            unit="CNY",
            taxonomy="ifrs-full",
            concept="Revenue",
        )
        for year, value in ((2022, 868), (2023, 941))
    ]
    translated = row(
        130, start=date(2023, 4, 1), end=date(2024, 3, 31), unit="USD", taxonomy="ifrs-full", concept="Revenue"
    )
    years = years_of(*own, translated)
    assert [year.revenue for year in years] == [
        Money(amount=941, currency="CNY"),
        Money(amount=868, currency="CNY"),
    ]


def test_shares_and_ratios_are_no_money() -> None:
    """A unit that is no currency makes no year."""
    assert years_of(row(5, unit="shares"), row(1.5, unit="USD/shares")) == ()


ENDS = [date(2022, 12, 31), date(2023, 12, 31), date(2024, 12, 30)]
CONCEPTS_BY_LINE = [concept for line in LINES.values() for concept in line]


@st.composite
def rows(draw: st.DrawFn) -> FactRow:
    taxonomy, concept = draw(st.sampled_from(CONCEPTS_BY_LINE))
    end = draw(st.sampled_from(ENDS))
    days = draw(st.sampled_from([None, 89, 363, 370]))
    return row(
        draw(st.integers(-5, 5)),
        start=None if days is None else end - timedelta(days=days),
        end=end,
        concept=concept,
        taxonomy=taxonomy,
        unit=draw(st.sampled_from(["USD", "EUR"])),
        form=draw(st.sampled_from(["10-K", "10-K/A", "10-Q"])),
        filed=draw(st.sampled_from([date(2025, 2, 1), date(2026, 2, 1)])),
        accession=draw(st.sampled_from(["0000000001-25-000001", "0000000001-25-000002"])),
    )


@given(st.lists(rows(), max_size=12), st.randoms(use_true_random=False), st.integers(0, 11))
def test_order_and_repetition_of_rows_never_change_the_years(found, random, again) -> None:
    """EDGAR repeats every period in later filings, in whatever order."""
    shuffled = [*found, *found[again : again + 3]]
    random.shuffle(shuffled)
    assert years_of(*shuffled) == years_of(*found)


@given(st.lists(rows(), max_size=12))
def test_a_fiscal_year_comes_once_newest_first_and_in_one_currency(found) -> None:
    """Names are distinct and fall; all figures of all years are in one currency."""
    years = years_of(*found)
    names = [year.fiscal_year for year in years]
    assert names == sorted(set(names), reverse=True)
    money = [getattr(year, line) for year in years for line in LINES]
    assert len({value.currency for value in money if value is not None}) <= 1
