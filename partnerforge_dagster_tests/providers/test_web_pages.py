"""Home pages: what is read out of them, where redirects lead, and what is no page."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import httpx
import pytest
from sqlalchemy import select

from partnerforge_dagster.governor.transport import GovernorTransport
from partnerforge_dagster.models.failures import BadAnswer, ProviderError, RateLimited, Refused, Unreachable
from partnerforge_dagster.providers.boards.posting import BoardLink
from partnerforge_dagster.providers.page_reading import HomePage, Traces, read_page
from partnerforge_dagster.providers.web_pages import WebPages, policy
from partnerforge_dagster.settings_providers import WebPageSettings
from partnerforge_dagster.store.database import migrate, open_engine
from partnerforge_dagster.store.tables import answers
from partnerforge_dagster_tests.providers.wire import Server
from partnerforge_dagster_tests.providers.wire import ask as ask_wire

R = TypeVar("R")

PAGE = """<!doctype html><html><head>
<title>Acme  Tools |
 Home</title>
<meta name="generator" content="WordPress 6.4">
<link rel="preconnect" href="https://acme-dsn.algolia.net">
<script src="/static/app.js"></script>
<script src="//cdn.shop.test/storefront.js"></script>
<script>window.cfg = {"api": "https:\\/\\/search.vendor.test\\/v1", year: 2/1};</script>
</head><body>
<a href="https://www.linkedin.com/company/acme">LinkedIn</a>
<a href="/about/careers">Careers</a>
<a href="https://boards.greenhouse.io/acme">Open positions</a>
<iframe src="https://boards.greenhouse.io/embed/job_board?for=acme"></iframe>
</body></html>"""


def ask(server: Server, call: Callable[[WebPages], Awaitable[R]]) -> R:
    return ask_wire(server, WebPages, call)


def html(text: str = PAGE) -> httpx.Response:
    return httpx.Response(200, html=text)


def home(server: Server) -> HomePage | None:
    return ask(server, lambda pages: pages.home("acme.test")).value


def test_a_page_is_reduced_to_what_is_of_use() -> None:
    """Title and generator, scripts made absolute, hosts it loads from or names in scripts, careers page and boards."""
    page = home(html())
    assert page is not None
    assert (page.title, page.traces.meta) == ("Acme Tools | Home", (("generator", "WordPress 6.4"),))
    assert page.traces.scripts[:2] == ("https://acme.test/static/app.js", "https://cdn.shop.test/storefront.js")
    assert page.traces.assets == ("https://acme-dsn.algolia.net",)
    assert page.traces.named == ("https://search.vendor.test/v1",)
    assert page.careers_url == "https://acme.test/about/careers"
    assert page.board_links == (BoardLink(board="greenhouse", slug="acme"),)


def test_linking_is_not_using() -> None:
    """Plain links, and `<link>`s that only point somewhere, are no traces."""
    page = home(html(PAGE.replace("<link", '<link rel="canonical" href="https://acme.vendor.test/"><link')))
    assert page is not None
    assert "linkedin.com" not in page.traces.model_dump_json()
    assert "acme.vendor.test" not in page.traces.model_dump_json()


def test_a_bare_page_has_nothing_and_is_still_a_page() -> None:
    """No title, no scripts, no links."""
    page = read_page("<p>hello", "https://acme.test/")
    assert page.model_dump(exclude={"url"}) == {
        "title": None,
        "careers_url": None,
        "board_links": (),
        "traces": Traces().model_dump(),
        "whole": False,
    }


def test_redirects_are_followed_to_the_page() -> None:
    """Relative and absolute ones; the page is cited where it was found."""

    def server(request: httpx.Request) -> httpx.Response:
        if request.url.host == "acme.test":
            return httpx.Response(301, headers={"location": "https://www.acme.test/"})
        if request.url.path == "/":
            return httpx.Response(302, headers={"location": "/en/"})
        return html()

    answer = ask(server, lambda pages: pages.home("acme.test"))
    assert answer.value is not None
    assert answer.value.url == answer.source.url == "https://www.acme.test/en/"


@pytest.mark.parametrize("target", ["http://127.0.0.1/", "http://[::1]/", "http://localhost/", "file:///etc/passwd"])
def test_redirects_to_inside_are_refused(target: str) -> None:
    """An account's page must not make us read our own network or files."""
    with pytest.raises(BadAnswer, match="not a public web page"):
        home(httpx.Response(302, headers={"location": target}))


