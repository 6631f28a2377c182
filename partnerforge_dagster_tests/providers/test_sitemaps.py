"""Sitemaps: the careers page in them, and files that are none, packed, huge or hostile."""

import gzip
import zlib

import httpx
import pytest

from partnerforge_dagster.models.failures import BadAnswer
from partnerforge_dagster.providers.sitemaps import MOST_BYTES, Sitemap, is_sitemap, read_sitemap
from partnerforge_dagster.providers.web_pages import WebPages
from partnerforge_dagster_tests.providers.wire import ask

HEAD = '<?xml version="1.0" encoding="UTF-8"?>'


def urlset(*addresses: str) -> bytes:
    rows = "".join(f"<url><loc>{address}</loc><lastmod>2026-11-01</lastmod></url>" for address in addresses)
    return f'{HEAD}<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</urlset>'.encode()


def index(*addresses: str) -> bytes:
    rows = "".join(f"<sitemap><loc>{address}</loc></sitemap>" for address in addresses)
    return f"{HEAD}<sitemapindex>{rows}</sitemapindex>".encode()


def read(body: bytes) -> Sitemap:
    return read_sitemap(httpx.Response(200, content=body))


class Site:
    """Files by path; robots.txt names none unless it is among them."""

    def __init__(self, **files: bytes) -> None:
        self.files = {f"/{name.replace('__', '.')}": body for name, body in files.items()}
        self.asked: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request.url.path)
        body = self.files.get(request.url.path)
        return httpx.Response(404) if body is None else httpx.Response(200, content=body)


def careers(site: Site) -> str | None:
    return ask(site, WebPages, lambda pages: pages.careers_url("https://acme.test/en/")).value


def test_the_careers_page_is_the_shortest_that_says_so() -> None:
    """Not a posting below it, and not a product."""
    body = urlset("https://acme.test/p/career-boots", "https://acme.test/careers/cook-17", "https://acme.test/careers")
    assert careers(Site(sitemap__xml=body)) == "https://acme.test/careers"


def test_an_index_leads_to_the_likeliest_file() -> None:
    """Two files are read, however many there are; products are not among them."""
    names = ("products-1", "categories", "pages", "blog")
    site = Site(
        sitemap__xml=index(*(f"https://acme.test/{name}.xml" for name in names)),
        pages__xml=gzip.compress(urlset("https://acme.test/about", "https://acme.test/de/karriere")),
    )
    assert careers(site) == "https://acme.test/de/karriere"
    assert site.asked.count("/pages.xml") == 1
    assert not {"/products-1.xml", "/categories.xml", "/blog.xml"} & set(site.asked)


def test_a_file_named_for_careers_goes_before_other_pages() -> None:
    """Underscores and all."""
    found = read(index("https://acme.test/pages.xml", "https://acme.test/sitemap_careers_en.xml"))
    assert found.likeliest == "https://acme.test/sitemap_careers_en.xml"


def test_robots_txt_says_where_it_is() -> None:
    """The first of its lines; `/sitemap.xml` is then not asked for."""
    site = Site(
        robots__txt=b"User-agent: *\nSitemap: https://acme.test/maps/all.xml\nSitemap: https://acme.test/b.xml\n",
        **{"maps/all__xml": urlset("https://acme.test/jobs")},
    )
    assert careers(site) == "https://acme.test/jobs"
    assert "/sitemap.xml" not in site.asked


def test_no_sitemap_and_none_with_careers_are_nothing_there() -> None:
    """Both were asked."""
    assert careers(Site()) is None
    assert careers(Site(sitemap__xml=urlset("https://acme.test/about"))) is None
    assert careers(Site(sitemap__xml=index())) is None


@pytest.mark.parametrize("body", [b"<html><body>Welcome</body></html>", b"", b"{}", b"\x1f\x8bnot gzip"])
def test_what_is_no_sitemap_is_a_bad_answer(body: bytes) -> None:
    """A shop that answers everything with a page has not said that it has no careers page."""
    with pytest.raises(BadAnswer, match=r"acme.test sent no sitemap"):
        careers(Site(sitemap__xml=body))


def test_entities_and_cdata_are_read_as_what_they_stand_for() -> None:
    """Only the five of XML and characters by number: a definition in the file expands to nothing."""
    found = read(urlset("https://a.test/?a=1&amp;b=2", "<![CDATA[https://a.test/c]]>", "http&#58;//a.test/d"))
    assert found.addresses == ("https://a.test/?a=1&b=2", "https://a.test/c", "http://a.test/d")
    bomb = (
        b'<!DOCTYPE u [<!ENTITY a "https://a.test/"><!ENTITY b "&a;&a;&a;">]><urlset><url><loc>&b;</loc></url></urlset>'
    )
    assert read(bomb).addresses == ()


def test_a_file_that_is_cut_off_gives_what_it_has() -> None:
    """Addresses before the cut are as good as any."""
    assert read(urlset("https://a.test/careers", "https://a.test/about")[:140]).careers_url == "https://a.test/careers"


def test_a_small_file_that_holds_a_huge_one_is_unpacked_in_part() -> None:
    """The rest stays packed."""
    bomb = zlib.compressobj(wbits=31)
    start = urlset("https://a.test/careers").removesuffix(b"</urlset>")
    packed = bomb.compress(start + b" " * 20 * MOST_BYTES) + bomb.flush()
    assert len(packed) < 200_000
    assert is_sitemap(packed)
    assert read(packed).careers_url == "https://a.test/careers"
