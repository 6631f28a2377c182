"""Who an account is, by what Wikidata, EDGAR and Yahoo say on the wire."""

import asyncio
from typing import Any

import httpx
import pytest

from partnerforge_dagster.models.provenance import GapKind
from partnerforge_dagster.providers.sec_edgar import SecEdgar
from partnerforge_dagster.providers.wikidata import Wikidata
from partnerforge_dagster.providers.yahoo import YahooFinance
from partnerforge_dagster.research.identity import Identity, identify
from partnerforge_dagster.research.inquiry import Inquiry
from partnerforge_dagster_tests.sandboxed import account, ask

FILERS = {
    "0": {"cik_str": 1001, "ticker": "ACM", "title": "ACME CORP /DE/"},
    "1": {"cik_str": 1002, "ticker": "ROE", "title": "Roe Foods Inc"},
}
NAMELESS: dict[str, Any] = {"symbol": "ACM", "quoteType": "EQUITY", "shortname": "Acme Corporation"}


class World:
    """The three providers, as far as identity asks them. An attribute that is None is down."""

    def __init__(self) -> None:
        self.claims: dict[str, Any] | None = {}
        self.known_to_wikidata = True
        self.filers: dict[str, Any] | None = FILERS
        self.hits: list[dict[str, Any]] | None = []
        self.website: str | None = None

    def __call__(self, request: httpx.Request) -> httpx.Response:
        host, path = request.url.host, request.url.path
        if "wikidata" in host:
            return self._wikidata(path)
        if "sec.gov" in host:
            return httpx.Response(503) if self.filers is None else httpx.Response(200, json=self.filers)
        return self._yahoo(path)

    def _wikidata(self, path: str) -> httpx.Response:
        if self.claims is None:
            return httpx.Response(503)
        if path == "/sparql":
            row = {"item": {"type": "uri", "value": "http://www.wikidata.org/entity/Q1"}}
            return httpx.Response(200, json={"results": {"bindings": [row] if self.known_to_wikidata else []}})
        if path == "/w/api.php":
            return httpx.Response(
                200, json={"entities": {"Q5": {"labels": {"en": {"value": "New York Stock Exchange"}}}}}
            )
        entity = {"id": "Q1", "labels": {"en": {"value": "Acme"}}, "claims": self.claims}
        return httpx.Response(200, json={"entities": {"Q1": entity}})

    def _yahoo(self, path: str) -> httpx.Response:
        if self.hits is None:
            return httpx.Response(503)
        if "search" in path:
            return httpx.Response(200, json={"quotes": self.hits, "news": []})
        profile = {"assetProfile": {"website": self.website}, "price": {"longName": "Acme Corp"}}
        return httpx.Response(200, json={"quoteSummary": {"result": [profile], "error": None}})


def identity(world: World) -> tuple[Identity, Inquiry]:
    async def session() -> tuple[Identity, Inquiry]:
        async with httpx.AsyncClient(transport=httpx.MockTransport(world)) as http:
            inquiry = Inquiry(account("acme.test"))
            clients = {"wikidata": Wikidata(http), "edgar": SecEdgar(http), "yahoo": YahooFinance(http)}
            return await identify(inquiry, **clients), inquiry  # type: ignore[arg-type]  # one dict, three classes

    return asyncio.run(session())


def listed_on_new_york() -> dict[str, Any]:
    exchange = {"snaktype": "value", "datavalue": {"value": {"id": "Q5"}}}
    ticker = {"snaktype": "value", "datavalue": {"value": "ACM"}}
    return {"P414": [{"mainsnak": exchange, "rank": "normal", "qualifiers": {"P249": [ticker]}}]}


def test_wikidata_gives_the_ticker_and_edgar_the_number() -> None:
    """Yahoo need not be asked then; the SEC number is EDGAR's for this ticker."""
    world = World()
    world.claims = listed_on_new_york()
    world.hits = None
    found, inquiry = identity(world)
    assert found.ticker is not None
    assert found.cik is not None
    assert found.public is not None
    assert (found.ticker.value, found.cik.value, found.public.value) == ("ACM", "0000001001", True)
    assert inquiry.gaps == ()


