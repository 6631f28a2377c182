"""What BuiltWith answers, as records.

Not for: how its JSON becomes them (builtwith_reading.py), requests and errors (builtwith.py).
"""

from partnerforge_dagster.models.base import Frozen, UtcDatetime


class DetectedTechnology(Frozen):
    """One technology over all paths of a domain."""

    name: str
    tags: tuple[str, ...]
    """BuiltWith's coarse groups: `shop`, `cms`, `widgets`, `analytics`."""
    categories: tuple[str, ...]
    """Its finer ones: `Site Search`, `Enterprise`; often empty."""
    first_detected: UtcDatetime | None
    last_detected: UtcDatetime | None
    live: bool
    """Seen in the last crawl of a path that is still crawled (builtwith_reading.py has the rule)."""
    main_site: bool
    """Seen on the domain itself or its `www`, not only on other subdomains."""


class MonthlySpend(Frozen):
    """Estimated technology spend, US dollars a month, from `on` until the next one."""

    on: UtcDatetime
    usd: float


class BuiltWithDomain(Frozen):
    """One domain's look-up. A count of 0 means "unknown" at BuiltWith and is None here; spend 0 is a real zero."""

    domain: str
    indexed: bool | None
    first_indexed: UtcDatetime | None
    last_indexed: UtcDatetime | None
    technologies: tuple[DetectedTechnology, ...]
    """By name."""
    spend_usd: float | None
    """US dollars a month, estimated."""
    spend_history: tuple[MonthlySpend, ...]
    """Oldest first."""
    sales_revenue_usd: float | None
    """US dollars a MONTH, estimated (since v21)."""
    employees: int | None
    followers: int | None
    company_name: str | None
    vertical: str | None
    social: tuple[str, ...]
    """URLs; empty with NOPII, as are name, city, state and postcode."""
    city: str | None
    state: str | None
    postcode: str | None
    country: str | None
    """ISO 3166 alpha-2."""


class Related(Frozen):
    """A domain that shares identifiers with the one asked about."""

    domain: str
    shared: tuple[str, ...]
    """Types of the shared identifiers, sorted."""
    first: UtcDatetime | None
    last: UtcDatetime | None


class Recommendation(Frozen):
    """A technology that sites like this one have and this one lacks."""

    name: str
    categories: tuple[str, ...]
    match: float | None
    """Similarity, below 0.5."""


class Trust(Frozen):
    """How established a site looks. `level` is v2's word; v1 has none and gives flags only."""

    level: str | None
    established: bool | None
    parked: bool | None
    ecommerce: bool | None


class Redirect(Frozen):
    """A domain that redirects here, or to which this one redirects."""

    domain: str
    first: UtcDatetime | None
    last: UtcDatetime | None


class Redirects(Frozen):
    """Redirects to and from a domain."""

    inbound: tuple[Redirect, ...]
    outbound: tuple[Redirect, ...]
