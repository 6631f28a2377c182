"""One insane record a rule: impossible values are told in words that name them, and sane ones are not doubted."""

from datetime import date

import pytest

from partnerforge_dagster.models.base import Mode, Money
from partnerforge_dagster.models.company_context import CompanyContext
from partnerforge_dagster.models.competitor_intelligence import Competitor, CompetitorIntelligence
from partnerforge_dagster.models.financial_profile import FinancialProfile, FiscalYear
from partnerforge_dagster.models.hiring_signals import HiringSignals
from partnerforge_dagster.models.investor_intelligence import Filing, InvestorIntelligence
from partnerforge_dagster.models.modules import MODULES
from partnerforge_dagster.models.result import ModuleResult, Status
from partnerforge_dagster.models.signals import Signal, SignalKind
from partnerforge_dagster.models.strategic_context import StrategicContext
from partnerforge_dagster.models.strategic_signal_brief import StrategicSignalBrief
from partnerforge_dagster.models.technology_stack import Technology, TechnologyStack
from partnerforge_dagster.models.traffic_analysis import MonthlyTraffic, NamedShare, TrafficAnalysis
from partnerforge_dagster.orchestration.sanity import doubts
from partnerforge_dagster_tests.scoring.records import AS_OF, TODAY, fact, result, role, source

NEXT_YEAR = date(2027, 1, 1)
TOMORROW = date(2026, 11, 17)


def tech(first: date | None, last: date | None) -> Technology:
    return Technology(
        name="Magento", categories=("Ecommerce",), first_seen=first, last_seen=last, live=True, sources=(source(),)
    )


def year(number: int, revenue: float | None, gross_profit: float | None = None) -> FiscalYear:
    def dollars(amount: float | None) -> Money | None:
        return None if amount is None else Money(amount=amount, currency="USD")

    return FiscalYear(
        fiscal_year=number,
        ends_on=date(number, 12, 31),
        revenue=dollars(revenue),
        gross_profit=dollars(gross_profit),
        sources=(source(),),
    )


def competitor(domain: str) -> Competitor:
    return Competitor(
        domain=domain,
        affinity=None,
        visits=None,
        search_vendor=None,
        commerce_platform=None,
        uses_seller=None,
        sources=(source(),),
    )


def event(on: date | None) -> Signal:
    return Signal(
        kind=SignalKind.LAUNCH,
        title="Opens in Spain",
        summary="",
        on=on,
        url=None,
        confidence=0.5,
        sources=(source(),),
    )


def filing(filed_on: date) -> Filing:
    return Filing(form="10-K", filed_on=filed_on, period_end=None, url="https://www.sec.gov/a", sources=(source(),))


def month(number: int, visits: float) -> MonthlyTraffic:
    return MonthlyTraffic(month=date(2026, number, 1), visits=visits)


def shares(*parts: float) -> tuple[NamedShare, ...]:
    return tuple(NamedShare(name=f"part {number}", share=share) for number, share in enumerate(parts))


def brief() -> StrategicSignalBrief:
    return StrategicSignalBrief(
        account="acme.com", as_of=AS_OF, mode=Mode.SANDBOX, status=Status.COMPLETE, title="Acme"
    )


