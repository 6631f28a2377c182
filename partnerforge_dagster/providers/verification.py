"""How far each endpoint of each client is verified, as data: read by the docs' test and by whoever reports on it.

Nobody has called a real service with a key from this code yet. `RECORDED` means that the client's reading was run
against a real answer that somebody recorded; everything else is unverified, whatever the documents say.
An endpoint that a client asks and that is missing here fails a test, so that none is verified by silence.
Not for: what an endpoint gives or costs (the clients, docs/providers).
"""

from enum import StrEnum
from typing import NamedTuple


class Seen(StrEnum):
    """Where the form of an answer is known from."""

    RECORDED = "recorded"
    """From a real answer; the client reads it in a test."""
    UNVERIFIED = "unverified"
    """From the provider's documents or other people's clients: never seen from the real service."""


class Verification(NamedTuple):
    """Of one endpoint."""

    seen: Seen
    basis: str
    """What its form rests on, in words."""
    recorded: str | None = None
    """When the newest recorded answer was taken: `2026-07`; None where there is none."""


def _recorded(when: str, basis: str) -> Verification:
    return Verification(Seen.RECORDED, basis, when)


def _unverified(basis: str) -> Verification:
    return Verification(Seen.UNVERIFIED, basis)


_DOCUMENTED = _unverified("the provider's documents")
_CLIENTS = _unverified("clients of other people")
_NOTES = _unverified("public notes of its users")
_PATH_ONLY = _unverified("the path alone, in clients of other people; rows are a guess")

VERIFIED: dict[str, dict[str, Verification]] = {
    "builtwith": {
        "domain": _recorded("2024-09", "answers of 2019 and of v21; v22 and later are unverified"),
        "relationships": _CLIENTS,
        "recommendations": _CLIENTS,
        "keywords": _CLIENTS,
        "trust": _unverified("v1: clients of other people; v2: the provider's OpenAPI file"),
        "redirects": _recorded("2023-05", "one answer of redirect1"),
    },
    "similarweb": {
        "traffic": _CLIENTS,
        "channels": _unverified("path: the provider's documents; rows: clients of other people"),
        "geography": _CLIENTS,
        "demographics": _PATH_ONLY,
        "organic_keywords": _PATH_ONLY,
        "paid_keywords": _PATH_ONLY,
        "audience_interests": _PATH_ONLY,
        "global_rank": _CLIENTS,
        "referrals": _unverified("path: the provider's documents; rows: clients of other people"),
        "popular_pages": _PATH_ONLY,
        "similar_sites": _CLIENTS,
        "keyword_competitors": _PATH_ONLY,
    },
    "yahoo": {
        "quote_summary": _recorded("2025-02", "answers for four symbols, and the 404 of an unknown one"),
        "quote": _recorded("2025-02", "answers for a listed and a delisted symbol"),
        "chart": _recorded("2025-02", "one answer"),
        "search": _recorded("2025-02", "two answers"),
        "fundamentals": _recorded("2025-02", "two answers"),
    },
    "sec_edgar": {
        "tickers": _recorded("unknown", "one answer, undated"),
        "submissions": _recorded("2026-03", "five filers: companies, a person, one without filings"),
        "older_filings": _recorded("2026-03", "one page"),
        "company_facts": _recorded("2026-03", "a US filer and an IFRS filer"),
        "filing_index": _recorded("2024", "one folder"),
        "document": _unverified("the Commission's rules for covers and inline XBRL; no document was recorded"),
    },
    "web_search": {
        "brave_web": _recorded("2024-12", "one answer"),
        "brave_news": _recorded("2024-12", "one answer"),
        "serper_web": _recorded("2023", "one answer"),
        "serper_news": _CLIENTS,
        "tavily_web": _unverified("the provider's SDK; the recorded answer is of the news topic"),
        "tavily_news": _recorded("2025-01", "one answer; `published_date` is not in it"),
    },
    "job_boards": {
        "greenhouse": _recorded("2026-08", "four boards, one of them with contents"),
        "lever": _recorded("2026-08", "one site"),
        "ashby": _recorded("2026-07", "one board"),
        "workable": _CLIENTS,
        "theirstack": _CLIENTS,
    },
    "wikidata": {
        "website_match": _recorded("2018-06", "the query service's table of another query"),
        "entity": _recorded("2023-04", "items that are no companies"),
        "labels": _recorded("2019-03", "one answer of wbgetentities"),
    },
    "web_page": {
        "home": _unverified("HTML as it is written; no page was recorded"),
        "page": _unverified("HTML as it is written; no page was recorded"),
        "robots": _unverified("RFC 9309; no file was recorded"),
        "sitemap": _unverified("the protocol at sitemaps.org; no file was recorded"),
    },
    "gdelt": {"news": _NOTES},
    "tranco": {"rank": _CLIENTS},
    "common_crawl": {"crawls": _DOCUMENTED, "pages": _DOCUMENTED},
    "dns": {"aliases": _DOCUMENTED, "mail_hosts": _DOCUMENTED, "texts": _DOCUMENTED},
}
"""By provider, as in the settings, and by the client's name for what it asks, as in the ledger."""
