"""SimilarWeb v5: who visits a site, how many and from where. https://api.similarweb.com/v5

Its habits: 401 means a bad key (plain text) or a site too small for data (JSON); lists are billed by the row; what it
measures is monthly, so the same question of the same month is the same cached call.
Paths of referrals and traffic channels are in the vendor's documents, the others in clients of v5; v1 to v4 were to be
switched off on 2026-10-06 and are not used.
Not for: how rows become records (similarweb_reading.py), limits and keys (governor/).
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import ClassVar, NamedTuple, TypeVar

import httpx
from dateutil.relativedelta import relativedelta

from partnerforge_dagster.governor.policy import HeaderKeys, ProviderPolicy
from partnerforge_dagster.models.failures import BadAnswer, ProviderError, Refused
from partnerforge_dagster.models.provenance import Answer
from partnerforge_dagster.models.traffic_analysis import (
    Demographics,
    Keyword,
    MonthlyTraffic,
    NamedShare,
    PopularPage,
    SiteShare,
)
from partnerforge_dagster.providers import similarweb_reading as reading
from partnerforge_dagster.providers.client import ProviderClient, parsed_json
from partnerforge_dagster.providers.http_status import sort_by_status
from partnerforge_dagster.providers.lenient import mapping, number, text
from partnerforge_dagster.settings_providers import SimilarWebSettings

T = TypeVar("T")

HOST = "api.similarweb.com"
SITES = "/v5/website-analysis/websites"
PAGES = "/v5/website-content/pages"

ROWS = 20
"""Rows asked for of a list: enough for ten competitors after the company's own sites are left out."""
PAGE_CREDITS = 3
"""Credits a row of popular pages (read in a client of v5); other lists are taken to cost one."""

PUBLISHED_ON = 10
"""Day of the month from which last month's data is asked for: earlier it may not be out, and asking for it fails with
code 101 for all eleven endpoints. Unverified: a client of the legacy API met that code for a month just ended."""

_METRICS = "visits,unique_visitors,page_views,bounce_rate,average_visit_duration,pages_per_visit"
_CODES = {
    101: "the dates are out of the plan's or the data's range",
    102: "the granularity is not served",
    103: "the country is not in the plan or has no data",
}


class Months(NamedTuple):
    """A window of whole months: first days of the first and of the last month, both included."""

    start: date
    end: date


def last_months(as_of: datetime, count: int) -> Months:
    """The last `count` whole months that are published at `as_of`."""
    month = as_of.date().replace(day=1) - relativedelta(months=1 if as_of.day >= PUBLISHED_ON else 2)
    return Months(start=month - relativedelta(months=count - 1), end=month)


