"""The account's own public pages, as far as robots.txt allows: home page, careers page, sitemap.

Not for: reading what is in them (page_reading.py, robots.py, sitemaps.py), recognising technologies in them (research/)
or job postings (job_boards.py).
"""

import re
from collections.abc import Callable
from functools import partial
from http.client import GONE, NOT_FOUND, REQUEST_TIMEOUT, TOO_MANY_REQUESTS
from typing import ClassVar, NamedTuple, TypeVar
from urllib.parse import urljoin, urlsplit

import httpx

from partnerforge_dagster.governor.extensions import ENDPOINT
from partnerforge_dagster.governor.policy import ProviderPolicy, free
from partnerforge_dagster.models.failures import BadAnswer, ProviderError, Refused, Unreachable
from partnerforge_dagster.models.provenance import Answer
from partnerforge_dagster.providers.client import ProviderClient
from partnerforge_dagster.providers.http_status import sort_by_status
from partnerforge_dagster.providers.page_reading import HomePage, read_page
from partnerforge_dagster.providers.robots import EVERYTHING, PRODUCT, Robots, address_of, read_robots
from partnerforge_dagster.providers.sitemaps import Sitemap, is_sitemap, read_sitemap
from partnerforge_dagster.settings_providers import WebPageSettings

T = TypeVar("T")

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS = 5
_ANSWERS = _REDIRECTS | {NOT_FOUND, GONE}
_ANSWERS_OF_ROBOTS = _REDIRECTS | frozenset(range(400, 500)) - {REQUEST_TIMEOUT, TOO_MANY_REQUESTS}
"""A robots.txt that is not to be had (4xx) is none; one that the site fails to send (5xx) forbids all, RFC 9309."""

_HTML = "text/html,application/xhtml+xml"
_XML = "application/xml,text/xml,application/gzip"


class _Redirect(NamedTuple):
    target: str


