"""The account's own public pages: what its home page loads, and where its careers page and job board are.

Not for: recognising technologies in it (research/) or job postings (job_boards.py).
"""

import re
from http.client import GONE, NOT_FOUND
from typing import ClassVar, NamedTuple
from urllib.parse import urljoin, urlsplit

import httpx
from selectolax.lexbor import LexborHTMLParser

from partnerforge_dagster.governor.policy import ProviderPolicy, free
from partnerforge_dagster.models.base import Frozen
from partnerforge_dagster.models.failures import BadAnswer, ProviderError, Unreachable
from partnerforge_dagster.models.provenance import Answer
from partnerforge_dagster.providers.boards.posting import BoardLink, board_link
from partnerforge_dagster.providers.client import ProviderClient
from partnerforge_dagster.providers.http_status import sort_by_status
from partnerforge_dagster.settings import WebPageSettings

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_ANSWERS = _REDIRECTS | {NOT_FOUND, GONE}
_MOST_REDIRECTS = 5
_NAMED_HOST = re.compile(r"""\\?/\\?/([a-z0-9-]+(?:\.[a-z0-9-]+)+)(?=[/"'\\:?#\s])""", re.IGNORECASE)
"""A host after `//` in a script, where slashes may be escaped (`https:\\/\\/cdn.example.com\\/a.js`)."""
_CAREERS = re.compile(r"\b(?:careers?|jobs|join us|work (?:with|for|at) us|we.?re hiring)\b", re.IGNORECASE)

_CLOSED = re.compile(r"</(?:body|html)\s*>", re.IGNORECASE)


class HomePage(Frozen):
    """One page of the account's site, reduced to what is of use; the text itself is not kept."""

    url: str
    """Where it was found, after redirects."""
    title: str | None
    generator: str | None
    """The `generator` meta tag: `WordPress 6.4`."""
    script_urls: tuple[str, ...]
    """Absolute addresses of the scripts that the page loads."""
    hosts: tuple[str, ...]
    """Other hosts that its scripts, styles, frames and images come from or that its inline scripts name."""
    careers_url: str | None
    board_links: tuple[BoardLink, ...]
    """Job boards that it links to or embeds."""
    whole: bool = True
    """False when neither body nor document is closed, or nothing is linked or loaded: the page may be cut off, or speak
    of an outage, and what is not in it proves nothing. Some sites never close theirs."""


class _Redirect(NamedTuple):
    location: str


