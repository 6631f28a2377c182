"""M03 traffic analysis: who comes, how many, from where. Months are first-of-month dates.

Not for: comparing with competitors (competitor_intelligence.py).
"""

from datetime import date

from partnerforge_dagster.models.base import Frozen, Share
from partnerforge_dagster.models.provenance import Fact
from partnerforge_dagster.models.result import ModuleResult


class MonthlyTraffic(Frozen):
    """One month of the whole site. Counts are floats: the provider estimates."""

    month: date
    visits: float
    unique_visitors: float | None = None
    page_views: float | None = None
    bounce_rate: Share | None = None
    average_visit_s: float | None = None
    """Seconds."""
    pages_per_visit: float | None = None


class NamedShare(Frozen):
    """A named part of the traffic: a channel, a country, an age group."""

    name: str
    share: Share


class Keyword(Frozen):
    """A search term that brings visits."""

    term: str
    share: Share | None = None
    visits: float | None = None


class SiteShare(Frozen):
    """Another site with its share of referrals, its affinity or its overlap, 0 to 1."""

    domain: str
    share: Share | None = None


class PopularPage(Frozen):
    """A page of the account with its share of visits."""

    url: str
    share: Share | None = None


class Demographics(Frozen):
    """Age and gender shares of visitors."""

    age: tuple[NamedShare, ...]
    gender: tuple[NamedShare, ...]


class TrafficAnalysis(ModuleResult):
    """Eleven endpoints' worth of traffic and what follows from it."""

    months: Fact[tuple[MonthlyTraffic, ...]] | None = None
    """Oldest first, up to 13 months."""
    channels: Fact[tuple[NamedShare, ...]] | None = None
    countries: Fact[tuple[NamedShare, ...]] | None = None
    demographics: Fact[Demographics] | None = None
    organic_keywords: Fact[tuple[Keyword, ...]] | None = None
    paid_keywords: Fact[tuple[Keyword, ...]] | None = None
    audience_interests: Fact[tuple[SiteShare, ...]] | None = None
    global_rank: Fact[int] | None = None
    referrals: Fact[tuple[SiteShare, ...]] | None = None
    popular_pages: Fact[tuple[PopularPage, ...]] | None = None
    similar_sites: Fact[tuple[SiteShare, ...]] | None = None
    keyword_competitors: Fact[tuple[SiteShare, ...]] | None = None
    growth_3m: Fact[float] | None = None
    """Last month over the month three before, minus 1: 0.1 is +10 %."""
    growth_12m: Fact[float] | None = None
    search_share: Fact[Share] | None = None
    """Share of visits from organic and paid search."""

    @property
    def latest_visits(self) -> float | None:
        """Visits of the last month, or None."""
        return self.months.value[-1].visits if self.months and self.months.value else None
