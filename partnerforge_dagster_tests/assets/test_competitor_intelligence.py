"""M05 competitor intelligence."""

import asyncio

import httpx
import pytest

from partnerforge_dagster.assets.competitor_intelligence import competitor_intelligence
from partnerforge_dagster.models.company_context import CompanyContext
from partnerforge_dagster.models.competitor_intelligence import CompetitorIntelligence
from partnerforge_dagster.models.provenance import Fact, GapKind, Source
from partnerforge_dagster.models.result import Status
from partnerforge_dagster.models.technology_stack import TechnologyStack
from partnerforge_dagster.providers.builtwith import BuiltWith
from partnerforge_dagster.providers.sandbox.transport import SandboxTransport
from partnerforge_dagster.providers.sandbox.world import World
from partnerforge_dagster.providers.similarweb import SimilarWeb
from partnerforge_dagster.seller import load_seller
from partnerforge_dagster.settings import SANDBOX_TODAY
from partnerforge_dagster.settings_providers import BuiltWithSettings
from partnerforge_dagster_tests.assets.vendors import (
    ACCOUNT,
    BUILTWITH,
    BUILTWITH_REFUSES,
    DOWN,
    HTML,
    NOW,
    SIMILARWEB,
    SIMILARWEB_HAS_NOTHING,
    SIMILARWEB_REFUSES,
    Vendors,
    gaps,
    run,
    tech,
)

SELLER = load_seller(None)
SOURCE = Source(provider="builtwith", endpoint="redirects", url=None, fetched_at=NOW)

CONTEXT = CompanyContext(
    account="shop.com",
    as_of=NOW,
    mode=ACCOUNT.mode,
    status=Status.COMPLETE,
    trading_name=Fact(value="The Shop Inc.", sources=(SOURCE,)),
)
STACK = TechnologyStack(
    account="shop.com",
    as_of=NOW,
    mode=ACCOUNT.mode,
    status=Status.COMPLETE,
    redirecting_domains=Fact(value=("oldshop.net",), sources=(SOURCE,)),
)


def known(*similar: str) -> Vendors:
    """Rivals: one on Algolia, one on Coveo, one with nothing recognised, one that BuiltWith does not know."""
    sites = similar or ("algo.com", "coveo.com", "plain.com", "ghost.com")
    return Vendors(
        stacks={
            "algo.com": [tech("Algolia", "widgets", "Site Search"), tech("Shopify", "shop", "Hosted Solution")],
            "coveo.com": [tech("Coveo", "widgets", "Site Search"), tech("Magento", "shop", "Open Source")],
            "plain.com": [tech("nginx", "Web Server")],
        },
        visits={"shop.com": 100, "algo.com": 300, "coveo.com": 50, "plain.com": 100},
        lists={"similar-sites/aggregated": [{"domain": site, "affinity": 0.9} for site in sites]},
    )


def competitors_of(vendors: Vendors) -> CompetitorIntelligence:
    return run(
        vendors,
        lambda builtwith, similarweb, _: competitor_intelligence(
            ACCOUNT, CONTEXT, STACK, builtwith, similarweb, SELLER
        ),
    )


def test_each_competitor_has_its_visits_its_vendor_and_whether_it_uses_the_seller() -> None:
    """In the order of similarity; that a read stack lacks the seller's product is our conclusion."""
    result = competitors_of(known("algo.com", "coveo.com"))
    algo, coveo = result.competitors
    assert (result.status, result.gaps) == (Status.COMPLETE, ())
    assert (algo.domain, algo.affinity, algo.sources[0].endpoint) == ("algo.com", 0.9, "similar_sites")
    for fact, value in (
        (algo.search_vendor, "Algolia"),
        (algo.commerce_platform, "Shopify"),
        (algo.visits, 300),
        (algo.uses_seller, True),
        (coveo.search_vendor, "Coveo"),
        (coveo.commerce_platform, "Adobe Commerce"),
        (coveo.uses_seller, False),
    ):
        assert fact is not None
        assert fact.value == value
    assert coveo.uses_seller is not None
    assert coveo.uses_seller.inferred
    assert result.using_seller is not None
    assert result.using_seller.value == ("algo.com",)


def test_the_place_is_among_those_whose_visits_are_known() -> None:
    """Only algo.com has more visits, plain.com as many; ghost.com's are not known and it does not count."""
    result = competitors_of(known())
    assert result.visits_place is not None
    assert (result.visits_place.value, result.compared) == (2, 4)


def test_a_gap_names_its_domain_and_says_whether_it_could_be_asked() -> None:
    """ghost.com is known to neither service; that plain.com was read and has no search product is no gap."""
    result = competitors_of(known())
    assert result.status is Status.COMPLETE
    assert gaps(result, GapKind.COULD_NOT_ASK) == set()
    assert gaps(result, GapKind.NOTHING_THERE) == {
        "technology stack of ghost.com",
        "visits of ghost.com",
    }
    ghost = result.competitors[-1]
    assert (ghost.visits, ghost.search_vendor, ghost.uses_seller) == (None, None, None)
    plain = next(one for one in result.competitors if one.domain == "plain.com")
    assert (plain.search_vendor, plain.commerce_platform) == (None, None)
    assert plain.uses_seller is not None


