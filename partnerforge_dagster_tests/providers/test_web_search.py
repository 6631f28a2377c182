"""The search engines' answers, recorded ones first, and which engine is asked when."""

import html
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from typing import Any, TypeVar

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from partnerforge_dagster.models.failures import (
    BadAnswer,
    NotConfigured,
    ProviderError,
    RateLimited,
    Refused,
    Unreachable,
)
from partnerforge_dagster.providers.days import worded_day
from partnerforge_dagster.providers.engines import brave, serper
from partnerforge_dagster.providers.plain_text import plain
from partnerforge_dagster.providers.web_search import WebSearch, policy
from partnerforge_dagster.settings_providers import WebSearchSettings
from partnerforge_dagster_tests.payloads import raw
from partnerforge_dagster_tests.providers.wire import Server
from partnerforge_dagster_tests.providers.wire import ask as ask_wire

R = TypeVar("R")

BRAVE_HIT = {"type": "search", "web": {"results": [{"title": "Acme", "url": "https://acme.test/", "description": ""}]}}


def ask(server: Server, call: Callable[[WebSearch], Awaitable[R]]) -> R:
    return ask_wire(server, WebSearch, call)


def recorded(name: str) -> httpx.Response:
    return httpx.Response(200, content=raw(name))


def by_host(**answers: httpx.Response) -> Callable[[httpx.Request], httpx.Response]:
    """A server for `brave`, `serper` and `tavily`; an engine without an answer is down."""

    def server(request: httpx.Request) -> httpx.Response:
        engine = next((name for name in answers if name in request.url.host), None)
        if engine is None:
            raise httpx.ConnectError("down", request=request)
        return answers[engine]

    return server


# ── recorded answers ──


def test_braves_web_hits_are_plain_text_with_dates_and_publishers() -> None:
    """Markup and entities go, `page_age` is the day, the publisher is the name in `profile`."""
    answer = ask(recorded("brave/web-search__hello-world.json"), lambda search: search.brave_web("hello world"))
    assert answer.value is not None
    assert len(answer.value) == 20
    wikipedia = answer.value[0]
    assert wikipedia.title == '"Hello, World!" program - Wikipedia'
    assert wikipedia.snippet.startswith('A "Hello, World!" program is usually a simple computer program that emits')
    assert wikipedia.snippet.endswith("used to illustrate a language's basic syntax.")
    assert (wikipedia.on, wikipedia.publisher) == (date(2024, 12, 27), "Wikipedia")
    assert answer.value[1].on == date(2019, 9, 6)


def test_braves_news_hits_are_dated_to_the_day() -> None:
    """Twenty articles, the first of NPR on the last day of 2024."""
    answer = ask(recorded("brave/news-search__hello-world.json"), lambda search: search.brave_news("hello world"))
    assert answer.value is not None
    assert len(answer.value) == 20
    assert answer.value[0].title == "World News and International Headlines : NPR"
    assert (answer.value[0].on, answer.value[0].publisher) == (date(2024, 12, 31), "npr.org")


def test_serpers_answer_has_hits_and_the_company_panel() -> None:
    """Five hits, and Google's panel about Amazon with its attributes as written."""
    answer = ask(recorded("serper/search__amazon.json"), lambda search: search.serper_web("amazon"))
    assert answer.value is not None
    assert [hit.url for hit in answer.value.results][:2] == ["https://www.amazon.com/", "https://www.amazon.jobs/"]
    panel = answer.value.knowledge_graph
    assert panel is not None
    assert (panel.title, panel.type, panel.website) == ("Amazon.com", "E-commerce company", "http://www.amazon.com/")
    assert dict(panel.attributes)["Founded"] == "July 5, 1994, Bellevue, WA"


def test_tavilys_hits_have_long_excerpts_and_no_invented_date() -> None:
    """Five hits about Samsung, none dated in the recorded answer."""
    answer = ask(recorded("tavily/search__samsung-news.json"), lambda search: search.tavily_news("Samsung"))
    assert answer.value is not None
    assert [hit.publisher for hit in answer.value][:3] == ["news.samsung.com", "news.samsung.com", "www.newsis.com"]
    assert "Steve McCurry x Samsung Art Store" in answer.value[0].snippet
    assert {hit.on for hit in answer.value} == {None}


# ── dates in words ──


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("2 weeks ago", date(2026, 11, 2)),
        ("1 month ago", date(2026, 10, 16)),
        ("5 hours ago", date(2026, 11, 15)),
        ("a day ago", date(2026, 11, 15)),
        ("yesterday", date(2026, 11, 15)),
        ("Jun 30, 2025", date(2025, 6, 30)),
        ("June 30, 2025", date(2025, 6, 30)),
        ("vor 2 Wochen", None),
        ("soon", None),
    ],
)
def test_words_for_a_day_count_from_when_the_answer_was_fetched(words: str, day: date | None) -> None:
    """English words only; anything else is no date rather than a wrong one."""
    assert worded_day(words, datetime(2026, 11, 16, 2, tzinfo=UTC)) == day


