"""Home and careers pages, robots.txt and sitemap of any company, as small as is believable.

A home page shows those technologies that give themselves away: by the scripts that it loads (`Tech.hint`), and by what
else its answer tells (site_traces.py). The careers page links to the job board. A `closed-` domain forbids robots all,
and the home page of a `hidden-` one names no careers page, so that only the sitemap leads there.
Not for: the boards (job_boards.py) or reading such pages (providers/web_pages.py).
"""

import gzip
from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from partnerforge_dagster.accounts import BadDomain, account_domain
from partnerforge_dagster.providers.sandbox import site_traces
from partnerforge_dagster.providers.sandbox.catalogue import CATALOGUE
from partnerforge_dagster.providers.sandbox.company import Company, Tech
from partnerforge_dagster.providers.sandbox.world import World

PROVIDER = "web_page"

_BOARDS = {
    "greenhouse": "https://boards.greenhouse.io/{slug}",
    "lever": "https://jobs.lever.co/{slug}",
    "ashby": "https://jobs.ashbyhq.com/{slug}",
    "workable": "https://apply.workable.com/{slug}/",
}
_NOT_FOUND = "<!DOCTYPE html><html><head><title>Not found</title></head><body><h1>Not found</h1></body></html>"


def _company(request: Request) -> Company:
    world: World = request.app.state.world
    site: str = request.state.site
    try:
        return world.company(account_domain(site))
    except BadDomain:  # a host under no public suffix, such as the publishers of invented news
        return world.company(site)


def _page(title: str, head: str, body: str) -> str:
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{escape(title)}</title>\n{head}</head>\n"
        f"<body>\n{body}</body>\n</html>\n"
    )


def _live(company: Company) -> list[Tech]:
    return [tech for tech in company.technologies if tech.last is None]


def _head(company: Company) -> str:
    names = [tech.name for tech in _live(company)]
    generators = [entry.generator for entry in map(CATALOGUE.__getitem__, names) if entry.generator]
    tags = [f'<meta name="description" content="{escape(company.description)}">']
    tags += [f'<meta name="generator" content="{escape(generator)}">' for generator in generators]
    if "Viewport Meta" in names:
        tags.append('<meta name="viewport" content="width=device-width, initial-scale=1">')
    tags += [f"<script>{script}</script>" for script in site_traces.scripts(names)]
    tags += [f'<script src="{escape(tech.hint)}" async></script>' for tech in _live(company) if tech.hint]
    return "".join(f"{tag}\n" for tag in tags)


def home(request: Request) -> Response:
    """`/`. A company that nobody knows has no site: 404."""
    company = _company(request)
    if company.unknown:
        return HTMLResponse(_NOT_FOUND, status_code=404)
    name, paths = escape(company.name), ((word, word.replace(" ", "-")) for word in company.keywords)
    links = "".join(f'<li><a href="/c/{escape(path)}">{escape(word)}</a></li>\n' for word, path in paths)
    socials = "".join(f'<a href="{escape(social)}">follow us</a>\n' for social in company.socials)
    body = (
        f'<header><a href="/">{name}</a><form action="/search"><input type="search" name="q"></form></header>\n'
        f"<main><h1>{name}</h1><p>{escape(company.description)}</p><ul>\n{links}</ul></main>\n"
        f"<footer>{_careers_link(company)} {socials}&copy; {escape(company.legal_name)}</footer>\n"
    )
    answer = HTMLResponse(_page(company.name, _head(company), body))
    for header, value in site_traces.headers(company.domain, [tech.name for tech in _live(company)]):
        answer.headers.append(header, value)
    return answer


def _careers_link(company: Company) -> str:
    return "" if company.domain.startswith("hidden-") else '<a href="/careers">Careers</a>'


def careers(request: Request) -> Response:
    """`/careers`, with a link to the job board where there is one."""
    company = _company(request)
    if company.unknown:
        return HTMLResponse(_NOT_FOUND, status_code=404)
    link = "<p>Write to us.</p>"
    if company.board:
        kind, slug = company.board
        link = f'<p><a href="{escape(_BOARDS[kind].format(slug=slug))}">See all open positions</a></p>'
    title = f"Careers at {company.name}"
    return HTMLResponse(_page(title, "", f"<h1>{escape(title)}</h1>\n{link}\n"))


def robots(request: Request) -> Response:
    """`/robots.txt`: everybody is welcome everywhere but in the basket, except on a `closed-` domain."""
    site: str = request.state.site
    if _company(request).domain.startswith("closed-"):
        return PlainTextResponse("User-agent: *\nDisallow: /\n")
    rules = "User-agent: *\nDisallow: /checkout\nDisallow: /*?sort=\n"
    return PlainTextResponse(f"{rules}\nSitemap: https://{site}/sitemap.xml\n")


_MAPS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def sitemap(request: Request) -> Response:
    """`/sitemap.xml`: an index of two files."""
    if _company(request).unknown:
        return HTMLResponse(_NOT_FOUND, status_code=404)
    names = ("sitemap_products.xml.gz", "sitemap_pages.xml.gz")
    rows = "".join(f"<sitemap><loc>https://{request.state.site}/{name}</loc></sitemap>" for name in names)
    return Response(f"<sitemapindex {_MAPS}>{rows}</sitemapindex>", media_type="application/xml")


def sitemap_pages(request: Request) -> Response:
    """`/sitemap_pages.xml.gz`: home and careers page, packed."""
    if _company(request).unknown:
        return HTMLResponse(_NOT_FOUND, status_code=404)
    rows = "".join(f"<url><loc>https://{request.state.site}{path}</loc></url>" for path in ("/", "/careers"))
    packed = gzip.compress(f"<urlset {_MAPS}>{rows}</urlset>".encode(), mtime=0)
    return Response(packed, media_type="application/gzip")


ROUTES = [
    Route("/", home),
    Route("/careers", careers),
    Route("/robots.txt", robots),
    Route("/sitemap.xml", sitemap),
    Route("/sitemap_pages.xml.gz", sitemap_pages),
]
"""Any other page is 404."""
