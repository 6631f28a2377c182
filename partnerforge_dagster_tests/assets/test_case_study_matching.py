"""M12 is a function of company, stack and the profile's stories."""

import asyncio

from partnerforge_dagster.assets.case_study_matching import case_study_matching
from partnerforge_dagster.models.case_study_matching import CaseStudyMatching
from partnerforge_dagster.models.company_context import CompanyContext
from partnerforge_dagster.models.provenance import GapKind
from partnerforge_dagster.models.result import Status
from partnerforge_dagster.models.technology_stack import TechnologyStack
from partnerforge_dagster_tests.scoring.records import ACCOUNT, SELLER, company, fact, stack, tech, unavailable


def matched(context: CompanyContext, found: TechnologyStack) -> CaseStudyMatching:
    return asyncio.run(case_study_matching(ACCOUNT, context, found, SELLER))


def test_a_fashion_shop_on_shopify_is_told_of_one() -> None:
    """Industry and technology weigh most in the built-in profile."""
    got = matched(company(industry=fact("Apparel Retail")), stack(tech("Shopify Plus")))
    assert got.status is Status.COMPLETE
    assert got.matches[0].case_study == "herschel"  # the one in the same region
    assert len(got.matches) == 3


def test_without_a_stack_the_company_alone_is_matched() -> None:
    """What the stack would add is a gap."""
    got = matched(company(), unavailable(TechnologyStack))
    assert got.status is Status.PARTIAL
    assert got.matches


def test_no_match_is_said() -> None:
    """Nothing in common is a finding, not a failure."""
    got = matched(company(industry=fact("Mining"), headquarters=None), stack(tech("COBOL")))
    assert (got.status, got.matches) == (Status.COMPLETE, ())
    assert [(gap.subject, gap.kind) for gap in got.gaps] == [("case studies", GapKind.NOTHING_THERE)]


def test_nothing_available_is_unavailable() -> None:
    """Without company and stack nothing can be matched, which is not the same as nothing in common."""
    got = matched(unavailable(CompanyContext), unavailable(TechnologyStack))
    assert got.status is Status.UNAVAILABLE
    assert {gap.kind for gap in got.gaps} == {GapKind.COULD_NOT_ASK}
