"""M03 traffic analysis."""

import asyncio
from datetime import date
from typing import NoReturn

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnerforge_dagster.assets.traffic_analysis import growth_over, search_share_of, traffic_analysis
from partnerforge_dagster.models.failures import NotConfigured
from partnerforge_dagster.models.provenance import GapKind, Outcome
from partnerforge_dagster.models.result import Status
from partnerforge_dagster.models.traffic_analysis import MonthlyTraffic, NamedShare, TrafficAnalysis
from partnerforge_dagster.providers.sandbox.transport import SandboxTransport
from partnerforge_dagster.providers.sandbox.world import World
from partnerforge_dagster.providers.similarweb import SimilarWeb
from partnerforge_dagster.providers.tranco import HOST as TRANCO
from partnerforge_dagster.providers.tranco import Tranco
from partnerforge_dagster.settings import SANDBOX_TODAY
from partnerforge_dagster.settings_waterfalls import Waterfalls
from partnerforge_dagster_tests.assets.vendors import (
    ACCOUNT,
    DOWN,
    HTML,
    SIMILARWEB,
    SIMILARWEB_HAS_NOTHING,
    SIMILARWEB_REFUSES,
    Vendors,
    gaps,
    run,
)

ORDERS = Waterfalls()


class Keyless(SimilarWeb):
    """As the governor leaves a provider without a key."""

    async def ask(self, *_: object, **__: object) -> NoReturn:
        raise NotConfigured(self.provider, "no key is set")


SUBJECTS = {
    "visits by month", "traffic channels", "countries of visitors", "demographics", "organic keywords", "paid keywords",
    "audience interests", "global rank", "referrals", "popular pages", "similar sites", "keyword competitors",
}  # fmt: skip


def traffic_of(vendors: Vendors) -> TrafficAnalysis:
    return run(
        vendors, lambda _, similarweb, __: traffic_analysis(ACCOUNT, similarweb, Tranco(similarweb.http), ORDERS)
    )


def known() -> Vendors:
    """A shop with rows at all twelve paths."""
    site: list[object] = [{"domain": "rival.com", "share": 0.3}]
    return Vendors(
        visits={"shop.com": 1_000_000},
        lists={
            "traffic-channels": [
                {"date": "2026-10-01", "source_type": "Organic Search", "visits": 300},
                {"date": "2026-10-01", "source_type": "Paid Search", "visits": 100},
                {"date": "2026-10-01", "source_type": "Direct", "visits": 600},
            ],
            "geography/aggregated": [{"country": "us", "share": 0.8}],
            "demographics/aggregated": [{"gender": "female", "share": 0.6}],
            "organic/aggregated": [{"keyword": "tyres", "traffic_share": 0.1, "clicks": 30}],
            "paid/aggregated": [{"keyword": "buy tyres", "traffic_share": 0.2, "clicks": 20}],
            "audience-interests/aggregated": site,
            "website-rank": [{"date": "2026-10-01", "country_rank": 311}],
            "traffic-referrals/incoming": site,
            "popular-pages/aggregated": [{"page": "shop.com/sale", "share": 0.4}],
            "similar-sites/aggregated": [{"domain": "rival.com", "affinity": 0.9}],
            "keywords-competitors/aggregated": [{"domain": "rival.com", "overlap": 0.2}],
        },
    )


def test_a_measured_site_is_described_by_all_twelve_answers() -> None:
    """13 months, the last of them October; everything has a source and nothing is missing."""
    result = traffic_of(known())
    assert (result.status, result.gaps) == (Status.COMPLETE, ())
    assert result.months is not None
    assert [result.months.value[0].month, result.months.value[-1].month] == [date(2025, 10, 1), date(2026, 10, 1)]
    assert result.latest_visits == 1_000_000
    for name in set(TrafficAnalysis.model_fields) - {"account", "as_of", "mode", "status", "gaps"}:
        assert getattr(result, name) is not None, name
    assert result.global_rank is not None
    assert result.global_rank.value == 311


