"""BuiltWith's answers, recorded ones first."""

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
from partnerforge_dagster.providers.builtwith import BuiltWith, policy
from partnerforge_dagster.providers.builtwith_records import BuiltWithDomain, DetectedTechnology, Redirect, Trust
from partnerforge_dagster.settings_providers import BuiltWithSettings
from partnerforge_dagster_tests.payloads import raw

T = TypeVar("T")


def ask(
    answer: httpx.Response | Callable[[httpx.Request], httpx.Response],
    call: Callable[[BuiltWith], Awaitable[T]],
    settings: BuiltWithSettings | None = None,
) -> T:
    """What the client makes of one response, or of a small server."""

    async def session() -> T:
        transport = httpx.MockTransport(answer if callable(answer) else lambda _: answer)
        async with httpx.AsyncClient(transport=transport) as http:
            return await call(BuiltWith(http, settings or BuiltWithSettings()))

    return asyncio.run(session())


def recorded(name: str) -> httpx.Response:
    return httpx.Response(200, content=raw(f"builtwith/{name}.json"))


def looked_up(domain: str) -> BuiltWithDomain:
    answer = ask(recorded(f"domain__{domain}"), lambda builtwith: builtwith.domain(domain))
    assert answer.value is not None
    return answer.value


def named(found: BuiltWithDomain, name: str) -> DetectedTechnology:
    return next(technology for technology in found.technologies if technology.name == name)


def days(technology: DetectedTechnology) -> tuple[date, date]:
    assert technology.first_detected is not None
    assert technology.last_detected is not None
    return technology.first_detected.date(), technology.last_detected.date()


def test_kss_is_read_as_builtwith_knew_it_in_september_2024() -> None:
    """Spend, revenue, country and crawl dates are those of the recorded answer; counts of 0 are unknown."""
    kss = looked_up("kss.com.au")
    assert (kss.domain, kss.indexed, kss.country) == ("kss.com.au", True, "AU")
    assert (kss.spend_usd, kss.sales_revenue_usd, kss.employees) == (7896, 100_000_000, None)
    assert kss.last_indexed == datetime(2024, 9, 26, 7, tzinfo=UTC)
    assert len(kss.spend_history) == 16
    assert (kss.spend_history[-1].on.date(), kss.spend_history[-1].usd) == (date(2024, 4, 17), 7896)
    assert kss.company_name is None, "left out by NOPII"


def test_what_kss_runs_and_what_it_gave_up() -> None:
    """Kentico is its CMS since 2021, WordPress was until then; it has a cart and no search product."""
    kss = looked_up("kss.com.au")
    assert days(named(kss, "Kentico Xperience")) == (date(2021, 1, 22), date(2024, 9, 26))
    assert named(kss, "Kentico Xperience").live
    assert days(named(kss, "WordPress")) == (date(2016, 9, 12), date(2020, 12, 13))
    assert not named(kss, "WordPress").live
    assert [one.name for one in kss.technologies if one.live and "shop" in one.tags] == ["Cart Functionality"]
    assert [one.name for one in kss.technologies if "search" in one.name.lower() and one.live] == []


def test_what_was_last_seen_on_abandoned_pages_is_gone() -> None:
    """Typekit was there when the pages below /m were crawled for the last time, five years before the newest crawl."""
    typekit = named(looked_up("kss.com.au"), "Typekit")
    assert (typekit.live, days(typekit)[1]) == (False, date(2019, 9, 2))


def test_belkin_is_read_in_the_shape_of_2019() -> None:
    """IsDB is a bool there, categories are lists, and the company's details are complete."""
    belkin = looked_up("belkin.com")
    assert (belkin.indexed, belkin.company_name, belkin.city, belkin.country) == (
        True, "Belkin Limited", "Coeymans", "US",
    )  # fmt: skip
    assert belkin.vertical == "Technology And Computing"
    assert "http://facebook.com/belkin" in belkin.social
    assert (belkin.spend_usd, belkin.spend_history, belkin.sales_revenue_usd) == (11_156, (), None)