class WebPages(ProviderClient):
    """Reads a page and follows its redirects itself, so that each hop is a governed call."""

    provider: ClassVar[str] = "web_page"

    def __init__(self, http: httpx.AsyncClient) -> None:
        super().__init__(http)
        # The client must not follow by itself: `_read` looks at each hop, so that none leads into our own network.
        http.follow_redirects = False

    @classmethod
    def classify(cls, response: httpx.Response) -> ProviderError | None:
        """404 and 410 are "nothing there"; a page that is not HTML is a bad answer; 401 and 403 keep robots out."""
        failure = sort_by_status(cls.provider, response, answers=_ANSWERS)
        if failure is not None or response.status_code in _ANSWERS:
            return failure
        kind = response.headers.get("content-type", "text/html").partition(";")[0].strip().lower()
        if kind not in ("text/html", "application/xhtml+xml"):
            return BadAnswer(cls.provider, f"{response.request.url.host} sent {kind}, not HTML", status=200)
        if not response.content.strip():
            return BadAnswer(cls.provider, f"{response.request.url.host} sent an empty page", status=200)
        return None

    async def home(self, domain: str) -> Answer[HomePage]:
        """The home page, at the bare domain or, where that does not answer, at `www.`. None when it is not there."""
        try:
            answer = await self._read("home", f"https://{domain}/")
        except Unreachable:
            return await self._read("home", f"https://www.{domain}/")
        return answer if answer.value else await self._read("home", f"https://www.{domain}/")

    async def page(self, url: str) -> Answer[HomePage]:
        """Any public page of the account. None when it is not there."""
        return await self._read("page", url)

    async def _read(self, endpoint: str, url: str) -> Answer[HomePage]:
        """Raises BadAnswer for an endless or unsafe chain of redirects, besides what `ask` raises."""
        for _ in range(_MOST_REDIRECTS + 1):
            if not _is_public(url):
                raise BadAnswer(self.provider, f"{url} is not a public web page")
            request = httpx.Request("GET", url, headers={"Accept": "text/html,application/xhtml+xml"})
            answer = await self.ask(endpoint, request, _parse, url=url)
            if not isinstance(answer.value, _Redirect):
                return Answer(value=answer.value, source=answer.source)
            url = _joined(url, answer.value.location)
        raise BadAnswer(self.provider, f"more than {_MOST_REDIRECTS} redirects, the last to {url}")


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
    """Whether a redirect may be followed: http or https to a named host, never to an address or a local name."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").removesuffix(".")
    except ValueError:  # brackets that are not closed
        return False
    if parts.scheme not in ("http", "https") or "." not in host or ":" in host:
        return False
    return not host.endswith(_LOCAL) and not _NUMBER.fullmatch(host.rpartition(".")[2])


def _parse(response: httpx.Response) -> HomePage | _Redirect | None:
    if response.status_code in (NOT_FOUND, GONE):
        return None
    if response.status_code in _REDIRECTS:
        return _Redirect(response.headers["location"])
    return read_page(response.text, str(response.request.url))


def read_page(html: str, url: str) -> HomePage:
    """What a page at `url` says about its maker."""
    tree = LexborHTMLParser(html)
    generator = tree.css_first('meta[name="generator"]')
    title = tree.css_first("title")
    anchors = [(urljoin(url, node.attributes.get("href") or ""), node.text()) for node in tree.css("a[href]")]
    scripts = _addresses(tree, "script[src]", "src", url)
    loaded = [
        *scripts,
        *_addresses(tree, "iframe[src], img[src]", "src", url),
        *_addresses(tree, "link[href]", "href", url),
    ]
    links = [board_link(link) for link in (*(href for href, _ in anchors), *loaded)]
    return HomePage(
        url=url,
        title=" ".join(title.text().split()) or None if title else None,
        generator=generator.attributes.get("content") or None if generator else None,
        script_urls=scripts,
        hosts=_hosts(tree, loaded, urlsplit(url).hostname or ""),
        careers_url=next((href for href, words in anchors if _leads_to_careers(href, words)), None),
        board_links=tuple(dict.fromkeys(link for link in links if link is not None)),
        whole=_CLOSED.search(html) is not None and bool(anchors or scripts),
    )


def _addresses(tree: LexborHTMLParser, selector: str, attribute: str, base: str) -> tuple[str, ...]:
    found = (node.attributes.get(attribute) for node in tree.css(selector))
    return tuple(dict.fromkeys(urljoin(base, address) for address in found if address))


def _hosts(tree: LexborHTMLParser, loaded: list[str], own: str) -> tuple[str, ...]:
    """Hosts that the page loads from or names in inline scripts. Plain links are left out: linking is not using."""
    inline = " ".join(node.text() for node in tree.css("script:not([src])"))
    named = [urlsplit(address).hostname or "" for address in loaded] + _NAMED_HOST.findall(inline)
    return tuple(dict.fromkeys(host.lower() for host in named if host and host.lower() != own))


def _leads_to_careers(href: str, words: str) -> bool:
    return href.startswith("http") and bool(_CAREERS.search(words) or _CAREERS.search(urlsplit(href).path))


def policy(settings: WebPageSettings) -> ProviderPolicy:
    """What the governor must know: free, no key, polite to each site."""
    return ProviderPolicy(
        name=WebPages.provider,
        settings=settings,
        classify=WebPages.classify,
        credits=free,
        per_host_at_once=settings.per_host_at_once,
    )
