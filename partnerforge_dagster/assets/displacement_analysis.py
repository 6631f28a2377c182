"""M11 displacement analysis: what the seller would replace, and how hard that is.

Not for: the rules (scoring/displacement.py) and their weights (the seller profile).
"""

from partnerforge_dagster.models.account import Account
from partnerforge_dagster.models.competitor_intelligence import CompetitorIntelligence
from partnerforge_dagster.models.displacement_analysis import DisplacementAnalysis, Incumbency
from partnerforge_dagster.models.provenance import Fact
from partnerforge_dagster.models.result import Status
from partnerforge_dagster.models.technology_stack import TechnologyStack
from partnerforge_dagster.orchestration.module import module
from partnerforge_dagster.research.inquiry import Inquiry
from partnerforge_dagster.scoring.displacement import Incumbent, displacement_score, find_incumbent, years_in_place
from partnerforge_dagster.seller import Seller


@module
async def displacement_analysis(
    account: Account,
    technology_stack: TechnologyStack,
    competitor_intelligence: CompetitorIntelligence,
    seller: Seller,
) -> DisplacementAnalysis:
    """What stands where the seller's product would stand, since when, and a score of 0 to 100 for replacing it.

    Five weighted parts: ease of replacing the incumbent, entrenchment, competitors that use the seller, recent changes
    of the stack, partner technologies. A customer of the seller scores 0; an unknown part widens the score's band.
    """
    inquiry = Inquiry(account)
    stack = inquiry.usable(technology_stack, name="technology_stack", subject="incumbent")
    competition = inquiry.usable(
        competitor_intelligence, name="competitor_intelligence", subject="competitors that use the seller"
    )
    if inquiry.status is Status.UNAVAILABLE:
        return inquiry.result(DisplacementAnalysis)
    today = account.as_of.date()
    incumbent = find_incumbent(stack, seller)
    years = years_in_place(incumbent, today)
    using = competition.using_seller if competition else None
    return inquiry.result(
        DisplacementAnalysis,
        incumbency=incumbent.incumbency,
        incumbent=_standing(incumbent),
        years_in_place=None if years is None else Fact(value=years, sources=incumbent.sources, inferred=True),
        competitors_using_seller=using and Fact(value=len(using.value), sources=using.sources, inferred=using.inferred),
        score=displacement_score(incumbent, stack, competition, seller, today),
    )


def _standing(incumbent: Incumbent) -> Fact[str] | None:
    """That a platform's built-in search does the work is our conclusion: what is seen is the platform."""
    if incumbent.name is None:
        return None
    inferred = incumbent.incumbency is Incumbency.PLATFORM
    return Fact(value=incumbent.name, sources=incumbent.sources, inferred=inferred)
