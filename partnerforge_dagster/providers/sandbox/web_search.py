"""Search engines as the sandbox serves them: Brave's web and news search, Serper's, Tavily.

Shapes as in recorded answers; Serper's news is unverified: from public notes. Any key is accepted, none is refused.
Not for: what is found (search_index.py).
"""

import html
import json
import re
from datetime import date
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from partnerforge_dagster.providers.sandbox.company import Company
from partnerforge_dagster.providers.sandbox.draw import uuid_of
from partnerforge_dagster.providers.sandbox.executives import chief_executive
from partnerforge_dagster.providers.sandbox.refusals import SERPER_UNAUTHORIZED, brave_error
from partnerforge_dagster.providers.sandbox.search_index import Found, Page, ago, find, moment
from partnerforge_dagster.providers.sandbox.world import World

PROVIDER = "web_search"
HOSTS = ("api.search.brave.com", "google.serper.dev", "api.tavily.com")

_CREDITS = 100_000
"""As if none had ever been used."""
_BRAVE_DAYS = {"pd": 1, "pw": 7, "pm": 31, "py": 365}
_GOOGLE_DAYS = {"qdr:d": 1, "qdr:w": 7, "qdr:m": 31, "qdr:y": 365}


def brave_web(request: Request) -> Response:
    """`/res/v1/web/search`; `web` is absent when nothing was found."""
    if refusal := _brave_refusal(request):
        return refusal
    found, page, more = _brave_find(request, news=False, most=20)
    body: dict[str, Any] = {
        "type": "search",
        "query": {**_brave_query(request), "more_results_available": more, "country": "us", "bad_results": False},
        "mixed": {
            "type": "mixed",
            "main": [{"type": "web", "index": index, "all": False} for index in range(len(page))],
            "top": [],
            "side": [],
        },
    }
    if page:
        rows = [_brave_web_row(request, hit, found) for hit in page]
        body["web"] = {"type": "search", "results": rows, "family_friendly": True}
    return JSONResponse(body, headers=_RATE)


def brave_news(request: Request) -> Response:
    """`/res/v1/news/search`; `results` is empty when nothing was found."""
    if refusal := _brave_refusal(request):
        return refusal
    found, page, _ = _brave_find(request, news=True, most=50)
    world: World = request.app.state.world
    rows = [
        {
            "type": "news_result",
            "title": hit.title,
            "url": hit.url,
            "description": _decorated(request, hit.snippet, found),
            "age": ago(hit.on or world.today, world.today),
            **_brave_common(hit),
        }
        for hit in page
    ]
    return JSONResponse({"type": "news", "query": _brave_query(request), "results": rows}, headers=_RATE)


_RATE = {
    "x-ratelimit-limit": "50, 15000",
    "x-ratelimit-policy": "50;w=1, 15000;w=2592000",
    "x-ratelimit-remaining": "49, 14000",
    "x-ratelimit-reset": "1, 1209600",
}


def _brave_refusal(request: Request) -> Response | None:
    if not request.headers.get("x-subscription-token"):
        return brave_error(422, "VALIDATION", "Field required: header x-subscription-token")
    if not request.query_params.get("q", "").strip():
        return brave_error(422, "VALIDATION", "Field required: query q", component="query")
    return None


def _brave_find(request: Request, *, news: bool, most: int) -> tuple[Found, tuple[Page, ...], bool]:
    asked = request.query_params
    world: World = request.app.state.world
    days = _BRAVE_DAYS.get(asked.get("freshness", ""))
    found = find(world, asked["q"], news=news, within_days=days)
    count = min(_whole(asked.get("count"), 20), most)
    start = _whole(asked.get("offset"), 0) * count
    return found, found.pages[start : start + count], len(found.pages) > start + count


def _brave_query(request: Request) -> dict[str, Any]:
    return {"original": request.query_params["q"], "spellcheck_off": False, "show_strict_warning": False}


def _brave_web_row(request: Request, hit: Page, found: Found) -> dict[str, Any]:
    row = {
        "title": hit.title,
        "url": hit.url,
        "is_source_local": False,
        "is_source_both": False,
        "description": _decorated(request, hit.snippet, found),
        "profile": {"name": hit.publisher, "url": hit.url, "long_name": hit.publisher, "img": ""},
        "language": "en",
        "family_friendly": True,
        "type": "search_result",
        "subtype": "article" if hit.is_news else "generic",
        **_brave_common(hit),
    }
    if hit.on:
        row["age"] = f"{hit.on:%B} {hit.on.day}, {hit.on.year}"
    if request.query_params.get("extra_snippets") == "true":
        row["extra_snippets"] = [hit.snippet]
    return row


def _brave_common(hit: Page) -> dict[str, Any]:
    path = " › ".join(hit.url.split("/")[3:-1])
    host = hit.publisher
    meta_url = {
        "scheme": "https",
        "netloc": host.removeprefix("www."),
        "hostname": host,
        "favicon": "",
        "path": f"› {path}",
    }
    stamp = moment(hit)
    return {"meta_url": meta_url} | ({"page_age": stamp.isoformat(timespec="seconds")} if stamp else {})


def _decorated(request: Request, text: str, found: Found) -> str:
    """With entities and `<strong>` around what was searched for, unless the caller declined."""
    if request.query_params.get("text_decorations") == "false":
        return text
    escaped = html.escape(text)
    name = re.escape(html.escape(found.company.name)) if found.company else "$^"
    return re.sub(rf"\b({name})\b", r"<strong>\1</strong>", escaped)


async def search(request: Request) -> Response:
    """`POST /search`: both Serper and Tavily have this path; their keys' headers tell them apart."""
    if "x-api-key" not in request.headers and request.headers.get("authorization", "").startswith("Bearer "):
        return await _tavily(request)
    return await serper(request)