def test_growth_and_the_share_of_search_are_our_conclusions() -> None:
    """1 % a month for 3 and 12 months; organic and paid search are 400 of 1,000 visits."""
    result = traffic_of(known())
    assert result.growth_3m is not None
    assert result.growth_12m is not None
    assert result.search_share is not None
    assert result.growth_3m.value == pytest.approx(0.99**-3 - 1)
    assert result.growth_12m.value == pytest.approx(0.99**-12 - 1)
    assert result.search_share.value == pytest.approx(0.4)
    assert all(fact.inferred for fact in (result.growth_3m, result.growth_12m, result.search_share))


def test_requests_ask_for_thirteen_months_three_or_one() -> None:
    """Visits need a year and a month, similar sites exactly three months; each further month would be billed."""
    vendors = known()
    traffic_of(vendors)
    windows = {
        request.url.path.removesuffix("/aggregated").rpartition("/")[2]: (
            request.url.params["start_date"],
            request.url.params["end_date"],
        )
        for request in vendors.requests
    }
    assert windows.pop("traffic-and-engagement") == ("2025-10", "2026-10")
    assert windows.pop("similar-sites") == ("2026-08", "2026-10")
    assert set(windows.values()) == {("2026-10", "2026-10")}
    assert len(vendors.requests) == 12


@pytest.mark.parametrize("answer", [SIMILARWEB_REFUSES, DOWN, HTML])
def test_a_provider_that_cannot_be_asked_makes_the_module_unavailable(answer: httpx.Response) -> None:
    """Each subject is a gap that says why, none is said to be nothing."""
    result = traffic_of(Vendors(broken={SIMILARWEB: answer, TRANCO: answer}))
    assert (result.status, result.months, result.growth_3m) == (Status.UNAVAILABLE, None, None)
    assert gaps(result, GapKind.COULD_NOT_ASK) == SUBJECTS
    assert gaps(result, GapKind.NOTHING_THERE) == set()
    assert all(gap.reason.startswith(f"{gap.provider}: ") for gap in result.gaps)


def test_without_similarweb_tranco_knows_the_rank_and_nothing_else() -> None:
    """Not asked for want of a key: the rank is an answer, visits stay unknown."""

    async def ask() -> TrafficAnalysis:
        vendors = Vendors(ranks={"shop.com": 4_711})
        async with httpx.AsyncClient(transport=httpx.MockTransport(vendors)) as http:
            return await traffic_analysis(ACCOUNT, Keyless(http), Tranco(http), ORDERS)

    result = asyncio.run(ask())
    assert (result.status, result.made_do, result.months) == (Status.PARTIAL, False, None)
    assert result.global_rank is not None
    assert (result.global_rank.value, result.global_rank.sources[0].provider) == (4_711, "tranco")
    assert [(step.provider, step.outcome) for step in result.steps] == [
        ("similarweb", Outcome.NO_KEY),
        ("tranco", Outcome.ANSWERED),
    ]
    assert all(gap.needs_key for gap in result.gaps)


def test_while_similarweb_is_away_a_rank_makes_do_and_replaces_nothing_better() -> None:
    """Marked, so that earlier visits stay in the brief."""
    result = traffic_of(Vendors(ranks={"shop.com": 4_711}, broken={SIMILARWEB: DOWN}))
    assert (result.status, result.made_do) == (Status.PARTIAL, True)


def test_a_site_too_small_for_data_is_complete_and_empty() -> None:
    """SimilarWeb was asked and has nothing, in so many words."""
    result = traffic_of(Vendors(broken={SIMILARWEB: SIMILARWEB_HAS_NOTHING}))
    assert (result.status, result.months) == (Status.COMPLETE, None)
    assert gaps(result, GapKind.NOTHING_THERE) >= SUBJECTS
    assert gaps(result, GapKind.COULD_NOT_ASK) == set()


