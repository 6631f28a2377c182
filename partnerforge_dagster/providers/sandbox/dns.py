"""Google Public DNS over HTTPS as the sandbox serves it: what a company's technologies leave in its domain's records.

The form follows https://developers.google.com/speed/public-dns/docs/doh/json; unverified, never seen from the service.
Not for: what its web pages show (sites.py).
"""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from partnerforge_dagster.providers.sandbox.world import World

PROVIDER = "dns"
HOSTS = ("dns.google",)

_NUMBERS = {"A": 1, "CNAME": 5, "MX": 15, "TXT": 16}
_ALIASES = {
    "Shopify": "shops.myshopify.com.",
    "Shopify Plus": "shops.myshopify.com.",
    "Salesforce Commerce Cloud": "commcloud.prod-{site}.cc-ecdn.net.",
    "WordPress VIP": "{site}.go-vip.net.",
    "Akamai": "www.{site}.com.edgekey.net.",
    "Fastly": "{site}.map.fastly.net.",
    "Cloudflare": "www.{site}.com.cdn.cloudflare.net.",
    "Amazon CloudFront": "d111111abcdef8.cloudfront.net.",
}
"""The first that a company uses is what its `www` host stands for."""
_MAIL = {
    "Office 365 Mail": ("{site}-com.mail.protection.outlook.com.", "spf.protection.outlook.com"),
    "Google Apps for Business": ("aspmx.l.google.com.", "_spf.google.com"),
}
"""Host that takes mail, and the host that an SPF record includes."""


def resolve(request: Request) -> Response:
    """`/resolve?name=&type=`. A name that is none is a 400, one of nobody's has no records."""
    name, kind = request.query_params.get("name", "").rstrip(".").lower(), request.query_params.get("type", "A").upper()
    if not name or ".." in f".{name}" or kind not in _NUMBERS:
        return Response("Invalid name or type", status_code=400)
    rows = _records(request.app.state.world, name, kind)
    answer = [{"name": f"{owner}.", "type": number, "TTL": 300, "data": data} for owner, number, data in rows]
    question = {"Question": [{"name": f"{name}.", "type": _NUMBERS[kind]}]}
    flags = {"TC": False, "RD": True, "RA": True, "AD": False, "CD": False}
    return JSONResponse({"Status": 0, **flags, **question, **({"Answer": answer} if answer else {})})


def _records(world: World, name: str, kind: str) -> list[tuple[str, int, str]]:
    company = world.company(name.removeprefix("www."))
    if company.unknown:
        return []
    site = company.domain.partition(".")[0]
    names = [tech.name for tech in company.technologies if tech.last is None]
    mail = [_MAIL[one] for one in names if one in _MAIL]
    found: list[Any]
    if kind == "MX":
        found = [f"{10 * place} {host.format(site=site)}" for place, (host, _) in enumerate(mail, 1)]
    elif kind == "TXT":
        senders = " ".join(f"include:{sender}" for _, sender in mail)
        found = [f'"v=spf1 {senders} -all"'] if "SPF" in names else []
    else:
        alias = next((_ALIASES[one].format(site=site) for one in names if one in _ALIASES), None)
        if alias is None or not name.startswith("www."):
            return [(name, _NUMBERS["A"], "192.0.2.10")] if kind == "A" else []
        chain = [(name, _NUMBERS["CNAME"], alias)]
        return [*chain, (alias.rstrip("."), _NUMBERS["A"], "192.0.2.10")] if kind == "A" else chain
    return [(name, _NUMBERS[kind], data) for data in found]


ROUTES = [Route("/resolve", resolve)]
