"""Recognising what matters to the seller in BuiltWith's rows and on a home page."""

from datetime import UTC, date, datetime

import pytest

from partnerforge_dagster.models.provenance import Answer, Source
from partnerforge_dagster.models.technology_stack import Technology
from partnerforge_dagster.providers.builtwith_reading import read_domains
from partnerforge_dagster.providers.builtwith_records import BuiltWithDomain
from partnerforge_dagster.providers.page_reading import HomePage, Traces
from partnerforge_dagster.research.technologies import (
    commerce_platform,
    content_management,
    search_vendor,
    technologies_of,
    uses_seller,
)
from partnerforge_dagster.seller import load_seller
from partnerforge_dagster_tests.payloads import body

SELLER = load_seller(None)
FETCHED = datetime(2026, 11, 16, 9, tzinfo=UTC)
BUILTWITH = Source(provider="builtwith", endpoint="domain", url=None, fetched_at=FETCHED)
PAGE = Source(provider="web_page", endpoint="home", url="https://x.com/", fetched_at=FETCHED)


def recorded(domain: str) -> tuple[Technology, ...]:
    found = read_domains(body(f"builtwith/domain__{domain}.json")["Results"], [domain])[domain]
    return technologies_of(Answer(value=found, source=BUILTWITH), None, SELLER)


def tech(
    name: str,
    *categories: str,
    live: bool = True,
    first: date | None = date(2020, 1, 1),
    main_site: bool = True,
    source: Source = BUILTWITH,
) -> Technology:
    return Technology(
        name=name,
        categories=categories,
        first_seen=first,
        last_seen=date(2026, 11, 14) if live else date(2025, 3, 1),
        live=live,
        main_site=main_site,
        sources=(source,),
    )


def home(*hosts: str, generator: str | None = None) -> Answer[HomePage]:
    traces = Traces(
        scripts=tuple(f"https://{host}/a.js" for host in hosts),
        meta=(("generator", generator),) if generator else (),
    )
    page = HomePage(url="https://x.com/", title=None, careers_url=None, board_links=(), traces=traces)
    return Answer(value=page, source=PAGE)


def stack(*technologies: tuple[str, str, bool]) -> Answer[BuiltWithDomain]:
    """A look-up of (name, tag, live)."""
    crawled = 1_794_000_000_000
    rows = [
        {"Name": name, "Tag": tag, "FirstDetected": 1_500_000_000_000, "LastDetected": crawled * (1 if live else 0.95)}
        for name, tag, live in technologies
    ]
    paths = [{"SubDomain": "www", "LastIndexed": crawled, "Technologies": rows}]
    found = read_domains([{"Lookup": "x.com", "Result": {"IsDB": "True", "Paths": paths}}], ["x.com"])["x.com"]
    return Answer(value=found, source=BUILTWITH)


def test_belkin_in_2019_sold_on_sap_commerce_without_a_search_product() -> None:
    """BuiltWith's Hybris is the profile's SAP Commerce; content tools and a dead appliance count for nothing."""
    technologies = recorded("belkin.com")
    platform = commerce_platform(technologies, SELLER)
    assert platform is not None
    assert (platform.value, platform.sources, platform.inferred) == ("SAP Commerce", (BUILTWITH,), False)
    assert search_vendor(technologies, SELLER) is None
    assert content_management(technologies, SELLER) is None, "Moodle and Totara run courses on subdomains"


def test_kss_in_2024_had_a_cart_but_no_platform_and_kentico_as_its_cms() -> None:
    """The newest of two live content systems is the CMS; a cart without a platform is no platform."""
    technologies = recorded("kss.com.au")
    assert commerce_platform(technologies, SELLER) is None
    assert search_vendor(technologies, SELLER) is None
    cms = content_management(technologies, SELLER)
    assert cms is not None
    assert cms.value == "Kentico Xperience"


@pytest.mark.parametrize(
    ("technologies", "vendor"),
    [
        ([tech("SearchSpring", "widgets")], "Searchspring"),
        ([tech("InstantSearch.js", "javascript")], "Algolia"),
        ([tech("Somebody's Search", "Site Search", "widgets")], "Somebody's Search"),
        ([tech("Sitelinks Search Box", "widgets")], None),
        ([tech("Coveo", "Site Search", live=False)], None),
        ([tech("Coveo", "Site Search"), tech("Algolia", "Site Search")], "Algolia"),
        ([tech("Coveo", "Site Search"), tech("Algolia DocSearch", "widgets", main_site=False)], "Coveo"),
        ([tech("Nosto", "Personalization", first=date(2025, 1, 1)), tech("Klevu", "Site Search")], "Klevu"),
        ([tech("Klevu", "Site Search"), tech("Coveo", "Site Search", first=date(2024, 1, 1))], "Coveo"),
        ([], None),
    ],
)
def test_the_search_vendor_is_the_live_product_of_the_main_site(
    technologies: list[Technology], vendor: str | None
) -> None:
    """The seller's own first, then what BuiltWith itself calls a site search, then the newest."""
    found = search_vendor(technologies, SELLER)
    assert (found.value if found else None) == vendor
    reversed_find = search_vendor(technologies[::-1], SELLER)
    assert reversed_find == found