def test_serpers_news_is_dated_relative_to_the_fetch() -> None:
    """`3 days ago` is three days before the source's `fetched_at`, and the words stay."""
    body = {
        "searchParameters": {"q": "acme"},
        "news": [{"title": "Acme opens", "link": "https://n.test/1", "date": "3 days ago", "source": "The News"}],
    }
    answer = ask(httpx.Response(200, json=body), lambda search: search.serper_news("acme"))
    assert answer.value is not None
    on = answer.value[0].on
    assert on is not None
    assert (answer.source.fetched_at.date() - on).days == 3
    assert (answer.value[0].age, answer.value[0].publisher) == ("3 days ago", "The News")


@given(st.text())
def test_plain_text_gives_back_what_was_escaped(text: str) -> None:
    """Escaped text comes back as it was, spaces collapsed, whatever tags stand around it."""
    assert plain(f"<div><p>{html.escape(text)}</p></div>") == " ".join(text.split())


# ── nothing there ──


@pytest.mark.parametrize(
    ("body", "call"),
    [
        ({"type": "search", "query": {"original": "x"}}, WebSearch.brave_web),
        ({"type": "news", "results": []}, WebSearch.brave_news),
        ({"searchParameters": {}, "organic": []}, WebSearch.serper_web),
        ({"searchParameters": {}, "news": []}, WebSearch.serper_news),
        ({"results": []}, WebSearch.tavily_web),
    ],
)
def test_no_hits_is_an_answer_without_a_value(body: dict[str, Any], call: Callable[..., Awaitable[Any]]) -> None:
    """Asked, nothing there: Brave then leaves out `web` altogether."""
    assert ask(httpx.Response(200, json=body), lambda search: call(search, "x")).value is None


# ── refusals ──

BAD_TOKEN = {"id": "1", "code": "SUBSCRIPTION_TOKEN_INVALID", "detail": "The provided token is invalid.", "status": 422}
NO_HEADER = {"code": "VALIDATION", "detail": "Unable to validate", "meta": {"errors": [{"loc": ["header", "x-subscription-token"]}]}}  # fmt: skip # noqa: E501
BAD_PARAMETER = {"code": "VALIDATION", "detail": "count must be at most 20"}
LISTS = {"X-RateLimit-Limit": "1, 15000", "X-RateLimit-Remaining": "0, 14523", "X-RateLimit-Reset": "1, 1419704"}
USED_UP = {**LISTS, "X-RateLimit-Remaining": "0, 0"}


@pytest.mark.parametrize(
    ("response", "failure"),
    [
        (httpx.Response(422, json={"type": "ErrorResponse", "error": BAD_TOKEN}), Refused),
        (httpx.Response(422, json={"type": "ErrorResponse", "errors": [BAD_TOKEN]}), Refused),
        (httpx.Response(422, json={"type": "ErrorResponse", "error": NO_HEADER}), Refused),
        (httpx.Response(422, json={"type": "ErrorResponse", "error": BAD_PARAMETER}), BadAnswer),
        (httpx.Response(429, headers=LISTS, json={"error": {"code": "RATE_LIMITED"}}), RateLimited),
        (httpx.Response(429, headers=USED_UP), Refused),
        (httpx.Response(503), Unreachable),
        (httpx.Response(200, text="<html>hello</html>"), BadAnswer),
        (httpx.Response(200, text='{"type": "search", "web"'), BadAnswer),
        (httpx.Response(200, json=["search"]), BadAnswer),
        (httpx.Response(200, json={"type": "news", "results": 7}), BadAnswer),
    ],
)
def test_braves_refusals_are_sorted_by_their_code(response: httpx.Response, failure: type[ProviderError]) -> None:
    """A bad key and a bad parameter are both 422; the code tells them apart, in `error` or in `errors`."""
    with pytest.raises(ProviderError) as caught:
        ask(response, lambda search: search.brave_news("x"))
    assert type(caught.value) is failure


def test_braves_429_waits_for_the_seconds_limit() -> None:
    """Of the comma lists the first entry is the second's: one second until its reset."""
    with pytest.raises(RateLimited) as caught:
        ask(httpx.Response(429, headers=LISTS), lambda search: search.brave_web("x"))
    assert caught.value.retry_after == 1.0


