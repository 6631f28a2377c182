"""GDELT: headlines, and its ways of saying no. No real answer was at hand: the shapes are the documented ones."""

from datetime import date
from typing import Any

import httpx
import pytest

from partnerforge_dagster.governor.retry import worth_another_try
from partnerforge_dagster.models.failures import BadAnswer, ProviderError, RateLimited, Refused, Unreachable
from partnerforge_dagster.models.provenance import Answer
from partnerforge_dagster.providers.engines.records import SearchResult
from partnerforge_dagster.providers.gdelt import Gdelt
from partnerforge_dagster_tests.providers.wire import Server, ask

ARTICLE: dict[str, Any] = {
    "url": "https://press.example/1",
    "url_mobile": "",
    "title": "Example Stores &amp; partners launch an app",
    "seendate": "20260703T150000Z",
    "socialimage": "",
    "domain": "press.example",
    "language": "English",
    "sourcecountry": "United States",
}
SLOW_DOWN = "Please limit requests to one every 5 seconds or contact us for larger queries."


def news(server: Server, name: str = "Example Stores") -> Answer[tuple[SearchResult, ...]]:
    return ask(server, Gdelt, lambda gdelt: gdelt.news(name, ("launch", "new platform")))


def test_an_article_has_title_day_and_publisher_and_no_excerpt() -> None:
    """As its users' notes show it."""
    (hit,) = news(httpx.Response(200, json={"articles": [ARTICLE]})).value or ()
    assert hit == SearchResult(
        title="Example Stores & partners launch an app",
        url="https://press.example/1",
        snippet="",
        on=date(2026, 7, 3),
        publisher="press.example",
    )


def test_one_request_asks_for_the_name_and_any_of_the_words() -> None:
    """Phrases are quoted, alternatives stand in parentheses, and a quote in a name ends nothing."""
    asked: list[httpx.Request] = []

    def serve(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, json={})

    news(serve, 'The "Example" Stores')
    (request,) = asked
    assert request.url.params["query"] == '"The  Example  Stores" (launch OR "new platform") sourcelang:english'
    assert request.url.params["maxrecords"] == "250"


@pytest.mark.parametrize("body", [{}, {"articles": []}])
def test_no_articles_is_nothing_there(body: object) -> None:
    """`{}` is how it says so."""
    assert news(httpx.Response(200, json=body)).value is None


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (httpx.Response(200, text=SLOW_DOWN), RateLimited),
        (httpx.Response(429, text=SLOW_DOWN), RateLimited),
        (httpx.Response(200, text="The specified phrase is too short."), BadAnswer),
        (httpx.Response(200, text="Queries containing OR'd terms must be surrounded by ()."), BadAnswer),
        (httpx.Response(200, html="<html><body>We are moving</body></html>"), BadAnswer),
        (httpx.Response(200, text='{"articles": [{"url": "https://pre'), BadAnswer),
        (httpx.Response(200, text=""), BadAnswer),
        (httpx.Response(200, json={"error": "x"}), BadAnswer),
        (httpx.Response(200, json={"articles": [{"url": "https://press.example/1"}]}), BadAnswer),
        (httpx.Response(403, text="Forbidden"), Refused),
        (httpx.Response(503, text="down"), Unreachable),
    ],
)
def test_no_is_never_no_news(answer: httpx.Response, kind: type[ProviderError]) -> None:
    """Throttling inside a 200 is tried again, a query that it does not understand is not."""
    with pytest.raises(ProviderError) as caught:
        news(answer)
    assert type(caught.value) is kind
    assert worth_another_try(caught.value) is (kind in (RateLimited, Unreachable))
