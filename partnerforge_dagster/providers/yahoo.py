"""Yahoo Finance (unofficial): profile, quote, prices, search and annual statements.

There is no public interface, key or contract; paths and shapes are those of recorded answers (PROVIDERS.md, section 3).
Yahoo refuses plain TLS clients with 429: live mode asks it through curl_transport.py, and only when it is switched on.
Not for: what the answers mean (yahoo_records.py), cookie and crumb (yahoo_session.py).
"""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, ClassVar, TypeVar
from urllib.parse import quote as quoted

import httpx

from partnerforge_dagster.governor.policy import ProviderPolicy, free
from partnerforge_dagster.governor.retry import retry_after
from partnerforge_dagster.models.failures import BadAnswer, ProviderError, RateLimited, Refused
from partnerforge_dagster.models.provenance import Answer
from partnerforge_dagster.providers.client import ProviderClient, parsed_json
from partnerforge_dagster.providers.http_status import sort_by_status
from partnerforge_dagster.providers.yahoo_records import (
    ANNUAL_ITEMS,
    Chart,
    Fundamentals,
    Quote,
    QuoteSummary,
    SearchHit,
    read_chart,
    read_fundamentals,
    read_quote_summary,
    read_quotes,
    read_search,
)
from partnerforge_dagster.providers.yahoo_session import YahooSession
from partnerforge_dagster.settings_providers import YahooSettings

T = TypeVar("T")

API = "https://query2.finance.yahoo.com"
PAGES = "https://finance.yahoo.com/quote"

MODULES = "assetProfile,price,financialData,defaultKeyStatistics,calendarEvents"
"""The quoteSummary modules that are read; more would only make the answer larger."""

ENVELOPES = ("quoteSummary", "quoteResponse", "chart", "timeseries", "finance")


class YahooFinance(ProviderClient):
    """Client of Yahoo Finance. An unknown symbol is "nothing there", whether Yahoo says so by 404 or an empty list."""

    provider: ClassVar[str] = "yahoo"

    @classmethod
    def classify(cls, response: httpx.Response) -> ProviderError | None:
        """Sort by status, then by the error inside the envelope. `Not Found` is an answer, with 404 or 200."""
        if _asked_to_slow_down(response):
            return RateLimited(
                cls.provider,
                "says `Too Many Requests`",
                status=response.status_code,
                retry_after=retry_after(response),
            )
        failure = sort_by_status(cls.provider, response, answers=frozenset({404}))
        if failure is not None:
            return failure
        try:
            error = _error(parsed_json(response))
        except (ValueError, TypeError, AttributeError):
            return BadAnswer(cls.provider, "a body that is not Yahoo's JSON", status=response.status_code)
        if error is not None:
            return cls._sorted(error, response.status_code)
        if response.status_code == 404:
            return BadAnswer(cls.provider, "HTTP 404 without Yahoo's error code", status=404)
        return None

    @classmethod
    def _sorted(cls, error: dict[str, Any], status: int) -> ProviderError | None:
        code, description = str(error.get("code")), str(error.get("description"))
        if code == "Not Found":
            return None
        if code == "Unauthorized" or "Invalid Crumb" in description:
            return Refused(cls.provider, f"{code}: {description[:120]}", status=status)
        return BadAnswer(cls.provider, f"{code}: {description[:120]}", status=status)

    async def quote_summary(self, symbol: str) -> Answer[QuoteSummary]:
        """Profile, officers, quote and next earnings date of one symbol (`OCDO.L`)."""
        return await self._get(
            "quote_summary",
            f"/v10/finance/quoteSummary/{quoted(symbol, safe='')}",
            {"modules": MODULES, "formatted": "false"},
            lambda body: read_quote_summary(symbol, body),
            page=f"{PAGES}/{quoted(symbol)}/profile",
        )

    async def quote(self, symbols: Sequence[str]) -> Answer[tuple[Quote, ...]]:
        """Prices and market values of several symbols at once; unknown ones are simply not in the answer."""
        return await self._get("quote", "/v7/finance/quote", {"symbols": ",".join(symbols)}, read_quotes)

    async def chart(self, symbol: str, start: date, end: date) -> Answer[Chart]:
        """Daily closing prices from `start` to `end`, both included."""
        return await self._get(
            "chart",
            f"/v8/finance/chart/{quoted(symbol, safe='')}",
            {"period1": _epoch(start), "period2": _epoch(end + timedelta(days=1)), "interval": "1d"},
            lambda body: read_chart(symbol, body),
            page=f"{PAGES}/{quoted(symbol)}/history",
        )

    async def search(self, text: str) -> Answer[tuple[SearchHit, ...]]:
        """Securities whose symbol or name resembles `text`. The caller must check that a hit is the one meant."""
        params = {"q": text, "quotesCount": "8", "newsCount": "0"}
        return await self._get("search", "/v1/finance/search", params, read_search)

    async def fundamentals(self, symbol: str, start: date, end: date) -> Answer[Fundamentals]:
        """Annual revenue, profits and cash of the fiscal years that end between `start` and `end`."""
        return await self._get(
            "fundamentals",
            f"/ws/fundamentals-timeseries/v1/finance/timeseries/{quoted(symbol, safe='')}",
            {"type": ",".join(ANNUAL_ITEMS), "period1": _epoch(start), "period2": _epoch(end + timedelta(days=1))},
            read_fundamentals,
            page=f"{PAGES}/{quoted(symbol)}/financials",
        )

    async def _get(
        self,
        endpoint: str,
        path: str,
        params: dict[str, str],
        read: Callable[[dict[str, Any]], T | None],
        *,
        page: str | None = None,
    ) -> Answer[T]:
        request = self.http.build_request("GET", f"{API}{path}", params=params)

        def parse(response: httpx.Response) -> T | None:
            body = parsed_json(response)
            return None if _error(body) else read(body)

        return await self.ask(endpoint, request, parse, url=page)


def policy(settings: YahooSettings) -> ProviderPolicy:
    """Yahoo as the governor sees it: free, with a session instead of a key."""
    return ProviderPolicy(
        name=YahooFinance.provider,
        settings=settings,
        classify=YahooFinance.classify,
        authorizer=YahooSession(),
        credits=free,
    )


def _asked_to_slow_down(response: httpx.Response) -> bool:
    """Whether the body is Yahoo's `Too Many Requests`, which comes as text or HTML and with any status."""
    return response.content[:200].lstrip()[:1] not in (b"{", b"[") and "Too Many Requests" in response.text[:2000]


def _error(body: Any) -> dict[str, Any] | None:  # noqa: ANN401 - whatever JSON came
    """The error inside whichever envelope this is; TypeError when the body is no object."""
    if not isinstance(body, dict):
        raise TypeError(f"a JSON object was expected, not {type(body).__name__}")
    for envelope in ENVELOPES:
        error = (body.get(envelope) or {}).get("error")
        if error:
            return error if isinstance(error, dict) else {"code": error, "description": error}
    return None


def _epoch(on: date) -> str:
    """Midnight UTC: whole days, so that the same question is the same cache key all day."""
    return str(int(datetime.combine(on, time(), UTC).timestamp()))
