"""M13 ICP priority mapping: fit score, tier and what to offer.

Not for: the rules (scoring/fit.py, scoring/propositions.py) and their weights (the seller profile).
"""

from partnerforge_dagster.models.account import Account
from partnerforge_dagster.models.company_context import CompanyContext
from partnerforge_dagster.models.competitor_intelligence import CompetitorIntelligence
from partnerforge_dagster.models.financial_profile import FinancialProfile
from partnerforge_dagster.models.icp_priority_mapping import IcpPriorityMapping
from partnerforge_dagster.models.result import Status
from partnerforge_dagster.models.technology_stack import TechnologyStack
from partnerforge_dagster.models.traffic_analysis import TrafficAnalysis
from partnerforge_dagster.orchestration.module import module
from partnerforge_dagster.research.inquiry import Inquiry
from partnerforge_dagster.scoring.fit import fit_score, tier
from partnerforge_dagster.scoring.propositions import called_for
from partnerforge_dagster.scoring.readings import Picture, readings
from partnerforge_dagster.seller import Seller


@module
async def icp_priority_mapping(
    account: Account,
    company_context: CompanyContext,
    technology_stack: TechnologyStack,
    traffic_analysis: TrafficAnalysis,
    financial_profile: FinancialProfile,
    competitor_intelligence: CompetitorIntelligence,
    seller: Seller,
) -> IcpPriorityMapping:
    """How well the account fits the seller's ideal customer, and the value propositions its facts call for.

    Nine weighted parts (industry, commerce platform, visits, search share, revenue, growth, technology spend, partner
    technology, competitors that use the seller) add up to 0 to 100; an unknown part widens the score's band.
    """
    inquiry = Inquiry(account)
    picture = Picture(
        company=inquiry.usable(company_context, name="company_context", subject="industry"),
        stack=inquiry.usable(technology_stack, name="technology_stack", subject="platform, partners and spend"),
        traffic=inquiry.usable(traffic_analysis, name="traffic_analysis", subject="visits, growth and search share"),
        finances=inquiry.usable(financial_profile, name="financial_profile", subject="revenue"),
        competition=inquiry.usable(
            competitor_intelligence, name="competitor_intelligence", subject="competitors that use the seller"
        ),
    )
    if inquiry.status is Status.UNAVAILABLE:
        return inquiry.result(IcpPriorityMapping)
    offers = called_for(readings(picture, seller), seller)
    if not offers:
        inquiry.nothing_there("value propositions", None, "no known figure of the account calls for one")
    fit = fit_score(picture, seller)
    return inquiry.result(IcpPriorityMapping, fit=fit, tier=tier(fit, seller.tiers), value_propositions=offers)
