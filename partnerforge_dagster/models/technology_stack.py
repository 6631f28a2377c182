"""M02 technology stack: what the account's sites run, since when, and what came and went.

Not for: what the seller could replace (displacement_analysis.py).
"""

from datetime import date

from partnerforge_dagster.models.base import Frozen, Money
from partnerforge_dagster.models.provenance import Fact, Sources
from partnerforge_dagster.models.result import ModuleResult


class Technology(Frozen):
    """One technology over all paths of the account: first seen is the earliest, last seen the latest."""

    name: str
    categories: tuple[str, ...]
    """The provider's words, tag included: `("Site Search",)`."""
    first_seen: date | None
    last_seen: date | None
    live: bool
    """Seen in the provider's last crawl of the path; a gone technology stays listed with live=False."""
    main_site: bool = True
    """Seen on the domain itself or its `www`; False for what only other subdomains run (a help desk, a course site)."""
    sources: Sources


class SpendPoint(Frozen):
    """Estimated technology spend a month, US dollars, at a date."""

    on: date
    spend: Money


class RelatedDomain(Frozen):
    """A domain that shares an identifier (an analytics id, say) with the account."""

    domain: str
    shared: tuple[str, ...]
    """Types of the shared identifiers."""
    first_seen: date | None
    last_seen: date | None


class TechnologyStack(ModuleResult):
    """The stack, its movements in the last 12 months and what hangs on it."""

    technologies: tuple[Technology, ...] = ()
    search_vendor: Fact[str] | None = None
    """Live site-search product, named as in the seller profile where it is known there."""
    commerce_platform: Fact[str] | None = None
    cms: Fact[str] | None = None
    added: tuple[Technology, ...] = ()
    """Live, first seen within 12 months before as_of. What came and went in that time is dropped only."""
    dropped: tuple[Technology, ...] = ()
    """Not live, last seen within 12 months before as_of."""
    monthly_spend: Fact[Money] | None = None
    spend_history: Fact[tuple[SpendPoint, ...]] | None = None
    related_domains: Fact[tuple[RelatedDomain, ...]] | None = None
    redirecting_domains: Fact[tuple[str, ...]] | None = None
    recommendations: Fact[tuple[str, ...]] | None = None
    keywords: Fact[tuple[str, ...]] | None = None
    trust_level: Fact[str] | None = None
    revenue_estimate: Fact[Money] | None = None
    """BuiltWith's yearly sales estimate (it gives a month; this is 12 of them), marked as an estimate."""
    employees_estimate: Fact[int] | None = None
