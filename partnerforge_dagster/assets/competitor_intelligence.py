"""M05 competitor intelligence: the ten nearest sites, what they run, and the account's place among them by visits.

Not for: recognising products (research/technologies.py) or the pressure that follows (displacement_analysis.py).
"""

import asyncio
import re
from collections.abc import Awaitable, Sequence

from partnerforge_dagster.accounts import BadDomain, account_domain
from partnerforge_dagster.models.account import Account
from partnerforge_dagster.models.company_context import CompanyContext
from partnerforge_dagster.models.competitor_intelligence import Competitor, CompetitorIntelligence
from partnerforge_dagster.models.provenance import Answer, Fact, Source
from partnerforge_dagster.models.technology_stack import TechnologyStack
from partnerforge_dagster.models.traffic_analysis import MonthlyTraffic, SiteShare
from partnerforge_dagster.orchestration.module import module
from partnerforge_dagster.providers.builtwith import BuiltWith
from partnerforge_dagster.providers.builtwith_records import BuiltWithDomain
from partnerforge_dagster.providers.similarweb import SimilarWeb, last_months
from partnerforge_dagster.research.facts import fact_of
from partnerforge_dagster.research.inquiry import Inquiry
from partnerforge_dagster.research.technologies import commerce_platform, search_vendor, technologies_of, uses_seller
from partnerforge_dagster.seller import Seller

MOST = 10
"""Competitors looked at: one call of BuiltWith takes 16."""

Traffic = Answer[tuple[MonthlyTraffic, ...]]


@module
async def competitor_intelligence(
    account: Account,
    company_context: CompanyContext,
    technology_stack: TechnologyStack,
    builtwith: BuiltWith,
    similarweb: SimilarWeb,
    seller: Seller,
) -> CompetitorIntelligence:
    """Per competitor: visits, search vendor, and whether it uses the seller; the account's place among them.

    Asks SimilarWeb for similar sites, then BuiltWith (one call for all) and SimilarWeb (traffic of each), together.
    The account's own other sites, which SimilarWeb lists as similar, are left out.
    """
    inquiry, month = Inquiry(account), last_months(account.as_of, 1)
    for upstream in (company_context, technology_stack):
        inquiry.trail.inherits(upstream)  # little is used of them: which sites are the company's own
    similar, own_visits = await asyncio.gather(
        inquiry.ask("similar sites", similarweb.similar_sites(account.domain, last_months(account.as_of, 3))),
        # The same 13 months as traffic_analysis asks for, so that the two share one paid call.
        inquiry.ask("visits of the account", similarweb.traffic(account.domain, last_months(account.as_of, 13))),
    )
    sites = _competing(similar, account, company_context, technology_stack)
    if similar is None or not sites:
        if similar is not None and similar.value:
            inquiry.nothing_there("competitors", SimilarWeb.provider, "all similar sites are the company's own")
        return inquiry.result(CompetitorIntelligence)
    stacks = asyncio.ensure_future(builtwith.domains([site.domain for site in sites]))
    competitors = await asyncio.gather(
        *(
            _competitor(
                inquiry,
                site,
                similar.source,
                _one_of(stacks, site.domain),
                similarweb.traffic(site.domain, month),
                seller,
            )
            for site in sites
        )
    )
    known = tuple(one.visits for one in competitors if one.visits is not None)
    place = _place(_latest(own_visits), known)
    return inquiry.result(
        CompetitorIntelligence,
        competitors=competitors,
        visits_place=place,
        compared=len(known) + 1 if place else 0,
        using_seller=_using_seller(inquiry, competitors, asked=stacks.exception() is None),
    )


def _competing(
    similar: Answer[tuple[SiteShare, ...]] | None, account: Account, company: CompanyContext, stack: TechnologyStack
) -> tuple[SiteShare, ...]:
    """The most similar sites by registrable domain, without those that are the company's own in another country."""
    redirecting = stack.redirecting_domains.value if stack.redirecting_domains else ()
    own_names = {_label(account.domain), re.sub(r"[^a-z0-9]", "", company.name.lower())}
    found: dict[str, SiteShare] = {}
    for site in (similar.value or ()) if similar else ():
        try:
            domain = account_domain(site.domain)
        except BadDomain:
            continue
        if domain not in redirecting and _label(domain) not in own_names:
            found.setdefault(domain, site.model_copy(update={"domain": domain}))
    return tuple(found.values())[:MOST]


def _label(domain: str) -> str:
    """`costco` of `costco.co.uk`."""
    return domain.partition(".")[0]


async def _one_of(stacks: Awaitable[dict[str, Answer[BuiltWithDomain]]], domain: str) -> Answer[BuiltWithDomain]:
    """One domain's part of the shared call; when that fails, each domain has its own gap."""
    return (await stacks)[domain]


async def _competitor(
    inquiry: Inquiry,
    site: SiteShare,
    similar: Source,
    looking_up: Awaitable[Answer[BuiltWithDomain]],
    counting: Awaitable[Traffic],
    seller: Seller,
) -> Competitor:
    domain = site.domain
    stack, visits = await asyncio.gather(
        inquiry.ask(f"technology stack of {domain}", looking_up), inquiry.ask(f"visits of {domain}", counting)
    )
    technologies = technologies_of(stack, None, seller)
    known = stack is not None and stack.value is not None
    return Competitor(
        domain=domain,
        affinity=site.share,
        visits=_latest(visits),
        search_vendor=search_vendor(technologies, seller),
        commerce_platform=commerce_platform(technologies, seller),
        uses_seller=uses_seller(technologies, seller, stack.source) if known and stack else None,
        sources=(similar,),
    )


def _latest(visits: Traffic | None) -> Fact[float] | None:
    return fact_of(visits, lambda months: months[-1].visits)


def _place(own: Fact[float] | None, others: Sequence[Fact[float]]) -> Fact[int] | None:
    """1 + how many have more visits; None when the account's own visits are unknown (a gap says why)."""
    if own is None:
        return None
    sources = tuple(source for fact in (own, *others) for source in fact.sources)
    return Fact(value=1 + sum(other.value > own.value for other in others), sources=sources, inferred=True)


def _using_seller(inquiry: Inquiry, competitors: Sequence[Competitor], *, asked: bool) -> Fact[tuple[str, ...]] | None:
    """Those known to use the seller; that none does is only said when every stack was read."""
    read = [(one.domain, one.uses_seller) for one in competitors if one.uses_seller is not None]
    using = tuple(domain for domain, uses in read if uses.value)
    subject, provider = "competitors using the seller", BuiltWith.provider
    if not asked:
        inquiry.could_not_ask(subject, provider, "the competitors' stacks could not be read")
        return None
    if not using and len(read) < len(competitors):
        unknown = ", ".join(one.domain for one in competitors if one.uses_seller is None)
        inquiry.nothing_there(subject, provider, f"no stack read has it, but {provider} does not know {unknown}")
        return None
    sources = tuple(source for _, uses in read for source in uses.sources)
    return Fact(value=using, sources=sources, inferred=not using)
