"""Yahoo Finance as the sandbox serves it: cookie, crumb, quote summary, quotes, prices, search, annual statements.

Shapes and habits as in recorded answers: `{}` for missing values, nulls in price series, statements in another
currency than the quote, London prices in pence with the market value in pounds.
Not for: figures (companies/, derive.py).
"""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from partnerforge_dagster.providers.sandbox import dates
from partnerforge_dagster.providers.sandbox.company import Company, Year
from partnerforge_dagster.providers.sandbox.draw import number_below, uuid_of
from partnerforge_dagster.providers.sandbox.refusals import INVALID_CRUMB
from partnerforge_dagster.providers.sandbox.search_terms import company_meant
from partnerforge_dagster.providers.sandbox.world import World
from partnerforge_dagster.providers.sandbox.yahoo_modules import exchange_code, module, quote_row

PROVIDER = "yahoo"
HOSTS = ("query1.finance.yahoo.com", "query2.finance.yahoo.com", "fc.yahoo.com")

COOKIE = "A3=d=AQABBSandbox&S=AQAAAsandbox"
CRUMB = "sAndb0xCrumb"

_SYMBOL = re.compile(r"[A-Z0-9.^=-]{1,40}")

_TYPES = {
    "annualTotalRevenue": (20100, "revenue"),
    "annualGrossProfit": (20046, "gross_profit"),
    "annualOperatingIncome": (20109, "operating_income"),
    "annualNetIncome": (20091, "net_income"),
    "annualCashAndCashEquivalents": (23030, "cash"),
}
"""Series -> Yahoo's number for it and the figure behind it. Any other series is answered without values."""


def cookie(request: Request) -> Response:  # noqa: ARG001 - the handler's signature
    """`https://fc.yahoo.com/`: an error page whose Set-Cookie is the point."""
    page = HTMLResponse("<html><body><h1>Will be right back...</h1></body></html>", status_code=404)
    page.headers["set-cookie"] = (
        f"{COOKIE}; Max-Age=31557600; Domain=.yahoo.com; Path=/; SameSite=None; Secure; HttpOnly"
    )
    return page


def crumb(request: Request) -> Response:
    """`/v1/test/getcrumb`: plain text, for who brings the cookie."""
    if COOKIE not in request.headers.get("cookie", ""):
        return INVALID_CRUMB
    return PlainTextResponse(CRUMB)


def quote_summary(request: Request) -> Response:
    """`/v10/finance/quoteSummary/{symbol}`: 404 for an unknown symbol."""
    if not _has_crumb(request):
        return INVALID_CRUMB
    world: World = request.app.state.world
    company = world.by_ticker(request.path_params["symbol"])
    names = request.query_params.get("modules", "assetProfile").split(",")
    parts = {name: module(name, company, world.today) for name in names} if company else {}
    known = {name: part for name, part in parts.items() if part is not None}
    if not known:
        said = f"No fundamentals data found for any of the summaryTypes={','.join(names)}"
        error = {"code": "Not Found", "description": said}
        return JSONResponse({"quoteSummary": {"result": None, "error": error}}, status_code=404)
    return JSONResponse({"quoteSummary": {"result": [known], "error": None}})


def quote(request: Request) -> Response:
    """`/v7/finance/quote`: unknown symbols are left out, of a 200."""
    if not _has_crumb(request):
        return INVALID_CRUMB
    world: World = request.app.state.world
    found = map(world.by_ticker, filter(None, request.query_params.get("symbols", "").split(",")))
    rows = [quote_row(company, world.today) for company in found if company]
    return JSONResponse({"quoteResponse": {"result": rows, "error": None}})


def chart(request: Request) -> Response:
    """`/v8/finance/chart/{symbol}`: daily prices with a null here and there, as the real ones have."""
    world: World = request.app.state.world
    company = world.by_ticker(request.path_params["symbol"])
    if company is None or company.share_price is None:
        error = {"code": "Not Found", "description": "No data found, symbol may be delisted"}
        return JSONResponse({"chart": {"result": None, "error": error}}, status_code=404)
    return JSONResponse({"chart": {"result": [_prices(request, company, world.today)], "error": None}})


def _prices(request: Request, company: Company, today: date) -> dict[str, Any]:
    start = _day(request, "period1", today - timedelta(days=30))
    end = min(_day(request, "period2", today + timedelta(days=1)), today + timedelta(days=1))
    days = [start + timedelta(days=n) for n in range(max((end - start).days, 0))]
    open_days = [day for day in days if day.weekday() < 5]
    closes = [_close(company, day, today) for day in open_days]
    series = {name: [close and round(close * skew, 4) for close in closes] for name, skew in _SKEWS.items()}
    volumes = [
        close and 1_000_000 + number_below(10**6, company.domain, day)
        for close, day in zip(closes, open_days, strict=True)
    ]
    row = quote_row(company, today)
    meta = {name: row[name] for name in ("currency", "symbol", "longName", "shortName", "regularMarketPrice")}
    return {
        "meta": {
            **meta,
            "exchangeName": row["exchange"],
            "fullExchangeName": row["fullExchangeName"],
            "instrumentType": "EQUITY",
            "dataGranularity": "1d",
            "timezone": "EST",
            "gmtoffset": -18000,
        },
        "timestamp": [dates.seconds(day) + 14 * 3600 + 1800 for day in open_days],
        "indicators": {"quote": [{**series, "volume": volumes}], "adjclose": [{"adjclose": series["close"]}]},
    }