def test_an_endpoint_outside_the_plan_costs_only_its_own_fact() -> None:
    """Popular pages need an add-on: without it they are refused, and the rest is partial."""
    vendors = known()

    def server(request: httpx.Request) -> httpx.Response:
        return httpx.Response(403) if "popular-pages" in request.url.path else vendors(request)

    async def ask() -> TrafficAnalysis:
        async with httpx.AsyncClient(transport=httpx.MockTransport(server)) as http:
            return await traffic_analysis(ACCOUNT, SimilarWeb(http), Tranco(http), ORDERS)

    result = asyncio.run(ask())
    assert (result.status, result.popular_pages) == (Status.PARTIAL, None)
    assert gaps(result, GapKind.COULD_NOT_ASK) == {"popular pages"}
    assert result.latest_visits == 1_000_000


def month(number: int, visits: float) -> MonthlyTraffic:
    return MonthlyTraffic(month=date(2026, number, 1), visits=visits)


def test_growth_is_counted_by_the_calendar() -> None:
    """A month that the provider leaves out shifts nothing; without the month before there is no growth."""
    assert growth_over((month(7, 100), month(9, 500), month(10, 150)), 3) == pytest.approx(0.5)
    assert growth_over((month(8, 100), month(9, 500), month(10, 150)), 3) is None
    assert growth_over((month(7, 0), month(10, 150)), 3) is None


@given(st.floats(min_value=1, max_value=1e9), st.floats(min_value=0, max_value=1e9))
def test_growth_applied_to_the_earlier_month_gives_the_later(before: float, after: float) -> None:
    """-1 is all visits lost, 0 is no change."""
    growth = growth_over((month(7, before), month(10, after)), 3)
    assert growth is not None
    assert growth >= -1
    assert before * (1 + growth) == pytest.approx(after, abs=1e-3)


def test_a_short_history_is_a_gap_and_not_a_growth_of_zero() -> None:
    """A site measured for two months has visits and no growth."""
    vendors = known()

    def server(request: httpx.Request) -> httpx.Response:
        if not request.url.path.endswith("traffic-and-engagement"):
            return vendors(request)
        rows = [{"date": "2026-09-01", "visits": 9}, {"date": "2026-10-01", "visits": 10}]
        return httpx.Response(200, json={"meta": {}, "data": rows})

    async def ask() -> TrafficAnalysis:
        async with httpx.AsyncClient(transport=httpx.MockTransport(server)) as http:
            return await traffic_analysis(ACCOUNT, SimilarWeb(http), Tranco(http), ORDERS)

    result = asyncio.run(ask())
    assert (result.latest_visits, result.growth_3m, result.growth_12m) == (10, None, None)
    assert gaps(result, GapKind.NOTHING_THERE) == {"growth over 3 months", "growth over 12 months"}


@given(st.lists(st.floats(min_value=0, max_value=1), max_size=6))
def test_the_share_of_search_is_a_share(parts: list[float]) -> None:
    """Whatever shares come in, between 0 and 1 goes out, and other channels do not count."""
    channels = tuple(NamedShare(name="Organic Search", share=part) for part in parts)
    assert 0 <= search_share_of((*channels, NamedShare(name="Direct", share=1))) <= 1


def test_the_sandbox_measures_costco() -> None:
    """Through the emulator's whole wire format: all twelve answers, with visits growing as its company record says."""

    async def ask() -> TrafficAnalysis:
        async with httpx.AsyncClient(
            transport=SandboxTransport(World(SANDBOX_TODAY)), headers={"api-key": "sandbox"}
        ) as http:
            costco = ACCOUNT.model_copy(update={"domain": "costco.com"})
            return await traffic_analysis(costco, SimilarWeb(http), Tranco(http), ORDERS)

    result = asyncio.run(ask())
    assert (result.status, result.gaps) == (Status.COMPLETE, ())
    assert result.months is not None
    assert len(result.months.value) == 13
