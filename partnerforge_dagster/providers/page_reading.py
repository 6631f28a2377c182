"""A public page reduced to what is of use: where careers and job boards are, and what gives its technology away.

Not for: fetching it (web_pages.py) or recognising technologies in it (research/fingerprints/).
"""

import re
from collections.abc import Iterable
from itertools import islice
from urllib.parse import urljoin

import httpx
from selectolax.lexbor import LexborHTMLParser, LexborNode

from partnerforge_dagster.models.base import Frozen
from partnerforge_dagster.providers.boards.posting import BoardLink, board_link

_NAMED = re.compile(r"""\\?/\\?/([a-z0-9-]+(?:\.[a-z0-9-]+)+(?=[/"'\\:?#\s])[^"'\s<>:?#]{0,100})""", re.IGNORECASE)
"""An address after `//` in a script, where slashes may be escaped (`https:\\/\\/cdn.example.com\\/a.js`)."""
_NAMED_BOARD = re.compile(
    r"""https?:\\?/\\?/[a-z0-9.-]*\.(?:greenhouse\.io|lever\.co|ashbyhq\.com|workable\.com)\\?/[^"'\s<>]+""",
    re.IGNORECASE,
)
_CAREERS = re.compile(
    r"\b(?:careers?|jobs|join us|work (?:with|for|at) us|we.?re hiring"
    r"|karriere|stellenangebote|carri[eè]res?|recrutement|empleos?|vacatures|werken bij|lavora con noi)\b",
    re.IGNORECASE,
)
_HOST = re.compile(r"https?://(?:[^/?#@]*@)?([^/?#:@\\\s]+)", re.IGNORECASE)
_CLOSED = re.compile(r"</(?:body|html)\s*>", re.IGNORECASE)

_LOADED_RELS = frozenset(
    {"stylesheet", "preconnect", "dns-prefetch", "preload", "prefetch", "modulepreload", "icon", "manifest"}
)
"""`rel`s of a `<link>` that make a browser fetch or prepare to; `canonical` and the like only point somewhere."""
_SCRIPT_TYPES = frozenset({"", "module", "text/javascript", "application/javascript", "application/x-javascript"})
_CONFIG_TYPES = frozenset({"application/json", "text/x-magento-init"})
_VALUED_HEADERS = frozenset(
    {"server", "via", "x-powered-by", "powered-by", "x-generator", "x-served-by", "x-cache", "x-cdn", "x-platform"}
)
_PARTS_ELSEWHERE = frozenset({"set-cookie", "content-security-policy", "content-security-policy-report-only"})
_STATE = re.compile(
    r"\s*(?:self\.__next_f\.push\(|(?:(?:window|self|var|let|const)\b[.\s]*)?[\w.$\[\]\"']+\s*=\s*(?:JSON\.parse\()?[{\[\"'])"
)
"""Scripts that only hand the page's data over, its texts too, begin so; short ones may be settings of a tag."""
_SHORT = 5_000
_MOST_ADDRESSES = 500
_MOST_CHARACTERS = 200
"""Of a header, a meta tag or an address that is kept as evidence."""


class Traces(Frozen):
    """What a page and the answer that brought it give away about its technology. No value of a cookie is kept."""

    scripts: tuple[str, ...] = ()
    """Absolute addresses of scripts and frames that it loads."""
    assets: tuple[str, ...] = ()
    """Absolute addresses of styles, images, icons and of hosts that it connects to ahead of time."""
    named: tuple[str, ...] = ()
    """Absolute addresses that inline scripts name, which is how most tags load themselves."""
    inline: str = ""
    """Text of the inline scripts."""
    config: str = ""
    """Inline JSON for scripts and scripts that only hand over data; data for search engines (`ld+json`) is neither."""
    meta: tuple[tuple[str, str], ...] = ()
    """Name in lower case and content of meta tags."""
    headers: tuple[tuple[str, str], ...] = ()
    """Names in lower case; values only of those whose values name products, empty for the rest."""
    cookies: tuple[str, ...] = ()
    """Names of the cookies that the answer sets."""
    csp_hosts: tuple[str, ...] = ()
    """Hosts that its Content-Security-Policy allows, without `*.`."""
    dns: tuple[str, ...] = ()
    """Of the domain, not of the page: where its names lead, and its TXT records (dns.py)."""


class HomePage(Frozen):
    """One page of the account's site, reduced to what is of use."""

    url: str
    """Where it was found, after redirects."""
    title: str | None
    careers_url: str | None
    board_links: tuple[BoardLink, ...]
    """Job boards that it links to, embeds, or names in a script."""
    traces: Traces = Traces()
    whole: bool = True
    """False when neither body nor document is closed, or nothing is linked or loaded: the page may be cut off, or speak
    of an outage, and what is not in it proves nothing. Some sites never close theirs."""