def test_ten_competitors_are_one_call_to_builtwith() -> None:
    """Twelve similar sites are cut to ten; BuiltWith is asked once and SimilarWeb once for each and the account."""
    vendors = known(*(f"rival{number}.com" for number in range(12)))
    result = competitors_of(vendors)
    assert len(result.competitors) == 10
    lookups = [request.url.params["LOOKUP"] for request in vendors.requests if request.url.host == BUILTWITH]
    assert [lookup.count(",") for lookup in lookups] == [9]
    assert sum(request.url.path.endswith("traffic-and-engagement") for request in vendors.requests) == 11


def test_the_companys_own_sites_are_no_competitors() -> None:
    """The same name in another country, the company's name, a redirecting domain, and what is no domain at all."""
    own = ("shop.ca", "www.shop.co.uk", "theshopinc.com", "oldshop.net", "com", "www.algo.com", "help.algo.com")
    result = competitors_of(known(*own))
    assert [one.domain for one in result.competitors] == ["algo.com"]
    alone = competitors_of(known("shop.ca"))
    assert (alone.competitors, alone.using_seller) == ((), None)
    assert gaps(alone, GapKind.NOTHING_THERE) == {"competitors"}


@pytest.mark.parametrize("answer", [BUILTWITH_REFUSES, DOWN, HTML])
def test_without_builtwith_visits_remain_and_nobody_is_said_to_lack_the_seller(answer: httpx.Response) -> None:
    """Every competitor's stack is a gap of its own that could not be asked."""
    vendors = known()
    vendors.broken[BUILTWITH] = answer
    result = competitors_of(vendors)
    assert (result.status, result.using_seller) == (Status.PARTIAL, None)
    assert {one.uses_seller for one in result.competitors} == {None}
    assert gaps(result, GapKind.COULD_NOT_ASK) == {
        "competitors using the seller",
        *(f"technology stack of {one.domain}" for one in result.competitors),
    }
    assert gaps(result, GapKind.NOTHING_THERE) == {"visits of ghost.com"}
    assert result.visits_place is not None


@pytest.mark.parametrize("answer", [SIMILARWEB_REFUSES, DOWN, HTML])
def test_without_similarweb_there_are_no_competitors_to_ask_about(answer: httpx.Response) -> None:
    """Nothing was answered at all, and BuiltWith is not asked about nobody."""
    vendors = known()
    vendors.broken[SIMILARWEB] = answer
    result = competitors_of(vendors)
    assert (result.status, result.competitors) == (Status.UNAVAILABLE, ())
    assert gaps(result, GapKind.COULD_NOT_ASK) == {"similar sites", "visits of the account"}
    assert all(request.url.host == SIMILARWEB for request in vendors.requests)


def test_a_site_without_similar_ones_is_complete_and_empty() -> None:
    """SimilarWeb was asked and has none."""
    vendors = known()
    vendors.broken[SIMILARWEB] = SIMILARWEB_HAS_NOTHING
    result = competitors_of(vendors)
    assert (result.status, result.competitors, result.visits_place) == (Status.COMPLETE, (), None)
    assert gaps(result, GapKind.NOTHING_THERE) == {"similar sites", "visits of the account"}


def test_that_no_competitor_uses_the_seller_is_said_only_of_stacks_that_were_read() -> None:
    """All read and none has it: an empty list, concluded. One unknown to BuiltWith: not known."""
    read = competitors_of(known("coveo.com", "plain.com"))
    assert read.using_seller is not None
    assert (read.using_seller.value, read.using_seller.inferred) == ((), True)
    unread = competitors_of(known("coveo.com", "ghost.com"))
    assert unread.using_seller is None
    assert "competitors using the seller" in gaps(unread, GapKind.NOTHING_THERE)


def test_an_account_without_visits_has_no_place() -> None:
    """The competitors' visits are still there."""
    vendors = known()
    del vendors.visits["shop.com"]
    result = competitors_of(vendors)
    assert (result.visits_place, result.compared) == (None, 0)
    assert result.competitors[0].visits is not None
    assert "visits of the account" in gaps(result, GapKind.NOTHING_THERE)


def test_the_sandbox_places_costco_among_ten() -> None:
    """Through the emulator's whole wire format: ten competitors, all read, none Costco's own."""

    async def ask() -> CompetitorIntelligence:
        keys = {"Authorization": "API sandbox", "api-key": "sandbox"}
        async with httpx.AsyncClient(transport=SandboxTransport(World(SANDBOX_TODAY)), headers=keys) as http:
            return await competitor_intelligence(
                ACCOUNT.model_copy(update={"domain": "costco.com"}),
                CONTEXT,
                STACK,
                BuiltWith(http, BuiltWithSettings()),
                SimilarWeb(http),
                SELLER,
            )

    result = asyncio.run(ask())
    assert result.status is Status.COMPLETE
    assert len(result.competitors) == 10
    assert all(one.uses_seller is not None and "costco" not in one.domain for one in result.competitors)
    assert result.visits_place is not None
    assert result.compared == 11
