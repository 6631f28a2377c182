"""robots.txt: what a site allows us to ask for, RFC 9309 (https://www.rfc-editor.org/rfc/rfc9309).

Not for: fetching it (web_pages.py).
"""

from http.client import OK
from urllib.parse import urlsplit

import httpx
from protego import Protego

PRODUCT = "PartnerForge"
"""The name in our User-Agent that a site's rules may address."""

MOST_BYTES = 512_000
"""Of a robots.txt that is read; the RFC asks for at least 500 KiB."""


class Robots:
    """One site's rules."""

    def __init__(self, text: str) -> None:
        self._rules = Protego.parse(text)
        self.sitemaps: tuple[str, ...] = tuple(self._rules.sitemaps)
        """Addresses on its `Sitemap:` lines."""

    def allows(self, url: str) -> bool:
        """Whether we may ask for an address of this site."""
        return bool(self._rules.can_fetch(url, PRODUCT))


EVERYTHING = Robots("")
"""Of a site that has no rules."""


def address_of(url: str) -> str:
    """Where the rules for `url` are."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/robots.txt"


def read_robots(response: httpx.Response) -> Robots:
    """The rules in an answer. No file (4xx), and a web page in its place, are no rules (RFC 9309, 2.3.1.3)."""
    if response.status_code != OK or response.headers.get("content-type", "").lower().startswith("text/html"):
        return EVERYTHING
    # Half a line at the end would be another rule. A byte order mark would hide the first one.
    body = response.content
    whole = body if len(body) <= MOST_BYTES else body[:MOST_BYTES].rpartition(b"\n")[0]
    return Robots(whole.decode("utf-8-sig", errors="replace"))
