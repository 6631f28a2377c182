"""M02 technology stack: what the account's sites run, since when, and what came and went.

Not for: what the seller could replace (displacement_analysis.py).
"""

from datetime import date
from enum import StrEnum

from partnerforge_dagster.models.base import Frozen, Money, Share
from partnerforge_dagster.models.provenance import Fact, Sources
from partnerforge_dagster.models.result import ModuleResult


class EvidenceKind(StrEnum):
    """Ways in which a site gives a technology away. docs/fingerprints.md tells what each is worth."""

    REQUEST = "request"
    """A page loads from the vendor's host."""
    PATH = "path"
    """A page loads from an address that the product makes, on whatever host."""
    NAMED = "named"
    """A script names the vendor's host, from which it loads later."""
    SCRIPT = "script"
    """A script sets, calls or configures the product by its name."""
    HEADER = "header"
    COOKIE = "cookie"
    META = "meta"
    CSP = "csp"
    """The Content-Security-Policy allows the vendor's host."""
    DNS = "dns"


class Evidence(Frozen):
    """One thing that was seen."""

    kind: EvidenceKind
    seen: str
    """The address, host, name or header, clipped; never a cookie's value."""
    url: str
    """The page on which it was seen."""
    weight: Share
    """How likely the product is in use when nothing else is seen."""


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
    evidence: tuple[Evidence, ...] = ()
    """What our own look at the site has seen of it, the best of each kind; empty when only a provider says it."""
    confidence: Share | None = None
    """That the product is in use, from the evidence alone: 1 minus the product of what each leaves open."""
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
