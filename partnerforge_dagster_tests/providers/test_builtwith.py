"""BuiltWith's client: how it asks, and how an unhappy answer is sorted."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnerforge_dagster.models.failures import BadAnswer, ProviderError, RateLimited, Refused, Unreachable
from partnerforge_dagster.models.provenance import Answer
from partnerforge_dagster.providers.builtwith import BuiltWith, policy
from partnerforge_dagster.settings_providers import BuiltWithSettings
from partnerforge_dagster_tests.providers.asking_builtwith import ask, error, recorded


def test_the_recorded_error_is_a_refusal_with_its_code() -> None:
    """Code -5 came with HTTP 200: the plan has to be upgraded, and nothing may be stored as "nothing there"."""
    with pytest.raises(Refused, match=r"code -5.*upgrade"):
        ask(recorded("domain-error__usage-code-5"), lambda builtwith: builtwith.domain("kss.com.au"))


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