def read_page(html: str, url: str, headers: httpx.Headers | None = None) -> HomePage:
    """What a page at `url`, and the headers that it came with, say about its maker."""
    tree = LexborHTMLParser(html)
    title = tree.css_first("title")
    anchors = [(_joined(url, node.attributes.get("href")), node.text()) for node in tree.css("a[href]")]
    traces = _traces(tree, url, headers or httpx.Headers())
    named = (address.replace("\\", "") for address in _NAMED_BOARD.findall(traces.inline))
    links = map(board_link, (*(href for href, _ in anchors), *traces.scripts, *traces.assets, *named))
    return HomePage(
        url=url,
        title=" ".join(title.text().split()) or None if title else None,
        careers_url=next(
            (href for href, words in anchors if leads_to_careers(href, words) and href.rstrip("/") != url.rstrip("/")),
            None,
        ),
        board_links=tuple(dict.fromkeys(link for link in links if link is not None)),
        traces=traces,
        whole=_CLOSED.search(html) is not None and bool(anchors or traces.scripts),
    )


def leads_to_careers(href: str, words: str = "") -> bool:
    """Whether a web address, by its path or by the words of its link, is that of a careers page."""
    return href.startswith("http") and bool(_CAREERS.search(words) or _CAREERS.search(_path_of(href)))


def _path_of(address: str) -> str:
    return "/".join(re.split(r"[?#]", address, maxsplit=1)[0].split("/")[3:])


def host_of(address: str) -> str:
    """The host in lower case; empty when the address has none."""
    found = _HOST.match(address)
    return found[1].lower() if found else ""


def _traces(tree: LexborHTMLParser, url: str, headers: httpx.Headers) -> Traces:
    meta = [(node.attributes.get("name"), node.attributes.get("content")) for node in tree.css("meta[name]")]
    policies = [
        *headers.get_list("content-security-policy"),
        *headers.get_list("content-security-policy-report-only"),
        *(
            node.attributes.get("content") or ""
            for node in tree.css("meta[http-equiv]")
            if (node.attributes.get("http-equiv") or "").lower() == "content-security-policy"
        ),
    ]
    scripts = _inline(tree, _SCRIPT_TYPES)
    inline = "\n".join(text for text in scripts if not _is_state(text))
    config = [*(text for text in scripts if _is_state(text)), *_inline(tree, _CONFIG_TYPES)]
    return Traces(
        scripts=_addresses(url, tree.css("script[src], iframe[src]"), "src"),
        assets=(
            *_addresses(url, (node for node in tree.css("link[href]") if _is_loaded(node)), "href"),
            *_addresses(url, tree.css("img[src]"), "src"),
        ),
        named=tuple(dict.fromkeys("https://" + address.replace("\\", "") for address in _NAMED.findall(inline))),
        inline=inline,
        config="\n".join(config),
        meta=tuple((name.lower(), content[:_MOST_CHARACTERS]) for name, content in meta if name and content),
        headers=tuple(
            (name, value[:_MOST_CHARACTERS] if name in _VALUED_HEADERS else "")
            for name, value in headers.multi_items()
            if name not in _PARTS_ELSEWHERE
        ),
        cookies=tuple(
            dict.fromkeys(cookie.partition("=")[0].strip() for cookie in headers.get_list("set-cookie", False))
        ),
        csp_hosts=tuple(dict.fromkeys(host for policy in policies for host in _allowed(policy))),
    )


def _inline(tree: LexborHTMLParser, types: frozenset[str]) -> list[str]:
    return [
        node.text()
        for node in tree.css("script:not([src])")
        if (node.attributes.get("type") or "").strip().lower() in types
    ]


def _is_state(script: str) -> bool:
    return (len(script) > _SHORT or "__next_f" in script[:40]) and _STATE.match(script) is not None


def _is_loaded(node: LexborNode) -> bool:
    return not _LOADED_RELS.isdisjoint((node.attributes.get("rel") or "").lower().split())


def _addresses(base: str, nodes: Iterable[LexborNode], attribute: str) -> tuple[str, ...]:
    found = (_joined(base, node.attributes.get(attribute)) for node in islice(nodes, _MOST_ADDRESSES))
    return tuple(dict.fromkeys(address for address in found if address.startswith("http")))


def _joined(base: str, address: str | None) -> str:
    """An absolute address; empty for none and for one that is malformed (`http://[`)."""
    if not address or address.startswith(("http://", "https://")):
        return address or ""
    if address.startswith("/") and not address.startswith("//"):
        # Pages have thousands of these, and urljoin takes its time for each.
        return "/".join(base.split("/", 3)[:3]) + address
    try:
        return urljoin(base, address)
    except ValueError:
        return ""


def _allowed(policy: str) -> Iterable[str]:
    """Hosts in a Content-Security-Policy; `frame-ancestors` tells who may frame the page, not what it uses."""
    for directive in policy.split(";"):
        name, *sources = directive.split() or [""]
        if name.lower() != "frame-ancestors":
            for source in sources:
                host = re.sub(r"^[a-z-]+://", "", source.lower()).split("/")[0].split(":")[0].removeprefix("*.")
                if "." in host and "'" not in host:
                    yield host