_SKEWS = {"open": 0.998, "high": 1.006, "low": 0.992, "close": 1.0}


def _close(company: Company, day: date, today: date) -> float | None:
    """Drifts up to today's price, wobbling by up to 2 %; every fortieth day or so is missing."""
    if day == today:
        return company.share_price
    if company.share_price is None or number_below(40, company.domain, day, "gap") == 0:
        return None
    wobble = number_below(401, company.domain, day) / 10_000 - 0.02
    drift = 1 - 0.0004 * (today - day).days
    return max(company.share_price * (drift + wobble), 0.01)


def search(request: Request) -> Response:
    """`/v1/finance/search`: securities by symbol or name, and news about them. Other words find nothing."""
    world: World = request.app.state.world
    words = request.query_params.get("q", "")
    by_symbol = world.by_ticker(words) if _SYMBOL.fullmatch(words) else None
    company = by_symbol or world.by_name(words) or company_meant(world, words)
    listed = company if company and company.ticker else None
    quotes = [_search_quote(listed)] if listed else []
    news = _search_news(listed) if listed else []
    wanted = {name: _count(request, name, default) for name, default in (("quotesCount", 7), ("newsCount", 4))}
    quotes, news = quotes[: wanted["quotesCount"]], news[: wanted["newsCount"]]
    empty: dict[str, list[Any]] = {"nav": [], "lists": [], "researchReports": [], "screenerFieldResults": []}
    return JSONResponse(
        {"explains": [], "count": len(quotes) + len(news), "quotes": quotes, "news": news, **empty, "totalTime": 83}
    )


def _search_quote(company: Company) -> dict[str, Any]:
    return {
        "exchange": exchange_code(company),
        "shortname": company.legal_name,
        "quoteType": "EQUITY",
        "symbol": company.ticker,
        "index": "quotes",
        "score": 20_007,
        "typeDisp": "Equity",
        "longname": company.legal_name,
        "exchDisp": company.exchange,
        "sector": company.sector,
        "sectorDisp": company.sector,
        "industry": company.industry,
        "industryDisp": company.industry,
        "isYahooFinance": True,
    }


def _search_news(company: Company) -> list[dict[str, Any]]:
    return [
        {
            "uuid": uuid_of(company.domain, event.title),
            "title": event.title,
            "publisher": event.publisher,
            "link": f"https://finance.yahoo.com/news/{number_below(10**9, event.title)}.html",
            "providerPublishTime": dates.seconds(event.on),
            "type": "STORY",
            "relatedTickers": [company.ticker],
        }
        for event in sorted(company.events, key=lambda event: event.on, reverse=True)
    ]


def timeseries(request: Request) -> Response:
    """`/ws/fundamentals-timeseries/v1/finance/timeseries/{symbol}`: a result for each series that was asked for.

    A series without values has neither `timestamp` nor its own key; an unknown symbol has only such.
    """
    world: World = request.app.state.world
    symbol = request.path_params["symbol"]
    company = world.by_ticker(symbol)
    start, end = _day(request, "period1", date(1990, 1, 1)), _day(request, "period2", world.today)
    names = filter(None, request.query_params.get("type", "").split(","))
    result = [_series(name, symbol, company, start, end) for name in names]
    return JSONResponse({"timeseries": {"result": result, "error": None}})


def _series(name: str, symbol: str, company: Company | None, start: date, end: date) -> dict[str, Any]:
    row: dict[str, Any] = {"meta": {"symbol": [symbol], "type": [name]}}
    if company is None or name not in _TYPES:
        return row
    number, field = _TYPES[name]
    years = [(dates.year_end(company, year), year) for year in reversed(company.years)]
    # Yahoo shows four years at most.
    within = [(ends, year) for ends, year in years if start <= ends <= end][-4:]
    if not within:
        return row
    row["timestamp"] = [dates.seconds(ends) for ends, _ in within]
    row[name] = [_figure(number, field, company, ends, year) for ends, year in within]
    return row


def _figure(number: int, field: str, company: Company, ends: date, year: Year) -> dict[str, Any] | None:
    value: float = getattr(year, field)
    return {
        "dataId": number,
        "asOfDate": f"{ends}",
        "periodType": "12M",
        "currencyCode": company.currency,
        "reportedValue": {"raw": round(value), "fmt": f"{value / 1e9:.2f}B"},
    }


def _has_crumb(request: Request) -> bool:
    return request.query_params.get("crumb") == CRUMB and COOKIE in request.headers.get("cookie", "")


def _day(request: Request, name: str, default: date) -> date:
    """A day from epoch seconds."""
    said = request.query_params.get(name, "")
    return datetime.fromtimestamp(min(int(said), 4_102_444_800), UTC).date() if said.isdigit() else default


def _count(request: Request, name: str, default: int) -> int:
    said = request.query_params.get(name, "")
    return int(said) if said.isdigit() else default


ROUTES = [
    Route("/v1/test/getcrumb", crumb),
    Route("/v10/finance/quoteSummary/{symbol}", quote_summary),
    Route("/v7/finance/quote", quote),
    Route("/v8/finance/chart/{symbol}", chart),
    Route("/v1/finance/search", search),
    Route("/ws/fundamentals-timeseries/v1/finance/timeseries/{symbol}", timeseries),
    Route("/", cookie),
]