INSANE: list[tuple[ModuleResult, str]] = [
    (result(CompanyContext, founded=fact(862)), "founded in 862"),
    (result(CompanyContext, founded=fact(2027)), "founded in 2027"),
    (result(CompanyContext, employees=fact(0)), "0 employees"),
    (result(CompanyContext, cik=fact("909832")), "CIK '909832' is not ten digits"),
    (result(CompanyContext, cik=fact("000090983X")), "CIK '000090983X' is not ten digits"),
    (
        result(TechnologyStack, technologies=(tech(date(2025, 2, 1), date(2025, 1, 1)),)),
        "Magento was first seen 2025-02-01 and last seen 2025-01-01",
    ),
    (
        result(TechnologyStack, technologies=(tech(NEXT_YEAR, None),)),
        "Magento was first seen 2027-01-01 and last seen None",
    ),
    (
        result(TrafficAnalysis, months=fact((month(2, 10.0), month(1, 10.0)))),
        "months are not in order or occur twice",
    ),
    (result(TrafficAnalysis, months=fact((month(1, 10.0), month(1, 10.0)))), "months are not in order or occur twice"),
    (result(TrafficAnalysis, months=fact((month(1, -5.0),))), "-5 visits in January 2026"),
    (result(TrafficAnalysis, channels=fact(shares(0.7, 0.5))), "channels add up to 120%"),
    (result(TrafficAnalysis, countries=fact(shares(0.9, 0.2))), "countries add up to 110%"),
    (result(FinancialProfile, years=(year(2025, -3e9),)), "revenue of -3e+09 in fiscal 2025"),
    (result(FinancialProfile, years=(year(2025, 1e9, 2e9),)), "gross profit above revenue in fiscal 2025"),
    (result(FinancialProfile, years=(year(2025, 1e9), year(2025, 2e9))), "a fiscal year occurs twice"),
    (
        result(CompetitorIntelligence, competitors=(competitor("acme.com"),)),
        "acme.com is listed as its own competitor",
    ),
    (
        result(CompetitorIntelligence, competitors=(competitor("a.com"), competitor("a.com"))),
        "a competitor occurs twice",
    ),
    (
        result(HiringSignals, relevant_roles=(role("Search engineer", posted=NEXT_YEAR),)),
        "postings dated in the future: Search engineer",
    ),
    (result(StrategicContext, events=(event(NEXT_YEAR),)), "'Opens in Spain' is dated 2027-01-01"),
    (result(InvestorIntelligence, filings=(filing(NEXT_YEAR),)), "10-K filed on 2027-01-01"),
    (brief(), "the brief has no statement"),
]


@pytest.mark.parametrize(("record", "doubt"), INSANE, ids=[doubt for _, doubt in INSANE])
def test_an_impossible_value_is_named(record: ModuleResult, doubt: str) -> None:
    """Exactly one doubt, which says what and how much."""
    assert doubts(record) == [doubt]


@pytest.mark.parametrize(
    "record",
    [
        result(CompanyContext, founded=fact(1000), employees=fact(1), cik=fact("0000909832")),
        result(CompanyContext, founded=fact(2026)),
        result(TechnologyStack, technologies=(tech(TODAY, TODAY), tech(TOMORROW, None), tech(None, TODAY))),
        result(TrafficAnalysis, months=fact((month(1, 0.0), month(2, 3.0))), channels=fact(shares(0.505, 0.5))),
        result(FinancialProfile, years=(year(2025, 1e9, 1e9), year(2024, None, 5.0))),
        result(HiringSignals, relevant_roles=(role("Search engineer", posted=TOMORROW), role("Buyer", posted=None))),
        result(StrategicContext, events=(event(TOMORROW), event(None))),
        result(InvestorIntelligence, filings=(filing(TOMORROW),)),
    ],
    ids=lambda record: type(record).__name__,
)
def test_what_is_at_the_border_is_not_doubted(record: ModuleResult) -> None:
    """A day ahead is another time zone, a percent is rounding, missing values are gaps."""
    assert doubts(record) == []


def test_several_doubts_are_all_told() -> None:
    """None hides another."""
    assert doubts(result(CompanyContext, founded=fact(3000), employees=fact(-1))) == ["founded in 3000", "-1 employees"]


def test_sandbox_companies_are_sane(whole: dict[tuple[str, str], ModuleResult]) -> None:
    """No result about a listed, a private and a known company is doubted."""
    assert {key: found for key, record in whole.items() if key[0] in MODULES and (found := doubts(record))} == {
        ("strategic_signal_brief", "nothing-here.com"): ["the brief has no statement"]
    }