def test_belkins_shop_runs_on_hybris_and_its_search_appliance_is_gone() -> None:
    """Seen from 2012 to the last crawl, and until December 2018."""
    belkin = looked_up("belkin.com")
    hybris = named(belkin, "Hybris")
    assert (hybris.live, hybris.tags, hybris.categories) == (True, ("shop",), ("Enterprise", "Multi-Channel"))
    assert days(hybris) == (date(2012, 11, 1), date(2019, 11, 30))
    appliance = named(belkin, "Google Search Appliance")
    assert (appliance.live, days(appliance)[1]) == (False, date(2018, 12, 2))


def test_a_course_system_on_a_subdomain_is_not_on_the_main_site() -> None:
    """Moodle runs on grow.belkin.com and trainingprogram.belkin.com only."""
    belkin = looked_up("belkin.com")
    assert (named(belkin, "Moodle").live, named(belkin, "Moodle").main_site) == (True, False)
    assert named(belkin, "Hybris").main_site


def test_each_technology_is_named_once_over_24_paths() -> None:
    """405 rows on 24 paths are 330 technologies."""
    names = [technology.name for technology in looked_up("belkin.com").technologies]
    assert len(names) == len(set(names)) == 330
    assert names == sorted(names)


def test_redirects_are_read_with_null_for_none() -> None:
    """One domain redirects to Black Lantern Security, which redirects nowhere."""
    domain = "blacklanternsecurity.com"
    answer = ask(recorded(f"redirects__{domain}"), lambda builtwith: builtwith.redirects(domain))
    assert answer.value is not None
    assert answer.value.inbound == (
        Redirect(
            domain="blacklanternsecurity.github.io",
            first=datetime(2019, 7, 28, 23, tzinfo=UTC),
            last=datetime(2023, 5, 11, 5, 37, 11, 121_000, tzinfo=UTC),
        ),
    )
    assert answer.value.outbound == ()


def test_the_recorded_error_is_a_refusal_with_its_code() -> None:
    """Code -5 came with HTTP 200: the plan has to be upgraded, and nothing may be stored as "nothing there"."""
    with pytest.raises(Refused, match=r"code -5.*upgrade"):
        ask(recorded("domain-error__usage-code-5"), lambda builtwith: builtwith.domain("kss.com.au"))


def error(code: int | None, message: str = "words", **more: Any) -> httpx.Response:
    item: object = message if code is None else {"Lookup": None, "Message": message, "Code": code}
    return httpx.Response(200, json={"Results": [], "Errors": [item], **more})


@pytest.mark.parametrize(
    ("response", "kind"),
    [
        (error(-2), Refused),
        (error(-3), Refused),
        (error(-5), Refused),
        (error(-1), Refused),
        (error(-42), Refused),
        (error(None, "http://api.builtwith.com for usage"), Refused),
        (error(None, "API key not found"), Refused),
        (error(None, "You have run out of credits"), Refused),
        (error(-7), RateLimited),
        (error(None, "Rate limit exceeded"), RateLimited),
        (error(-6), Unreachable),
        (error(-99), Unreachable),
        (error(None, "Internal error"), Unreachable),
        (httpx.Response(200, json="API Key is incorrect"), BadAnswer),
        (httpx.Response(200, json=[]), BadAnswer),
        (httpx.Response(200, json={}), BadAnswer),
        (httpx.Response(200, json={"Results": {"Lookup": "x.com"}, "Errors": []}), BadAnswer),
        (httpx.Response(200, json={"Results": [{"Result": {"Paths": "none"}}], "Errors": []}), BadAnswer),
        (httpx.Response(200, json={"Results": [7, None], "Errors": []}), BadAnswer),
        (httpx.Response(200, html="<html>Attention required</html>"), BadAnswer),
        (httpx.Response(200, content=b'{"Results": [{"Resu'), BadAnswer),
        (httpx.Response(200, content=b""), BadAnswer),
        (httpx.Response(200, content=b"\xff\xfe"), BadAnswer),
        (httpx.Response(302, headers={"location": "https://builtwith.com/"}), BadAnswer),
        (httpx.Response(400, json={"Errors": [{"Message": "bad", "Code": -1}]}), Refused),
        (httpx.Response(401, text="no"), Refused),
        (httpx.Response(403, json={}), Refused),
        (httpx.Response(404, html="<h1>Not found</h1>"), Refused),
        (httpx.Response(408), Unreachable),
        (httpx.Response(500, html="<h1>Sorry</h1>"), Unreachable),
        (httpx.Response(503, json={}), Unreachable),
    ],
)
def test_an_unhappy_answer_is_sorted_and_never_read_as_nothing_there(
    response: httpx.Response, kind: type[ProviderError]
) -> None:
    """Whatever is not an answer raises the failure that says what a caller can do about it."""
    with pytest.raises(ProviderError) as failure:
        ask(response, lambda builtwith: builtwith.domain("x.com"))
    assert type(failure.value) is kind


