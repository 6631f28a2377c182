"""Wikidata as the sandbox serves it: items by website (SPARQL), entities, labels, search by name.

Statement shapes as in recorded answers (of other subjects than companies).
Not for: the statements of a company (wikidata_items.py).
"""

import re
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from partnerforge_dagster.providers.sandbox.company import Company
from partnerforge_dagster.providers.sandbox.search_terms import company_meant
from partnerforge_dagster.providers.sandbox.wikidata_items import (
    company_entity,
    description_of,
    item_shown,
    label_of,
    redirected,
    website_of,
)
from partnerforge_dagster.providers.sandbox.world import World

PROVIDER = "wikidata"
HOSTS = ("query.wikidata.org", "www.wikidata.org")

_WEBSITE = re.compile(r"<(https?://[^>\s]+)>")
_HOST = re.compile(r"https?://(?:www\.)?([^/]+)")


async def sparql(request: Request) -> Response:
    """`/sparql`: of all SPARQL, only items whose website (P856) is among a VALUES list of addresses."""
    form = await request.form() if request.method == "POST" else {}
    query = request.query_params.get("query") or str(form.get("query") or "")
    if "P856" not in query:
        return PlainTextResponse("SPARQL-QUERY: the sandbox only knows queries by P856\n", status_code=400)
    world: World = request.app.state.world
    addresses = _WEBSITE.findall(query)
    domains = dict.fromkeys(match[1] for match in map(_HOST.match, addresses) if match)
    companies = [company for company in map(world.company, domains) if company.wikidata]
    rows = [_binding(company) for company in companies if website_of(company) in addresses]
    names = re.findall(r"\?(\w+)", query.partition("WHERE")[0])
    body = {"head": {"vars": names}, "results": {"bindings": rows}}
    return JSONResponse(body, media_type="application/sparql-results+json")


def _binding(company: Company) -> dict[str, Any]:
    """One row; everything is a string, and `sitelinks` of the small ones is unbound: simply missing."""
    row = {
        "item": {"type": "uri", "value": f"http://www.wikidata.org/entity/{item_shown(company)}"},
        "website": {"type": "uri", "value": website_of(company)},
        "itemLabel": {"type": "literal", "xml:lang": "en", "value": company.name},
        "countryCode": {"type": "literal", "value": company.country},
    }
    if company.employees >= 1000:
        kind = "http://www.w3.org/2001/XMLSchema#integer"
        row["sitelinks"] = {"type": "literal", "datatype": kind, "value": str(company.employees // 1000 + 1)}
    return row


def entity_data(request: Request) -> Response:
    """`/wiki/Special:EntityData/{Q}.json`; a merged item answers with the one it was merged into."""
    world: World = request.app.state.world
    item = request.path_params["item"]
    company = world.by_wikidata(redirected(item))
    if company is None:
        return HTMLResponse(f"<html><body>No entity with ID {item} was found.</body></html>", status_code=404)
    entity = company_entity(company, world.today)
    return JSONResponse({"entities": {entity["id"]: entity}})


def api(request: Request) -> Response:
    """`/w/api.php`: `wbgetentities` and `wbsearchentities`; errors come inside a 200."""
    match request.query_params.get("action"):
        case "wbgetentities":
            return _entities(request)
        case "wbsearchentities":
            return _search(request)
        case action:
            info = f'Unrecognized value for parameter "action": {action}.'
            return JSONResponse({"error": {"code": "badvalue", "info": info}})


def _entities(request: Request) -> Response:
    world: World = request.app.state.world
    items = [item for item in request.query_params.get("ids", "").split("|") if item]
    wanted = set(request.query_params.get("props", "info|labels|descriptions|claims").split("|"))
    entities = {item: _entity(world, item, wanted) for item in items[:50]}
    return JSONResponse({"entities": entities, "success": 1})


def _entity(world: World, item: str, wanted: set[str]) -> dict[str, Any]:
    company = world.by_wikidata(redirected(item))
    if company is not None:
        entity = company_entity(company, world.today)
        left_out = {"labels", "descriptions", "aliases", "claims", "sitelinks"} - wanted
        return {name: part for name, part in entity.items() if name not in left_out}
    label = label_of(item)
    if label is None:
        return {"id": item, "missing": ""}
    return {"type": "item", "id": item, "labels": {"en": {"language": "en", "value": label}}}


def _search(request: Request) -> Response:
    world: World = request.app.state.world
    words = request.query_params.get("search", "")
    company = world.by_name(words) or company_meant(world, words)
    rows = [_search_row(company, words)] if company and company.wikidata else []
    return JSONResponse({"searchinfo": {"search": words}, "search": rows, "success": 1})


def _search_row(company: Company, words: str) -> dict[str, Any]:
    return {
        "id": company.wikidata,
        "title": company.wikidata,
        "concepturi": f"http://www.wikidata.org/entity/{company.wikidata}",
        "repository": "wikidata",
        "url": f"//www.wikidata.org/wiki/{company.wikidata}",
        "label": company.name,
        "description": description_of(company),
        "match": {"type": "label", "language": "en", "text": words},
    }


ROUTES = [
    Route("/sparql", sparql, methods=["GET", "POST"]),
    Route("/wiki/Special:EntityData/{item}.json", entity_data),
    Route("/w/api.php", api),
]
