"""SimilarWeb's v5 wire format: the eleven website endpoints in its envelope.

Paths and the rows of traffic, channels, geography, rank, referrals and similar sites are those that clients of v5 read;
the others (demographics, keywords, interests, pages, keyword competitors) are unverified: never seen from the real
service, and so spelt like their legacy v4 rows. Any non-empty key is taken.
Not for: where the numbers come from (similarweb_rows.py) or failures asked for with `--faults` (refusals.py).
"""

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from partnerforge_dagster.providers.sandbox import similarweb_rows as rows
from partnerforge_dagster.providers.sandbox.building import shift_months
from partnerforge_dagster.providers.sandbox.company import Company
from partnerforge_dagster.providers.sandbox.world import World

PROVIDER = "similarweb"
HOSTS = ("api.similarweb.com",)

_SITES = "/v5/website-analysis/websites"
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
_HISTORY = 37
"""Months back that data reaches."""
_SIMILAR_SITES_MONTHS = 3
_CREDITS = 100_000
"""As if none had ever been used."""


class _BadRequest(Exception):
    """A question that SimilarWeb refuses with a code (101 dates, 102 granularity, 103 country) in a 400."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


def last_whole_month(today: date) -> date:
    """First day of the newest month with data."""
    return (today.replace(day=1) - timedelta(days=1)).replace(day=1)


def _window(request: Request, today: date) -> list[date]:
    """First days of the months asked for; without dates the newest month."""
    newest = last_whole_month(today)
    asked = [request.query_params.get(name) or f"{newest:%Y-%m}" for name in ("start_date", "end_date")]
    if not all(_MONTH.fullmatch(month) for month in asked):
        raise _BadRequest(101, "Dates must be given as YYYY-MM")
    start, end = (date.fromisoformat(f"{month}-01") for month in asked)
    if not shift_months(newest, -_HISTORY) <= start <= end <= newest:
        raise _BadRequest(101, "Dates out of range")
    return [shift_months(start, n) for n in range((end.year - start.year) * 12 + end.month - start.month + 1)]


def _check(request: Request, months: list[date]) -> None:
    if request.query_params.get("granularity", "monthly") not in ("monthly", "daily", "weekly"):
        raise _BadRequest(102, "Granularity is not supported")
    if not re.fullmatch(r"[a-z]{2}", request.query_params.get("country", "ww")):
        raise _BadRequest(103, "Country is not supported")
    if request.url.path.endswith("/similar-sites/aggregated") and len(months) != _SIMILAR_SITES_MONTHS:
        raise _BadRequest(101, "The date range must be exactly three months")


def _key(request: Request) -> str:
    return request.headers.get("api-key", "").strip() or request.query_params.get("api_key", "").strip()


def _envelope(request: Request, months: list[date], data: list[rows.Row]) -> Response:
    start, end = months[0], months[-1]
    asked = {name: value for name, value in request.query_params.items() if name != "api_key"}
    end_day = end.replace(day=monthrange(end.year, end.month)[1])
    asked |= {"start_date": start.isoformat(), "end_date": end_day.isoformat()}
    newest = last_whole_month(request.app.state.world.today)
    updated = newest.replace(day=monthrange(newest.year, newest.month)[1])
    return JSONResponse({"meta": {"request": asked, "last_updated": updated.isoformat()}, "data": data})


def endpoint(make: Callable[[World, Company, list[date]], list[rows.Row]]) -> Callable[[Request], Response]:
    """An endpoint whose rows `make` gives, in `limit` and `offset` when they are asked for."""

    def answer(request: Request) -> Response:
        if not _key(request):
            return PlainTextResponse("invalid API key", status_code=401)
        world: World = request.app.state.world
        company = world.company(request.query_params.get("domain", ""))
        if company.unknown or "." not in company.domain:
            return JSONResponse({"meta": {"error_message": "Data not found", "status": "Error"}}, status_code=401)
        try:
            months = _window(request, world.today)
            _check(request, months)
        except _BadRequest as bad:
            return JSONResponse({"error_code": bad.code, "error_message": str(bad)}, status_code=400)
        return _envelope(request, months, _page(request, _chosen(request, make(world, company, months))))

    return answer


def _chosen(request: Request, data: list[rows.Row]) -> list[rows.Row]:
    """Only the metrics asked for, where the endpoint takes them."""
    metrics = request.query_params.get("metrics")
    if not metrics:
        return data
    wanted = {"date", *metrics.split(",")}
    return [{name: value for name, value in row.items() if name in wanted} for row in data]


def _page(request: Request, data: list[rows.Row]) -> list[rows.Row]:
    sizes = [request.query_params.get(name, "") for name in ("offset", "limit")]
    offset, limit = (int(size) if size.isdigit() else None for size in sizes)
    first = offset or 0
    return data[first:] if limit is None else data[first : first + limit]


def capabilities(request: Request) -> Response:
    """`/user-capabilities`: costs nothing."""
    if not _key(request):
        return PlainTextResponse("invalid API key", status_code=401)
    return JSONResponse({"allowance": _CREDITS, "user_remaining": _CREDITS})


ROUTES = [
    Route("/user-capabilities", capabilities),
    Route(f"{_SITES}/traffic-and-engagement", endpoint(rows.traffic)),
    Route(f"{_SITES}/traffic-channels", endpoint(rows.channels)),
    Route(f"{_SITES}/traffic-channels/share", endpoint(rows.channel_shares)),
    Route(f"{_SITES}/geography/aggregated", endpoint(rows.geography)),
    Route(f"{_SITES}/demographics/aggregated", endpoint(rows.demographics)),
    Route(f"{_SITES}/keywords/organic/aggregated", endpoint(rows.organic_keywords)),
    Route(f"{_SITES}/keywords/paid/aggregated", endpoint(rows.paid_keywords)),
    Route(f"{_SITES}/audience-interests/aggregated", endpoint(rows.interests)),
    Route(f"{_SITES}/website-rank", endpoint(rows.ranks)),
    Route(f"{_SITES}/traffic-referrals/incoming", endpoint(rows.referrals)),
    Route(f"{_SITES}/traffic-referrals/outgoing", endpoint(rows.outgoing)),
    Route("/v5/website-content/pages/popular-pages/aggregated", endpoint(rows.pages)),
    Route(f"{_SITES}/similar-sites/aggregated", endpoint(rows.similar_sites)),
    Route(f"{_SITES}/keywords-competitors/aggregated", endpoint(rows.keyword_competitors)),
]
