"""M12 case-study matching: the seller's stories that the account will recognise itself in.

Not for: how alike they are (scoring/case_studies.py) and the stories (the seller profile).
"""

from partnerforge_dagster.models.account import Account
from partnerforge_dagster.models.case_study_matching import CaseStudyMatching
from partnerforge_dagster.models.company_context import CompanyContext
from partnerforge_dagster.models.result import Status
from partnerforge_dagster.models.technology_stack import TechnologyStack
from partnerforge_dagster.orchestration.module import module
from partnerforge_dagster.research.inquiry import Inquiry
from partnerforge_dagster.scoring.case_studies import best_matches
from partnerforge_dagster.seller import Seller


@module
async def case_study_matching(
    account: Account, company_context: CompanyContext, technology_stack: TechnologyStack, seller: Seller
) -> CaseStudyMatching:
    """The three stories of the seller's case-study list that are most like the account, and in what.

    Industry, technology, size and region count by the profile's weights.
    """
    inquiry = Inquiry(account)
    company = inquiry.usable(company_context, name="company_context", subject="industry and region")
    stack = inquiry.usable(technology_stack, name="technology_stack", subject="technology and size")
    matches = best_matches(account.domain, company, stack, seller)
    if not matches and inquiry.status is not Status.UNAVAILABLE:
        inquiry.nothing_there("case studies", None, "no story is like what is known of the account")
    return inquiry.result(CaseStudyMatching, matches=matches)
