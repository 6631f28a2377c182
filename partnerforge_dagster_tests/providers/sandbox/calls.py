"""Calls of the sandbox in process, at the providers' own addresses, with faults, latency and log."""

import asyncio
from typing import Any

import httpx

from partnerforge_dagster.providers.sandbox.faults import Faults
from partnerforge_dagster.providers.sandbox.latency import Latency
from partnerforge_dagster.providers.sandbox.request_log import RequestLog
from partnerforge_dagster.providers.sandbox.transport import SandboxTransport
from partnerforge_dagster_tests.providers.sandbox.asking import WORLD
from partnerforge_dagster_tests.providers.sandbox.served import KEYS

ONE_OF_EACH = {
    "builtwith": "https://api.builtwith.com/kw2/api.json?LOOKUP=costco.com",
    "similarweb": "https://api.similarweb.com/v5/website-analysis/websites/website-rank?domain=costco.com&country=ww",
    "yahoo": "https://query2.finance.yahoo.com/v1/finance/search?q=Costco",
    "sec_edgar": "https://data.sec.gov/submissions/CIK0000909832.json",
    "web_search": 'https://api.search.brave.com/res/v1/web/search?q="Costco"',
    "job_boards": "https://boards-api.greenhouse.io/v1/boards/costco/jobs",
    "wikidata": "https://www.wikidata.org/wiki/Special:EntityData/Q715583.json",
    "web_page": "https://www.costco.com/",
    "gdelt": 'https://api.gdeltproject.org/api/v2/doc/doc?query="Costco" (platform OR names)&mode=artlist&format=json',
    "tranco": "https://tranco-list.eu/api/ranks/domain/costco.com",
    "dns": "https://dns.google/resolve?name=www.costco.com&type=A",
    "common_crawl": "https://index.commoncrawl.org/CC-MAIN-2026-42-index?url=costco.com&output=json&limit=1",
}
"""A request to each provider that it answers with a 200."""


def call(
    url: str,
    *,
    method: str = "GET",
    faults: str = "",
    latency: str = "none",
    log: RequestLog | None = None,
    headers: dict[str, str] | None = None,
    timeout: float = 5,
    **options: Any,
) -> httpx.Response:
    """One request on a fresh sandbox, with all keys."""

    async def go() -> httpx.Response:
        wire = SandboxTransport(WORLD, latency=Latency.parse(latency), faults=Faults.parse(faults), log=log)
        async with httpx.AsyncClient(
            transport=wire, timeout=timeout, headers=KEYS if headers is None else headers
        ) as c:
            return await c.request(method, url, **options)

    return asyncio.run(go())