class SimilarWeb(ProviderClient):
    """Eleven endpoints, keywords in two halves. All raise ProviderError; a value of None is "asked, nothing there"."""

    provider: ClassVar[str] = "similarweb"

    @classmethod
    def classify(cls, response: httpx.Response) -> ProviderError | None:
        """Sort an answer; a 401 is told by its body: `invalid API key` is Refused, "not found" is an answer.

        Error codes 101 to 103, in a 400 or inside a 200, are Refused with their meaning; 429 comes without Retry-After.
        """
        status, body = response.status_code, _json(response)
        if _is_no_data(response):
            return None
        code, message = _error(body)
        if code is not None and status in (200, 400):
            meaning = _CODES.get(code, "a code the vendor does not document")
            return Refused(cls.provider, f"code {code}: {meaning} ({message})", status=status)
        if status != 429 and status != 408 and 400 <= status < 500:
            return Refused(cls.provider, f"HTTP {status}: {message}; check key, plan and credits", status=status)
        if status == 200 and not isinstance(mapping(body).get("data"), list):
            return BadAnswer(cls.provider, "an answer without the v5 envelope's list of data", status=status)
        return sort_by_status(cls.provider, response, answers=frozenset())

    async def traffic(self, domain: str, months: Months) -> Answer[tuple[MonthlyTraffic, ...]]:
        """Visits and engagement by month. Rows as clients of v5 read them."""
        path = f"{SITES}/traffic-and-engagement"
        return await self._about("traffic", path, domain, months, reading.read_traffic, metrics=_METRICS)

    async def channels(self, domain: str, months: Months) -> Answer[tuple[NamedShare, ...]]:
        """Shares of visits by channel over the window. Rows as clients of v5 read them."""
        return await self._about("channels", f"{SITES}/traffic-channels", domain, months, reading.read_channels)

    async def geography(self, domain: str, months: Months) -> Answer[tuple[NamedShare, ...]]:
        """Shares of visits by country. Rows as clients of v5 read them."""
        path = f"{SITES}/geography/aggregated"
        return await self._about("geography", path, domain, months, reading.read_countries, rows=ROWS)

    async def demographics(self, domain: str, months: Months) -> Answer[Demographics]:
        """Age and gender of visitors, of a window of one month. Unverified: never seen from the real service."""
        path = f"{SITES}/demographics/aggregated"
        return await self._about("demographics", path, domain, months, reading.read_demographics)

    async def organic_keywords(self, domain: str, months: Months) -> Answer[tuple[Keyword, ...]]:
        """Search terms that bring unpaid visits. Unverified: rows never seen from the real service."""
        path = f"{SITES}/keywords/organic/aggregated"
        return await self._about("organic_keywords", path, domain, months, reading.read_keywords, rows=ROWS)

    async def paid_keywords(self, domain: str, months: Months) -> Answer[tuple[Keyword, ...]]:
        """Search terms that bring paid visits. Unverified: rows never seen from the real service."""
        path = f"{SITES}/keywords/paid/aggregated"
        return await self._about("paid_keywords", path, domain, months, reading.read_keywords, rows=ROWS)

    async def audience_interests(self, domain: str, months: Months) -> Answer[tuple[SiteShare, ...]]:
        """Sites that the same people visit. Unverified: rows never seen from the real service."""
        path = f"{SITES}/audience-interests/aggregated"
        return await self._about("audience_interests", path, domain, months, reading.read_sites, rows=ROWS)

    async def global_rank(self, domain: str, months: Months) -> Answer[int]:
        """World rank in the newest month; 1 is the most visited site. Rows as clients of v5 read them."""
        return await self._about("global_rank", f"{SITES}/website-rank", domain, months, reading.read_rank)

    async def referrals(self, domain: str, months: Months) -> Answer[tuple[SiteShare, ...]]:
        """Sites that send visitors here. Rows as clients of v5 read them."""
        path = f"{SITES}/traffic-referrals/incoming"
        return await self._about("referrals", path, domain, months, reading.read_sites, rows=ROWS)

    async def popular_pages(self, domain: str, months: Months) -> Answer[tuple[PopularPage, ...]]:
        """The site's most visited pages; needs an add-on of the plan. Unverified: rows never seen."""
        path = f"{PAGES}/popular-pages/aggregated"
        return await self._about("popular_pages", path, domain, months, reading.read_pages, rows=ROWS)

    async def similar_sites(self, domain: str, months: Months) -> Answer[tuple[SiteShare, ...]]:
        """Sites like this one with their affinity. Rows as clients of v5 read them.

        Raises ValueError when the window is not exactly three months, which the service demands.
        """
        if months.start + relativedelta(months=2) != months.end:
            raise ValueError(f"similar sites take a window of three months, not {months.start} to {months.end}")
        path = f"{SITES}/similar-sites/aggregated"
        return await self._about("similar_sites", path, domain, months, reading.read_sites, rows=ROWS)

    async def keyword_competitors(self, domain: str, months: Months) -> Answer[tuple[SiteShare, ...]]:
        """Sites that compete for the same search terms. Unverified: rows never seen from the real service."""
        path = f"{SITES}/keywords-competitors/aggregated"
        return await self._about("keyword_competitors", path, domain, months, reading.read_sites, rows=ROWS)

    async def _about(
        self,
        endpoint: str,
        path: str,
        domain: str,
        months: Months,
        read: Callable[[object], T | None],
        *,
        rows: int | None = None,
        metrics: str | None = None,
    ) -> Answer[T]:
        params = {
            "domain": domain,
            "start_date": f"{months.start:%Y-%m}",
            "end_date": f"{months.end:%Y-%m}",
            "country": "ww",
            "granularity": "monthly",
            "web_source": "total",
            "format": "json",
        }
        params |= {"limit": str(rows)} if rows else {}
        params |= {"metrics": metrics} if metrics else {}
        request = self.http.build_request("GET", f"https://{HOST}{path}", params=params)

        def parse(response: httpx.Response) -> T | None:
            return None if _is_no_data(response) else read(parsed_json(response)["data"]) or None

        return await self.ask(endpoint, request, parse, url=f"https://www.similarweb.com/website/{domain}/")


def policy(settings: SimilarWebSettings) -> ProviderPolicy:
    """What the governor must know of SimilarWeb."""
    return ProviderPolicy(
        name=SimilarWeb.provider,
        settings=settings,
        classify=SimilarWeb.classify,
        authorizer=HeaderKeys({HOST: ("api-key", "{key}", settings.api_key)}),
        credits=_credits,
    )


def _credits(request: httpx.Request) -> int:
    """Data credits at most: a row each for lists (three for pages), a month each for the rest (PROVIDERS, vendor)."""
    asked = request.url.params
    if "limit" in asked:
        return int(asked["limit"]) * (PAGE_CREDITS if request.url.path.startswith(PAGES) else 1)
    start, end = (date.fromisoformat(f"{asked[name]}-01") for name in ("start_date", "end_date"))
    return (end.year - start.year) * 12 + end.month - start.month + 1


def _json(response: httpx.Response) -> object:
    try:
        found: object = parsed_json(response)
    except ValueError:
        return None
    return found


def _is_no_data(response: httpx.Response) -> bool:
    """A 401 that is no refusal: JSON, or a text that says "not found", and in neither case a word about the key."""
    words = response.text.lower()
    if response.status_code != 401 or "api key" in words or "api-key" in words:
        return False
    return _json(response) is not None or "not found" in words


def _error(body: object) -> tuple[int | None, str]:
    """Code and message: at the top, under `meta`, or in the first item of a list (all three are read by clients)."""
    first = body[0] if isinstance(body, list) and body else body
    for place in (mapping(first), mapping(mapping(first).get("meta"))):
        code = number(place.get("error_code", place.get("code")))
        message = text(place.get("error_message")) or text(place.get("message"))
        if code is not None or message is not None:
            return None if code is None else int(code), message or "no message"
    return None, "no message"
