"""Common Crawl's index, https://index.commoncrawl.org: which pages of a site a public crawl has seen. No key.

A last resort, for a site that does not let us in: slow, shared by everybody, and weeks old.
Formats from https://commoncrawl.org/cdxj-index and the cdx-toolkit client; unverified, never seen from the real one.
Not for: the pages themselves, which are not fetched from the crawl.
"""

import json
from http.client import NOT_FOUND
from typing import Any, ClassVar

import httpx

from partnerforge_dagster.governor.policy import ProviderPolicy, free
from partnerforge_dagster.models.failures import BadAnswer, ProviderError
from partnerforge_dagster.models.provenance import Answer
from partnerforge_dagster.providers.client import ProviderClient, parsed_json
from partnerforge_dagster.providers.http_status import sort_by_status, sort_json
from partnerforge_dagster.providers.lenient import read_rows
from partnerforge_dagster.providers.page_reading import leads_to_careers
from partnerforge_dagster.settings_providers import CommonCrawlSettings

HOST = "index.commoncrawl.org"
_CRAWLS = "/collinfo.json"
MOST = 500
"""Captures that one answer holds at most."""


class CommonCrawl(ProviderClient):
    """Addresses of a site's pages."""

    provider: ClassVar[str] = "common_crawl"

    @classmethod
    def classify(cls, response: httpx.Response) -> ProviderError | None:
        """A 404 of an index is "no captures"; when it has too much to do, it says 503."""
        if response.request.url.path == _CRAWLS:
            return sort_json(cls.provider, response, lambda body: isinstance(body, list))
        failure = sort_by_status(cls.provider, response, answers=frozenset({NOT_FOUND}))
        if failure is None and response.status_code != NOT_FOUND and not _is_captures(response):
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

    async def careers_url(self, domain: str) -> Answer[str]:
        """The shortest address of the domain's pages that leads to careers; None when the crawl saw none."""
        pages = await self.pages(domain)
        leading = [url for url in pages.value or () if leads_to_careers(url)]
        return Answer(value=min(leading, key=lambda url: (len(url), url), default=None), source=pages.source)


def _is_captures(response: httpx.Response) -> bool:
    """At least one line, and each an object with an address: an answer that was cut off ends in none."""
    try:
        rows = _captures(response)
    except ValueError:
        return False
    return bool(rows) and all(isinstance(row, dict) and "url" in row for row in rows)


def _captures(response: httpx.Response) -> list[Any]:
    """The lines as JSON. Raises ValueError for one that is not."""
    try:
        return [json.loads(line) for line in response.content.decode("utf-8-sig").splitlines() if line.strip()]
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def _parse_crawls(response: httpx.Response) -> str | None:
    """The newest crawl's id: ids are `CC-MAIN-` and year and week."""
    return max(read_rows(parsed_json(response), lambda row: str(row["id"]), "crawls"), default=None)


def _parse_pages(response: httpx.Response) -> tuple[str, ...] | None:
    if response.status_code == NOT_FOUND:
        return None
    return tuple(dict.fromkeys(read_rows(_captures(response), lambda row: str(row["url"]), "captures"))) or None


def policy(settings: CommonCrawlSettings) -> ProviderPolicy:
    """What the governor must know: free, no key, one request at a time."""
    return ProviderPolicy(name=CommonCrawl.provider, settings=settings, classify=CommonCrawl.classify, credits=free)