class WebPages(ProviderClient):
    """Reads a page and follows its redirects itself, so that each hop is a governed call and asked for by its rules."""

    provider: ClassVar[str] = "web_page"

    def __init__(self, http: httpx.AsyncClient) -> None:
        super().__init__(http)
        # The client must not follow by itself: `_read` looks at each hop, so that none leads into our own network.
        http.follow_redirects = False

    @classmethod
    def classify(cls, response: httpx.Response) -> ProviderError | None:
        """404 and 410 are "nothing there"; a page that is not HTML is a bad answer; 401 and 403 keep robots out."""
        endpoint = response.request.extensions.get(ENDPOINT)
        answers = _ANSWERS_OF_ROBOTS if endpoint == "robots" else _ANSWERS
        failure = sort_by_status(cls.provider, response, answers=answers)
        if failure is not None or response.status_code in answers or endpoint == "robots":
            return failure
        host = response.request.url.host
        if endpoint == "sitemap":
            return None if is_sitemap(response.content) else BadAnswer(cls.provider, f"{host} sent no sitemap")
        kind = response.headers.get("content-type", "text/html").partition(";")[0].strip().lower()
        if kind not in ("text/html", "application/xhtml+xml"):
            return BadAnswer(cls.provider, f"{host} sent {kind}, not HTML", status=200)
        if not response.content.strip():
            return BadAnswer(cls.provider, f"{host} sent an empty page", status=200)
        return None

    async def home(self, domain: str) -> Answer[HomePage]:
        """The home page, at the bare domain or, where that does not answer, at `www.`. None when it is not there.

        Raises Refused where robots.txt forbids it, besides what `ask` raises. All pages do.
        """
        try:
            answer = await self._read("home", f"https://{domain}/", _HTML, _page)
        except Unreachable:
            return await self._read("home", f"https://www.{domain}/", _HTML, _page)
        return answer if answer.value else await self._read("home", f"https://www.{domain}/", _HTML, _page)

    async def page(self, url: str) -> Answer[HomePage]:
        """Any public page of the account. None when it is not there."""
        return await self._read("page", url, _HTML, _page)

    async def careers_url(self, url: str) -> Answer[str]:
        """The careers page that the sitemap of the site with page `url` names; None when it names none.

        Reads one sitemap, the first on robots.txt's `Sitemap:` lines or else `/sitemap.xml`, and of an index one more.
        """
        named = (await self._rules(url)).sitemaps
        answer = await self._sitemap(named[0] if named else urljoin(url, "/sitemap.xml"))
        if answer.value is not None and answer.value.likeliest is not None:
            answer = await self._sitemap(answer.value.likeliest)
        return Answer(value=answer.value.careers_url if answer.value else None, source=answer.source)

    async def _sitemap(self, url: str) -> Answer[Sitemap]:
        return await self._read("sitemap", url, _XML, read_sitemap)

    async def _read(self, endpoint: str, url: str, accept: str, read: Callable[[httpx.Response], T]) -> Answer[T]:
        """Raises BadAnswer for an endless or unsafe chain of redirects, and Refused where robots.txt forbids a hop."""
        for _ in range(_MOST_REDIRECTS + 1):
            self._must_be_public(url)
            if not (await self._rules(url)).allows(url):
                raise Refused(self.provider, f"robots.txt of {urlsplit(url).hostname} forbids {PRODUCT} to read {url}")
            request = httpx.Request("GET", url, headers={"Accept": accept})
            answer = await self.ask(endpoint, request, partial(_answered, read), url=url)
            if not isinstance(answer.value, _Redirect):
                return Answer(value=answer.value, source=answer.source)
            url = answer.value.target
        raise BadAnswer(self.provider, f"more than {_MOST_REDIRECTS} redirects, the last to {url}")

    async def _rules(self, url: str) -> Robots:
        """The rules of the site that `url` is on. Raises ProviderError when it fails to say: then nothing is asked."""
        address = address_of(url)
        for _ in range(_MOST_REDIRECTS + 1):
            self._must_be_public(address)
            try:
                answer = await self.ask("robots", httpx.Request("GET", address), _rules_in)
            except (Unreachable, BadAnswer) as error:
                reason = f"{address} cannot be read, so the site may not be: {error.detail}"
                raise type(error)(self.provider, reason, status=error.status) from error
            if isinstance(answer.value, Robots):
                return answer.value
            if isinstance(answer.value, _Redirect):
                address = answer.value.target
        return EVERYTHING

    def _must_be_public(self, url: str) -> None:
        """http or https to a named host, never to an address or a local name. Raises BadAnswer."""
        if not _is_public(url):
            raise BadAnswer(self.provider, f"{url} is not a public web page")


def _joined(url: str, location: str) -> str:
    """Where a redirect leads; what is no address is left as it is, and is no public page."""
    try:
        return urljoin(url, location)
    except ValueError:
        return location


_LOCAL = (".local", ".internal", ".localhost", ".localdomain", ".lan", ".home.arpa")
_NUMBER = re.compile(r"\d+|0x[0-9a-f]*")
"""A host whose last label is one is an address in another spelling (`127.1`): https://url.spec.whatwg.org/#host-parsing"""


def _is_public(url: str) -> bool:
    """Whether an address may be asked for: http or https to a named host, never to an address or a local name."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").removesuffix(".")
    except ValueError:  # brackets that are not closed
        return False
    if parts.scheme not in ("http", "https") or "." not in host or ":" in host:
        return False
    return not host.endswith(_LOCAL) and not _NUMBER.fullmatch(host.rpartition(".")[2])


def _answered(read: Callable[[httpx.Response], T], response: httpx.Response) -> T | _Redirect | None:
    if response.status_code in (NOT_FOUND, GONE):
        return None
    return _redirect(response) or read(response)


def _rules_in(response: httpx.Response) -> Robots | _Redirect:
    return _redirect(response) or read_robots(response)


def _redirect(response: httpx.Response) -> _Redirect | None:
    if response.status_code not in _REDIRECTS:
        return None
    return _Redirect(_joined(str(response.request.url), response.headers["location"]))


def _page(response: httpx.Response) -> HomePage:
    return read_page(response.text, str(response.request.url), response.headers)


def policy(settings: WebPageSettings) -> ProviderPolicy:
    """What the governor must know: free, no key, polite to each site."""
    return ProviderPolicy(
        name=WebPages.provider,
        settings=settings,
        classify=WebPages.classify,
        credits=free,
        per_host_at_once=settings.per_host_at_once,
    )
