"""Case-study matching (M12): which of the seller's stories an account will recognise itself in.

A story fits by the weights of the dimensions in which it is alike; what is not known of the account cannot be alike.
Not for: the stories and weights (the seller profile).
"""

import math
import re
from typing import NamedTuple

from partnerforge_dagster import wording
from partnerforge_dagster.models.case_study_matching import CaseStudyMatch
from partnerforge_dagster.models.company_context import CompanyContext
from partnerforge_dagster.models.provenance import Source
from partnerforge_dagster.models.technology_stack import TechnologyStack
from partnerforge_dagster.scoring.score import cite
from partnerforge_dagster.seller import CaseStudy, Seller

MOST_MATCHES = 3


class _Alike(NamedTuple):
    """One dimension in which story and account are alike."""

    share: float
    """Of the dimension's weight."""
    why: str
    sources: tuple[Source, ...]


def best_matches(
    domain: str, company: CompanyContext | None, stack: TechnologyStack | None, seller: Seller
) -> tuple[CaseStudyMatch, ...]:
    """At most three stories with a fit above 0, best first. A story about the account itself is none."""
    stories = (case for case in seller.case_studies if case.domain != domain)
    matches = (_match(case, company, stack, seller) for case in stories)
    fitting = sorted((match for match in matches if match.fit > 0), key=lambda match: (-match.fit, match.case_study))
    return tuple(fitting[:MOST_MATCHES])


def _match(
    case: CaseStudy, company: CompanyContext | None, stack: TechnologyStack | None, seller: Seller
) -> CaseStudyMatch:
    weights = seller.case_study_weights
    dimensions = (
        (weights.industry, _industry(case, company)),
        (weights.technology, _technology(case, stack)),
        (weights.size, _size(case, stack, seller)),
        (weights.region, _region(case, company, seller)),
    )
    alike = [(weight, found) for weight, found in dimensions if found is not None]
    return CaseStudyMatch(
        case_study=case.id,
        customer=case.customer,
        headline=case.headline,
        url=case.url,
        fit=min(1.0, round(math.fsum(weight * found.share for weight, found in alike), 3)),
        why=tuple(found.why for _, found in alike),
        sources=cite(*(found.sources for _, found in alike)),
    )


def _industry(case: CaseStudy, company: CompanyContext | None) -> _Alike | None:
    industry = company.industry if company else None
    if industry is None or not re.search(case.industry, industry.value, re.IGNORECASE):
        return None
    return _Alike(1.0, f"industry: {industry.value}", industry.sources)


def _technology(case: CaseStudy, stack: TechnologyStack | None) -> _Alike | None:
    """One technology in common is enough: stories name one or two, accounts run a hundred."""
    told = {name.casefold() for name in (*case.technologies, *([case.replaced] if case.replaced else []))}
    shared = [t for t in (stack.technologies if stack else ()) if t.live and t.name.casefold() in told]
    if not shared:
        return None
    names = wording.listed(sorted({technology.name for technology in shared}))
    return _Alike(1.0, f"technology: {names}", cite(*(technology.sources for technology in shared)))


def _size(case: CaseStudy, stack: TechnologyStack | None, seller: Seller) -> _Alike | None:
    """1 for the same revenue, falling to 0 at ten times or a tenth of it."""
    revenue = stack.revenue_estimate if stack else None
    if revenue is None or case.revenue_usd is None or revenue.value.amount <= 0:
        return None
    usd = revenue.value.amount * seller.fit.usd_per.get(revenue.value.currency, 0.0)
    share = 1 - abs(math.log10(usd / case.revenue_usd)) if usd else 0.0
    if share <= 0:
        return None
    return _Alike(share, f"size: about {wording.money(revenue.value)} revenue a year", revenue.sources)


def _region(case: CaseStudy, company: CompanyContext | None, seller: Seller) -> _Alike | None:
    headquarters = company.headquarters if company else None
    country = headquarters.value.country if headquarters else None
    if headquarters is None or country is None or country.upper() not in seller.regions[case.region]:
        return None
    return _Alike(1.0, f"region: {wording.name(case.region)}", headquarters.sources)
