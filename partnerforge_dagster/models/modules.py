"""The fifteen modules: number, wave, title and record of each. Names are asset names and file names.

What a module needs is not here: it is the argument list of its function (assets/).
"""

from typing import NamedTuple

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
from partnerforge_dagster.models.result import ModuleResult
from partnerforge_dagster.models.signal_scoring import SignalScoring
from partnerforge_dagster.models.strategic_context import StrategicContext
from partnerforge_dagster.models.strategic_signal_brief import StrategicSignalBrief
from partnerforge_dagster.models.technology_stack import TechnologyStack
from partnerforge_dagster.models.traffic_analysis import TrafficAnalysis

BRIEF = "strategic_signal_brief"
"""The module that everything ends in."""


class ModuleSpec(NamedTuple):
    """One row of the table in SPEC section 1."""

    number: int
    wave: int
    title: str
    result: type[ModuleResult]


MODULES: dict[str, ModuleSpec] = {
    "company_context": ModuleSpec(1, 1, "Company context", CompanyContext),
    "technology_stack": ModuleSpec(2, 1, "Technology stack", TechnologyStack),
    "traffic_analysis": ModuleSpec(3, 1, "Traffic analysis", TrafficAnalysis),
    "financial_profile": ModuleSpec(4, 1, "Financial profile", FinancialProfile),
    "competitor_intelligence": ModuleSpec(5, 2, "Competitor intelligence", CompetitorIntelligence),
    "hiring_signals": ModuleSpec(6, 2, "Hiring signals", HiringSignals),
    "strategic_context": ModuleSpec(7, 2, "Strategic context", StrategicContext),
    "investor_intelligence": ModuleSpec(8, 3, "Investor intelligence", InvestorIntelligence),
    "executive_intelligence": ModuleSpec(9, 3, "Executive intelligence", ExecutiveIntelligence),
    "buying_committee": ModuleSpec(10, 3, "Buying committee", BuyingCommittee),
    "displacement_analysis": ModuleSpec(11, 3, "Displacement analysis", DisplacementAnalysis),
    "case_study_matching": ModuleSpec(12, 4, "Case-study matching", CaseStudyMatching),
    "icp_priority_mapping": ModuleSpec(13, 4, "ICP priority mapping", IcpPriorityMapping),
    "signal_scoring": ModuleSpec(14, 4, "Signal scoring", SignalScoring),
    BRIEF: ModuleSpec(15, 4, "Strategic signal brief", StrategicSignalBrief),
}
