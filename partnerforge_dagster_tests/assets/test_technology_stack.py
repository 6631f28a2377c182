"""M02 technology stack."""

import asyncio
from datetime import date
from typing import Any

import httpx
import pytest

from partnerforge_dagster.assets.technology_stack import technology_stack
from partnerforge_dagster.models.base import Money
from partnerforge_dagster.models.provenance import GapKind
from partnerforge_dagster.models.result import Status
from partnerforge_dagster.models.technology_stack import EvidenceKind, TechnologyStack
from partnerforge_dagster.providers.builtwith import BuiltWith
from partnerforge_dagster.providers.dns import HOST as DNS
from partnerforge_dagster.providers.dns import Dns
from partnerforge_dagster.providers.sandbox.transport import SandboxTransport
from partnerforge_dagster.providers.sandbox.world import World
from partnerforge_dagster.providers.web_pages import WebPages
from partnerforge_dagster.seller import load_seller
from partnerforge_dagster.settings import SANDBOX_TODAY
from partnerforge_dagster.settings_providers import BuiltWithSettings
from partnerforge_dagster_tests.assets.vendors import (
    ACCOUNT,
    BUILTWITH,
    BUILTWITH_HAS_NOTHING,
    BUILTWITH_REFUSES,
    DOWN,
    HTML,
    SITE,
    Vendors,
    gaps,
    run,
    tech,
)

SELLER = load_seller(None)
RECOGNIZED = {"search vendor", "commerce platform", "CMS"}

STACK = [
    tech("Coveo", "widgets", "Site Search"),
    tech("Demandware", "shop", "Enterprise", since=date(2017, 3, 1)),
    tech("Contentful", "cms", "Headless", since=date(2026, 2, 1)),
    tech("Endeca", "widgets", "Site Search", since=date(2014, 1, 1), until=date(2026, 1, 5)),
    tech("Flash", "framework", since=date(2010, 1, 1), until=date(2019, 1, 5)),
]
PAGE = '<html><script src="https://static.cloud.coveo.com/a.js"></script><script src="/x.js"></script></html>'


def known(**broken: httpx.Response) -> Vendors:
    """A shop that BuiltWith knows in full, with a home page that loads Coveo."""
    ms = 1_700_000_000_000
    match = {"Domain": "shop.ca", "First": ms, "Last": ms}
    return Vendors(
        stacks={"shop.com": STACK},
        extras={
            "Result": {"Spend": 4121, "SpendHistory": [{"D": ms, "S": 4000}, {"D": ms - 9e9, "S": 3000}]},
            "SalesRevenue": 2_000_000,
            "Attributes": {"Employees": 340},
        },
        about={
            "rv4": {"Relationships": [{"Identifiers": [{"Type": "ga", "Matches": [match]}]}]},
            "rec1": [{"Domain": "shop.com", "Recommendations": [{"name": "Klaviyo", "match": 0.3}]}],
            "kw2": {"Keywords": [{"Domain": "shop.com", "Keywords": ["tyres", "gold"]}]},
            "trustv2": {"Assessment": {"TrustLevel": "Trusted"}},
            "redirect1": {"Lookup": "shop.com", "Inbound": [{"Domain": "shop.net"}], "Outbound": None},
        },
        pages={"shop.com": PAGE},
        broken=broken,
    )


def stack_of(vendors: Vendors) -> TechnologyStack:
    return run(
        vendors, lambda builtwith, _, pages: technology_stack(ACCOUNT, builtwith, pages, Dns(pages.http), SELLER)
    )


def test_a_known_shop_is_described_in_full() -> None:
    """Recognised products, movements of the last 12 months, estimates and relatives, all with sources, no gaps."""
    result = stack_of(known())
    assert (result.status, result.gaps) == (Status.COMPLETE, ())
    for fact, value in (
        (result.search_vendor, "Coveo"),
        (result.commerce_platform, "Salesforce Commerce Cloud"),
        (result.cms, "Contentful"),
        (result.trust_level, "Trusted"),
        (result.keywords, ("tyres", "gold")),
        (result.recommendations, ("Klaviyo",)),
        (result.redirecting_domains, ("shop.net",)),
        (result.employees_estimate, 340),
    ):
        assert fact is not None
        assert fact.value == value
    assert result.search_vendor is not None
    assert [source.provider for source in result.search_vendor.sources] == ["builtwith", "web_page"]
    assert result.related_domains is not None
    assert [(one.domain, one.shared) for one in result.related_domains.value] == [("shop.ca", ("ga",))]