def test_a_circle_of_redirects_ends() -> None:
    """After five hops it is a bad answer."""
    with pytest.raises(BadAnswer, match="more than 5 redirects"):
        home(httpx.Response(302, headers={"location": "/again"}))


@pytest.mark.parametrize("bare", [httpx.Response(404), httpx.Response(503), None])
def test_www_is_tried_where_the_bare_domain_has_no_page(bare: httpx.Response | None) -> None:
    """Some companies serve only `www.`."""

    def server(request: httpx.Request) -> httpx.Response:
        if request.url.host == "www.acme.test":
            return html()
        if bare is None:
            raise httpx.ConnectError("refused", request=request)
        return bare

    page = home(server)
    assert page is not None
    assert page.url == "https://www.acme.test/"


def test_a_page_that_is_gone_is_nothing_there() -> None:
    """404 and 410 are answers."""
    assert ask(httpx.Response(410), lambda pages: pages.page("https://acme.test/jobs")).value is None


@pytest.mark.parametrize(
    ("response", "failure"),
    [
        (httpx.Response(500), Unreachable),
        (httpx.Response(403, html="<h1>Are you a robot?</h1>"), Refused),
        (httpx.Response(429, headers={"retry-after": "9"}), RateLimited),
        (httpx.Response(418), BadAnswer),
        (httpx.Response(200, json={"a": 1}), BadAnswer),
        (httpx.Response(200, content=b"%PDF", headers={"content-type": "application/pdf"}), BadAnswer),
        (httpx.Response(200, html=""), BadAnswer),
    ],
)
def test_what_is_no_page_is_a_failure(response: httpx.Response, failure: type[ProviderError]) -> None:
    """Outage, robot check, another type of content, nothing at all: never "no careers page"."""
    with pytest.raises(failure):
        ask(response, lambda pages: pages.page("https://acme.test/"))


@pytest.mark.parametrize(
    ("html", "whole"),
    [
        ("<html><body><a href='/a'>a</a></body></html>", True),
        ("<script src='a.js'></script></BODY >", True),
        ("<html><body><a href='/a'>a</a><p>and th", False),
        ("<html><body>We will be right back</body></html>", False),
    ],
)
def test_a_page_that_is_cut_off_or_speaks_of_an_outage_is_not_whole(html: str, whole: bool) -> None:
    """What is not in such a page proves nothing."""
    assert read_page(html, "https://acme.test/").whole is whole


def test_an_answer_from_the_cache_tells_as_much_as_a_new_one(tmp_path: Path) -> None:
    """Headers, policy and names of cookies are stored with the page; no value of a cookie is."""
    headers = [
        ("content-type", "text/html"),
        ("server", "cloudflare"),
        ("set-cookie", "dwsid=SECRET; path=/"),
        ("set-cookie", "_shopify_y=SECRET"),
        ("content-security-policy", "script-src *.algolia.net"),
    ]
    asked: list[str] = []

    def site(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        return (
            httpx.Response(404)
            if request.url.path == "/robots.txt"
            else httpx.Response(200, text=PAGE, headers=headers)
        )

    engine = open_engine(f"sqlite:///{tmp_path / 'store.db'}")
    migrate(engine)

    async def twice() -> list[HomePage | None]:
        transport = GovernorTransport(policy(WebPageSettings()), httpx.MockTransport(site), engine)
        async with httpx.AsyncClient(transport=transport) as http:
            return [(await WebPages(http).home("acme.test")).value for _ in range(2)]

    new, cached = asyncio.run(twice())
    with engine.connect() as connection:
        stored = str(connection.execute(select(answers.c.headers)).all())
    engine.dispose()
    assert asked == ["/robots.txt", "/"]
    assert new is not None
    assert new == cached
    assert new.traces.cookies == ("dwsid", "_shopify_y")
    assert new.traces.csp_hosts == ("algolia.net",)
    assert ("server", "cloudflare") in new.traces.headers
    assert "dwsid=" in stored
    assert "SECRET" not in stored
