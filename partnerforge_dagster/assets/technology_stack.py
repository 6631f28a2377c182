"""M02 technology stack: asks BuiltWith and the home page, and says what was recognised and what was not.

Not for: recognising products (research/technologies.py) or judging them (displacement_analysis.py).
"""

import asyncio
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from dateutil.relativedelta import relativedelta

from partnerforge_dagster.models.account import Account
from partnerforge_dagster.models.base import Money
from partnerforge_dagster.models.provenance import Answer, Fact
from partnerforge_dagster.models.technology_stack import RelatedDomain, SpendPoint, Technology, TechnologyStack
from partnerforge_dagster.orchestration.module import module
from partnerforge_dagster.providers.builtwith import BuiltWith
from partnerforge_dagster.providers.builtwith_records import BuiltWithDomain, Redirects, Related, Trust
from partnerforge_dagster.providers.dns import Dns
from partnerforge_dagster.providers.web_pages import WebPages
from partnerforge_dagster.research.facts import fact_of, stated
from partnerforge_dagster.research.inquiry import Inquiry
from partnerforge_dagster.research.technologies import (
    commerce_platform,
    content_management,
    search_vendor,
    technologies_of,
)
from partnerforge_dagster.seller import Seller

RECORDS = "domain records"


@module
async def technology_stack(
    account: Account, builtwith: BuiltWith, web_pages: WebPages, dns: Dns, seller: Seller
) -> TechnologyStack:
    """What the account's sites run, since when, and what came and went.

    Asks BuiltWith (domain, relationships, recommendations, keywords, trust, redirects), the home page and the domain's
    records in the DNS, together. Without BuiltWith the home page still shows what it loads; what it does not show stays
    unknown.
    """
    inquiry, domain = Inquiry(account), account.domain
    (looked_up, home), records, (related, recommended, keywords, trust, redirects) = await asyncio.gather(
        asyncio.gather(
            inquiry.ask("technologies", builtwith.domain(domain)),
            inquiry.ask("home page", web_pages.home(domain)),
        ),
        asyncio.gather(
            inquiry.ask(RECORDS, dns.aliases(f"www.{domain}"), making_do=True),
            inquiry.ask(RECORDS, dns.mail_hosts(domain), making_do=True),
            inquiry.ask(RECORDS, dns.texts(domain), making_do=True),
        ),
        asyncio.gather(
            inquiry.ask("related domains", builtwith.relationships(domain)),
            inquiry.ask("recommended technologies", builtwith.recommendations(domain)),
            inquiry.ask("site keywords", builtwith.keywords(domain)),
            inquiry.ask("trust level", builtwith.trust(domain)),
            inquiry.ask("redirecting domains", builtwith.redirects(domain)),
        ),
    )
    if home is not None and home.value is not None and not home.value.whole:
        inquiry.trail.failed("end of the home page", WebPages.provider)
    technologies = technologies_of(looked_up, home, seller, records)
    stack_was_read = looked_up is not None and (looked_up.value is not None or home is not None)
    recognized = {
        "search_vendor": search_vendor(technologies, seller),
        "commerce_platform": commerce_platform(technologies, seller),
        "cms": content_management(technologies, seller),
    }
    _explain(inquiry, recognized, stack_was_read)
    estimates = _estimates(inquiry, looked_up)
    year_ago = (account.as_of - relativedelta(months=12)).date()
    return inquiry.result(
        TechnologyStack,
        technologies=technologies,
        added=_between((one for one in technologies if one.live), lambda one: one.first_seen, year_ago, account),
        dropped=_between((one for one in technologies if not one.live), lambda one: one.last_seen, year_ago, account),
        related_domains=fact_of(related, _related),
        redirecting_domains=_redirecting(inquiry, redirects),
        recommendations=fact_of(recommended, lambda rows: tuple(row.name for row in rows)),
        keywords=stated(keywords),
        trust_level=_trust_level(inquiry, trust),
        **recognized,
        **estimates,
    )


def _explain(inquiry: Inquiry, recognized: dict[str, Fact[str] | None], stack_was_read: bool) -> None:
    """Say of what was not recognised whether it is not there, or whether the stack could not be read."""
    for name in (name for name, fact in recognized.items() if fact is None):
        subject = "CMS" if name == "cms" else name.replace("_", " ")
        if stack_was_read:
            inquiry.nothing_there(subject, BuiltWith.provider, f"the stack was read and no {subject} is live in it")
        else:
            reason = f"the stack could not be read, and no home page proves that there is no {subject}"
            inquiry.could_not_ask(subject, BuiltWith.provider, reason)


def _estimates(inquiry: Inquiry, looked_up: Answer[BuiltWithDomain] | None) -> dict[str, Fact[Any] | None]:
    """BuiltWith's estimates; what it leaves out of an answer is a gap of its own."""
    found: dict[str, Fact[Any] | None] = {
        "monthly_spend": fact_of(looked_up, lambda stack: _dollars(stack.spend_usd), estimate=True),
        "spend_history": fact_of(looked_up, _spend_history, estimate=True),
        "revenue_estimate": fact_of(looked_up, _yearly_revenue, estimate=True),
        "employees_estimate": fact_of(looked_up, lambda stack: stack.employees, estimate=True),
    }
    if looked_up is not None and looked_up.value is not None:
        for name in (name for name, fact in found.items() if fact is None):
            inquiry.nothing_there(name.replace("_", " "), BuiltWith.provider)
    return found


def _dollars(amount: float | None) -> Money | None:
    return None if amount is None else Money(amount=amount, currency="USD")


def _yearly_revenue(stack: BuiltWithDomain) -> Money | None:
    return _dollars(None if stack.sales_revenue_usd is None else stack.sales_revenue_usd * 12)


def _spend_history(stack: BuiltWithDomain) -> tuple[SpendPoint, ...] | None:
    return (
        tuple(
            SpendPoint(on=point.on.date(), spend=Money(amount=point.usd, currency="USD"))
            for point in stack.spend_history
        )
        or None
    )


def _related(rows: tuple[Related, ...]) -> tuple[RelatedDomain, ...]:
    return tuple(
        RelatedDomain(
            domain=row.domain,
            shared=row.shared,
            first_seen=row.first.date() if row.first else None,
            last_seen=row.last.date() if row.last else None,
        )
        for row in rows
    )


def _redirecting(inquiry: Inquiry, redirects: Answer[Redirects] | None) -> Fact[tuple[str, ...]] | None:
    found = fact_of(redirects, lambda both: tuple(one.domain for one in both.inbound) or None)
    if found is None and redirects is not None:
        inquiry.nothing_there("redirecting domains", BuiltWith.provider)
    return found


def _trust_level(inquiry: Inquiry, trust: Answer[Trust] | None) -> Fact[str] | None:
    """Version 2's word; of version 1, which has flags only, what they amount to."""
    found = fact_of(trust, lambda one: one.level) or fact_of(trust, _flagged, inferred=True)
    if found is None and trust is not None:
        inquiry.nothing_there("trust level", BuiltWith.provider)
    return found


def _flagged(trust: Trust) -> str | None:
    if trust.parked:
        return "Parked"
    return "Established" if trust.established else None


def _between(
    technologies: Iterable[Technology], day_of: Callable[[Technology], date | None], start: date, account: Account
) -> tuple[Technology, ...]:
    """Those whose day lies after `start` and not after the account's `as_of`."""
    end = account.as_of.date()
    return tuple(one for one in technologies if (day := day_of(one)) is not None and start < day <= end)
