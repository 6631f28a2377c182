"""M03 traffic analysis: asks SimilarWeb's eleven endpoints together and works out growth and the share of search.

Without SimilarWeb the rank comes from Tranco, and the rest stays unknown.
Not for: comparing with competitors (competitor_intelligence.py) or judging the numbers (icp_priority_mapping.py).
"""

import asyncio
from datetime import date

from dateutil.relativedelta import relativedelta

from partnerforge_dagster.models.account import Account
from partnerforge_dagster.models.base import Share
from partnerforge_dagster.models.provenance import Answer, Fact
from partnerforge_dagster.models.traffic_analysis import MonthlyTraffic, NamedShare, TrafficAnalysis
from partnerforge_dagster.orchestration.module import module
from partnerforge_dagster.providers.similarweb import SimilarWeb, last_months
from partnerforge_dagster.providers.tranco import Tranco
from partnerforge_dagster.research.facts import fact_of, stated
from partnerforge_dagster.research.inquiry import Inquiry
from partnerforge_dagster.research.waterfall import Questions, fall
from partnerforge_dagster.settings_waterfalls import Waterfalls

RANK = "global rank"


@module
async def traffic_analysis(
    account: Account, similarweb: SimilarWeb, tranco: Tranco, waterfalls: Waterfalls
) -> TrafficAnalysis:
    """Who visits the account's site, how many and from where: 13 months of visits, the last month of the rest.

    Asks SimilarWeb (traffic, channels, geography, demographics, organic and paid keywords, audience interests, rank,
    referrals, popular pages, similar sites, keyword competitors), all together, and Tranco for a rank that it lacks.
    """
    inquiry, domain = Inquiry(account), account.domain
    year, quarter, month = (last_months(account.as_of, count) for count in (13, 3, 1))
    ranks: dict[str, Questions[int]] = {
        SimilarWeb.provider: lambda: [similarweb.global_rank(domain, month)],
        Tranco.provider: lambda: [tranco.rank(domain)],
    }
    (
        (months, channels, countries, demographics, organic, paid),
        (interests, ranked, referrals, pages, similar, competitors),
    ) = await asyncio.gather(
        asyncio.gather(
            inquiry.ask("visits by month", similarweb.traffic(domain, year)),
            inquiry.ask("traffic channels", similarweb.channels(domain, month)),
            inquiry.ask("countries of visitors", similarweb.geography(domain, month)),
            inquiry.ask("demographics", similarweb.demographics(domain, month)),
            inquiry.ask("organic keywords", similarweb.organic_keywords(domain, month)),
            inquiry.ask("paid keywords", similarweb.paid_keywords(domain, month)),
        ),
        asyncio.gather(
            inquiry.ask("audience interests", similarweb.audience_interests(domain, month)),
            fall(inquiry, RANK, waterfalls.rank, ranks),
            inquiry.ask("referrals", similarweb.referrals(domain, month)),
            inquiry.ask("popular pages", similarweb.popular_pages(domain, month)),
            inquiry.ask("similar sites", similarweb.similar_sites(domain, quarter)),
            inquiry.ask("keyword competitors", similarweb.keyword_competitors(domain, month)),
        ),
    )
    return inquiry.result(
        TrafficAnalysis,
        months=stated(months),
        channels=stated(channels),
        countries=stated(countries),
        demographics=stated(demographics),
        organic_keywords=stated(organic),
        paid_keywords=stated(paid),
        audience_interests=stated(interests),
        global_rank=stated(next(iter(ranked), None)),
        referrals=stated(referrals),
        popular_pages=stated(pages),
        similar_sites=stated(similar),
        keyword_competitors=stated(competitors),
        growth_3m=_growth(inquiry, months, 3),
        growth_12m=_growth(inquiry, months, 12),
        search_share=_search_share(inquiry, channels),
    )


def _growth(inquiry: Inquiry, answer: Answer[tuple[MonthlyTraffic, ...]] | None, months: int) -> Fact[float] | None:
    """Visits of the last month over those of the month `months` before it, minus 1."""
    growth = fact_of(answer, lambda known: growth_over(known, months), inferred=True)
    if growth is None and answer is not None:
        reason = f"the provider has no visits for the month {months} months before the last"
        inquiry.nothing_there(f"growth over {months} months", SimilarWeb.provider, reason)
    return growth


def growth_over(known: tuple[MonthlyTraffic, ...], months: int) -> float | None:
    """0.1 is +10 %. By the calendar, so that a month left out by the provider shifts nothing; None without visits."""
    visits: dict[date, float] = {month.month: month.visits for month in known}
    last = max(visits)
    before = visits.get(last - relativedelta(months=months))
    return visits[last] / before - 1 if before else None


def _search_share(inquiry: Inquiry, answer: Answer[tuple[NamedShare, ...]] | None) -> Fact[Share] | None:
    share = fact_of(answer, search_share_of, inferred=True)
    if share is None and answer is not None:
        inquiry.nothing_there("share of search traffic", SimilarWeb.provider)
    return share


def search_share_of(channels: tuple[NamedShare, ...]) -> float:
    """Organic and paid search together: the channels with "search" in their name, of which v5 and v1 have two each."""
    return min(1.0, sum(channel.share for channel in channels if "search" in channel.name.casefold()))
