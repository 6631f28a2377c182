"""Facts that several were asked for at once: the first word stands, the others' are kept, nothing is averaged."""

from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from partnerforge_dagster.models.base import Money
from partnerforge_dagster.models.financial_profile import FinancialProfile, FiscalYear
from partnerforge_dagster.models.provenance import Fact, Outcome, Source
from partnerforge_dagster.research.inquiry import Inquiry
from partnerforge_dagster.research.weighing import apart, weigh, weigh_years
from partnerforge_dagster_tests.sandboxed import account

AT = datetime(2026, 11, 16, tzinfo=UTC)
PROVIDERS = ("yahoo", "wikidata", "builtwith")
counts = st.one_of(st.none(), st.integers(1, 1_000_000))


def source(provider: str) -> Source:
    return Source(provider=provider, endpoint="x", url=None, fetched_at=AT)


@given(st.permutations(PROVIDERS), st.fixed_dictionaries(dict.fromkeys(PROVIDERS, counts)))
def test_the_first_word_stands_and_every_other_one_is_kept(order: list[str], said: dict[str, int | None]) -> None:
    """Exactly those that differ by more than a tenth, each with both sources."""
    inquiry = Inquiry(account("example.com"))
    known = {name: Fact(value=n, sources=(source(name),)) if n else None for name, n in said.items()}
    found = weigh(inquiry, "employees", order, known, differ=apart(0.1))
    speaking = [name for name in order if said[name] is not None]
    assert (found.sources[0].provider if found else None) == next(iter(speaking), None)
    result = inquiry.result(FinancialProfile)
    assert [step.provider for step in result.steps] == order
    assert {step.provider for step in result.steps if step.outcome is Outcome.ANSWERED} == set(speaking)
    kept = [(one.stated_by.provider, one.other_by.provider, one.other) for one in result.disagreements]
    first = said[speaking[0]] if speaking else None
    assert kept == [
        (speaking[0], name, str(said[name]))
        for name in speaking[1:]
        if first is not None and abs(first - (said[name] or 0)) > 0.1 * max(first, said[name] or 0)
    ]


def years(provider: str, *revenues: float) -> tuple[FiscalYear, ...]:
    return tuple(
        FiscalYear(
            fiscal_year=2025 - age,
            ends_on=date(2025 - age, 12, 31),
            revenue=Money(amount=amount, currency="USD"),
            sources=(source(provider),),
        )
        for age, amount in enumerate(revenues)
    )


def test_revenues_of_two_sources_stand_side_by_side() -> None:
    """EDGAR's figure is used, Yahoo's other one is shown, and one that only Yahoo has is added."""
    inquiry = Inquiry(account("example.com"))
    known = {"sec_edgar": years("sec_edgar", 100e9, 90e9), "yahoo": years("yahoo", 104e9, 90.1e9, 80e9)}
    found = weigh_years(inquiry, ("sec_edgar", "yahoo"), known)
    assert [year.revenue.amount for year in found if year.revenue] == [100e9, 90e9, 80e9]
    (one,) = inquiry.result(FinancialProfile).disagreements
    assert (one.subject, one.stated, one.other) == ("revenue in fiscal 2025", "$100 bn", "$104 bn")


def test_the_order_of_the_settings_decides_whose_figure_stands() -> None:
    """The other way round."""
    inquiry = Inquiry(account("example.com"))
    known = {"sec_edgar": years("sec_edgar", 100e9), "yahoo": years("yahoo", 104e9)}
    (found,) = weigh_years(inquiry, ("yahoo", "sec_edgar"), known)
    assert found.revenue == Money(amount=104e9, currency="USD")
    (one,) = inquiry.result(FinancialProfile).disagreements
    assert (one.stated_by.provider, one.other_by.provider) == ("yahoo", "sec_edgar")
