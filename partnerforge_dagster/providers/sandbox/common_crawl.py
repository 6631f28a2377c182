"""Common Crawl's index as the sandbox serves it: the list of crawls, and captures of a site, a JSON object a line.

The forms follow its public documents; unverified, never seen from the real service.
Not for: the pages (sites.py).
"""

import json
from datetime import date, timedelta

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from partnerforge_dagster.providers.sandbox.company import Company
from partnerforge_dagster.providers.sandbox.world import World

PROVIDER = "common_crawl"
HOSTS = ("index.commoncrawl.org",)

_WEEKS_AGO = (5, 10)
"""When the newest two crawls were made."""


def crawls(request: Request) -> Response:
    """`/collinfo.json`, newest first."""
    world: World = request.app.state.world
    ids = [_crawl(world.today - timedelta(weeks=weeks)) for weeks in _WEEKS_AGO]
    return JSONResponse(
        [{"id": name, "name": f"{name} Index", "cdx-api": f"https://{HOSTS[0]}/{name}-index"} for name in ids]
    )


def _crawl(day: date) -> str:
    year, week, _ = day.isocalendar()
    return f"CC-MAIN-{year}-{week:02}"


def captures(request: Request) -> Response:
    """`/{crawl}-index?url=`, of a domain with or without `/*`; 404 where nothing was captured."""
    world: World = request.app.state.world
    asked = request.query_params.get("url", "")
    company = world.company(asked.partition("/")[0].removeprefix("*."))
    if company.unknown:
        return JSONResponse({"message": f"No Captures found for: {asked}"}, status_code=404)
    seen = world.today - timedelta(weeks=_WEEKS_AGO[0])
    rows = [_row(url, seen) for url in _pages(company)]
    fields = [name for name in request.query_params.get("fl", "").split(",") if name]
    lines = [json.dumps({name: value for name, value in row.items() if not fields or name in fields}) for row in rows]
    most = int(request.query_params.get("limit", len(lines)))
    return PlainTextResponse("\n".join(lines[:most]) + "\n", media_type="text/x-ndjson")


def _pages(company: Company) -> list[str]:
    site = f"https://www.{company.domain}"
    return [f"{site}/", f"{site}/careers", *(f"{site}/c/{word.replace(' ', '-')}" for word in company.keywords)]


def _row(url: str, seen: date) -> dict[str, str]:
    """Every value is a string."""
    host, _, path = url.removeprefix("https://www.").partition("/")
    return {
        "urlkey": f"{','.join(reversed(host.split('.')))})/{path}",
        "timestamp": f"{seen:%Y%m%d}000000",
        "url": url,
        "mime": "text/html",
        "mime-detected": "text/html",
        "status": "200",
        "digest": "SANDBOX",
        "length": "1000",
        "offset": "0",
        "filename": "sandbox.warc.gz",
    }


ROUTES = [Route("/collinfo.json", crawls), Route("/{crawl}-index", captures)]
