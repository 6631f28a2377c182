"""Wikidata's answers: recorded statements first, then companies and refusals."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any, TypeVar

import httpx
import pytest

from partnerforge_dagster.models.failures import BadAnswer, ProviderError, RateLimited, Unreachable
from partnerforge_dagster.providers.lenient import mapping
from partnerforge_dagster.providers.wikidata import SPARQL_HOST, Wikidata
from partnerforge_dagster.providers.wikidata_claims import WikidataCompany, company_of, items_named, statements
from partnerforge_dagster_tests.payloads import body, raw
from partnerforge_dagster_tests.providers.wire import Server
from partnerforge_dagster_tests.providers.wire import ask as ask_wire

R = TypeVar("R")


def ask(server: Server, call: Callable[[Wikidata], Awaitable[R]]) -> R:
    return ask_wire(server, Wikidata, call)


def text(value: str) -> dict[str, Any]:
    return {"snaktype": "value", "datavalue": {"value": value, "type": "string"}}


def item(qid: str) -> dict[str, Any]:
    return {"snaktype": "value", "datavalue": {"value": {"id": qid}, "type": "wikibase-entityid"}}


def amount(value: str) -> dict[str, Any]:
    return {"snaktype": "value", "datavalue": {"value": {"amount": value, "unit": "1"}, "type": "quantity"}}


def moment(value: str, precision: int = 11) -> dict[str, Any]:
    return {"snaktype": "value", "datavalue": {"value": {"time": value, "precision": precision}, "type": "time"}}


def statement(snak: dict[str, Any], rank: str = "normal", **qualifiers: dict[str, Any]) -> dict[str, Any]:
    return {"mainsnak": snak, "rank": rank, "qualifiers": {code: [value] for code, value in qualifiers.items()}}


UNKNOWN = {"snaktype": "somevalue"}
NONE = {"snaktype": "novalue"}

ACME: dict[str, Any] = {
    "id": "Q1",
    "labels": {"en": {"value": "Acme"}},
    "descriptions": {"en": {"value": "tool maker"}},
    "claims": {
        "P856": [statement(text("https://www.acme.test/"))],
        "P1448": [statement({"snaktype": "value", "datavalue": {"value": {"text": "Acme plc", "language": "en"}}})],
        "P414": [
            statement(item("Q171240"), P249=text("ACM")),
            statement(item("Q13677"), P249=text("OLD"), P582=moment("+2019-01-01T00:00:00Z")),
        ],
        "P5531": [statement(text("909832"))],
        "P1128": [
            statement(amount("+900"), P585=moment("+2020-12-31T00:00:00Z")),
            statement(amount("+1100"), P585=moment("+2024-12-31T00:00:00Z")),
            statement(amount("+999999"), "deprecated", P585=moment("+2026-01-01T00:00:00Z")),
            statement(UNKNOWN),
        ],
        "P571": [statement(moment("+1983-00-00T00:00:00Z", 9))],
        "P159": [statement(item("Q2"))],
        "P452": [statement(NONE)],
        "P169": [
            statement(item("Q10"), P580=moment("+2024-01-01T00:00:00Z")),
            statement(item("Q11"), P580=moment("+2012-01-01T00:00:00Z"), P582=moment("+2023-12-31T00:00:00Z")),
        ],
        "P3320": [statement(item("Q12"), P580=moment("+2015-00-00T00:00:00Z", 9))],
        "P4264": [statement(text("acme-tools"))],
    },
}
LABELS = {"Q171240": "London Stock Exchange", "Q2": "Leeds", "Q10": "Jane Doe", "Q12": "John Roe"}


def wikidata(
    *matches: dict[str, Any], entity: dict[str, Any] | None = None, key: str = "Q1"
) -> Callable[[httpx.Request], httpx.Response]:
    """A Wikidata that matches these rows and has one entity under `key`."""

    def server(request: httpx.Request) -> httpx.Response:
        if request.url.host == SPARQL_HOST:
            return httpx.Response(200, json={"head": {}, "results": {"bindings": list(matches)}})
        if "EntityData" in request.url.path:
            return httpx.Response(200, json={"entities": {key: entity or ACME}})
        asked = request.url.params["ids"].split("|")
        labels = {qid: {"labels": {"en": {"value": LABELS[qid]}}} for qid in asked if qid in LABELS}
        return httpx.Response(200, json={"entities": labels})

    return server


def match(qid: str, **more: str) -> dict[str, Any]:
    row = {"item": {"type": "uri", "value": f"http://www.wikidata.org/entity/{qid}"}}
    return row | {name: {"type": "literal", "value": value} for name, value in more.items()}


def company(server: Server) -> WikidataCompany | None:
    return ask(server, lambda wikidata: wikidata.company("acme.test")).value


# ── recorded answers ──


def test_the_preferred_statement_counts() -> None:
    """Bielefeld has 17 populations; the preferred one of 2021 is taken, not the largest or the last."""
    claims = body("wikidata/entity__Q2112-bielefeld.json")["claims"]
    (population,) = statements(claims, "P1082")
    assert mapping(population["mainsnak"])["datavalue"]["value"]["amount"] == "+334002"


def test_who_has_left_an_office_is_left_out() -> None:
    """Of Bielefeld's heads of government only the one without an end date holds the office."""
    claims = body("wikidata/entity__Q2112-bielefeld.json")["claims"]
    assert [row["mainsnak"]["datavalue"]["value"]["id"] for row in statements(claims, "P6")] == ["Q2097128"]