async def serper(request: Request) -> Response:
    """`POST /search` and `/news` of google.serper.dev."""
    if not request.headers.get("x-api-key"):
        return SERPER_UNAUTHORIZED
    asked = await _json_object(request)
    query = asked.get("q")
    if not isinstance(query, str) or not query.strip():
        return JSONResponse({"message": "Missing query parameter", "statusCode": 400}, status_code=400)
    news = request.url.path == "/news"
    world: World = request.app.state.world
    found = find(world, query, news=news, within_days=_GOOGLE_DAYS.get(str(asked.get("tbs"))))
    count = _whole(asked.get("num"), 10)
    start = (max(_whole(asked.get("page"), 1), 1) - 1) * count
    hits = found.pages[start : start + count]
    parameters = {"q": query, "type": "news" if news else "search"}
    credits_used = 2 if count > 10 else 1
    if news:
        rows = [_serper_news_row(hit, place, world.today) for place, hit in enumerate(hits, start=1)]
        return JSONResponse({"searchParameters": parameters, "news": rows, "credits": credits_used})
    body: dict[str, Any] = {"searchParameters": parameters}
    if found.company and not found.words:
        body["knowledgeGraph"] = _knowledge_graph(found.company)
    body["organic"] = [_serper_row(hit, place) for place, hit in enumerate(hits, start=1)]
    related = [{"query": f"{found.company.name} {word}"} for word in ("jobs", "stock")] if found.company else []
    return JSONResponse({**body, "relatedSearches": related, "credits": credits_used})


def _serper_row(hit: Page, place: int) -> dict[str, Any]:
    row = {"title": hit.title, "link": hit.url, "snippet": hit.snippet, "position": place}
    return row | ({"date": f"{hit.on:%b} {hit.on.day}, {hit.on.year}"} if hit.on else {})


def _serper_news_row(hit: Page, place: int, today: date) -> dict[str, Any]:
    return {
        "title": hit.title,
        "link": hit.url,
        "snippet": hit.snippet,
        "date": ago(hit.on or today, today),
        "source": hit.publisher,
        "imageUrl": "",
        "position": place,
    }


def _knowledge_graph(company: Company) -> dict[str, Any]:
    """The panel beside the hits; its attributes are words for people."""
    chief = chief_executive(company)
    since = f" ({chief.since:%b} {chief.since.day}, {chief.since.year}–)" if chief and chief.since else ""
    attributes = {
        "CEO": f"{chief.name}{since}" if chief else None,
        "Founded": f"{company.founded}",
        "Headquarters": ", ".join(filter(None, (company.city, company.region))),
        "Number of employees": f"{company.employees:,}",
        "Stock price": company.ticker and f"{company.ticker} ({company.exchange})",
    }
    return {
        "title": company.name,
        "type": f"{company.industry} company",
        "website": f"https://www.{company.domain}/",
        "description": company.description,
        "descriptionSource": "Wikipedia" if company.wikidata else company.domain,
        "attributes": {name: said for name, said in attributes.items() if said},
    }


async def _tavily(request: Request) -> Response:
    asked = await _json_object(request)
    query = asked.get("query")
    if not isinstance(query, str) or not query.strip():
        return JSONResponse({"detail": {"error": "Query is missing."}}, status_code=400)
    news = asked.get("topic") == "news"
    days = asked.get("days")
    world: World = request.app.state.world
    found = find(world, query, news=news, within_days=days if news and isinstance(days, int) else None)
    rows = [_tavily_row(hit, place) for place, hit in enumerate(found.pages[: _whole(asked.get("max_results"), 5)])]
    return JSONResponse(
        {
            "query": query,
            "follow_up_questions": None,
            "answer": None,
            "images": [],
            "results": rows,
            "response_time": 1.45,
            "request_id": uuid_of(query),
        }
    )


def _tavily_row(hit: Page, place: int) -> dict[str, Any]:
    row = {
        "title": hit.title,
        "url": hit.url,
        "content": hit.snippet,
        "score": round(0.95 * 0.93**place, 5),
        "raw_content": None,
    }
    stamp = moment(hit) if hit.is_news else None
    return row | ({"published_date": f"{stamp:%a, %d %b %Y %H:%M:%S} GMT"} if stamp else {})


async def _json_object(request: Request) -> dict[str, Any]:
    """The body; empty when it is not a JSON object."""
    try:
        body = json.loads(await request.body())
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _whole(said: object, default: int) -> int:
    text = str(said)
    return int(text) if text.isdigit() else default


def serper_account(request: Request) -> Response:
    """`GET /account` of google.serper.dev: costs nothing. Read in clients of it, unverified."""
    if not request.headers.get("x-api-key"):
        return SERPER_UNAUTHORIZED
    return JSONResponse({"balance": _CREDITS, "rateLimit": 50})


def tavily_usage(request: Request) -> Response:
    """`GET /usage` of api.tavily.com: costs nothing. As in the vendor's documents."""
    if not request.headers.get("authorization", "").startswith("Bearer "):
        return JSONResponse({"detail": {"error": "Unauthorized: missing or invalid API key."}}, status_code=401)
    account = {"current_plan": "Sandbox", "plan_usage": 0, "plan_limit": _CREDITS, "paygo_usage": 0, "paygo_limit": 0}
    return JSONResponse({"key": {"usage": 0, "limit": _CREDITS}, "account": account})


ROUTES = [
    Route("/account", serper_account),
    Route("/usage", tavily_usage),
    Route("/res/v1/web/search", brave_web),
    Route("/res/v1/news/search", brave_news),
    Route("/search", search, methods=["POST"]),
    Route("/news", serper, methods=["POST"]),
]