@pytest.mark.parametrize(
    ("technologies", "platform", "cms"),
    [
        ([tech("Shopify", "shop", "Hosted Solution")], "Shopify", None),
        ([tech("Some Shop", "shop", "Hosted Solution")], "Some Shop", None),
        ([tech("Some App", "shop", "Shopify App"), tech("Cart Functionality", "shop", "Non Platform")], None, None),
        ([tech("Magento", "framework")], "Adobe Commerce", None),
        ([tech("WordPress", "cms"), tech("WooCommerce", "shop")], "WooCommerce", "WordPress"),
        ([tech("WordPress VIP", "hosting")], None, "WordPress"),
        ([tech("Optimizely", "analytics", "A/B Testing")], None, None),
        ([tech("Contentful", "cms", "Headless")], None, "Contentful"),
        ([tech("Zendesk Guide", "cms", main_site=False)], None, None),
        ([tech("Drupal", "cms"), tech("Newer CMS", "cms", first=date(2025, 1, 1))], None, "Drupal"),
    ],
)
def test_platform_and_cms_are_told_apart(technologies: list[Technology], platform: str | None, cms: str | None) -> None:
    """By BuiltWith's tag, else by the profile; what the profile knows comes first."""
    found, content = commerce_platform(technologies, SELLER), content_management(technologies, SELLER)
    assert (found.value if found else None, content.value if content else None) == (platform, cms)


def test_a_home_page_gives_away_what_it_loads() -> None:
    """Hosts, their subdomains included, and the generator's name name products; the find is our conclusion."""
    seen = home("ab12-dsn.algolia.net", "cdn.shopify.com", "notalgolia.net", generator="WordPress 6.6")
    technologies = technologies_of(None, seen, SELLER)
    assert [(one.name, one.live, one.last_seen) for one in technologies] == [
        ("Algolia", True, FETCHED.date()),
        ("Shopify", True, FETCHED.date()),
        ("WordPress", True, FETCHED.date()),
    ]
    vendor, platform = search_vendor(technologies, SELLER), commerce_platform(technologies, SELLER)
    cms = content_management(technologies, SELLER)
    assert vendor is not None
    assert platform is not None
    assert cms is not None
    assert (vendor.value, vendor.sources, vendor.inferred) == ("Algolia", (PAGE,), True)
    assert (platform.value, cms.value) == ("Shopify", "WordPress")


@pytest.mark.parametrize("generator", ["", "6.6", "Drupalish", "Elementor 3.25; features: e_font", None])
def test_a_generator_that_the_profile_does_not_know_names_nothing(generator: str | None) -> None:
    """Page builders and plug-ins name themselves there too."""
    assert technologies_of(None, home(generator=generator), SELLER) == ()


def test_what_the_home_page_shows_is_live_though_builtwith_calls_it_gone() -> None:
    """The page is the newer witness: both are sources, and the find keeps BuiltWith's first day."""
    technologies = technologies_of(stack(("SearchSpring", "widgets", False)), home("snapui.searchspring.io"), SELLER)
    (only,) = technologies
    assert (only.name, only.live, only.sources) == ("Searchspring", True, (BUILTWITH, PAGE))
    assert only.first_seen == date(2017, 7, 14)
    vendor = search_vendor(technologies, SELLER)
    assert vendor is not None
    assert (vendor.value, vendor.inferred) == ("Searchspring", False)


def test_a_page_and_a_look_up_that_agree_are_one_technology() -> None:
    """Each technology stands once, in the order of names, whoever saw it."""
    found = technologies_of(
        stack(("Shopify", "shop", True), ("algolia", "widgets", True)), home("cdn.shopify.com", "x.algolia.net"), SELLER
    )
    assert [one.name for one in found] == ["Algolia", "Shopify"]
    assert all(one.sources == (BUILTWITH, PAGE) for one in found)


def test_not_using_the_seller_is_a_conclusion_with_the_stack_as_its_source() -> None:
    """Using it is written in the source; a product that is gone is not in use."""
    yes = uses_seller([tech("Algolia Recommend", "widgets")], SELLER, BUILTWITH)
    no = uses_seller([tech("Algolia", "Site Search", live=False)], SELLER, BUILTWITH)
    assert (yes.value, yes.inferred, no.value, no.inferred, no.sources) == (True, False, False, True, (BUILTWITH,))
