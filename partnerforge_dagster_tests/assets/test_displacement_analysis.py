"""M11 is a function of the stack, the competitors and the profile."""

import asyncio
from datetime import timedelta

from partnerforge_dagster.assets.displacement_analysis import displacement_analysis
from partnerforge_dagster.models.competitor_intelligence import CompetitorIntelligence
from partnerforge_dagster.models.displacement_analysis import DisplacementAnalysis, Incumbency
from partnerforge_dagster.models.result import Status
from partnerforge_dagster.models.technology_stack import TechnologyStack
from partnerforge_dagster_tests.scoring.records import ACCOUNT, SELLER, TODAY, competition, stack, tech, unavailable


def analysed(found: TechnologyStack, rivals: CompetitorIntelligence) -> DisplacementAnalysis:
    return asyncio.run(displacement_analysis(ACCOUNT, found, rivals, SELLER))


def test_an_incumbent_is_named_dated_and_scored() -> None:
    """Who, since when, how many rivals use the seller, and the score."""
    got = analysed(stack(tech("Klevu", first=TODAY - timedelta(days=730))), competition("a.com", "b.com"))
    assert (got.status, got.incumbency) == (Status.COMPLETE, Incumbency.COMPETITOR)
    assert got.incumbent
    assert (got.incumbent.value, got.incumbent.inferred) == ("Klevu", False)
    assert got.years_in_place
    assert (got.years_in_place.value, got.years_in_place.inferred) == (2.0, True)
    assert got.competitors_using_seller
    assert got.competitors_using_seller.value == 2
    assert got.score
    assert got.score.floor <= got.score.value <= got.score.ceiling


def test_a_platforms_search_is_our_conclusion() -> None:
    """What is seen is the platform; that its search does the work is inferred."""
    got = analysed(stack(tech("Shopify")), competition())
    assert got.incumbency is Incumbency.PLATFORM
    assert got.incumbent
    assert got.incumbent.inferred


def test_an_unread_stack_leaves_the_incumbent_unknown_and_the_pressure_known() -> None:
    """Competitors alone still give a part of the score."""
    got = analysed(unavailable(TechnologyStack), competition("a.com"))
    assert (got.status, got.incumbency, got.incumbent) == (Status.PARTIAL, Incumbency.UNKNOWN, None)
    assert got.score
    assert [part.name for part in got.score.parts if part.value is not None] == ["competitor_pressure"]


def test_nothing_available_is_no_score() -> None:
    """Both upstream modules unavailable: unavailable, and no score that looks like one."""
    got = analysed(unavailable(TechnologyStack), unavailable(CompetitorIntelligence))
    assert (got.status, got.score, got.competitors_using_seller) == (Status.UNAVAILABLE, None, None)
