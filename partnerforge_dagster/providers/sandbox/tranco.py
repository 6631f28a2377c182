"""Tranco as the sandbox serves it: a domain's ranks of the last days; none past the first million.

The form follows public clients; unverified, never seen from the real service.
Not for: SimilarWeb's rank (similarweb.py), of which this one is near.
"""

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from partnerforge_dagster.providers.sandbox.world import World

PROVIDER = "tranco"
HOSTS = ("tranco-list.eu",)

_LISTED = 1_000_000
_DAYS = 5


def ranks(request: Request) -> Response:
    """`/api/ranks/domain/{domain}`, newest first."""
    world: World = request.app.state.world
    domain = request.path_params["domain"]
    company = world.company(domain)
    newest = round(company.global_rank * 1.2) + 40
    listed = not company.unknown and newest <= _LISTED
    rows = [{"date": f"{world.today - timedelta(days=age + 1)}", "rank": newest + age} for age in range(_DAYS)]
    return JSONResponse({"ranks": rows if listed else [], "domain": domain})


ROUTES = [Route("/api/ranks/domain/{domain}", ranks)]
