"""Facts: company, money, traffic, stack, competitors, hiring and filings, one line each.

Not for: what follows from them (the other sections).
"""

from collections.abc import Collection, Sequence

from partnerforge_dagster import wording
from partnerforge_dagster.brief.citing import Writer
from partnerforge_dagster.brief.findings import Findings, joined
from partnerforge_dagster.models.base import Money
from partnerforge_dagster.models.company_context import CompanyContext, Headquarters
from partnerforge_dagster.models.competitor_intelligence import Competitor, CompetitorIntelligence
from partnerforge_dagster.models.financial_profile import FinancialProfile
from partnerforge_dagster.models.hiring_signals import Count, HiringSignals, HiringTrend
from partnerforge_dagster.models.investor_intelligence import InvestorIntelligence
from partnerforge_dagster.models.technology_stack import EvidenceKind, Technology, TechnologyStack
from partnerforge_dagster.models.traffic_analysis import MonthlyTraffic, NamedShare, TrafficAnalysis

MOST_COMPETITORS = 3
MOST_ROLES = 2
MOST_NAMES = 4
_CORE = frozenset({"Site Search", "shop", "cms"})
"""Groups of technologies that a reader looks for first."""
_OF_A_PAGE = frozenset(EvidenceKind) - {EvidenceKind.DNS}
_FORMS = ("10-K", "10-Q", "8-K", "20-F", "6-K")


def write(writer: Writer, findings: Findings) -> None:
    """All that is known, topic by topic; what is not known is in the gaps."""
    if context := findings.of(CompanyContext):
        _company(writer, context)
    if money := findings.of(FinancialProfile):
        _money(writer, money)
    if traffic := findings.of(TrafficAnalysis):
        _traffic(writer, traffic)
    if stack := findings.of(TechnologyStack):
        _stack(writer, stack)
    if competition := findings.of(CompetitorIntelligence):
        _competition(writer, competition)
    if hiring := findings.of(HiringSignals):
        _hiring(writer, hiring)
    if investors := findings.of(InvestorIntelligence):
        _filings(writer, investors)


def _company(writer: Writer, context: CompanyContext) -> None:
    writer.report("Company", context.description, lambda text: wording.clip(text, 280))
    writer.report("Legal name", context.legal_name)
    writer.report("Industry", context.industry)
    writer.report("Headquarters", context.headquarters, _place)
    writer.report("Employees", context.employees, wording.count)
    writer.report("Founded", context.founded)
    if context.ticker:
        exchange = context.exchange
        listing = f"{exchange.value}: {context.ticker.value}" if exchange else context.ticker.value
        writer.fact("Listed", listing, joined(context.ticker.sources, exchange.sources if exchange else ()))


def _place(place: Headquarters) -> str:
    country = wording.country(place.country) if place.country else None
    return ", ".join(part for part in (place.city, place.region, country) if part)


def _money(writer: Writer, money: FinancialProfile) -> None:
    if revenue := money.revenue:
        # The estimate of a private company belongs to no fiscal year.
        year = f" in fiscal {money.years[0].fiscal_year}" if money.years and not revenue.estimate else ""
        writer.report("Revenue", revenue, lambda amount: f"{wording.money(amount)}{year}")
    writer.report("Revenue growth", money.revenue_growth, wording.change)
    margins = {"gross": money.gross_margin, "operating": money.operating_margin, "net": money.net_margin}
    known = {name: margin for name, margin in margins.items() if margin}
    text = (
        wording.listed([f"{name} {wording.percent(margin.value)}" for name, margin in known.items()]) if known else ""
    )
    writer.fact("Margins", text, joined(*(margin.sources for margin in known.values())))
    writer.report("Cash", money.cash, wording.money)
    writer.report("Market value", money.market_value, wording.money)


def _traffic(writer: Writer, traffic: TrafficAnalysis) -> None:
    writer.report("Visits", traffic.months, _visits)
    growth = {"3 months": traffic.growth_3m, "12 months": traffic.growth_12m}
    known = {span: ratio for span, ratio in growth.items() if ratio}
    text = (
        wording.listed([f"{wording.change(ratio.value)} over {span}" for span, ratio in known.items()]) if known else ""
    )
    writer.fact("Visits trend", text, joined(*(ratio.sources for ratio in known.values())))
    writer.report("From search", traffic.search_share, lambda share: f"{wording.percent(share)} of visits")
    writer.report("Countries", traffic.countries, _countries)
    # Two lists with two meanings: visits at SimilarWeb, popularity at Tranco.
    by = traffic.global_rank.sources[0].provider if traffic.global_rank else ""
    writer.report("Tranco rank" if by == "tranco" else "Global rank", traffic.global_rank, lambda rank: f"{rank:,}")


def _visits(months: Sequence[MonthlyTraffic]) -> str:
    return f"{wording.count(months[-1].visits)} visits a month ({wording.month(months[-1].month)})" if months else ""


