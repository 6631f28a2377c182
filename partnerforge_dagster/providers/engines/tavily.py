"""Tavily, https://api.tavily.com/search: one endpoint for web and news, with long excerpts.

Web format seen in a recorded answer; `published_date` and the errors are from the vendor's Python SDK, unverified.
Not for: choosing between engines (web_search.py).
"""

from datetime import date
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import httpx

from partnerforge_dagster.models.failures import ProviderError, Refused
from partnerforge_dagster.providers.client import parsed_json
from partnerforge_dagster.providers.days import iso_day
from partnerforge_dagster.providers.engines.records import SearchResult
from partnerforge_dagster.providers.http_status import error_body, has_list, sort_json
from partnerforge_dagster.providers.lenient import Row, mapping, read_rows
from partnerforge_dagster.providers.plain_text import plain

HOST = "api.tavily.com"

_QUERY_CHARACTERS = 400
_PLAN_STATUSES = {401, 403, 432, 433}
"""432 and 433: limits of the plan and of pay-as-you-go (the SDK treats them as forbidden)."""


def web_request(query: str) -> httpx.Request:
    """Web search, 20 hits, basic depth (one credit)."""
    return _request({"query": query[:_QUERY_CHARACTERS], "topic": "general"})


def news_request(query: str, freshness_days: int | None) -> httpx.Request:
    """News search; `days` is the age that hits may have."""
    body: dict[str, object] = {"query": query[:_QUERY_CHARACTERS], "topic": "news"}
    if freshness_days is not None:
        body["days"] = freshness_days
    return _request(body)


def _request(body: dict[str, object]) -> httpx.Request:
    return httpx.Request("POST", f"https://{HOST}/search", json={**body, "search_depth": "basic", "max_results": 20})


def parse(response: httpx.Response) -> tuple[SearchResult, ...] | None:
    """Hits of either topic; None when there are none."""
    return read_rows(parsed_json(response)["results"], _hit, "results") or None


def _hit(row: Row) -> SearchResult:
    return SearchResult(
        title=plain(row["title"]),
        url=row["url"],
        snippet=plain(row.get("content") or ""),
        on=_day(row.get("published_date")),
        publisher=urlsplit(row["url"]).hostname,
    )


def _day(said: object) -> date | None:
    """An ISO date or an RFC 2822 one: which of them comes is not known."""
    iso = iso_day(said)
    if iso is not None:
        return iso
    try:
        return parsedate_to_datetime(str(said)).date()
    except ValueError:
        return None


def classify(provider: str, response: httpx.Response) -> ProviderError | None:
    """Errors come as `{"detail": {"error": "..."}}`."""
    if response.status_code in _PLAN_STATUSES:
        said = mapping(error_body(response).get("detail")).get("error", f"HTTP {response.status_code}")
        return Refused(provider, f"tavily: {said}; check the tavily_api_key", status=response.status_code)
    return sort_json(provider, response, has_list("results"))