def test_too_many_requests_say_for_how_long() -> None:
    """`retryAfterSeconds` of the body counts, in a 429 and in a 200, before the header."""
    body = {"error": "Rate limit exceeded", "maxRequestsPerSecond": 10, "retryAfterSeconds": 3}
    for response in (
        httpx.Response(429, json=body, headers={"retry-after": "9"}),
        httpx.Response(200, json=body),
        httpx.Response(429, headers={"retry-after": "3"}),
    ):
        with pytest.raises(RateLimited) as failure:
            ask(response, lambda builtwith: builtwith.trust("x.com"))
        assert failure.value.retry_after == 3


@pytest.mark.parametrize("code", [-4, -8])
def test_a_domain_unknown_to_builtwith_is_an_answer(code: int) -> None:
    """Both codes, at every endpoint, mean that it was asked and has nothing."""
    calls: list[Callable[[BuiltWith], Awaitable[Answer[Any]]]] = [
        lambda builtwith: builtwith.domain("x.com"),
        lambda builtwith: builtwith.relationships("x.com"),
        lambda builtwith: builtwith.recommendations("x.com"),
        lambda builtwith: builtwith.keywords("x.com"),
        lambda builtwith: builtwith.trust("x.com"),
        lambda builtwith: builtwith.redirects("x.com"),
    ]
    for call in calls:
        assert ask(error(code), call).value is None


def test_a_bare_sentence_can_say_that_there_is_nothing() -> None:
    """Some clients' schemas have errors as strings; "not found" without a word about the key is an answer."""
    for sentence in ("Invalid root domain", "Domain not found"):
        assert ask(error(None, sentence), lambda builtwith: builtwith.domain("x.com")).value is None


def test_a_domain_that_was_never_indexed_is_nothing_there() -> None:
    """Its result is an empty shell: IsDB "False", no paths."""
    shell = {"Lookup": "x.com", "Result": {"IsDB": "False", "Spend": 0, "Paths": []}, "Meta": None, "Attributes": None}
    for results in ([shell], []):
        answer = ask(httpx.Response(200, json={"Results": results, "Errors": []}), lambda one: one.domain("x.com"))
        assert answer.value is None
        assert answer.source.endpoint == "domain"


def result(domain: str) -> dict[str, Any]:
    row = {"Name": "nginx", "Tag": "Web Server", "FirstDetected": 1, "LastDetected": 1_700_000_000_000}
    paths = [{"SubDomain": "", "Url": "", "LastIndexed": 1_700_000_000_000, "Technologies": [row]}]
    return {"Lookup": domain, "Result": {"IsDB": "True", "Paths": paths}}


