"""What a site's robots.txt lets us ask for, and what happens when it cannot be read."""

from collections.abc import Callable

import httpx
import pytest

from partnerforge_dagster.models.failures import BadAnswer, ProviderError, RateLimited, Refused, Unreachable
from partnerforge_dagster.providers.robots import MOST_BYTES, read_robots
from partnerforge_dagster.providers.web_pages import WebPages
from partnerforge_dagster_tests.providers.wire import ask

PAGE = "<html><body><a href='/careers'>Careers</a></body></html>"
FORBIDS_US = "User-agent: *\nAllow: /\n\nUser-agent: partnerforge\nDisallow: /\n"


class Site:
    """A site with rules and one page everywhere else."""

    def __init__(self, rules: httpx.Response | Callable[[httpx.Request], httpx.Response]) -> None:
        self.rules = rules
        self.pages: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/robots.txt":
            return self.rules(request) if callable(self.rules) else self.rules
        self.pages.append(str(request.url))
        return httpx.Response(200, html=PAGE)


def read(site: Site, path: str = "/") -> None:
    ask(site, WebPages, lambda pages: pages.page(f"https://acme.test{path}"))


@pytest.mark.parametrize(
    "rules",
    [
        "",
        "User-agent: *\nDisallow:\n",
        "User-agent: *\nDisallow: /checkout\nDisallow: /*?sort=\n",
        "User-agent: Googlebot\nDisallow: /\n",
        "User-agent: *\nDisallow: /\n\nUser-agent: PartnerForge\nAllow: /\n",
        "User-agent: *\nDisallow: /\nAllow: /$\n",
    ],
)
def test_what_is_allowed_is_read(rules: str) -> None:
    """Rules for others, for other paths, and the longest match."""
    site = Site(httpx.Response(200, text=rules))
    read(site)
    assert site.pages == ["https://acme.test/"]


@pytest.mark.parametrize(
    ("rules", "path"),
    [
        ("User-agent: *\nDisallow: /\n", "/"),
        ("\ufeffUser-agent: *\r\nDisallow: /\r\n", "/"),
        (FORBIDS_US, "/"),
        ("User-agent: *\nDisallow: /*/jobs$\n", "/en/jobs"),
        ("User-agent: *\nDisallow: /c\nAllow: /c/open\n", "/careers"),
    ],
)
def test_what_is_forbidden_is_not_asked(rules: str, path: str) -> None:
    """It could not be asked, and the reason says who forbids it; no request for the page leaves."""
    site = Site(httpx.Response(200, text=rules))
    with pytest.raises(Refused, match=r"robots.txt of acme.test forbids PartnerForge to read https://acme.test/"):
        read(site, path)
    assert site.pages == []


@pytest.mark.parametrize(
    "rules",
    [
        httpx.Response(404, html="<h1>Not found</h1>"),
        httpx.Response(410),
        httpx.Response(401),
        httpx.Response(403),
        httpx.Response(200, html="<html>User-agent: *\nDisallow: /</html>"),
        httpx.Response(200, content=b"\x00\xff\xfe" * 50),
        httpx.Response(302, headers={"location": "/robots.txt"}),
    ],
)
def test_a_site_without_rules_may_be_read(rules: httpx.Response) -> None:
    """No file, a web page in its place, bytes without sense, a circle: RFC 9309 takes them for no rules."""
    site = Site(rules)
    read(site)
    assert len(site.pages) == 1


@pytest.mark.parametrize(
    ("rules", "failure"),
    [
        (httpx.Response(500), Unreachable),
        (httpx.Response(503), Unreachable),
        (httpx.Response(429), RateLimited),
        (httpx.Response(302, headers={"location": "http://127.0.0.1/robots.txt"}), BadAnswer),
    ],
)
def test_a_site_that_fails_to_say_is_not_read(rules: httpx.Response, failure: type[ProviderError]) -> None:
    """An outage of the rules is no permission."""
    site = Site(rules)
    with pytest.raises(failure):
        read(site)
    assert site.pages == []


def test_the_reason_names_the_rules() -> None:
    """Who reads the gap learns that the page itself was not the trouble."""
    with pytest.raises(Unreachable, match=r"https://acme.test/robots.txt cannot be read, so the site may not be: HTTP"):
        read(Site(httpx.Response(503)))


def test_rules_may_be_elsewhere() -> None:
    """A redirect is followed, to another host too, and its rules are the first host's."""

    def rules(request: httpx.Request) -> httpx.Response:
        if request.url.host == "acme.test":
            return httpx.Response(301, headers={"location": "https://www.acme.test/robots.txt"})
        return httpx.Response(200, text="User-agent: *\nDisallow: /private\n")

    site = Site(rules)
    read(site)
    with pytest.raises(Refused):
        read(site, "/private/page")


def test_each_host_on_the_way_has_rules_of_its_own() -> None:
    """A redirect into a host that forbids us ends there."""

    def server(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/robots.txt":
            return httpx.Response(200, text=FORBIDS_US if request.url.host == "jobs.test" else "")
        assert request.url.host == "acme.test"
        return httpx.Response(302, headers={"location": "https://jobs.test/acme"})

    with pytest.raises(Refused, match=r"robots.txt of jobs.test"):
        ask(server, WebPages, lambda pages: pages.page("https://acme.test/careers"))


def test_of_huge_rules_the_beginning_counts() -> None:
    """What lies past the bound is not read, nor half a line before it."""
    line = "Disallow: /p/{:07}\n"
    text = "User-agent: *\n" + "".join(line.format(number) for number in range(MOST_BYTES // len(line) + 9_000))
    rules = read_robots(httpx.Response(200, text=text))
    assert not rules.allows("https://acme.test/p/0000001")
    assert rules.allows("https://acme.test/p/")
    assert rules.allows(f"https://acme.test{text.splitlines()[-1].removeprefix('Disallow: ')}")
