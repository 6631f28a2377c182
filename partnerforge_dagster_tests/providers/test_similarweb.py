"""SimilarWeb v5: nobody has recorded an answer, so these bodies are written by hand after clients of v5."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, date, datetime
from typing import Any, TypeVar

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnerforge_dagster.models.failures import BadAnswer, ProviderError, RateLimited, Refused, Unreachable
from partnerforge_dagster.models.provenance import Answer
from partnerforge_dagster.models.traffic_analysis import Keyword, MonthlyTraffic, NamedShare, PopularPage, SiteShare
from partnerforge_dagster.providers.similarweb import Months, SimilarWeb, last_months, policy
from partnerforge_dagster.settings_providers import SimilarWebSettings

T = TypeVar("T")
Call = Callable[[SimilarWeb, Months], Awaitable[Answer[Any]]]

OCTOBER = Months(start=date(2026, 10, 1), end=date(2026, 10, 1))
QUARTER = Months(start=date(2026, 8, 1), end=date(2026, 10, 1))

CALLS: dict[str, Call] = {
    "/v5/website-analysis/websites/traffic-and-engagement": lambda web, window: web.traffic("x.com", window),
    "/v5/website-analysis/websites/traffic-channels": lambda web, window: web.channels("x.com", window),
    "/v5/website-analysis/websites/geography/aggregated": lambda web, window: web.geography("x.com", window),
    "/v5/website-analysis/websites/demographics/aggregated": lambda web, window: web.demographics("x.com", window),
    "/v5/website-analysis/websites/keywords/organic/aggregated": lambda web, window: web.organic_keywords(
        "x.com", window
    ),
    "/v5/website-analysis/websites/keywords/paid/aggregated": lambda web, window: web.paid_keywords("x.com", window),
    "/v5/website-analysis/websites/audience-interests/aggregated": lambda web, window: web.audience_interests(
        "x.com", window
    ),
    "/v5/website-analysis/websites/website-rank": lambda web, window: web.global_rank("x.com", window),
    "/v5/website-analysis/websites/traffic-referrals/incoming": lambda web, window: web.referrals("x.com", window),
    "/v5/website-content/pages/popular-pages/aggregated": lambda web, window: web.popular_pages("x.com", window),
    "/v5/website-analysis/websites/similar-sites/aggregated": lambda web, window: web.similar_sites("x.com", window),
    "/v5/website-analysis/websites/keywords-competitors/aggregated": lambda web, window: web.keyword_competitors(
        "x.com", window
    ),
}


def ask(
    answer: httpx.Response | Callable[[httpx.Request], httpx.Response], call: Call, window: Months = QUARTER
) -> Answer[Any]:
    """What the client makes of one response, or of a small server."""

    async def session() -> Answer[Any]:
        transport = httpx.MockTransport(answer if callable(answer) else lambda _: answer)
        async with httpx.AsyncClient(transport=transport) as http:
            return await call(SimilarWeb(http), window)

    return asyncio.run(session())


def rows(*data: object) -> httpx.Response:
    return httpx.Response(200, json={"meta": {"request": {}, "last_updated": "2026-10-31"}, "data": list(data)})


def call_to(path_end: str) -> Call:
    return next(call for path, call in CALLS.items() if path.endswith(path_end))


@pytest.mark.parametrize("path", CALLS)
def test_each_endpoint_is_asked_for_the_domain_and_the_window(path: str) -> None:
    """Months as YYYY-MM, the whole world, JSON; no key, which is added further down."""
    seen: list[httpx.Request] = []

    def server(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return rows()

    ask(server, CALLS[path])
    (request,) = seen
    assert (request.url.host, request.url.path) == ("api.similarweb.com", path)
    asked = request.url.params
    assert (asked["domain"], asked["start_date"], asked["end_date"]) == ("x.com", "2026-08", "2026-10")
    assert (asked["country"], asked["granularity"], asked["format"]) == ("ww", "monthly", "json")
    assert "api-key" not in request.headers
    assert "api_key" not in asked


@pytest.mark.parametrize("path", CALLS)
@pytest.mark.parametrize(
    "response",
    [
        httpx.Response(200, json={"meta": {}, "data": []}),
        httpx.Response(401, json={"meta": {"error_message": "Data not found", "status": "Error"}}),
        httpx.Response(401, text="Data not found"),
    ],
)
def test_a_site_too_small_for_data_is_nothing_there(path: str, response: httpx.Response) -> None:
    """An empty list, and a 401 that says so as JSON or as text, are answers without a value."""
    assert ask(response, CALLS[path]).value is None


@pytest.mark.parametrize(
    ("response", "kind"),
    [
        (httpx.Response(401, text="invalid API key"), Refused),
        (httpx.Response(401, json={"message": "Invalid API key"}), Refused),
        (httpx.Response(401, content=b""), Refused),
        (httpx.Response(401, html="<h1>Unauthorized</h1>"), Refused),
        (httpx.Response(403, json={"message": "no credits"}), Refused),
        (httpx.Response(404, text="no such path"), Refused),
        (httpx.Response(400, json={"error_code": 101, "error_message": "Dates out of range"}), Refused),
        (httpx.Response(400, json={"code": 102, "message": "Granularity"}), Refused),
        (httpx.Response(400, json=[{"code": 103, "message": "Country"}]), Refused),
        (httpx.Response(200, json={"error_code": 101, "error_message": "Dates out of range"}), Refused),
        (httpx.Response(200, json={"meta": {"error_code": 103, "error_message": "Country"}}), Refused),
        (httpx.Response(429, json={"message": "API rate limit exceeded"}), RateLimited),
        (httpx.Response(408), Unreachable),
        (httpx.Response(500, json={"message": "Internal Server Error"}), Unreachable),
        (httpx.Response(502, html="<h1>Bad gateway</h1>"), Unreachable),
        (httpx.Response(200, html="<h1>Attention required</h1>"), BadAnswer),
        (httpx.Response(200, content=b'{"meta": {}, "da'), BadAnswer),
        (httpx.Response(200, content=b""), BadAnswer),
        (httpx.Response(200, json=[]), BadAnswer),
        (httpx.Response(200, json={"meta": {}}), BadAnswer),
        (httpx.Response(200, json={"meta": {}, "data": None}), BadAnswer),
        (httpx.Response(200, json={"data": {"visits": 1}}), BadAnswer),
        (httpx.Response(200, json={"visits": [{"date": "2022-06-01", "visits": 1.0}]}), BadAnswer),
    ],
)
def test_an_unhappy_answer_is_sorted_and_never_read_as_nothing_there(
    response: httpx.Response, kind: type[ProviderError]
) -> None:
    """Whatever is not an answer raises the failure that says what a caller can do about it."""
    with pytest.raises(ProviderError) as failure:
        ask(response, call_to("traffic-and-engagement"))
    assert type(failure.value) is kind


@pytest.mark.parametrize(("code", "words"), [(101, "dates"), (102, "granularity"), (103, "country")])
def test_a_code_of_the_vendor_is_explained(code: int, words: str) -> None:
    """The message says what the number means."""
    with pytest.raises(Refused, match=f"code {code}: the {words}"):
        ask(httpx.Response(400, json={"error_code": code}), call_to("website-rank"))


def test_a_rate_limit_without_a_header_leaves_the_wait_to_us() -> None:
    """SimilarWeb sends no Retry-After; one that comes nevertheless is obeyed."""
    for headers, wait in (({}, None), ({"retry-after": "4"}, 4)):
        with pytest.raises(RateLimited) as failure:
            ask(httpx.Response(429, headers=headers), call_to("website-rank"))
        assert failure.value.retry_after == wait


@pytest.mark.parametrize("path", CALLS)
def test_rows_in_a_format_that_nobody_foresaw_are_a_bad_answer(path: str) -> None:
    """Most of these rows were never seen: a wrong guess must not look like a site without data."""
    with pytest.raises(BadAnswer):
        ask(rows({"unforeseen": 1}, {"unforeseen": 2}), CALLS[path])


def test_months_are_read_oldest_first_and_a_month_without_visits_is_skipped() -> None:
    """Durations are seconds, shares 0 to 1; what is out of range is unknown; dates may be YYYY-MM-DD or a moment."""
    september = {"date": "2026-09-01T00:00:00Z", "visits": 90.5, "bounce_rate": 41.5, "new_metric": {}}
    october = {
        "date": "2026-10-01",
        "visits": 100.0,
        "unique_visitors": 60.0,
        "page_views": 300.0,
        "bounce_rate": 0.4,
        "average_visit_duration": 182.5,
        "pages_per_visit": 3.0,
    }
    answer = ask(rows(october, {"date": "2026-08-01", "visits": None}, None, september), call_to("engagement"))
    assert answer.value == (
        MonthlyTraffic(month=date(2026, 9, 1), visits=90.5),
        MonthlyTraffic(
            month=date(2026, 10, 1),
            visits=100,
            unique_visitors=60,
            page_views=300,
            bounce_rate=0.4,
            average_visit_s=182.5,
            pages_per_visit=3,
        ),
    )


def test_channels_are_shares_of_the_visits_of_all_months() -> None:
    """Rows come by month and channel; a channel without visits is left out, and no visits at all are nothing there."""
    answer = ask(
        rows(
            {"date": "2026-09-01", "source_type": "Direct", "visits": 30},
            {"date": "2026-10-01", "source_type": "Direct", "visits": 10},
            {"date": "2026-10-01", "source_type": "Organic Search", "visits": 60},
            {"date": "2026-10-01", "source_type": "Gen AI", "visits": 0},
        ),
        call_to("traffic-channels"),
    )
    assert answer.value == (NamedShare(name="Organic Search", share=0.6), NamedShare(name="Direct", share=0.4))
    assert ask(rows({"source_type": "Direct", "visits": 0}), call_to("traffic-channels")).value is None


def test_lists_are_read_in_the_spellings_that_clients_use() -> None:
    """Countries, terms, sites and pages, with a share where there is a valid one."""
    cases: list[tuple[str, dict[str, Any], object]] = [
        ("geography/aggregated", {"country": "us", "share": 0.8}, NamedShare(name="us", share=0.8)),
        (
            "organic/aggregated",
            {"keyword": "tyres", "traffic_share": 0.1, "clicks": 20, "cpc": 1},
            Keyword(term="tyres", share=0.1, visits=20),
        ),
        ("paid/aggregated", {"keyword": "tyres", "traffic_share": 12}, Keyword(term="tyres")),
        ("incoming", {"domain": "A.com", "share": 0.2, "change": -0.1}, SiteShare(domain="a.com", share=0.2)),
        ("similar-sites/aggregated", {"domain": "b.com", "affinity": 0.97}, SiteShare(domain="b.com", share=0.97)),
        ("competitors/aggregated", {"domain": "c.com", "overlap": 0.3}, SiteShare(domain="c.com", share=0.3)),
        ("interests/aggregated", {"domain": "d.com"}, SiteShare(domain="d.com")),
        ("pages/aggregated", {"page": "x.com/sale", "share": 0.5}, PopularPage(url="x.com/sale", share=0.5)),
    ]
    for path_end, row, meant in cases:
        assert ask(rows(row, "junk"), call_to(path_end)).value == (meant,), path_end


def test_demographics_are_read_as_groups_and_as_the_legacy_metrics() -> None:
    """A row a group, or one row with a metric for each group."""
    groups = rows({"age_group": "18-24", "share": 0.3}, {"gender": "female", "share": 0.6})
    metrics = rows({"age_18_to_24_share": 0.3, "age_65_plus_share": 0.1, "female_share": 0.6, "male_share": 0.4})
    first, second = (ask(answer, call_to("demographics/aggregated")).value for answer in (groups, metrics))
    assert first.age == (NamedShare(name="18-24", share=0.3),)
    assert first.gender == (NamedShare(name="female", share=0.6),)
    assert second.age == (NamedShare(name="18-24", share=0.3), NamedShare(name="65+", share=0.1))
    assert second.gender == (NamedShare(name="female", share=0.6), NamedShare(name="male", share=0.4))


def test_the_rank_is_that_of_the_newest_month() -> None:
    """`country_rank` of the whole world is the global rank."""
    newest = {"date": "2026-10-01", "country_rank": 311, "category_rank": 3}
    assert ask(rows(newest, {"date": "2026-09-01", "country_rank": 320}), call_to("website-rank")).value == 311


def test_a_month_that_was_not_measured_is_nothing_there() -> None:
    """Null and 0 in a row that is understood are no changed format."""
    for nothing in (None, 0):
        assert ask(rows({"date": "2026-10-01", "country_rank": nothing}), call_to("website-rank")).value is None
        assert ask(rows({"date": "2026-10-01", "visits": nothing}), call_to("engagement")).value is None


def test_similar_sites_take_three_months_and_nothing_else() -> None:
    """The service refuses any other window; asking for one is our mistake and costs no call."""

    def server(request: httpx.Request) -> httpx.Response:
        raise AssertionError(f"{request.url} was sent")

    with pytest.raises(ValueError, match="three months"):
        ask(server, call_to("similar-sites/aggregated"), OCTOBER)


@pytest.mark.parametrize(
    ("day", "count", "window"),
    [
        (datetime(2026, 11, 16, tzinfo=UTC), 1, OCTOBER),
        (datetime(2026, 11, 16, tzinfo=UTC), 3, QUARTER),
        (datetime(2026, 11, 16, tzinfo=UTC), 13, Months(date(2025, 10, 1), date(2026, 10, 1))),
        (datetime(2026, 11, 9, tzinfo=UTC), 1, Months(date(2026, 9, 1), date(2026, 9, 1))),  # October is not out yet
        (datetime(2026, 1, 31, tzinfo=UTC), 1, Months(date(2025, 12, 1), date(2025, 12, 1))),
        (datetime(2026, 3, 31, tzinfo=UTC), 1, Months(date(2026, 2, 1), date(2026, 2, 1))),
    ],
)
def test_windows_end_with_the_last_published_month(day: datetime, count: int, window: Months) -> None:
    """Last month from the tenth on, the month before it until then."""
    assert last_months(day, count) == window


@given(st.dates(min_value=date(2000, 1, 1), max_value=date(2090, 1, 1)), st.integers(1, 40))
def test_a_window_is_so_many_whole_past_months(when: date, count: int) -> None:
    """First-of-month dates, `count` months apart, the last of them over."""
    start, end = last_months(datetime(when.year, when.month, when.day, tzinfo=UTC), count)
    assert start.day == end.day == 1
    assert (end.year - start.year) * 12 + end.month - start.month + 1 == count
    assert end < when.replace(day=1)


def test_the_governor_learns_price_and_key() -> None:
    """A credit a month or a row, three for a page; the key goes into the `api-key` header of SimilarWeb's host."""
    told = policy(SimilarWebSettings.model_validate({"api_key": "k-2"}))
    prices: dict[str, int] = {}

    def server(request: httpx.Request) -> httpx.Response:
        prices[request.url.path.split("/")[-2] + "/" + request.url.path.split("/")[-1]] = told.credits(request)
        return rows()

    for call in CALLS.values():
        ask(server, call)
    assert prices["websites/traffic-and-engagement"] == 3
    assert prices["similar-sites/aggregated"] == 20
    assert prices["popular-pages/aggregated"] == 60

    async def send(request: httpx.Request) -> httpx.Response:
        raise AssertionError("a header key needs no call")

    request = httpx.Request("GET", "https://api.similarweb.com/v5/x")
    assert asyncio.run(told.authorizer.sign(request, send)).headers["api-key"] == "k-2"
    assert not policy(SimilarWebSettings()).authorizer.configured(request)


METRICS = st.sampled_from(
    ["date", "visits", "bounce_rate", "source_type", "country", "share", "age_group", "gender", "male_share", "keyword",
     "traffic_share", "clicks", "domain", "affinity", "overlap", "page", "country_rank", "data", "meta", "error_code"]
)  # fmt: skip
VALUES = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=4)
)
ROWS = st.lists(st.dictionaries(METRICS, VALUES | st.lists(VALUES, max_size=2), max_size=5) | VALUES, max_size=4)


@given(data=ROWS, path=st.sampled_from(sorted(CALLS)))
def test_whatever_rows_come_there_is_an_answer_or_a_sorted_failure(data: list[object], path: str) -> None:
    """No shape of a row crashes the client, seen before or not."""
    with suppress(ProviderError):
        answer = ask(rows(*data), CALLS[path])
        assert answer.value is None or data
