"""Small upstream records for the modules that judge, as the modules that gather would leave them."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any, TypeVar

from partnerforge_dagster.models.account import Account
from partnerforge_dagster.models.base import Mode, Money
from partnerforge_dagster.models.company_context import CompanyContext, Headquarters
from partnerforge_dagster.models.competitor_intelligence import CompetitorIntelligence
from partnerforge_dagster.models.executive_intelligence import Executive, ExecutiveIntelligence
from partnerforge_dagster.models.financial_profile import FinancialProfile
from partnerforge_dagster.models.hiring_signals import HiringSignals, JobFunction, OpenRole, Seniority
from partnerforge_dagster.models.investor_intelligence import InvestorIntelligence
from partnerforge_dagster.models.provenance import Fact, Gap, GapKind, Source
from partnerforge_dagster.models.result import ModuleResult, Status
from partnerforge_dagster.models.signals import Signal, SignalKind
from partnerforge_dagster.models.strategic_context import StrategicContext
from partnerforge_dagster.models.technology_stack import Technology, TechnologyStack
from partnerforge_dagster.models.traffic_analysis import MonthlyTraffic, NamedShare, TrafficAnalysis
from partnerforge_dagster.seller import Seller, load_seller

T = TypeVar("T")
R = TypeVar("R", bound=ModuleResult)

AS_OF = datetime(2026, 11, 16, 12, tzinfo=UTC)
TODAY = AS_OF.date()
ACCOUNT = Account(domain="acme.com", as_of=AS_OF)
SELLER: Seller = load_seller(None)


def source(provider: str = "builtwith", endpoint: str = "domain") -> Source:
    return Source(provider=provider, endpoint=endpoint, url=f"https://{provider}.example/{endpoint}", fetched_at=AS_OF)


def fact(value: T, provider: str = "builtwith", **flags: bool) -> Fact[T]:
    return Fact(value=value, sources=(source(provider),), **flags)


def result(kind: type[R], status: Status = Status.COMPLETE, gaps: Sequence[Gap] = (), **fields: Any) -> R:
    return kind(account="acme.com", as_of=AS_OF, mode=Mode.SANDBOX, status=status, gaps=tuple(gaps), **fields)


def unavailable(kind: type[R]) -> R:
    return result(kind, Status.UNAVAILABLE, [unasked("everything")])


def unasked(subject: str) -> Gap:
    return Gap(subject=subject, kind=GapKind.COULD_NOT_ASK, provider="builtwith", reason="builtwith: HTTP 500")


def usd(amount: float) -> Money:
    return Money(amount=amount, currency="USD")


def tech(
    name: str, *, first: date | None = date(2020, 11, 16), live: bool = True, category: str = "Other"
) -> Technology:
    return Technology(
        name=name, categories=(category,), first_seen=first, last_seen=TODAY, live=live, sources=(source(),)
    )


def company(**fields: Any) -> CompanyContext:
    fields.setdefault("industry", fact("Discount Stores", "yahoo"))
    fields.setdefault("headquarters", fact(Headquarters(city="Seattle", region="WA", country="US"), "wikidata"))
    return result(CompanyContext, **fields)


def stack(*technologies: Technology, **fields: Any) -> TechnologyStack:
    return result(TechnologyStack, technologies=technologies, **fields)


def traffic(visits: float = 6_000_000, growth: float = 0.12, search: float = 0.4, **fields: Any) -> TrafficAnalysis:
    month = MonthlyTraffic(month=date(2026, 10, 1), visits=visits)
    countries = (NamedShare(name="US", share=0.7), NamedShare(name="CA", share=0.2), NamedShare(name="MX", share=0.04))
    return result(
        TrafficAnalysis,
        months=fact((month,), "similarweb"),
        growth_12m=fact(growth, "similarweb"),
        search_share=fact(search, "similarweb"),
        countries=fact(countries, "similarweb"),
        **fields,
    )


def finances(revenue: Money | None, **fields: Any) -> FinancialProfile:
    return result(FinancialProfile, revenue=fact(revenue, "yahoo") if revenue else None, **fields)


def competition(*using: str, known: bool = True) -> CompetitorIntelligence:
    return result(CompetitorIntelligence, using_seller=fact(using) if known else None)


def executive(name: str, title: str) -> Executive:
    return Executive(name=name, title=title, since=None, sources=(source("yahoo", "quote_summary"),))


def executives(*people: Executive, **fields: Any) -> ExecutiveIntelligence:
    return result(ExecutiveIntelligence, executives=people, **fields)


def role(title: str, posted: date | None = TODAY, why: str | None = "search itself is being worked on") -> OpenRole:
    return OpenRole(
        title=title,
        function=JobFunction.ENGINEERING,
        seniority=Seniority.STAFF,
        location="Seattle",
        posted_on=posted,
        url=f"https://jobs.example/{title.replace(' ', '-')}",
        relevant_because=why,
        sources=(source("job_boards", "greenhouse"),),
    )


def hiring(*roles: OpenRole, **fields: Any) -> HiringSignals:
    return result(HiringSignals, relevant_roles=roles, **fields)


def signal(
    kind: SignalKind = SignalKind.REPLATFORMING, on: date | None = TODAY, confidence: float = 1.0, n: int = 0
) -> Signal:
    return Signal(
        kind=kind,
        title=f"{kind} {n}",
        summary="said so",
        on=on,
        url=f"https://news.example/{n}",
        confidence=confidence,
        sources=(source("web_search", "news"),),
    )


def events(*signals: Signal, **fields: Any) -> StrategicContext:
    return result(StrategicContext, events=signals, **fields)


def investor(**fields: Any) -> InvestorIntelligence:
    return result(InvestorIntelligence, **fields)
