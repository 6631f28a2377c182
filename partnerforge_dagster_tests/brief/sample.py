"""Full results of all fourteen modules about an invented outdoor retailer, as a team would meet them.

Not for: assertions.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

from partnerforge_dagster.models.account import Account
from partnerforge_dagster.models.base import Mode, Money
from partnerforge_dagster.models.buying_committee import BuyingCommittee, BuyingRole, Candidate, Seat
from partnerforge_dagster.models.case_study_matching import CaseStudyMatch, CaseStudyMatching
from partnerforge_dagster.models.company_context import CompanyContext, Headquarters
from partnerforge_dagster.models.competitor_intelligence import Competitor, CompetitorIntelligence
from partnerforge_dagster.models.displacement_analysis import DisplacementAnalysis, Incumbency
from partnerforge_dagster.models.executive_intelligence import Executive, ExecutiveIntelligence, Quote
from partnerforge_dagster.models.financial_profile import FinancialProfile, FiscalYear
from partnerforge_dagster.models.hiring_signals import (
    Count,
    HiringSignals,
    HiringTrend,
    JobFunction,
    OpenRole,
    Seniority,
)
from partnerforge_dagster.models.icp_priority_mapping import IcpPriorityMapping, Tier, ValueMatch
from partnerforge_dagster.models.investor_intelligence import Filing, InvestorIntelligence, StatedTheme
from partnerforge_dagster.models.provenance import Fact, Gap, GapKind, Source
from partnerforge_dagster.models.result import ModuleResult, Status
from partnerforge_dagster.models.scores import Score, ScorePart
from partnerforge_dagster.models.signal_scoring import ScoredSignal, SignalScoring
from partnerforge_dagster.models.signals import NewsItem, Signal, SignalKind
from partnerforge_dagster.models.strategic_context import StrategicContext
from partnerforge_dagster.models.technology_stack import Technology, TechnologyStack
from partnerforge_dagster.models.traffic_analysis import MonthlyTraffic, NamedShare, TrafficAnalysis
from partnerforge_dagster.seller import load_seller

T = TypeVar("T")

DOMAIN = "norvale.example"
AS_OF = datetime(2026, 11, 16, 9, 30, tzinfo=UTC)
ACCOUNT = Account(domain=DOMAIN, as_of=AS_OF, mode=Mode.SANDBOX)
SELLER = load_seller(None)


def src(provider: str, endpoint: str, url: str | None = None, *, age_h: float = 1, cached: bool = False) -> Source:
    """A source fetched `age_h` hours before AS_OF."""
    return Source(
        provider=provider, endpoint=endpoint, url=url, fetched_at=AS_OF - timedelta(hours=age_h), cached=cached
    )


STACK = src("builtwith", "domain", f"https://api.builtwith.com/v23/api.json?LOOKUP={DOMAIN}", age_h=30, cached=True)
VISITS = src("similarweb", "visits", f"https://api.similarweb.com/v5/website-analysis/websites/traffic?domain={DOMAIN}")
CHANNELS = src("similarweb", "traffic_sources", f"https://api.similarweb.com/v5/channels?domain={DOMAIN}")
WIKIDATA = src("wikidata", "company", "https://www.wikidata.org/wiki/Q0")
QUOTE = src("yahoo", "quote_summary", "https://finance.yahoo.com/quote/NRVL")
STATEMENTS = src("yahoo", "statements", "https://finance.yahoo.com/quote/NRVL/financials")
FILINGS = src("sec_edgar", "submissions", "https://www.sec.gov/cgi-bin/browse-edgar?action=getcompany&CIK=0000000000")
TEN_K = src("sec_edgar", "document", "https://www.sec.gov/Archives/edgar/data/0/000000000026000001/nrvl-10k.htm")
BOARD = src("job_boards", "greenhouse", "https://boards.greenhouse.io/norvale")
NEWS = src("web_search", "news", "https://news.example/norvale-names-first-chief-digital-officer")
NEWS_2 = src("web_search", "news", "https://trade.example/norvale-to-leave-its-old-shop-system")
NEWS_3 = src("web_search", "news", "https://news.example/norvale-opens-in-canada")
TALK = src("web_search", "web", "https://podcast.example/episodes/112-norvale")
RIVALS = src("similarweb", "similar_sites", f"https://api.similarweb.com/v5/similar?domain={DOMAIN}")
RIVAL_STACKS = src(
    "builtwith", "domain", "https://api.builtwith.com/v23/api.json?LOOKUP=fellrunner.example,peakhaus.example"
)
HOME_PAGE = src("web_page", "home_page", f"https://www.{DOMAIN}/")


def fact(value: T, *sources: Source, **flags: bool) -> Fact[T]:
    """A fact of its sources."""
    return Fact(value=value, sources=sources, **flags)


def _common(*gaps: Gap, status: Status = Status.COMPLETE) -> dict[str, Any]:
    return {"account": DOMAIN, "as_of": AS_OF, "mode": Mode.SANDBOX, "status": status, "gaps": gaps}


def _usd(amount: float) -> Money:
    return Money(amount=amount, currency="USD")


COMPANY = CompanyContext(
    **_common(),
    legal_name=fact("Norvale Outfitters, Inc.", WIKIDATA),
    trading_name=fact("Norvale Outfitters", WIKIDATA),
    industry=fact("Specialty Retail", QUOTE),
    headquarters=fact(Headquarters(city="Duluth", region="Minnesota", country="US"), WIKIDATA, QUOTE),
    employees=fact(8_400, QUOTE),
    founded=fact(1974, WIKIDATA),
    ticker=fact("NRVL", QUOTE),
    exchange=fact("NASDAQ", QUOTE),
    cik=fact("0000000000", FILINGS),
    description=fact(
        "Norvale sells outdoor clothing and equipment in 212 shops and online in the United States and Canada.", STACK
    ),
)


def _technology(name: str, category: str, first: date, last: date | None = None) -> Technology:
    return Technology(
        name=name,
        categories=(category,),
        first_seen=first,
        last_seen=last or AS_OF.date(),
        live=last is None,
        sources=(STACK,),
    )


TECHNOLOGIES = (
    _technology("Coveo", "Site Search", date(2022, 3, 4)),
    _technology("Oracle Endeca", "Site Search", date(2015, 6, 1), date(2022, 4, 20)),
    _technology("Salesforce Commerce Cloud", "Enterprise", date(2019, 2, 11)),
    _technology("Contentful", "Headless", date(2025, 12, 2)),
    _technology("Adobe Experience Manager", "CMS", date(2014, 1, 9), date(2026, 5, 30)),
    _technology("Next.js", "Framework", date(2026, 1, 15)),
    _technology("Segment", "Customer Data Platform", date(2021, 8, 8)),
    _technology("Google Tag Manager", "Tag Management", date(2013, 5, 5)),
    _technology("Dynamic Yield", "Personalization", date(2020, 10, 1), date(2026, 9, 12)),
    _technology("Klarna", "Payment", date(2023, 4, 4)),
    _technology("Cloudflare", "CDN", date(2018, 7, 7)),
)

TECHNOLOGY = TechnologyStack(
    **_common(
        Gap(
            subject="CMS history",
            kind=GapKind.NOTHING_THERE,
            provider="builtwith",
            reason="builtwith was asked and has nothing on this",
        )
    ),
    technologies=TECHNOLOGIES,
    search_vendor=fact("Coveo", STACK, HOME_PAGE),
    commerce_platform=fact("Salesforce Commerce Cloud", STACK),
    cms=fact("Contentful", STACK),
    added=(TECHNOLOGIES[3], TECHNOLOGIES[5]),
    dropped=(TECHNOLOGIES[4], TECHNOLOGIES[8]),
    monthly_spend=fact(_usd(41_300), STACK),
)

_MONTHLY = (9.1, 13.8, 8.0, 7.4, 8.3, 8.9, 9.6, 9.4, 9.2, 9.9, 10.4, 10.1, 10.8)
TRAFFIC = TrafficAnalysis(
    **_common(),
    months=fact(
        tuple(
            MonthlyTraffic(month=date(2025 + (9 + index) // 12, (9 + index) % 12 + 1, 1), visits=visits * 1e6)
            for index, visits in enumerate(_MONTHLY)
        ),
        VISITS,
    ),
    channels=fact((NamedShare(name="Organic search", share=0.38), NamedShare(name="Direct", share=0.31)), CHANNELS),
    countries=fact((NamedShare(name="US", share=0.81), NamedShare(name="CA", share=0.12)), VISITS),
    global_rank=fact(4_812, VISITS),
    growth_3m=fact(0.0909, VISITS, inferred=True),
    growth_12m=fact(0.1868, VISITS, inferred=True),
    search_share=fact(0.44, CHANNELS),
)

MONEY = FinancialProfile(
    **_common(),
    public=fact(True, QUOTE),
    currency=fact("USD", STATEMENTS),
    years=(FiscalYear(fiscal_year=2025, ends_on=date(2026, 1, 31), revenue=_usd(3.42e9), sources=(STATEMENTS,)),),
    revenue=fact(_usd(3.42e9), STATEMENTS),
    revenue_growth=fact(0.061, STATEMENTS, inferred=True),
    gross_margin=fact(0.432, STATEMENTS, inferred=True),
    operating_margin=fact(0.081, STATEMENTS, inferred=True),
    net_margin=fact(0.058, STATEMENTS, inferred=True),
    cash=fact(_usd(612e6), STATEMENTS),
    market_value=fact(_usd(4.87e9), QUOTE),
)

COMPETITION = CompetitorIntelligence(
    **_common(
        Gap(
            subject="visits of wildtrail.example",
            kind=GapKind.COULD_NOT_ASK,
            provider="similarweb",
            reason="similarweb: HTTP 503 after 4 tries",
        ),
        status=Status.PARTIAL,
    ),
    competitors=(
        Competitor(
            domain="fellrunner.example",
            affinity=0.91,
            visits=fact(18.2e6, RIVALS),
            search_vendor=fact("Algolia", RIVAL_STACKS),
            commerce_platform=None,
            uses_seller=fact(True, RIVAL_STACKS),
            sources=(RIVALS,),
        ),
        Competitor(
            domain="peakhaus.example",
            affinity=0.84,
            visits=fact(7.7e6, RIVALS),
            search_vendor=fact("Constructor", RIVAL_STACKS),
            commerce_platform=None,
            uses_seller=fact(False, RIVAL_STACKS),
            sources=(RIVALS,),
        ),
        Competitor(
            domain="wildtrail.example",
            affinity=0.79,
            visits=None,
            search_vendor=None,
            commerce_platform=None,
            uses_seller=fact(False, RIVAL_STACKS),
            sources=(RIVALS,),
        ),
    ),
    visits_place=fact(2, RIVALS, VISITS, inferred=True),
    compared=3,
    using_seller=fact(("fellrunner.example",), RIVAL_STACKS),
)

SEARCH_ROLE = OpenRole(
    title="Director of Product, Search & Discovery",
    function=JobFunction.PRODUCT,
    seniority=Seniority.DIRECTOR,
    location="Duluth, MN",
    posted_on=date(2026, 10, 27),
    url="https://boards.greenhouse.io/norvale/jobs/1",
    relevant_because="owns search and discovery",
    technologies=("Coveo",),
    sources=(BOARD,),
)
HIRING = HiringSignals(
    **_common(),
    open_roles=fact(86, BOARD),
    by_function=fact(
        (Count(name="engineering", count=31), Count(name="stores", count=22), Count(name="e-commerce", count=9)), BOARD
    ),
    technologies=fact((Count(name="Coveo", count=3), Count(name="Next.js", count=7)), BOARD),
    trend=fact(HiringTrend(last_30_days=27, previous_30_days=14), BOARD, inferred=True),
    relevant_roles=(SEARCH_ROLE,),
    boards=("greenhouse:norvale",),
)

REPLATFORMING = Signal(
    kind=SignalKind.REPLATFORMING,
    title="Norvale to leave its old shop system by next autumn",
    summary="The retailer moves to a headless storefront and re-tenders search, content and payments.",
    on=date(2026, 10, 3),
    url=NEWS_2.url,
    confidence=0.9,
    sources=(NEWS_2,),
)
NEW_OFFICER = Signal(
    kind=SignalKind.LEADERSHIP_CHANGE,
    title="Norvale names Priya Raman its first Chief Digital Officer",
    summary="Norvale names Priya Raman its first Chief Digital Officer, reporting to the CEO.",
    on=date(2026, 8, 19),
    url=NEWS.url,
    confidence=0.95,
    sources=(NEWS,),
)
EXPANSION = Signal(
    kind=SignalKind.EXPANSION,
    title="Norvale opens its French-language shop for Quebec",
    summary="A second Canadian distribution centre follows in spring.",
    on=date(2026, 6, 2),
    url=NEWS_3.url,
    confidence=0.7,
    sources=(NEWS_3,),
)
HIRING_SIGNAL = Signal(
    kind=SignalKind.HIRING,
    title="27 roles posted in the last 30 days, against 14 in the 30 days before",
    summary="",
    on=date(2026, 11, 12),
    url=BOARD.url,
    confidence=0.8,
    sources=(BOARD,),
)
EVENTS = StrategicContext(**_common(), events=(REPLATFORMING, NEW_OFFICER, EXPANSION))

INVESTORS = InvestorIntelligence(
    **_common(),
    filings=(
        Filing(
            form="8-K",
            filed_on=date(2026, 8, 20),
            period_end=None,
            url=FILINGS.url or "",
            items=("5.02",),
            sources=(FILINGS,),
        ),
        Filing(
            form="10-K",
            filed_on=date(2026, 3, 27),
            period_end=date(2026, 1, 31),
            url=TEN_K.url or "",
            sources=(FILINGS, TEN_K),
        ),
    ),
    priorities=(
        StatedTheme(
            theme="e-commerce growth",
            text="We intend to grow digital sales to half of net sales by making products easier to find.",
            url=TEN_K.url or "",
            on=date(2026, 3, 27),
            sources=(TEN_K,),
        ),
    ),
    risks=(
        StatedTheme(
            theme="replatforming",
            text="Problems in moving our online shop to new systems could hurt sales in our most important quarter.",
            url=TEN_K.url or "",
            on=date(2026, 3, 27),
            sources=(TEN_K,),
        ),
    ),
    next_earnings=fact(date(2026, 12, 3), QUOTE),
    earnings_news=(
        NewsItem(
            title="Norvale beats expectations", url=NEWS.url or "", snippet="", on=None, publisher=None, sources=(NEWS,)
        ),
    ),
)

EXECUTIVES = ExecutiveIntelligence(
    **_common(),
    executives=(
        Executive(name="Marcus Ekholm", title="Chief Executive Officer", since=date(2019, 4, 1), sources=(QUOTE,)),
        Executive(name="Priya Raman", title="Chief Digital Officer", since=date(2026, 8, 19), sources=(NEWS, QUOTE)),
        Executive(name="Tomas Lindgren", title="Chief Technology Officer", since=None, sources=(QUOTE,)),
    ),
    quotes=(
        Quote(
            person="Priya Raman",
            text="Half of those who search our site leave without opening one product. I will change that first.",
            on=date(2026, 9, 22),
            url=TALK.url or "",
            sources=(TALK,),
        ),
    ),
)

COMMITTEE = BuyingCommittee(
    **_common(),
    seats=(
        Seat(
            role=BuyingRole.ECONOMIC_BUYER,
            candidates=(
                Candidate(
                    name="Priya Raman",
                    title="Chief Digital Officer",
                    evidence="answers for online sales and signs for what lifts them",
                    confidence=0.8,
                    sources=(NEWS, QUOTE),
                ),
            ),
        ),
        Seat(
            role=BuyingRole.TECHNICAL_BUYER,
            candidates=(
                Candidate(
                    name="Tomas Lindgren",
                    title="Chief Technology Officer",
                    evidence="owns the platform that search plugs into",
                    confidence=0.7,
                    sources=(QUOTE,),
                ),
            ),
        ),
        Seat(role=BuyingRole.CHAMPION, open_roles=(SEARCH_ROLE,)),
        Seat(role=BuyingRole.USER),
    ),
)


def _part(name: str, weight: float, value: float | None, reason: str, *sources: Source) -> ScorePart:
    return ScorePart(
        name=name,
        weight=weight,
        value=value,
        points=weight * (0.4 if value is None else value),
        reason=reason,
        sources=sources,
    )


def score(*parts: ScorePart) -> Score:
    """A score that adds its parts up."""
    unknown = [part for part in parts if part.value is None]
    floor = sum(part.points for part in parts if part.value is not None)
    return Score(
        value=sum(part.points for part in parts),
        floor=floor,
        ceiling=floor + sum(part.weight for part in unknown),
        parts=parts,
        most_wanted=max(unknown, key=lambda part: part.weight).name if unknown else None,
    )


DISPLACEMENT = DisplacementAnalysis(
    **_common(),
    incumbency=Incumbency.COMPETITOR,
    incumbent=fact("Coveo", STACK, HOME_PAGE),
    years_in_place=fact(4.7, STACK, inferred=True),
    competitors_using_seller=fact(1, RIVAL_STACKS),
    score=score(
        _part("incumbent_ease", 30, 0.55, "Coveo is replaced with middling effort", STACK),
        _part("entrenchment", 25, 0.41, "Coveo has been in place for 4.7 of 8 years that count as entrenched", STACK),
        _part("competitor_pressure", 20, 0.33, "1 of 3 competitors uses Algolia", RIVAL_STACKS),
        _part("recent_change", 15, 1.0, "the storefront moved to Next.js and Contentful within 12 months", STACK),
        _part("partner_technology", 10, 0.8, "Salesforce Commerce Cloud has a ready-made integration", STACK),
    ),
)

_STORY = SELLER.case_studies[1]
STORIES = CaseStudyMatching(
    **_common(),
    matches=(
        CaseStudyMatch(
            case_study=_STORY.id,
            customer=_STORY.customer,
            headline=_STORY.headline,
            url=_STORY.url,
            fit=0.82,
            why=("industry: specialty retail", "technology: headless storefront", "size within a factor of 3"),
            sources=(QUOTE, STACK),
        ),
    ),
)

_OFFERS = SELLER.value_propositions
ICP = IcpPriorityMapping(
    **_common(
        Gap(
            subject="technology spend trend",
            kind=GapKind.NOT_APPLICABLE,
            provider=None,
            reason="only one month of spend is known",
        )
    ),
    fit=score(
        _part("industry", 20, 1.0, "specialty retail is a core industry", QUOTE),
        _part("commerce_platform", 10, 1.0, "Salesforce Commerce Cloud is live", STACK),
        _part("visits", 15, 0.8, "10.8 M visits a month fall in the band from 5 M", VISITS),
        _part("search_share", 10, 0.9, "44 % of visits come from search engines", CHANNELS),
        _part("revenue", 15, 0.9, "$3.4 bn of revenue falls in the band from $1 bn", STATEMENTS),
        _part("growth", 10, 0.85, "visits grew by 18.7 % in 12 months", VISITS),
        _part("technology_spend", 10, None, "no provider told the spend of the last month"),
        _part("partner_technology", 5, 1.0, "Contentful, Next.js and Segment are live", STACK),
        _part("competitors_using_seller", 5, 0.5, "1 of 3 competitors uses Algolia", RIVAL_STACKS),
    ),
    tier=Tier.HOT,
    value_propositions=(
        ValueMatch(
            value_proposition=_OFFERS[0].id,
            title=_OFFERS[0].title,
            because="44 % of visits come from search engines, many with something definite in mind",
            sources=(CHANNELS,),
        ),
        ValueMatch(
            value_proposition=_OFFERS[1].id,
            title=_OFFERS[1].title,
            because="Coveo has run the site's search for 4.7 years and the shop around it is being replaced",
            sources=(STACK, NEWS_2),
        ),
        ValueMatch(
            value_proposition=_OFFERS[6].id,
            title=_OFFERS[6].title,
            because="the shop now serves Canada in French",
            sources=(NEWS_3,),
        ),
    ),
)


def _scored(signal: Signal, weight: float, decay: float) -> ScoredSignal:
    return ScoredSignal(signal=signal, weight=weight, decay=decay, points=weight * decay * signal.confidence)


SIGNALS = SignalScoring(
    **_common(),
    intent=score(
        _part("hiring_signals", 35, 0.52, "one open role owns search; postings doubled in 30 days", BOARD),
        _part(
            "strategic_context",
            40,
            0.86,
            "a replatforming and a new Chief Digital Officer within 90 days",
            NEWS,
            NEWS_2,
            NEWS_3,
        ),
        _part("investor_intelligence", 25, 0.46, "digital growth is a stated priority of the last 10-K", TEN_K),
    ),
    top_signals=(
        _scored(REPLATFORMING, 30, 0.88),
        _scored(NEW_OFFICER, 18, 0.66),
        _scored(HIRING_SIGNAL, 12, 0.95),
        _scored(EXPANSION, 14, 0.53),
    ),
)

RESULTS: dict[str, ModuleResult] = {
    "company_context": COMPANY,
    "technology_stack": TECHNOLOGY,
    "traffic_analysis": TRAFFIC,
    "financial_profile": MONEY,
    "competitor_intelligence": COMPETITION,
    "hiring_signals": HIRING,
    "strategic_context": EVENTS,
    "investor_intelligence": INVESTORS,
    "executive_intelligence": EXECUTIVES,
    "buying_committee": COMMITTEE,
    "displacement_analysis": DISPLACEMENT,
    "case_study_matching": STORIES,
    "icp_priority_mapping": ICP,
    "signal_scoring": SIGNALS,
}
"""All fourteen upstream modules by name."""


def unavailable(name: str) -> ModuleResult:
    """The module's result when nothing could be had."""
    reason = "similarweb: HTTP 503 after 4 tries"
    gap = Gap(subject="everything", kind=GapKind.COULD_NOT_ASK, provider="similarweb", reason=reason)
    return type(RESULTS[name])(**_common(gap, status=Status.UNAVAILABLE))
