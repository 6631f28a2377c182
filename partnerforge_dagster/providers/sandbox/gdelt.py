"""GDELT DOC 2.0 as the sandbox serves it: lists of articles, `{}` for none, plain text for what it does not understand.

The form and the sentences follow public notes of its users; unverified, never seen from the real service.
Not for: what is found (search_index.py), which is what the emulated search engines find, too.
"""

import re
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from partnerforge_dagster.providers.sandbox.search_index import Page, find, moment
from partnerforge_dagster.providers.sandbox.world import World

PROVIDER = "gdelt"
HOSTS = ("api.gdeltproject.org",)

_DAYS = 91
"""How far back it looks."""
_SHORTEST = 3


def doc(request: Request) -> Response:
    """`/api/v2/doc/doc`, of which only `mode=artlist&format=json` is played."""
    query = request.query_params.get("query", "")
    if complaint := _complaint(query):
        return PlainTextResponse(complaint)
    world: World = request.app.state.world
    words = re.sub(r"\bsource(?:lang|country):\S+", " ", query)
    most = min(int(request.query_params.get("maxrecords", 75)), 250)
    dated = [(moment(page), page) for page in find(world, words, news=True, within_days=_DAYS).pages]
    rows = [_article(seen, page) for seen, page in dated if seen is not None]
    newest = sorted(rows, key=lambda row: row["seendate"], reverse=True)[:most]
    return JSONResponse({"articles": newest} if newest else {})


def _complaint(query: str) -> str | None:
    """Why a query is not understood, as a sentence inside a 200."""
    if not query.strip():
        return "Your query was too short or too long."
    if any(len(phrase.strip()) < _SHORTEST for phrase in re.findall(r'"([^"]*)"', query)):
        return "The specified phrase is too short."
    if " OR " in re.sub(r"\([^)]*\)", "", query):
        return "Queries containing OR'd terms must be surrounded by ()."
    return None


def _article(seen: datetime, page: Page) -> dict[str, Any]:
    return {
        "url": page.url,
        "url_mobile": "",
        "title": page.title,
        "seendate": f"{seen:%Y%m%dT%H%M%SZ}",
        "socialimage": "",
        "domain": page.publisher,
        "language": "English",
        "sourcecountry": "United States",
    }


ROUTES = [Route("/api/v2/doc/doc", doc)]