@pytest.mark.parametrize(
    ("response", "failure"),
    [
        (
            httpx.Response(403, json={"message": "Unauthorized. Sign up for a free account.", "statusCode": 403}),
            Refused,
        ),
        (httpx.Response(400, json={"message": "Not enough credits", "statusCode": 400}), Refused),
        (httpx.Response(400, json={"message": "q is required", "statusCode": 400}), BadAnswer),
        (httpx.Response(429, json={"message": "Too many requests", "statusCode": 429}), RateLimited),
        (httpx.Response(500), Unreachable),
        (httpx.Response(200, json={"organic": []}), BadAnswer),
    ],
)
def test_serpers_refusals_are_sorted_by_status_and_words(
    response: httpx.Response, failure: type[ProviderError]
) -> None:
    """403 is a bad key; 400 and 429 may both mean an empty balance, which only the words tell."""
    with pytest.raises(ProviderError) as caught:
        ask(response, lambda search: search.serper_web("x"))
    assert type(caught.value) is failure


@pytest.mark.parametrize(
    ("status", "failure"),
    [(400, BadAnswer), (401, Refused), (429, RateLimited), (432, Refused), (433, Refused), (502, Unreachable)],
)
def test_tavilys_refusals_are_sorted_by_status(status: int, failure: type[ProviderError]) -> None:
    """432 and 433 are limits of the plan."""
    response = httpx.Response(status, json={"detail": {"error": "no"}}, headers={"retry-after": "7"})
    with pytest.raises(ProviderError) as caught:
        ask(response, lambda search: search.tavily_web("x"))
    assert type(caught.value) is failure
    if isinstance(caught.value, RateLimited):
        assert caught.value.retry_after == 7.0


# ── which engine ──


def test_brave_alone_is_asked_while_it_answers() -> None:
    """The second engine costs nothing as long as the first answers."""
    answer = ask(by_host(brave=httpx.Response(200, json=BRAVE_HIT)), lambda search: search.web("Acme"))
    assert (answer.source.endpoint, answer.value and answer.value[0].title) == ("brave_web", "Acme")


@pytest.mark.parametrize("brave_says", [httpx.Response(422, json={"error": BAD_TOKEN}), httpx.Response(503)])
def test_serper_is_asked_when_brave_cannot_be(brave_says: httpx.Response) -> None:
    """A refused key and an outage both lead to the next engine."""
    serper_says = httpx.Response(200, content=raw("serper/search__amazon.json"))
    answer = ask(by_host(brave=brave_says, serper=serper_says), lambda search: search.web("amazon"))
    assert answer.source.endpoint == "serper_web"
    assert answer.value is not None
    assert answer.value[0].title == "Amazon.com"


def test_an_answer_in_the_wrong_form_is_not_bought_again_elsewhere() -> None:
    """BadAnswer says that the format changed: that has to be seen, not papered over."""
    server = by_host(brave=httpx.Response(200, text="<html>"), serper=httpx.Response(500))
    with pytest.raises(BadAnswer):
        ask(server, lambda search: search.web("x"))


def test_nothing_found_by_brave_is_an_answer() -> None:
    """Asked, nothing there: the next engine is not asked."""
    answer = ask(by_host(brave=httpx.Response(200, json={"type": "search"})), lambda search: search.web("x"))
    assert (answer.value, answer.source.endpoint) == (None, "brave_web")


def test_the_first_real_failure_is_told_when_no_engine_answers() -> None:
    """An engine without a key is no reason worth telling where another one refused."""

    def server(request: httpx.Request) -> httpx.Response:
        if request.url.host == brave.HOST:
            return httpx.Response(503)
        raise NotConfigured("web_search", f"no key for {request.url.host}")

    with pytest.raises(Unreachable):
        ask(server, lambda search: search.news("x"))


def test_without_any_key_it_is_not_configured() -> None:
    """All three left out is "not configured", which names the first."""

    def server(request: httpx.Request) -> httpx.Response:
        raise NotConfigured("web_search", f"no key for {request.url.host}")

    with pytest.raises(NotConfigured, match=brave.HOST):
        ask(server, lambda search: search.news("x"))


# ── requests ──


@pytest.mark.parametrize(("days", "span"), [(1, "pd"), (7, "pw"), (30, "pm"), (365, "py"), (4000, None), (None, None)])
def test_freshness_is_the_shortest_span_that_covers_the_days(days: int | None, span: str | None) -> None:
    """Engines know day, week, month and year only."""
    assert brave.news_request("x", days).url.params.get("freshness") == span


def test_keys_are_added_below_the_client() -> None:
    """The client's requests carry no key; the policy knows one for each engine that has one."""
    settings = WebSearchSettings(api_key=SecretStr("k1"), serper_api_key=None)
    authorizer = policy(settings).authorizer
    assert "x-subscription-token" not in brave.web_request("x").headers
    assert authorizer.configured(brave.web_request("x"))
    assert not authorizer.configured(serper.web_request("x"))
