"""M13 is a function of five upstream records and the profile."""

import asyncio

from partnerforge_dagster.assets.icp_priority_mapping import icp_priority_mapping
from partnerforge_dagster.models.company_context import CompanyContext
from partnerforge_dagster.models.competitor_intelligence import CompetitorIntelligence
from partnerforge_dagster.models.financial_profile import FinancialProfile
from partnerforge_dagster.models.icp_priority_mapping import IcpPriorityMapping, Tier
from partnerforge_dagster.models.provenance import GapKind
from partnerforge_dagster.models.result import ModuleResult, Status
from partnerforge_dagster.models.technology_stack import TechnologyStack
from partnerforge_dagster.models.traffic_analysis import TrafficAnalysis
from partnerforge_dagster_tests.scoring.records import (
    ACCOUNT,
    SELLER,
    company,
    competition,
    fact,
    finances,
    stack,
    tech,
    traffic,
    unavailable,
    usd,
)

UPSTREAM: dict[str, ModuleResult] = {
    "company_context": company(),
    "technology_stack": stack(tech("Shopify"), commerce_platform=fact("Shopify"), monthly_spend=fact(usd(9_000))),
    "traffic_analysis": traffic(),
    "financial_profile": finances(usd(400_000_000)),
    "competitor_intelligence": competition("target.com"),
}
KINDS = (CompanyContext, TechnologyStack, TrafficAnalysis, FinancialProfile, CompetitorIntelligence)


def judged(**changed: ModuleResult) -> IcpPriorityMapping:
    return asyncio.run(icp_priority_mapping(ACCOUNT, **(UPSTREAM | changed), seller=SELLER))


def test_a_whole_picture_gives_score_tier_and_offers() -> None:
    """All five upstream modules together: complete, hot, without a band."""
    got = judged()
    assert got.status is Status.COMPLETE
    assert got.fit
    assert got.fit.floor == got.fit.value == got.fit.ceiling
    assert got.tier is Tier.HOT
    assert got.value_propositions[0].value_proposition == "search-conversion"
    assert got.gaps == ()


def test_an_unavailable_module_is_a_gap_and_a_band() -> None:
    """What rests on it is unknown; the rest is judged."""
    got = judged(traffic_analysis=unavailable(TrafficAnalysis))
    assert got.status is Status.PARTIAL
    assert [(gap.kind, gap.reason) for gap in got.gaps] == [(GapKind.COULD_NOT_ASK, "traffic_analysis is unavailable")]
    assert got.fit
    assert got.fit.ceiling - got.fit.floor == 34  # visits, search share and growth
    assert got.fit.most_wanted == "visits"


def test_a_stale_module_makes_the_judgement_stale() -> None:
    """Old facts are used and marked."""
    assert judged(traffic_analysis=traffic(status=Status.STALE)).status is Status.STALE


def test_nothing_available_is_no_score() -> None:
    """Without any upstream module there is nothing to judge, and no score that looks like one."""
    nothing = {name: unavailable(kind) for name, kind in zip(UPSTREAM, KINDS, strict=True)}
    got = judged(**nothing)
    assert (got.status, got.fit, got.tier, got.value_propositions) == (Status.UNAVAILABLE, None, None, ())


def test_no_offer_is_said() -> None:
    """When no figure calls for anything, the gap says so."""
    got = judged(
        technology_stack=stack(),
        traffic_analysis=traffic(visits=10, growth=0.0, search=0.0, status=Status.COMPLETE),
        financial_profile=finances(None),
        competitor_intelligence=competition(),
    )
    assert [(gap.subject, gap.kind) for gap in got.gaps] == [("value propositions", GapKind.NOTHING_THERE)]