def test_bielefeld_reads_as_a_record() -> None:
    """A year is read out of `+1214-00-00`, which is no ISO date; the country is named by the label of its item."""
    entity = body("wikidata/entity__Q2112-bielefeld.json")
    assert "Q183" in items_named(entity)
    found = company_of(entity, {"Q183": "Germany"}, None)
    assert found is not None
    assert (found.qid, found.label, found.description) == ("Q2112", "Bielefeld", "city in Germany")
    assert (found.website, found.founded, found.country) == ("https://www.bielefeld.de/", 1214, "Germany")
    assert (found.legal_name, found.employees, found.ticker, found.officers) == ("Bielefeld", None, None, ())


def test_a_recorded_result_table_is_accepted_and_its_items_matched() -> None:
    """Rows with unbound variables are read; of equally known items the oldest, Q1225, is asked for."""
    asked: list[str] = []

    def server(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        if request.url.host == SPARQL_HOST:
            return httpx.Response(200, content=raw("wikidata/sparql-results__label-description-rows.json"))
        return httpx.Response(404)

    assert company(server) is None
    assert asked[1] == "/wiki/Special:EntityData/Q1225.json"


def test_a_recorded_entity_without_a_name_is_no_company() -> None:
    """Q3235026 has no label at all: naming a company by its number would help nobody."""

    def server(request: httpx.Request) -> httpx.Response:
        if request.url.host == SPARQL_HOST:
            return httpx.Response(200, json={"results": {"bindings": [match("Q3235026")]}})
        if "EntityData" in request.url.path:
            return httpx.Response(200, content=raw("wikidata/wbgetentities__Q3235026.json"))
        return httpx.Response(200, json={"entities": {}})

    assert company(server) is None


# ── a company ──


def test_a_company_is_put_together_of_its_statements() -> None:
    """The latest of equal ranks counts; deprecated, ended, unknown and absent values do not; numbers are padded."""
    found = company(wikidata(match("Q1", countryCode="GB")))
    assert found is not None
    assert (found.label, found.legal_name, found.description) == ("Acme", "Acme plc", "tool maker")
    assert (found.ticker, found.exchange, found.cik) == ("ACM", "London Stock Exchange", "0000909832")
    assert (found.employees, found.founded, found.headquarters) == (1100, 1983, "Leeds")
    assert (found.country, found.industry) == ("GB", None)
    assert found.social_profiles == ("https://www.linkedin.com/company/acme-tools",)


def test_officers_in_office_come_with_the_day_they_took_it() -> None:
    """A former chief executive is left out; a year alone is no day."""
    found = company(wikidata(match("Q1")))
    assert found is not None
    assert [(officer.name, officer.title, officer.since) for officer in found.officers] == [
        ("Jane Doe", "Chief Executive Officer", date(2024, 1, 1)),
        ("John Roe", "Board Member", None),
    ]


def test_of_several_items_with_the_website_the_best_known_is_taken() -> None:
    """A subsidiary or an event may have the same website; a blank node is no item."""
    blank = {"item": {"type": "bnode", "value": "t123"}}
    rows = [match("Q7", sitelinks="3"), blank, match("Q1", sitelinks="60"), match("Q5")]
    answer = ask(wikidata(*rows), lambda wikidata: wikidata.company("acme.test"))
    assert answer.source.url == "https://www.wikidata.org/wiki/Q1"


def test_a_redirected_item_is_read_under_its_new_number() -> None:
    """The key in the answer is then another one than was asked for."""
    found = company(wikidata(match("Q1"), entity={**ACME, "id": "Q99"}, key="Q99"))
    assert found is not None
    assert found.qid == "Q99"


def test_no_item_with_this_website_is_nothing_there() -> None:
    """Wikidata was asked and does not know the company."""
    assert company(wikidata()) is None


def test_the_query_lists_the_spellings_of_the_website() -> None:
    """With and without www, slash and s: exact matches only, as a substring filter times out."""
    queries: list[str] = []

    def server(request: httpx.Request) -> httpx.Response:
        queries.append(request.url.params["query"])
        return wikidata()(request)

    company(server)
    assert queries[0].count("acme.test") == 8
    assert "<https://www.acme.test/>" in queries[0]
    assert "<http://acme.test>" in queries[0]


# ── failures ──


@pytest.mark.parametrize(
    ("response", "failure"),
    [
        (httpx.Response(429, headers={"retry-after": "60"}), RateLimited),
        (httpx.Response(500, text="java.util.concurrent.TimeoutException"), Unreachable),
        (httpx.Response(200, text="<html>"), BadAnswer),
        (httpx.Response(200, json={"results": {}}), BadAnswer),
        (httpx.Response(200, json=[]), BadAnswer),
    ],
)
def test_a_query_service_that_fails_is_not_an_unknown_company(
    response: httpx.Response, failure: type[ProviderError]
) -> None:
    """Throttling, timeouts and broken answers are "could not ask"."""
    with pytest.raises(failure) as caught:
        company(response)
    if isinstance(caught.value, RateLimited):
        assert caught.value.retry_after == 60.0


@pytest.mark.parametrize(
    ("code", "failure"), [("maxlag", RateLimited), ("ratelimited", RateLimited), ("no-such-entity", BadAnswer)]
)
def test_the_apis_errors_come_with_a_200(code: str, failure: type[ProviderError]) -> None:
    """`error.code` tells a pause that helps from a request that is wrong."""

    def server(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/w/api.php":
            return httpx.Response(200, json={"error": {"code": code, "info": "..."}})
        return wikidata(match("Q1"))(request)

    with pytest.raises(failure):
        company(server)
