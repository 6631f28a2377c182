"""Brave Search, https://api.search.brave.com/res/v1: requests, answers, errors.

Formats seen in recorded answers of both endpoints; errors as its public documentation shows them.
Not for: choosing between engines (web_search.py).
"""

from typing import Any

import httpx

from partnerforge_dagster.governor.retry import retry_after
from partnerforge_dagster.models.failures import BadAnswer, ProviderError, RateLimited, Refused
from partnerforge_dagster.providers.client import parsed_json
from partnerforge_dagster.providers.days import iso_day
from partnerforge_dagster.providers.engines.records import SearchResult
from partnerforge_dagster.providers.http_status import error_body, sort_json
from partnerforge_dagster.providers.lenient import Row, mapping, read_rows
from partnerforge_dagster.providers.plain_text import plain

HOST = "api.search.brave.com"
KEY_HEADER = "X-Subscription-Token"

_QUERY_CHARACTERS = 400
_REFUSALS = {"SUBSCRIPTION_TOKEN_INVALID", "SUBSCRIPTION_NOT_FOUND", "RESOURCE_NOT_ALLOWED", "OPTION_NOT_IN_PLAN"}


def web_request(query: str) -> httpx.Request:
    """Web search, 20 hits (the most that one request may ask for)."""
    return _request("web/search", {"q": query[:_QUERY_CHARACTERS], "count": "20", "result_filter": "web"})


def news_request(query: str, freshness_days: int | None) -> httpx.Request:
    """News search, 50 hits. Brave knows past day, week, month and year: the shortest that covers the days is asked."""
    params = {"q": query[:_QUERY_CHARACTERS], "count": "50"}
    if freshness_days is not None:
        spans = ((1, "pd"), (7, "pw"), (31, "pm"), (366, "py"))
        covering = next((name for days, name in spans if freshness_days <= days), None)
        if covering:
            params["freshness"] = covering
    return _request("news/search", params)


def _request(path: str, params: dict[str, str]) -> httpx.Request:
    everywhere = {"text_decorations": "false", "extra_snippets": "true", "search_lang": "en", "country": "us"}
    return httpx.Request(
        "GET",
        f"https://{HOST}/res/v1/{path}",
        params={**params, **everywhere},
        headers={"Accept": "application/json"},
    )


def parse_web(response: httpx.Response) -> tuple[SearchResult, ...] | None:
    """Hits of a web search; None when there are none (`web` is then absent from the answer)."""
    body = parsed_json(response)
    return read_rows(body.get("web", {}).get("results"), _hit, "results") or None


def parse_news(response: httpx.Response) -> tuple[SearchResult, ...] | None:
    """Hits of a news search; None when there are none."""
    return read_rows(parsed_json(response)["results"], _hit, "results") or None


def _hit(row: Row) -> SearchResult:
    return SearchResult(
        title=plain(row["title"]),
        url=row["url"],
        snippet=plain(row.get("description") or ""),
        on=iso_day(row.get("page_age")),
        age=row.get("age"),
        publisher=_publisher(row),
        extra=tuple(plain(text) for text in row.get("extra_snippets") or ()),
    )


def _publisher(row: Row) -> str | None:
    profile = row.get("profile") or {}
    meta_url = row.get("meta_url") or {}
    return profile.get("name") or meta_url.get("netloc")


def classify(provider: str, response: httpx.Response) -> ProviderError | None:
    """Brave says why in `error.code` (`errors[0].code` in newer examples), not in the status: a bad key is a 422."""
    code, detail = _error(response)
    if response.status_code == 429 or code == "RATE_LIMITED":
        return _limited(provider, response)
    if code in _REFUSALS:
        return Refused(provider, f"brave: {code}: {detail}; check the api_key", status=response.status_code)
    if code == "VALIDATION":
        if KEY_HEADER.lower() in detail.lower():
            return Refused(provider, f"brave: no {KEY_HEADER} was sent", status=response.status_code)
        return BadAnswer(provider, f"brave: the request was not understood: {detail}", status=response.status_code)
    return sort_json(provider, response, _is_answer)


def _is_answer(body: Any) -> bool:  # noqa: ANN401 - any JSON
    """`web` is absent where there are no hits; `results` of a news search is not."""
    if not isinstance(body, dict):
        return False
    return body.get("type") == "search" or (body.get("type") == "news" and isinstance(body.get("results"), list))


def _error(response: httpx.Response) -> tuple[str, str]:
    """Code and detail of an error body, empty when it is not one."""
    if response.status_code < 400:
        return "", ""
    body = error_body(response)
    several = body.get("errors")
    said = mapping(several[0] if isinstance(several, list) and several else body.get("error"))
    return str(said.get("code", "")), f"{said.get('detail', '')} {said.get('meta') or ''}".strip()


def _limited(provider: str, response: httpx.Response) -> ProviderError:
    """A second's limit passes; a month's is a plan used up. Headers are lists, second first: `1, 15000`."""
    remaining, reset = (_numbers(response, f"x-ratelimit-{name}") for name in ("remaining", "reset"))
    if len(remaining) > 1 and remaining[-1] == 0:
        return Refused(provider, "brave: the plan's monthly requests are used up", status=429)
    wait = retry_after(response)
    return RateLimited(
        provider, "brave: HTTP 429", status=429, retry_after=wait if wait is not None else next(iter(reset), None)
    )


def _numbers(response: httpx.Response, header: str) -> list[float]:
    parts = (part.strip() for part in response.headers.get(header, "").split(","))
    return [float(part) for part in parts if part.isdigit()]
