"""What comes of BuiltWith's answers by way of the client, recorded ones first."""

from datetime import UTC, date, datetime
from typing import Any

import httpx
import pytest

from partnerforge_dagster.models.failures import Refused
from partnerforge_dagster.providers.builtwith_records import BuiltWithDomain, DetectedTechnology, Redirect, Trust
from partnerforge_dagster.settings_providers import BuiltWithSettings
from partnerforge_dagster_tests.providers.asking_builtwith import ask, error, recorded


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
