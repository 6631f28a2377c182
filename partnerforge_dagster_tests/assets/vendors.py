"""BuiltWith, SimilarWeb and company sites as small servers on the wire, for tests of the modules that ask them.

Not for: whole emulators (partnerforge_dagster/providers/sandbox).
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, TypeVar

import httpx
from dateutil.relativedelta import relativedelta

from partnerforge_dagster.models.account import Account
from partnerforge_dagster.models.provenance import GapKind
from partnerforge_dagster.models.result import ModuleResult
from partnerforge_dagster.providers.builtwith import HOST as BUILTWITH
from partnerforge_dagster.providers.builtwith import BuiltWith
from partnerforge_dagster.providers.dns import HOST as DNS
from partnerforge_dagster.providers.similarweb import HOST as SIMILARWEB
from partnerforge_dagster.providers.similarweb import SimilarWeb
from partnerforge_dagster.providers.tranco import HOST as TRANCO
from partnerforge_dagster.providers.web_pages import WebPages
from partnerforge_dagster.settings_providers import BuiltWithSettings

R = TypeVar("R")

NOW = datetime(2026, 11, 16, tzinfo=UTC)
ACCOUNT = Account(domain="shop.com", as_of=NOW)
SITE = "site"
"""Stands for every company site in `Vendors.broken`."""

HTML = httpx.Response(200, html="<html><h1>Attention required</h1></html>")
DOWN = httpx.Response(503, text="Service Unavailable")
BUILTWITH_REFUSES = httpx.Response(200, json={"Results": [], "Errors": [{"Message": "credits", "Code": -3}]})
BUILTWITH_HAS_NOTHING = httpx.Response(200, json={"Results": [], "Errors": [{"Message": "unknown", "Code": -8}]})
SIMILARWEB_REFUSES = httpx.Response(401, text="invalid API key")
SIMILARWEB_HAS_NOTHING = httpx.Response(401, json={"meta": {"error_message": "Data not found"}})


def tech(
    name: str, tag: str, *categories: str, since: date = date(2020, 5, 1), until: date = date(2026, 11, 14)
) -> dict[str, Any]:
    """A row of BuiltWith's `Technologies`; without `until` it is live."""
    first, last = (datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() * 1000 for day in (since, until))
    return {"Name": name, "Tag": tag, "Categories": list(categories), "FirstDetected": first, "LastDetected": last}


@dataclass
class Vendors:
    """What each service knows of each domain; `broken` maps a host (or SITE) to what it answers instead."""

    stacks: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    extras: dict[str, Any] = field(default_factory=dict)
    """Further keys of each result of BuiltWith's domain endpoint."""
    about: dict[str, object] = field(default_factory=dict)
    """BuiltWith's other endpoints: version -> body; without one the domain is unknown there."""
    visits: dict[str, float] = field(default_factory=dict)
    """Visits in the last month of a window; 1 % fewer a month before."""
    lists: dict[str, list[object]] = field(default_factory=dict)
    """SimilarWeb's other endpoints: end of the path -> rows; without one there are none."""
    ranks: dict[str, int] = field(default_factory=dict)
    """Tranco's."""
    pages: dict[str, str] = field(default_factory=dict)
    records: dict[str, dict[str, list[tuple[int, str]]]] = field(default_factory=dict)
    """The DNS's: name -> type asked for -> numbers and data."""
    broken: dict[str, httpx.Response] = field(default_factory=dict)
    requests: list[httpx.Request] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer as the service of the request's host would."""
        self.requests.append(request)
        host = request.url.host
        service = host if host in (BUILTWITH, SIMILARWEB, TRANCO, DNS) else SITE
        if service in self.broken:
            return self.broken[service]
        if service == DNS:
            rows = self.records.get(request.url.params["name"], {}).get(request.url.params["type"], [])
            return httpx.Response(
                200, json={"Status": 0, "Answer": [{"type": kind, "data": data} for kind, data in rows]}
            )
        if service == TRANCO:
            domain = request.url.path.rpartition("/")[2]
            rows = [{"date": "2026-11-15", "rank": self.ranks[domain]}] if domain in self.ranks else []
            return httpx.Response(200, json={"ranks": rows, "domain": domain})
        if service == SITE:
            page = self.pages.get(host)
            return httpx.Response(404) if page is None else httpx.Response(200, html=page)
        return self._builtwith(request) if service == BUILTWITH else self._similarweb(request)

    def _builtwith(self, request: httpx.Request) -> httpx.Response:
        version = request.url.path.split("/")[1]
        if version != "v23":
            body = self.about.get(version)
            return BUILTWITH_HAS_NOTHING if body is None else httpx.Response(200, json=body)
        known = [name for name in request.url.params["LOOKUP"].split(",") if name in self.stacks]
        return httpx.Response(200, json={"Results": [self._result(name) for name in known], "Errors": []})

    def _result(self, domain: str) -> dict[str, Any]:
        crawled = datetime(2026, 11, 14, tzinfo=UTC).timestamp() * 1000
        path = {"SubDomain": "", "Url": "", "LastIndexed": crawled, "Technologies": self.stacks[domain]}
        more = self.extras.get("Result", {})
        rest = {key: value for key, value in self.extras.items() if key != "Result"}
        return {"Lookup": domain, "Result": {"IsDB": "True", "Paths": [path], **more}, **rest}

    def _similarweb(self, request: httpx.Request) -> httpx.Response:
        path, asked = request.url.path, request.url.params
        if path.endswith("traffic-and-engagement"):
            rows = self._months(asked["domain"], asked["start_date"], asked["end_date"])
        else:
            rows = next((rows for end, rows in self.lists.items() if path.endswith(end)), [])
        return httpx.Response(200, json={"meta": {"request": dict(asked)}, "data": rows})

    def _months(self, domain: str, start: str, end: str) -> list[object]:
        if domain not in self.visits:
            return []
        first, last = (date.fromisoformat(f"{month}-01") for month in (start, end))
        ages = (last.year - first.year) * 12 + last.month - first.month
        return [
            {"date": f"{last - relativedelta(months=age)}", "visits": self.visits[domain] * 0.99**age}
            for age in range(ages + 1)
        ]


def run(vendors: Vendors, call: Callable[[BuiltWith, SimilarWeb, WebPages], Awaitable[R]]) -> R:
    """Call with clients whose wire ends at `vendors`."""

    async def session() -> R:
        async with httpx.AsyncClient(transport=httpx.MockTransport(vendors)) as http:
            return await call(BuiltWith(http, BuiltWithSettings()), SimilarWeb(http), WebPages(http))

    return asyncio.run(session())


def gaps(result: ModuleResult, kind: GapKind) -> set[str]:
    """Subjects of the result's gaps of one kind."""
    return {gap.subject for gap in result.gaps if gap.kind is kind}
