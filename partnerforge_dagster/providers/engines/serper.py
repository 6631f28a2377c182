"""Serper, https://google.serper.dev: Google's web and news results as JSON.

Web format seen in a recorded answer; the news format and the errors are from public notes of its users
(github api-evangelist/serper), unverified against the service.
Not for: choosing between engines (web_search.py).
"""

from urllib.parse import urlsplit

import httpx

from partnerforge_dagster.models.base import Frozen
from partnerforge_dagster.models.failures import ProviderError, RateLimited, Refused
from partnerforge_dagster.providers.client import parsed_json
from partnerforge_dagster.providers.engines.records import KnowledgeGraph, SearchResult
from partnerforge_dagster.providers.http_status import error_body, sort_json
from partnerforge_dagster.providers.lenient import Row, read_rows
from partnerforge_dagster.providers.plain_text import plain

HOST = "google.serper.dev"
KEY_HEADER = "X-API-KEY"


class SerperPage(Frozen):
    """A web answer: hits and the company panel beside them."""

    results: tuple[SearchResult, ...]
    knowledge_graph: KnowledgeGraph | None


def web_request(query: str) -> httpx.Request:
    """Web search, ten hits (one credit; 100 would cost two)."""
    return _request("search", {"q": query})


def news_request(query: str, freshness_days: int | None) -> httpx.Request:
    """News search. Google knows past day, week, month and year: the shortest that covers the days is asked."""
    body: dict[str, object] = {"q": query}
    if freshness_days is not None:
        spans = ((1, "d"), (7, "w"), (31, "m"), (366, "y"))
        covering = next((name for days, name in spans if freshness_days <= days), None)
        if covering:
            body["tbs"] = f"qdr:{covering}"
    return _request("news", body)


def _request(path: str, body: dict[str, object]) -> httpx.Request:
    return httpx.Request("POST", f"https://{HOST}/{path}", json={**body, "gl": "us", "hl": "en", "num": 10})


def parse_web(response: httpx.Response) -> SerperPage | None:
    """Hits and panel; None when there is neither."""
    body = parsed_json(response)
    results = read_rows(body.get("organic"), _hit, "organic")
    graph = _graph(body.get("knowledgeGraph"))
    return SerperPage(results=results, knowledge_graph=graph) if results or graph else None


def parse_news(response: httpx.Response) -> tuple[SearchResult, ...] | None:
    """Hits of a news search; None when there are none. Dates are relative and so left to `day_of`."""
    return read_rows(parsed_json(response).get("news"), _hit, "news") or None


def _hit(row: Row) -> SearchResult:
    return SearchResult(
        title=plain(row["title"]),
        url=row["link"],
        snippet=plain(row.get("snippet") or ""),
        age=row.get("date"),
        publisher=row.get("source") or urlsplit(row["link"]).hostname,
    )


def _graph(row: object) -> KnowledgeGraph | None:
    if not isinstance(row, dict) or not isinstance(row.get("title"), str):
        return None
    return KnowledgeGraph(
        title=row["title"],
        type=row.get("type"),
        website=row.get("website"),
        description=row.get("description"),
        attributes=tuple((str(name), str(said)) for name, said in (row.get("attributes") or {}).items()),
    )


def classify(provider: str, response: httpx.Response) -> ProviderError | None:
    """Serper has no machine code: 403 is a bad key, 429 is the rate or an empty balance, told apart by its words."""
    said = str(error_body(response).get("message", "")) if response.status_code >= 400 else ""
    if response.status_code == 403:
        return Refused(provider, f"serper: {said or 'HTTP 403'}; check the serper_api_key", status=403)
    if response.status_code in (400, 429) and ("credit" in said.lower() or "balance" in said.lower()):
        return Refused(provider, f"serper: {said}", status=response.status_code)
    if response.status_code == 429:
        return RateLimited(provider, f"serper: {said or 'HTTP 429'}", status=429)
    return sort_json(provider, response, lambda body: isinstance(body, dict) and "searchParameters" in body)