def test_added_and_dropped_are_those_of_the_last_twelve_months() -> None:
    """Contentful came in February and Endeca was last seen in January; Flash went long ago."""
    result = stack_of(known())
    assert [one.name for one in result.added] == ["Contentful"]
    assert [(one.name, one.last_seen) for one in result.dropped] == [("Endeca", date(2026, 1, 5))]
    assert [one.name for one in result.technologies if not one.live] == ["Endeca", "Flash"]


def test_what_came_and_went_within_twelve_months_is_dropped_and_not_added() -> None:
    """A trial of half a year is one movement, told once."""
    vendors = known()
    vendors.stacks["shop.com"].append(tech("Vue", "javascript", since=date(2026, 1, 25), until=date(2026, 8, 14)))
    result = stack_of(vendors)
    assert [one.name for one in result.added] == ["Contentful"]
    assert [one.name for one in result.dropped] == ["Endeca", "Vue"]


def test_money_is_in_dollars_and_marked_as_an_estimate() -> None:
    """Spend is a month's, revenue is twelve months of BuiltWith's monthly figure."""
    result = stack_of(known())
    assert result.monthly_spend is not None
    assert result.revenue_estimate is not None
    assert result.spend_history is not None
    assert (result.monthly_spend.value, result.monthly_spend.estimate) == (Money(amount=4121, currency="USD"), True)
    assert (result.revenue_estimate.value.amount, result.revenue_estimate.estimate) == (24_000_000, True)
    assert [point.spend.amount for point in result.spend_history.value] == [3000, 4000]


def test_all_questions_go_out_together() -> None:
    """None of the seven waits for the answer of another."""
    asked = 0

    async def gather() -> TechnologyStack:
        all_asked = asyncio.Event()

        async def server(request: httpx.Request) -> httpx.Response:
            nonlocal asked
            asked += 1
            if asked == 10:
                all_asked.set()
            await asyncio.wait_for(all_asked.wait(), timeout=5)
            return known()(request)

        async with httpx.AsyncClient(transport=httpx.MockTransport(server)) as http:
            builtwith = BuiltWith(http, BuiltWithSettings())
            return await technology_stack(ACCOUNT, builtwith, WebPages(http), Dns(http), SELLER)

    assert asyncio.run(gather()).status is Status.COMPLETE


def test_records_of_the_domain_give_technologies_away() -> None:
    """With the record as evidence and a page that shows it as source; alone they are too little to be kept."""
    vendors = known()
    vendors.records = {
        "www.shop.com": {"A": [(5, "www.shop.com.edgekey.net."), (5, "e1.b.akamaiedge.net."), (1, "192.0.2.1")]},
        "shop.com": {"MX": [(15, "10 shop-com.mail.protection.outlook.com.")], "TXT": [(16, '"v=spf1 -all"')]},
    }
    found = {one.name: one for one in stack_of(vendors).technologies}
    assert [evidence.kind for evidence in found["Akamai"].evidence] == [EvidenceKind.DNS]
    assert found["Akamai"].evidence[0].seen == "www.shop.com.edgekey.net"
    assert [source.url for source in found["Office 365 Mail"].sources] == [
        "https://dns.google/query?name=shop.com&rr_type=MX"
    ]
    assert found["SPF"].live
    vendors.broken = {DNS: httpx.Response(200, json={"Status": 2})}
    silent = stack_of(vendors)
    assert silent.status is Status.PARTIAL
    assert gaps(silent, GapKind.COULD_NOT_ASK) == {"domain records"}
    vendors.broken = {BUILTWITH: DOWN, SITE: DOWN}
    alone = stack_of(vendors)
    assert (alone.status, alone.made_do) == (Status.PARTIAL, True)
    assert gaps(alone, GapKind.NOTHING_THERE) == set()


@pytest.mark.parametrize("answer", [BUILTWITH_REFUSES, DOWN, HTML])
def test_without_builtwith_the_home_page_still_shows_the_search_vendor(answer: httpx.Response) -> None:
    """What it shows is a conclusion; what it does not show could not be asked, and is not said to be absent."""
    result = stack_of(known(**{BUILTWITH: answer}))
    assert result.status is Status.PARTIAL
    assert result.search_vendor is not None
    assert (result.search_vendor.value, result.search_vendor.inferred) == ("Coveo", True)
    assert (result.commerce_platform, result.cms, result.monthly_spend) == (None, None, None)
    assert gaps(result, GapKind.COULD_NOT_ASK) >= {"commerce platform", "CMS", "technologies"}
    assert gaps(result, GapKind.NOTHING_THERE) == set()