def test_many_domains_go_sixteen_to_a_call_and_each_has_its_own_answer() -> None:
    """Of 20 domains one is unknown and one is no root domain: these two are nothing there, the others are read."""
    calls: list[list[str]] = []

    def server(request: httpx.Request) -> httpx.Response:
        lookups = request.url.params["LOOKUP"].split(",")
        calls.append(lookups)
        known = [result(lookup) for lookup in lookups if lookup not in ("d3.com", "d7.com")]
        errors = [{"Lookup": "d7.com", "Message": "Invalid root domain", "Code": -8}] if "d7.com" in lookups else []
        return httpx.Response(200, json={"Results": known, "Errors": errors})

    domains = [f"d{number}.com" for number in range(20)]
    answers = ask(server, lambda builtwith: builtwith.domains(domains))
    assert sorted(len(lookups) for lookups in calls) == [4, 16]
    assert list(answers) == domains
    assert [domain for domain, answer in answers.items() if answer.value is None] == ["d3.com", "d7.com"]
    assert answers["d5.com"].source.url == "https://builtwith.com/d5.com"


def test_running_out_of_credits_among_many_domains_is_not_nothing_there() -> None:
    """The rows that came do not hide that the others were not looked up."""
    spent = {"Results": [result("a.com")], "Errors": [{"Lookup": "b.com", "Message": "no credits", "Code": -3}]}
    with pytest.raises(Refused, match="out of credits"):
        ask(httpx.Response(200, json=spent), lambda builtwith: builtwith.domains(["a.com", "b.com"]))


def test_requests_name_version_and_domain_and_leave_personal_data_out() -> None:
    """NOPII is a flag, set by being there; LIVEONLY is there only when wanted; the key is not the client's."""
    seen: list[httpx.Request] = []

    def server(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={"Results": [result("x.com")], "Errors": []})

    settings = BuiltWithSettings(domain_version="v26")
    ask(server, lambda builtwith: builtwith.domain("x.com"), settings)
    ask(server, lambda builtwith: builtwith.domain("x.com", live_only=True), settings)
    assert str(seen[0].url) == "https://api.builtwith.com/v26/api.json?LOOKUP=x.com&NOPII="
    assert str(seen[1].url).endswith("&LIVEONLY=")
    assert "authorization" not in seen[0].headers


RELATED = {
    "Relationships": [
        {
            "Domain": "x.com",
            "Identifiers": [
                {"Type": "ga", "Matches": [{"Domain": "y.com", "First": 1_600_000_000_000, "Last": 1_650_000_000_000}]},
                {
                    "Type": "gtm",
                    "Matches": [
                        {"Domain": "y.com", "First": 1_500_000_000_000, "Last": 1_600_000_000_000},
                        {"Domain": "x.com", "First": 1, "Last": 2},
                        {"no": "domain"},
                    ],
                },
            ],
        }
    ],
    "Errors": [],
    "more_results": False,
}


def test_related_domains_are_merged_over_identifiers() -> None:
    """Each once, with all shared types, earliest first and latest last; the domain itself is not its relative."""
    answer = ask(httpx.Response(200, json=RELATED), lambda builtwith: builtwith.relationships("x.com"))
    assert answer.value is not None
    (related,) = answer.value
    assert (related.domain, related.shared) == ("y.com", ("ga", "gtm"))
    assert (related.first, related.last) == (
        datetime.fromtimestamp(1_500_000_000, UTC),
        datetime.fromtimestamp(1_650_000_000, UTC),
    )


def test_recommendations_come_as_a_bare_list() -> None:
    """Best match first; an error comes as an object in the list's place and is sorted."""
    rows = [{"name": "Klevu", "categories": ["Site Search"], "match": 0.1}, {"name": "Algolia", "match": 0.4}]
    compiled = [{"Domain": "x.com", "Compiled": "/Date(1749427200000)/", "Recommendations": rows}]
    answer = ask(httpx.Response(200, json=compiled), lambda builtwith: builtwith.recommendations("x.com"))
    assert answer.value is not None
    assert [one.name for one in answer.value] == ["Algolia", "Klevu"]
    with pytest.raises(Refused):
        ask(error(-3), lambda builtwith: builtwith.recommendations("x.com"))


