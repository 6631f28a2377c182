"""How long the sandbox takes to answer, so that a run in it has the critical path of a run against real providers.

Every module has a time over all its calls (`MODULE_SECONDS`). Calls that do not need each other go out together, so a
call's share depends on its place in the module's chain of calls: along the longest chain the shares add up to the
module's time (`SHARES`). The module comes in the request header `X-PartnerForge-Module`. Modules that ask no provider
(buying committee, displacement, case studies, ICP, signals, brief) make no calls here, so they take no time here,
whatever MODULE_SECONDS says of them. Retries and waits for limits come on top.
Not for: faults (faults.py).
"""

from dataclasses import dataclass
from typing import Self

from partnerforge_dagster.providers.sandbox.faults import under

MODULE_HEADER = "x-partnerforge-module"

MODULE_SECONDS = {
    "company_context": 10.0,
    "technology_stack": 15.0,
    "traffic_analysis": 8.0,
    "financial_profile": 12.0,
    "competitor_intelligence": 20.0,
    "hiring_signals": 12.0,
    "strategic_context": 8.0,
    "investor_intelligence": 15.0,
    "executive_intelligence": 10.0,
    "buying_committee": 8.0,
    "displacement_analysis": 12.0,
    "case_study_matching": 5.0,
    "icp_priority_mapping": 8.0,
    "signal_scoring": 5.0,
    "strategic_signal_brief": 10.0,
}
"""The product's planning figures, seconds a module."""

CRUMB = ("yahoo/v1/test/getcrumb", 0.0)
"""Cookie and crumb are had once for many calls and belong to no module."""

SHARES: dict[str, tuple[tuple[str, float], ...]] = {
    # module: (provider/path prefix, seconds of one call); the first that fits counts.
    # The chain that adds up stands above each.
    #
    # Wikidata (item, entity, labels) or Wikidata and Yahoo's search, then Yahoo's profile
    "company_context": (CRUMB, ("wikidata", 2.0), ("yahoo/v1", 2.0), ("yahoo", 4.0), ("", 6.0)),
    # all at once, the home page after the site's robots.txt
    "technology_stack": (("dns", 1.0), ("web_page/robots.txt", 1.0), ("web_page", 14.0), ("", 15.0)),
    "traffic_analysis": (("", 8.0),),
    # Wikidata (2, 1, 1), then Yahoo's or EDGAR's figures; a private company: Yahoo's search, then BuiltWith's estimate
    "financial_profile": (
        CRUMB,
        ("wikidata/sparql", 2.0),
        ("wikidata", 1.0),
        ("yahoo/v1/finance/search", 2.0),
        ("sec_edgar/files", 4.0),
        ("yahoo", 8.0),
        ("sec_edgar", 8.0),
        ("", 6.0),
    ),
    # similar sites, then the competitors; the account's own visits are in the cache after traffic_analysis
    "competitor_intelligence": (("similarweb/v5/website-analysis/websites/similar-sites", 4.0), ("", 16.0)),
    # home page, careers page, boards, and when none is the company's, TheirStack; robots.txt is in the cache
    "hiring_signals": (
        ("web_page/robots.txt", 0.0),
        ("web_page", 1.5),
        ("job_boards/v1/jobs/search", 4.0),
        ("job_boards", 5.0),
    ),
    "strategic_context": (("", 8.0),),
    # EDGAR's list of filings, then documents
    "investor_intelligence": (CRUMB, ("sec_edgar/Archives", 10.0), ("sec_edgar", 5.0), ("", 15.0)),
    # EDGAR's list of filings, then proxies and notices; beside it Wikidata (item, entity, labels)
    "executive_intelligence": (CRUMB, ("sec_edgar", 5.0), ("wikidata/w", 2.0), ("wikidata", 4.0), ("", 10.0)),
}

UNNAMED = {
    "builtwith": 1.2,
    "similarweb": 0.9,
    "yahoo": 0.5,
    "sec_edgar": 0.3,
    "web_search": 0.7,
    "job_boards": 0.5,
    "wikidata": 0.6,
    "web_page": 0.8,
    "gdelt": 0.9,
    "tranco": 0.3,
    "common_crawl": 2.5,
    "dns": 0.1,
}
"""Seconds of one call on nobody's behalf (no header, or a module without shares)."""


@dataclass(frozen=True)
class Latency:
    """Seconds of each answer: the realistic ones times `factor`; 0 is none."""

    factor: float = 0.0

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `none`, `realistic` or a factor. Raises ValueError naming the value and what is allowed."""
        named = {"none": 0.0, "realistic": 1.0}
        if text in named:
            return cls(named[text])
        try:
            factor = float(text)
        except ValueError:
            factor = -1.0
        if not 0 <= factor <= 1000:
            raise ValueError(f"latency {text!r} is not `none`, `realistic` or a factor from 0 to 1000")
        return cls(factor)

    def seconds(self, module: str | None, provider: str, path: str) -> float:
        """Of one call by `module` to `provider` (settings name) at `path`."""
        call = f"{provider}/{path.strip('/')}"
        for prefix, seconds in SHARES.get(module or "", ()):
            if under(call, prefix):
                return seconds * self.factor
        return UNNAMED[provider] * self.factor
