"""Turns what the modules found into signals: roles, events, filings and priorities in one form.

Not for: what a signal is worth (intent.py).
"""

from collections.abc import Iterator
from datetime import date

from partnerforge_dagster import wording
from partnerforge_dagster.models.hiring_signals import HiringSignals, HiringTrend
from partnerforge_dagster.models.investor_intelligence import Filing, InvestorIntelligence
from partnerforge_dagster.models.provenance import Fact
from partnerforge_dagster.models.signals import Signal, SignalKind
from partnerforge_dagster.seller_scores import Intent


def hiring(found: HiringSignals, rules: Intent, today: date) -> tuple[Signal, ...]:
    """One signal for each open role that matters, and one when postings rise."""
    roles = tuple(
        Signal(
            kind=SignalKind.HIRING,
            title=f"Hiring: {role.title}",
            summary=role.relevant_because or "matters to the seller",
            on=role.posted_on,
            url=role.url,
            confidence=1.0,
            sources=role.sources,
        )
        for role in found.relevant_roles
    )
    return roles + (_rise(found.trend, rules, today) if found.trend else ())


def _rise(trend: Fact[HiringTrend], rules: Intent, today: date) -> tuple[Signal, ...]:
    """A rise over no postings at all is none: one new posting would count as growth without bound."""
    last, before = trend.value.last_30_days, trend.value.previous_30_days
    if before == 0 or last < rules.hiring_rise * before:
        return ()
    summary = f"{wording.plural(last, 'posting')} in the last 30 days after {before} in the 30 days before"
    return (
        Signal(
            kind=SignalKind.HIRING,
            title="Hiring is picking up",
            summary=summary,
            on=today,
            url=None,
            confidence=1.0,
            sources=trend.sources,
        ),
    )


def investor(found: InvestorIntelligence, rules: Intent) -> tuple[Signal, ...]:
    """Stated priorities, filings about events that the profile names, earnings dates and news."""
    return (*_priorities(found, rules), *_filings(found, rules), *_earnings(found, rules))


def _priorities(found: InvestorIntelligence, rules: Intent) -> Iterator[Signal]:
    for stated in found.priorities:
        yield Signal(
            kind=SignalKind.PRIORITY,
            title=f"Stated priority: {stated.theme}",
            summary=stated.text,
            on=stated.on,
            url=stated.url,
            confidence=rules.matched_confidence,
            sources=stated.sources,
        )


def _filings(found: InvestorIntelligence, rules: Intent) -> Iterator[Signal]:
    for filing in found.filings:
        if events := _events(filing, rules):
            yield Signal(
                kind=SignalKind.FILING,
                title=f"{filing.form} filed: {events}",
                summary=f"items {', '.join(filing.items)}",
                on=filing.filed_on,
                url=filing.url,
                confidence=1.0,
                sources=filing.sources,
            )


def _events(filing: Filing, rules: Intent) -> str:
    return wording.listed([rules.filing_items[item] for item in sorted(filing.items) if item in rules.filing_items])


def _earnings(found: InvestorIntelligence, rules: Intent) -> Iterator[Signal]:
    if expected := found.next_earnings:
        yield Signal(
            kind=SignalKind.EARNINGS,
            title=f"Earnings on {wording.day(expected.value)}",
            summary="results and outlook are about to be presented",
            on=expected.value,
            url=expected.sources[0].url,
            confidence=rules.matched_confidence if expected.inferred or expected.estimate else 1.0,
            sources=expected.sources,
        )
    for item in found.earnings_news:
        yield Signal(
            kind=SignalKind.EARNINGS,
            title=item.title,
            summary=item.snippet,
            on=item.on,
            url=item.url,
            confidence=rules.matched_confidence,
            sources=item.sources,
        )
