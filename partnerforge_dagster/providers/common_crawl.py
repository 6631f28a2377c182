"""Common Crawl's index, https://index.commoncrawl.org: which pages of a site a public crawl has seen. No key.

A last resort, for a site that does not let us in: slow, shared by everybody, and weeks old.
Formats from https://commoncrawl.org/cdxj-index and the cdx-toolkit client; unverified, never seen from the real one.
Not for: the pages themselves, which are not fetched from the crawl.
"""

import json
from http.client import NOT_FOUND
from typing import ClassVar

import httpx

from partnerforge_dagster.governor.policy import ProviderPolicy, free
from partnerforge_dagster.models.failures import BadAnswer, ProviderError, RateLimited
from partnerforge_dagster.models.provenance import Answer
from partnerforge_dagster.providers.client import ProviderClient, parsed_json
from partnerforge_dagster.providers.http_status import retry_after, sort_by_status, sort_json
from partnerforge_dagster.providers.lenient import Row, read_rows
from partnerforge_dagster.settings import CommonCrawlSettings

HOST = "index.commoncrawl.org"
_CRAWLS = "/collinfo.json"
MOST = 500
"""Captures that one answer holds at most."""


class CommonCrawl(ProviderClient):
    """Addresses of a site's pages."""

    provider: ClassVar[str] = "common_crawl"

    @classmethod
    def classify(cls, response: httpx.Response) -> ProviderError | None:
        """A 404 of an index is "no captures"; a 503 is how it says "slow down"."""
        if response.status_code == httpx.codes.SERVICE_UNAVAILABLE:
            return RateLimited(cls.provider, "HTTP 503", status=503, retry_after=retry_after(response))
        if response.request.url.path == _CRAWLS:
            return sort_json(cls.provider, response, lambda body: isinstance(body, list))
        failure = sort_by_status(cls.provider, response, answers=frozenset({NOT_FOUND}))
        if failure is None and response.status_code != NOT_FOUND and not _is_captures(response.text):
            return BadAnswer(cls.provider, "the answer is not one JSON object a line", status=200)
        return failure

    async def pages(self, domain: str) -> Answer[tuple[str, ...]]:
        """Addresses of HTML pages that the newest crawl saw on the domain and its hosts; None when it saw none."""
        crawls = await self.ask("crawls", httpx.Request("GET", f"https://{HOST}{_CRAWLS}"), _parse_crawls)
        if crawls.value is None:
            return Answer(value=None, source=crawls.source)
        # A domain match takes in its hosts; only whole pages, so that 500 rows are not all pictures and redirects.
        params = {
            "url": domain,
            "matchType": "domain",
            "output": "json",
            "limit": str(MOST),
            "filter": ["=status:200", "=mime:text/html"],
            "fl": "url",
        }
        request = httpx.Request("GET", f"https://{HOST}/{crawls.value}-index", params=params)
        return await self.ask("pages", request, _parse_pages)


def _is_captures(text: str) -> bool:
    """Every line is an object with an address; the first and the last are looked at, where a cut shows."""
    lines = text.strip().splitlines()
    try:
        rows = [json.loads(line) for line in (*lines[:1], *lines[-1:])]
    except ValueError:
        return False
    return bool(rows) and all(isinstance(row, dict) and "url" in row for row in rows)


def _parse_crawls(response: httpx.Response) -> str | None:
    """The newest crawl's id: ids are `CC-MAIN-` and year and week."""
    return max(read_rows(parsed_json(response), lambda row: str(row["id"]), "crawls"), default=None)


def _parse_pages(response: httpx.Response) -> tuple[str, ...] | None:
    if response.status_code == NOT_FOUND:
        return None
    rows: list[Row] = [json.loads(line) for line in response.text.strip().splitlines()]
    return tuple(dict.fromkeys(read_rows(rows, lambda row: str(row["url"]), "captures"))) or None


def policy(settings: CommonCrawlSettings) -> ProviderPolicy:
    """What the governor must know: free, no key, one request at a time."""
    return ProviderPolicy(name=CommonCrawl.provider, settings=settings, classify=CommonCrawl.classify, credits=free)