def test_keywords_are_the_words_in_order() -> None:
    """Repeated words count once; a site without words is nothing there."""
    body = {"Keywords": [{"Domain": "x.com", "Keywords": ["tyres", "gold", "tyres"]}]}
    answer = ask(httpx.Response(200, json=body), lambda builtwith: builtwith.keywords("x.com"))
    assert answer.value == ("tyres", "gold")
    empty = {"Keywords": [{"Domain": "x.com", "Keywords": []}]}
    assert ask(httpx.Response(200, json=empty), lambda builtwith: builtwith.keywords("x.com")).value is None


@pytest.mark.parametrize(
    ("version", "body", "trust"),
    [
        (
            "trustv2",
            {"Assessment": {"TrustLevel": "Trusted"}, "BusinessProfile": {"IsParkedDomain": False}},
            Trust(level="Trusted", established=None, parked=False, ecommerce=None),
        ),
        (
            "trustv1",
            {"Domain": "x.com", "DBRecord": {"Established": True, "Parked": False, "Ecommerce": True}, "Status": 1},
            Trust(level=None, established=True, parked=False, ecommerce=True),
        ),
        ("trustv1", {"Domain": "x.com", "DBRecord": None, "LiveRecord": None, "Status": 2}, None),
    ],
)
def test_trust_is_read_in_both_versions(version: str, body: dict[str, Any], trust: Trust | None) -> None:
    """Version 2 says a level, version 1 has flags only; no record at all is nothing there."""
    seen: list[str] = []

    def server(request: httpx.Request) -> httpx.Response:
        seen.append(request.url.path)
        return httpx.Response(200, json=body)

    settings = BuiltWithSettings(trust_version=version)
    assert ask(server, lambda builtwith: builtwith.trust("x.com"), settings).value == trust
    assert seen == [f"/{version}/api.json"]


def test_a_connection_error_is_unreachable() -> None:
    """Nothing of httpx gets through to a module."""

    def down(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    with pytest.raises(Unreachable, match=r"api\.builtwith\.com"):
        ask(down, lambda builtwith: builtwith.domain("x.com"))


def test_the_governor_learns_price_and_key() -> None:
    """A credit for each domain of a look-up; the key goes into the Authorization header of BuiltWith's host only."""
    told = policy(BuiltWithSettings.model_validate({"api_key": "k-1"}))
    url = "https://api.builtwith.com/v23/api.json"
    assert told.credits(httpx.Request("GET", url, params={"LOOKUP": "a.com,b.com,c.com"})) == 3
    assert told.credits(httpx.Request("GET", url, params={"LOOKUP": "a.com"})) == 1

    async def send(request: httpx.Request) -> httpx.Response:
        raise AssertionError("a header key needs no call")

    signed = asyncio.run(told.authorizer.sign(httpx.Request("GET", url), send))
    assert signed.headers["authorization"] == "API k-1"
    assert told.authorizer.configured(httpx.Request("GET", url))
    assert not policy(BuiltWithSettings()).authorizer.configured(httpx.Request("GET", url))


KEYS = st.sampled_from(
    ["Results", "Errors", "Code", "Message", "Lookup", "Result", "Paths", "Technologies", "Name", "LastIndexed", "Meta",
     "Relationships", "Identifiers", "Matches", "Keywords", "Inbound", "Domain", "DBRecord", "Assessment", "error"]
)  # fmt: skip
BODIES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)


@given(
    body=BODIES,
    endpoint=st.sampled_from(["domain", "relationships", "recommendations", "keywords", "trust", "redirects"]),
)
def test_whatever_json_comes_there_is_an_answer_or_a_sorted_failure(body: object, endpoint: str) -> None:
    """No shape of a body crashes the client."""
    with suppress(ProviderError):
        answer = ask(httpx.Response(200, json=body), lambda builtwith: getattr(builtwith, endpoint)("x.com"))
        assert answer.source.endpoint == endpoint