def _countries(shares: Sequence[NamedShare]) -> str:
    return ", ".join(f"{wording.country(part.name)} {wording.percent(part.share)}" for part in shares[:MOST_NAMES])


def _stack(writer: Writer, stack: TechnologyStack) -> None:
    writer.report("Search vendor", stack.search_vendor)
    writer.report("Commerce platform", stack.commerce_platform)
    writer.report("CMS", stack.cms)
    writer.report("Technology spend", stack.monthly_spend, _monthly)
    _seen(writer, stack, "Seen on the home page", "web_page", _OF_A_PAGE)
    _seen(writer, stack, "In the domain's records", "dns", {EvidenceKind.DNS})
    _technologies(writer, "Added in 12 months", stack.added)
    _technologies(writer, "Dropped in 12 months", stack.dropped)


def _seen(writer: Writer, stack: TechnologyStack, label: str, provider: str, kinds: Collection[EvidenceKind]) -> None:
    """What our own look found: searches, shops and content first, each with the best evidence of these kinds."""
    found = [
        (one, next(evidence for evidence in one.evidence if evidence.kind in kinds))
        for one in stack.technologies
        if any(evidence.kind in kinds for evidence in one.evidence)
    ]
    found.sort(key=lambda pair: (_CORE.isdisjoint(pair[0].categories), -(pair[0].confidence or 0.0)))
    shown = [f"{one.name} ({evidence.kind} {_short(evidence.seen)})" for one, evidence in found[:MOST_NAMES]]
    more = f" and {len(found) - len(shown)} more" if len(found) > len(shown) else ""
    # Every technology cites where it was seen; the others who know it are cited where they are told.
    pages = (source for one, _ in found for source in one.sources if source.provider == provider)
    writer.inference(label, ", ".join(shown) + more, pages)


def _short(seen: str) -> str:
    """Of an address the host."""
    return seen.split("/")[2] if seen.startswith("http") else wording.clip(seen, 40)


def _monthly(amount: Money) -> str:
    return f"{wording.money(amount)} a month"


def _technologies(writer: Writer, label: str, technologies: Sequence[Technology]) -> None:
    if not technologies:
        return
    shown = technologies[:MOST_NAMES]
    more = len(technologies) - len(shown)
    text = ", ".join(technology.name for technology in shown) + (f" and {more} more" if more else "")
    writer.fact(label, text, joined(*(technology.sources for technology in technologies)))


def _competition(writer: Writer, competition: CompetitorIntelligence) -> None:
    place = competition.visits_place
    writer.report("Place by visits", place, lambda number: f"{number} of {competition.compared} compared sites")
    for competitor in competition.competitors[:MOST_COMPETITORS]:
        known = [
            fact.sources for fact in (competitor.visits, competitor.search_vendor or competitor.uses_seller) if fact
        ]
        write = writer.inference if _searches_with_none(competitor) else writer.fact
        write("Competitor", _competitor(competitor), joined(competitor.sources, *known))


def _searches_with_none(competitor: Competitor) -> bool:
    """The stack was read and no known product is in it: a conclusion of ours, and no gap."""
    return competitor.search_vendor is None and competitor.uses_seller is not None


def _competitor(competitor: Competitor) -> str:
    visits = f", {wording.count(competitor.visits.value)} visits a month" if competitor.visits else ""
    vendor = f", searches with {competitor.search_vendor.value}" if competitor.search_vendor else ""
    if _searches_with_none(competitor):
        vendor = ", no known search product"
    return f"{competitor.domain}{visits}{vendor}"


def _hiring(writer: Writer, hiring: HiringSignals) -> None:
    writer.report("Open roles", hiring.open_roles, lambda number: f"{number:,}")
    writer.report("By function", hiring.by_function, _counts)
    writer.report("Posting trend", hiring.trend, _trend)
    writer.report("Named in postings", hiring.technologies, _counts)
    for role in hiring.relevant_roles[:MOST_ROLES]:
        because = f" ({role.relevant_because})" if role.relevant_because else ""
        writer.fact("Open role", f"{wording.clip(role.title, 100)}{because}", role.sources)


def _counts(counts: Sequence[Count]) -> str:
    return ", ".join(f"{part.name} {part.count:,}" for part in counts[:MOST_NAMES])


def _trend(trend: HiringTrend) -> str:
    return f"{trend.last_30_days:,} posted in the last 30 days, {trend.previous_30_days:,} in the 30 days before"


def _filings(writer: Writer, investors: InvestorIntelligence) -> None:
    for form in _FORMS:
        filing = next((filing for filing in investors.filings if filing.form == form), None)
        if filing:
            writer.fact(f"Latest {form}", f"filed {wording.day(filing.filed_on)}", filing.sources)
    if investors.risks:
        risk = investors.risks[0]
        text = f"“{wording.clip(risk.text, 220)}” ({wording.day(risk.on)})"
        writer.fact("Stated risk", text, risk.sources)
