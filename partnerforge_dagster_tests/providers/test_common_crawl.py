"""Common Crawl's index: pages of a site, none, and no answer. The shapes are the documented ones."""

from collections.abc import Callable

import httpx
import pytest

from partnerforge_dagster.models.failures import BadAnswer, ProviderError, RateLimited, Unreachable
from partnerforge_dagster.providers.common_crawl import CommonCrawl
from partnerforge_dagster_tests.providers.wire import ask

CRAWLS = [{"id": "CC-MAIN-2026-38", "name": "September"}, {"id": "CC-MAIN-2026-43", "name": "October"}]
LINES = '{"url": "https://example.com/"}\n{"url": "https://example.com/careers"}\n{"url": "https://example.com/"}\n'


def serving(
    captures: httpx.Response, asked: list[httpx.URL] | None = None
) -> Callable[[httpx.Request], httpx.Response]:
    def serve(request: httpx.Request) -> httpx.Response:
        if asked is not None:
            asked.append(request.url)
        return httpx.Response(200, json=CRAWLS) if request.url.path == "/collinfo.json" else captures

    return serve


def pages(captures: httpx.Response, asked: list[httpx.URL] | None = None) -> tuple[str, ...] | None:
    return ask(serving(captures, asked), CommonCrawl, lambda crawl: crawl.pages("example.com")).value


def test_pages_come_from_the_newest_crawl_each_once() -> None:
    """One JSON object a line."""
    asked: list[httpx.URL] = []
    assert pages(httpx.Response(200, text=LINES), asked) == ("https://example.com/", "https://example.com/careers")
    assert asked[1].path == "/CC-MAIN-2026-43-index"
    assert asked[1].params.get_list("filter") == ["=status:200", "=mime:text/html"]


def test_a_404_is_a_site_that_no_crawl_saw() -> None:
    """Asked, nothing there."""
    assert pages(httpx.Response(404, json={"message": "No Captures found for: example.com/*"})) is None


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (httpx.Response(429, text="Please reduce your request rate."), RateLimited),
        (httpx.Response(503), Unreachable),
        (httpx.Response(504), Unreachable),
        (httpx.Response(200, html="<html></html>"), BadAnswer),
        (httpx.Response(200, text=LINES[:50]), BadAnswer),
        (httpx.Response(200, text=""), BadAnswer),
    ],
)
def test_no_answer_is_not_an_unknown_site(answer: httpx.Response, kind: type[ProviderError]) -> None:
    """Slow and overloaded is its usual state."""
    with pytest.raises(kind):
        pages(answer)
