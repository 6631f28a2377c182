"""M15 strategic signal brief: all other modules' results as one cited page.

Not for: what it says (brief/) or how it looks (brief/render_*.py).
"""

from partnerforge_dagster.brief.compose import compose
from partnerforge_dagster.models.account import Account
from partnerforge_dagster.models.buying_committee import BuyingCommittee
from partnerforge_dagster.models.case_study_matching import CaseStudyMatching
from partnerforge_dagster.models.company_context import CompanyContext
from partnerforge_dagster.models.competitor_intelligence import CompetitorIntelligence
from partnerforge_dagster.models.displacement_analysis import DisplacementAnalysis
from partnerforge_dagster.models.executive_intelligence import ExecutiveIntelligence
from partnerforge_dagster.models.financial_profile import FinancialProfile
from partnerforge_dagster.models.hiring_signals import HiringSignals
from partnerforge_dagster.models.icp_priority_mapping import IcpPriorityMapping
from partnerforge_dagster.models.investor_intelligence import InvestorIntelligence
from partnerforge_dagster.models.signal_scoring import SignalScoring
from partnerforge_dagster.models.strategic_context import StrategicContext
from partnerforge_dagster.models.strategic_signal_brief import StrategicSignalBrief
from partnerforge_dagster.models.technology_stack import TechnologyStack
from partnerforge_dagster.models.traffic_analysis import TrafficAnalysis
from partnerforge_dagster.orchestration.module import module
from partnerforge_dagster.seller import Seller


@module
async def strategic_signal_brief(
    account: Account,
    company_context: CompanyContext,
    technology_stack: TechnologyStack,
    traffic_analysis: TrafficAnalysis,
    financial_profile: FinancialProfile,
    competitor_intelligence: CompetitorIntelligence,
    hiring_signals: HiringSignals,
    strategic_context: StrategicContext,
    investor_intelligence: InvestorIntelligence,
    executive_intelligence: ExecutiveIntelligence,
    buying_committee: BuyingCommittee,
    displacement_analysis: DisplacementAnalysis,
    case_study_matching: CaseStudyMatching,
    icp_priority_mapping: IcpPriorityMapping,
    signal_scoring: SignalScoring,
    seller: Seller,
) -> StrategicSignalBrief:
    """The one-page brief: whether to call, why now, why us, whom to talk to, what to say; every statement cited.

    Unavailable modules are listed as gaps and leave their statements out; the brief is valid without any of them.
    """
    results = {
        "company_context": company_context,
        "technology_stack": technology_stack,
        "traffic_analysis": traffic_analysis,
        "financial_profile": financial_profile,
        "competitor_intelligence": competitor_intelligence,
        "hiring_signals": hiring_signals,
        "strategic_context": strategic_context,
        "investor_intelligence": investor_intelligence,
        "executive_intelligence": executive_intelligence,
        "buying_committee": buying_committee,
        "displacement_analysis": displacement_analysis,
        "case_study_matching": case_study_matching,
        "icp_priority_mapping": icp_priority_mapping,
        "signal_scoring": signal_scoring,
    }
    return compose(account, results, seller)