def test_with_nothing_that_answers_the_module_is_unavailable() -> None:
    """No technology is claimed and none is said to be absent."""
    result = stack_of(known(**{BUILTWITH: DOWN, SITE: DOWN}))
    assert (result.status, result.technologies) == (Status.UNAVAILABLE, ())
    assert gaps(result, GapKind.NOTHING_THERE) == set()
    assert gaps(result, GapKind.COULD_NOT_ASK) >= RECOGNIZED


def test_a_stack_that_was_read_and_shows_nothing_is_nothing_there() -> None:
    """The home page being down changes nothing: BuiltWith's list is complete."""
    vendors = Vendors(stacks={"shop.com": [tech("nginx", "Web Server")]}, broken={SITE: DOWN})
    result = stack_of(vendors)
    assert gaps(result, GapKind.NOTHING_THERE) >= RECOGNIZED
    assert gaps(result, GapKind.COULD_NOT_ASK) == {"home page"}
    assert result.status is Status.PARTIAL


def test_a_site_unknown_to_builtwith_is_nothing_there_when_its_home_page_was_read() -> None:
    """Both were asked; when the home page could not be, nobody has seen the stack."""
    page = {"shop.com": "<html></html>"}
    read = stack_of(Vendors(pages=page, broken={BUILTWITH: BUILTWITH_HAS_NOTHING}))
    assert (read.status, gaps(read, GapKind.COULD_NOT_ASK)) == (Status.COMPLETE, set())
    assert gaps(read, GapKind.NOTHING_THERE) >= RECOGNIZED | {"technologies"}
    unread = stack_of(Vendors(broken={BUILTWITH: BUILTWITH_HAS_NOTHING, SITE: DOWN}))
    assert gaps(unread, GapKind.COULD_NOT_ASK) == RECOGNIZED | {"home page"}
    assert gaps(unread, GapKind.NOTHING_THERE).isdisjoint(RECOGNIZED)


def test_estimates_that_builtwith_leaves_out_are_gaps() -> None:
    """Zero employees and no revenue mean that BuiltWith does not know them."""
    vendors = known()
    vendors.extras = {"Result": {"Spend": 0}, "SalesRevenue": 0, "Attributes": {"Employees": 0}}
    result = stack_of(vendors)
    assert (result.employees_estimate, result.revenue_estimate, result.spend_history) == (None, None, None)
    assert gaps(result, GapKind.NOTHING_THERE) == {"employees estimate", "revenue estimate", "spend history"}
    assert result.monthly_spend is not None
    assert result.monthly_spend.value.amount == 0


@pytest.mark.parametrize(
    ("record", "level"),
    [
        ({"Established": True}, "Established"),
        ({"Parked": True, "Established": True}, "Parked"),
        ({"Parked": False}, None),
    ],
)
def test_the_flags_of_the_first_trust_version_become_a_level(record: dict[str, Any], level: str | None) -> None:
    """A conclusion of ours; flags that say nothing are nothing there."""
    vendors = known()
    vendors.about["trustv2"] = {"Domain": "shop.com", "DBRecord": record, "Status": 1}
    result = stack_of(vendors)
    assert (result.trust_level.value if result.trust_level else None) == level
    assert result.trust_level is None or result.trust_level.inferred
    assert ("trust level" in gaps(result, GapKind.NOTHING_THERE)) == (level is None)


def test_the_sandbox_describes_costco_without_a_gap_in_what_is_recognised() -> None:
    """Through the emulator's whole wire format; every technology stands once."""

    async def ask() -> TechnologyStack:
        async with httpx.AsyncClient(
            transport=SandboxTransport(World(SANDBOX_TODAY)), headers={"Authorization": "API sandbox"}, timeout=60
        ) as http:
            account = ACCOUNT.model_copy(update={"domain": "costco.com"})
            builtwith = BuiltWith(http, BuiltWithSettings())
            return await technology_stack(account, builtwith, WebPages(http), Dns(http), SELLER)

    result = asyncio.run(ask())
    assert result.status is Status.COMPLETE
    assert result.commerce_platform is not None
    assert result.monthly_spend is not None
    names = [one.name for one in result.technologies]
    assert len(names) == len(set(names)) > 20
