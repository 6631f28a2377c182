"""Sitemaps, https://www.sitemaps.org/protocol.html: the addresses in one file, and which of them leads to careers.

Read by pattern and not by an XML parser: there are no entities to expand, and a file that is cut off still gives what
it has.
Not for: fetching them (web_pages.py).
"""

import html
import re
import zlib

import httpx

from partnerforge_dagster.models.base import Frozen
from partnerforge_dagster.providers.page_reading import leads_to_careers

_ADDRESS = re.compile(rb"<(?:\w+:)?loc\b[^>]*>\s*(?:<!\[CDATA\[)?\s*([^<\]\s]{1,2000})", re.IGNORECASE)
_START = re.compile(rb"<(?:\w+:)?(urlset|sitemapindex)\b", re.IGNORECASE)
_GZIP = b"\x1f\x8b"

MOST_BYTES = 5_000_000
"""Of a sitemap that are read, unpacked: a small file may hold a huge one."""
MOST_ADDRESSES = 50_000
"""The protocol's own bound for one file."""

_NOT_PAGES = re.compile(r"product|categor|collection|brand|image|video|news|blog|article|store|location", re.IGNORECASE)


class Sitemap(Frozen):
    """One file."""

    addresses: tuple[str, ...]
    is_index: bool
    """True when the addresses are those of further sitemaps."""

    @property
    def careers_url(self) -> str | None:
        """The shortest address that leads to careers: the page itself rather than a posting below it."""
        found = () if self.is_index else (one for one in self.addresses if leads_to_careers(one))
        return min(found, key=lambda one: (len(one), one), default=None)

    @property
    def likeliest(self) -> str | None:
        """Of an index: the sitemap whose name says careers, else the first whose name says nothing else."""
        if not self.is_index:
            return None
        plain = (one for one in self.addresses if not _NOT_PAGES.search(one))
        return next((one for one in self.addresses if leads_to_careers(one.replace("_", "-"))), next(plain, None))


def is_sitemap(body: bytes) -> bool:
    """Whether a body, packed or not, begins as a sitemap does."""
    return _START.search(_unpacked(body)[:5_000]) is not None


def read_sitemap(response: httpx.Response) -> Sitemap:
    """The addresses in an answer that `is_sitemap`."""
    body = _unpacked(response.content)
    start = _START.search(body)
    found = (html.unescape(one.decode("utf-8", errors="replace")) for one in _ADDRESS.findall(body))
    return Sitemap(
        addresses=tuple(dict.fromkeys(one for one in found if one.startswith("http")))[:MOST_ADDRESSES],
        is_index=start is not None and start[1].lower() == b"sitemapindex",
    )


def _unpacked(body: bytes) -> bytes:
    """At most MOST_BYTES; of a broken gzip file nothing."""
    if not body.startswith(_GZIP):
        return body[:MOST_BYTES]
    try:
        return zlib.decompressobj(wbits=31).decompress(body, MOST_BYTES)
    except zlib.error:
        return b""
