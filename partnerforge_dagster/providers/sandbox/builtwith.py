"""BuiltWith's wire format: which request gets which answer.

Shapes of the domain and redirect endpoints follow recorded answers (2019 to 2024), the others the vendor's documents
and clients' schemas: unverified, never seen from the real service. Any non-empty key is taken; credits are not kept.
Not for: the technologies by path (builtwith_domain.py) or failures asked for with `--faults` (refusals.py).
"""

from collections import Counter
from collections.abc import Callable
from datetime import date
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from partnerforge_dagster.accounts import BadDomain, account_domain
from partnerforge_dagster.providers.sandbox.builtwith_domain import crawled, domain_result, ms
from partnerforge_dagster.providers.sandbox.catalogue import CATALOGUE, PLATFORM
from partnerforge_dagster.providers.sandbox.company import Company
from partnerforge_dagster.providers.sandbox.draw import Draw
from partnerforge_dagster.providers.sandbox.refusals import builtwith_error
from partnerforge_dagster.providers.sandbox.world import World

PROVIDER = "builtwith"
HOSTS = ("api.builtwith.com",)

MOST_LOOKUPS = 16
_CREDITS = 100_000

About = Callable[[World, Company], object]


def _is_root_domain(lookup: str) -> bool:
    try:
        return account_domain(lookup) == lookup
    except BadDomain:
        return False


def _lookups(request: Request) -> list[str]:
    return [part.strip().lower() for part in request.query_params.get("LOOKUP", "").split(",") if part.strip()]


def _refusal(request: Request, most: int) -> Response | None:
    """What is wrong with a request; None when it can be answered."""
    lookups = _lookups(request)
    if not (request.headers.get("authorization", "").strip() or request.query_params.get("KEY", "").strip()):
        return builtwith_error(-2, "API Key is incorrect")
    if not lookups:
        return builtwith_error(-8, "No root domain to look up")
    if len(lookups) > most:
        return builtwith_error(-7 if most == 1 else -5, f"At most {most} lookups at a time")
    return None


def _paid(content: object, credits_used: int) -> Response:
    """An answer with the headers about credits, as if each request were the first of its month."""
    return JSONResponse(
        content,
        headers={
            "X-API-CREDITS-AVAILABLE": str(_CREDITS),
            "X-API-CREDITS-USED": str(credits_used),
            "X-API-CREDITS-REMAINING": str(_CREDITS - credits_used),
        },
    )


def domain(request: Request) -> Response:
    """`/v{N}/api.json`: up to 16 domains, each with its result or an error of its own."""
    if refused := _refusal(request, MOST_LOOKUPS):
        return refused
    world: World = request.app.state.world
    version, flags = request.path_params["version"], frozenset(request.query_params)
    results, errors = [], []
    for lookup in _lookups(request):
        if _is_root_domain(lookup):
            results.append(domain_result(world.company(lookup), world.today, version, flags))
        else:
            errors.append({"Lookup": lookup, "Message": f"{lookup} is not a root domain", "Code": -8})
    trust = {"Trust": None} if version >= 20 and results else {}
    return _paid({"Results": results, "Errors": errors, **trust}, len(results))


def about_one(describe: About) -> Callable[[Request], Response]:
    """An endpoint that takes one domain."""

    def endpoint(request: Request) -> Response:
        if refused := _refusal(request, 1):
            return refused
        (lookup,) = _lookups(request)
        if not _is_root_domain(lookup):
            return builtwith_error(-8, f"{lookup} is not a root domain")
        world: World = request.app.state.world
        return _paid(describe(world, world.company(lookup)), 1)

    return endpoint


def _relationships(world: World, company: Company) -> dict[str, Any]:
    draw, (_, last) = Draw(company.domain), crawled(company, world.today)
    kinds = (("ga", f"UA-{10_000 + int(draw.unit('ga') * 9e6)}"), ("gtm", f"GTM-{int(draw.unit('gtm') * 1e7):07X}"))
    identifiers, count = [], 0
    for position, (kind, value) in enumerate(kinds):
        since = ms(date(world.today.year - 4 + position, 3, 1))
        matches = [
            {"Domain": related, "First": since, "Last": ms(last), "Overlap": True}
            for related in company.related_domains[position::2]
        ]
        if matches:
            count += len(matches)
            identifiers.append({"Value": value, "Type": kind, "First": since, "Last": ms(last), "Matches": matches})
    related_to = [{"Domain": company.domain, "Identifiers": identifiers}] if identifiers else []
    return {
        "Relationships": related_to,
        "Errors": [],
        "results": count,
        "max_per_page": 500,
        "more_results": False,
    }


def _relationships_4(world: World, company: Company) -> dict[str, Any]:
    return _relationships(world, company) | {"next_skip": 0}


def _relationships_5(world: World, company: Company) -> dict[str, Any]:
    return _relationships(world, company) | {"next_page": 0}


def _recommendations(world: World, company: Company) -> list[dict[str, Any]]:
    """What similar sites have and this one lacks, the commonest first."""
    own = {tech.name for tech in company.technologies}
    others = [world.company(domain) for domain in company.similar_sites[:6]]
    seen = Counter(tech.name for other in others for tech in other.technologies if tech.last is None)
    missing = [name for name, _ in seen.most_common() if name not in own and name not in PLATFORM][:10]
    rows = [
        {
            "name": name,
            "link": f"https://trends.builtwith.com/{CATALOGUE[name].tag}/{name.replace(' ', '-')}",
            "tag": CATALOGUE[name].tag,
            "categories": list(CATALOGUE[name].categories),
            "stars": min(4, seen[name]),
            "match": round(0.49 * seen[name] / len(others), 4),
        }
        for name in missing
    ]
    return [{"Domain": company.domain, "Compiled": f"/Date({ms(world.today)})/", "Recommendations": rows}]