def test_a_number_without_ticker_leads_to_the_ticker() -> None:
    """EDGAR's tickers are looked up by Wikidata's CIK."""
    world = World()
    world.claims = {"P5531": [{"mainsnak": {"snaktype": "value", "datavalue": {"value": "1001"}}, "rank": "normal"}]}
    found, _ = identity(world)
    assert found.ticker is not None
    assert (found.ticker.value, [source.provider for source in found.ticker.sources]) == (
        "ACM",
        ["wikidata", "sec_edgar"],
    )


def test_yahoos_hit_counts_when_its_profile_names_the_website() -> None:
    """The profile's website lies under the account's domain."""
    world = World()
    world.known_to_wikidata = False
    world.hits, world.website = [NAMELESS], "https://www.acme.test"
    found, _ = identity(world)
    assert found.ticker is not None
    assert (found.ticker.value, found.ticker.inferred) == ("ACM", False)
    assert found.name is not None
    assert found.name.value == "Acme Corp"


def test_yahoos_hit_of_another_website_is_another_company() -> None:
    """The same name proves nothing: the company has no listing that anybody knows of."""
    world = World()
    world.hits, world.website = [NAMELESS], "https://www.acme-trucks.test"
    found, _ = identity(world)
    assert found.ticker is None
    assert found.public is not None
    assert (found.public.value, found.public.inferred) == (False, True)


def test_a_profile_without_website_needs_edgars_exact_title() -> None:
    """Then it is a conclusion of ours, and marked so."""
    world = World()
    world.hits = [NAMELESS]
    found, _ = identity(world)
    assert found.ticker is not None
    assert (found.ticker.value, found.ticker.inferred) == ("ACM", True)


def test_private_is_a_finding_of_three_sources() -> None:
    """Wikidata, EDGAR and Yahoo were asked, and none has a listing."""
    found, _ = identity(World())
    assert found.public is not None
    assert found.public.value is False
    assert sorted(source.provider for source in found.public.sources) == ["sec_edgar", "wikidata", "yahoo"]


@pytest.mark.parametrize("down", ["claims", "filers", "hits"])
def test_nothing_is_said_of_a_listing_while_a_source_is_down(down: str) -> None:
    """Unknown is not private."""
    world = World()
    world.filers = {"1": FILERS["1"]}
    setattr(world, down, None)
    found, inquiry = identity(world)
    assert found.public is None
    assert GapKind.COULD_NOT_ASK in {gap.kind for gap in inquiry.gaps}


def test_costco_of_the_sandbox_is_known_by_all_three() -> None:
    """The emulated providers agree about who Costco is."""

    async def costco(clients: Any) -> Identity:
        inquiry = Inquiry(account("costco.com"))
        return await identify(inquiry, wikidata=clients.wikidata, edgar=clients.edgar, yahoo=clients.yahoo)

    found = ask(costco)
    assert found.ticker is not None
    assert found.cik is not None
    assert (found.ticker.value, found.cik.value) == ("COST", "0000909832")


def test_no_failure_leaves_identify() -> None:
    """With everybody down all is unknown and nothing is raised."""
    world = World()
    world.claims = world.filers = world.hits = None
    found, _ = identity(world)
    assert found.model_dump(exclude={"item"}) == dict.fromkeys(
        ("name", "legal_name", "ticker", "exchange", "cik", "public")
    )


@pytest.mark.parametrize(
    ("filers", "ticker"),
    [
        (FILERS, "ACM"),
        ({**FILERS, "2": {"cik_str": 1003, "ticker": "ACMX", "title": "Acme Inc"}}, None),
        ({"0": {"cik_str": 1001, "ticker": "AGC", "title": "Acme Gold Corp"}}, None),
    ],
)
def test_without_yahoo_a_filer_of_exactly_this_name_is_the_company(filers: dict[str, Any], ticker: str | None) -> None:
    """Alone of its name: two filers called so, or one called nearly so, prove nothing."""
    world = World()
    world.hits, world.filers = None, filers
    found, inquiry = identity(world)
    assert (found.ticker.value if found.ticker else None) == ticker
    assert (found.cik is not None) is (ticker is not None)
    if found.ticker:
        assert found.ticker.inferred
        assert {source.provider for source in found.ticker.sources} == {"wikidata", "sec_edgar"}
    else:
        assert found.public is None
    assert ("stock listing", GapKind.COULD_NOT_ASK) in {(gap.subject, gap.kind) for gap in inquiry.gaps}