def _keywords(_world: World, company: Company) -> dict[str, Any]:
    return {"Keywords": [{"Domain": company.domain, "Keywords": list(company.keywords)}]}


def _live_tags(company: Company) -> set[str]:
    return {tech.tag for tech in company.technologies if tech.last is None}


def _premium(company: Company) -> int:
    return sum(CATALOGUE[tech.name].premium for tech in company.technologies if tech.last is None)


def _trust_1(world: World, company: Company) -> dict[str, Any]:
    first, last = crawled(company, world.today)
    tags, known = _live_tags(company), not company.unknown
    record = {
        "EarliestRecord": ms(first) if known else 0,
        "LatestUpdate": ms(last) if known else 0,
        "PremiumTechs": _premium(company),
        "LiveTechs": known,
        "AffiliateLinks": "ads" in tags,
        "PaymentOptions": "payment" in tags,
        "Ecommerce": "shop" in tags,
        "Parked": False,
        "Spend": company.monthly_tech_spend,
        "Established": known,
        "DBIndexed": known,
    }
    return {"Domain": company.domain, "DBRecord": record, "LiveRecord": None, "Status": 1 if known else 2}


def _trust_2(world: World, company: Company) -> dict[str, Any]:
    first, last = crawled(company, world.today)
    tags, known = _live_tags(company), not company.unknown
    level = "Trusted" if _premium(company) >= 5 else "Neutral" if known else "Unverified"
    reasons = ["Long history of premium technology"] if level == "Trusted" else []
    return {
        "Domain": company.domain,
        "Assessment": {"TrustLevel": level, "Summary": f"{company.domain} is rated {level}.", "Reasons": reasons},
        "ContentSafety": {
            "Gambling": False,
            "AdultContent": False,
            "SuspectedScam": False,
            "PlaceholderContent": False,
        },
        "BusinessProfile": {
            "IsIndexed": known,
            "DomainAgeDays": (world.today - first).days if known else 0,
            "LastCrawledDaysAgo": (world.today - last).days if known else None,
            "PremiumTechnologyCount": _premium(company),
            "HasActiveTechnologyStack": known,
            "IsParkedDomain": False,
            "IsEcommerceSite": "shop" in tags,
            "HasPaymentProcessing": "payment" in tags,
            "HasAffiliateLinks": "ads" in tags,
            "IsEstablishedBusiness": known,
            "EstimatedMonthlySpendUSD": company.monthly_tech_spend,
        },
        "LiveVerification": None,
    }


def _redirects(world: World, company: Company) -> dict[str, Any]:
    _, last = crawled(company, world.today)
    inbound = [
        {"Domain": domain, "FirstDetected": ms(date(last.year - 5, 8, 1)), "LastDetected": ms(last)}
        for domain in company.related_domains
    ]
    return {"Lookup": company.domain, "Inbound": inbound or None, "Outbound": None}


def _free(world: World, company: Company) -> dict[str, Any]:
    first, last = crawled(company, world.today)
    groups = []
    for tag in sorted({tech.tag for tech in company.technologies}):
        techs = [tech for tech in company.technologies if tech.tag == tag]
        live = sum(tech.last is None for tech in techs)
        oldest = min(tech.first for tech in techs)
        counts = {"live": live, "dead": len(techs) - live, "latest": ms(last), "oldest": ms(oldest)}
        groups.append({"name": tag, **counts, "categories": []})
    seen = {"first": 0, "last": 0} if company.unknown else {"first": ms(first), "last": ms(last)}
    return {"domain": company.domain, **seen, "groups": groups}


def who_am_i(_request: Request) -> Response:
    """`/whoamiv1`: costs nothing."""
    return JSONResponse(
        {
            "account": {"max_batch_size": {"domain_lookup": MOST_LOOKUPS, "domain_bulk_submit": 5000}},
            "rate_limits": {"requests_per_second": 10, "concurrency": 8},
            "credits": {"used": 0, "purchased": _CREDITS, "remaining": _CREDITS},
        }
    )


def usage(_request: Request) -> Response:
    """`/usagev2`: costs nothing."""
    return JSONResponse({"used": 0, "purchased": _CREDITS, "remaining": _CREDITS})


ROUTES = [
    Route("/v{version:int}/api.json", domain),
    Route("/rv4/api.json", about_one(_relationships_4)),
    Route("/rv5/api.json", about_one(_relationships_5)),
    Route("/rec1/api.json", about_one(_recommendations)),
    Route("/kw2/api.json", about_one(_keywords)),
    Route("/trustv1/api.json", about_one(_trust_1)),
    Route("/trustv2/api.json", about_one(_trust_2)),
    Route("/redirect1/api.json", about_one(_redirects)),
    Route("/free1/api.json", about_one(_free)),
    Route("/whoamiv1/api.json", who_am_i),
    Route("/usagev2/api.json", usage),
]
"""The retired /financial1 and /social1 are not here and so are 404."""
