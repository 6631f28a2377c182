"""What is compared of people, postings, events and filings (M06 to M09)."""

import re
from collections.abc import Iterable, Mapping
from datetime import timedelta

from partnerforge_dagster import wording
from partnerforge_dagster.changes.beliefs import Seen
from partnerforge_dagster.changes.observe import Rule, Sight
from partnerforge_dagster.changes.rules.readers import first, folded, items, number, value
from partnerforge_dagster.models.changes import Significance
from partnerforge_dagster.models.executive_intelligence import ExecutiveIntelligence
from partnerforge_dagster.models.hiring_signals import HiringSignals
from partnerforge_dagster.models.investor_intelligence import InvestorIntelligence, StatedTheme
from partnerforge_dagster.models.signals import NewsItem, Signal
from partnerforge_dagster.models.strategic_context import StrategicContext

_MINOR = Significance.MINOR
_FOUND_LATE = timedelta(days=30)
"""Search engines and indexes find what happened some weeks after it did."""
_SAME_EVENT = timedelta(days=14)

MOST_ROLES = 25
"""hiring_signals keeps so many relevant roles, the newest."""


def _functions(hiring: HiringSignals) -> Sight:
    fact = hiring.by_function
    source = first(fact.sources) if fact else None
    return items(
        (
            one.name,
            Seen(
                text=wording.plural(one.count, "role"), number=one.count, label=wording.spaced(one.name), source=source
            ),
        )
        for one in (fact.value if fact else ())
    )


def _roles(hiring: HiringSignals) -> Sight:
    return items(
        (
            (one.url, Seen(text=one.title, label=one.title, day=one.posted_on, source=first(one.sources)))
            for one in hiring.relevant_roles
        ),
        open_ended=len(hiring.relevant_roles) >= MOST_ROLES,
    )


def _wanted_skills(hiring: HiringSignals) -> Sight:
    fact = hiring.technologies
    source = first(fact.sources) if fact else None
    return items(
        (folded(one.name), Seen(text="in postings", label=one.name, source=source))
        for one in (fact.value if fact else ())
    )


HIRING_SIGNALS: tuple[Rule, ...] = (
    Rule(
        "open_roles",
        number("open_roles", lambda count: f"{count:,.0f}"),
        relative=0.25,
        absolute=4,
        alert_relative=0.4,
    ),
    Rule(
        "relevant_roles",
        _roles,
        when_removed=_MINOR,
        alert_if=re.compile(r"\b(search|relevance|discovery)\b", re.IGNORECASE),
    ),
    Rule("technologies", _wanted_skills, _MINOR),
    Rule("by_function", _functions, _MINOR, relative=0.5, absolute=4),
)


def _event(event: Signal) -> Seen:
    return Seen(text=event.title, label=wording.spaced(event.kind), day=event.on, source=first(event.sources))


def _events(context: StrategicContext) -> Sight:
    return items((f"{event.kind}|{event.url or folded(event.title)}", _event(event)) for event in context.events)


def _same_event(key: str, seen: Seen, believed: Mapping[str, Seen]) -> str:
    """Another article may speak for the same event the next time: same kind, about the same day, similar title."""
    if key in believed or seen.day is None:
        return key
    day, telling = seen.day, _telling(seen.text)

    def tells_the_same(other: Seen) -> bool:
        if other.label != seen.label or other.day is None or abs(other.day - day) > _SAME_EVENT:
            return False
        both = telling & _telling(other.text)
        return 2 * len(both) >= min(len(telling), len(_telling(other.text)))

    return next((known for known, other in sorted(believed.items()) if tells_the_same(other)), key)


def _telling(title: str) -> set[str]:
    return set(re.findall(r"[a-z0-9]{3,}", title.casefold()))


STRATEGIC_CONTEXT: tuple[Rule, ...] = (
    Rule(
        "events",
        _events,
        alert_if=re.compile(r"^(acquisition|replatforming|funding|leadership change|layoffs) "),
        happenings=_FOUND_LATE,
        match=_same_event,
    ),
)


def _filings(investor: InvestorIntelligence) -> Sight:
    return items(
        (
            one.url,
            Seen(
                text=", ".join([f"filed {wording.day(one.filed_on)}", *(f"item {item}" for item in one.items)]),
                label=one.form,
                day=one.filed_on,
                source=first(one.sources),
            ),
        )
        for one in investor.filings
    )


def _themes(themes: Iterable[StatedTheme]) -> Sight:
    return items(
        (
            f"{one.theme}|{folded(one.text)}",
            Seen(text=one.text, label=wording.spaced(one.theme), day=one.on, source=first(one.sources)),
        )
        for one in themes
    )


def _news(articles: Iterable[NewsItem]) -> Sight:
    return items(
        (one.url, Seen(text=one.title, label=one.publisher or "", day=one.on, source=first(one.sources)))
        for one in articles
    )


INVESTOR_INTELLIGENCE: tuple[Rule, ...] = (
    Rule("filings", _filings, alert_if=re.compile(r"\bitem 5\.02\b"), happenings=_FOUND_LATE),
    Rule("priorities", lambda investor: _themes(investor.priorities), happenings=_FOUND_LATE),
    Rule("risks", lambda investor: _themes(investor.risks), _MINOR, happenings=_FOUND_LATE),
    Rule("next_earnings", value("next_earnings", wording.day)),
    Rule(
        "earnings_news",
        lambda investor: _news(investor.earnings_news),
        _MINOR,
        happenings=_FOUND_LATE,
    ),
)


def _person(name: str) -> str:
    """First and last name: sources differ in those between."""
    words = folded(name).split()
    return f"{words[0]} {words[-1]}" if words else ""


def _executives(found: ExecutiveIntelligence) -> Sight:
    return items(
        (_person(one.name), Seen(text=one.title, label=one.name, day=one.since, source=first(one.sources)))
        for one in found.executives
    )


def _quotes(found: ExecutiveIntelligence) -> Sight:
    return items(
        (
            f"{_person(one.person)}|{folded(one.text)}",
            Seen(text=one.text, label=one.person, day=one.on, source=first(one.sources)),
        )
        for one in found.quotes
    )


EXECUTIVE_INTELLIGENCE: tuple[Rule, ...] = (
    Rule(
        "executives",
        _executives,
        alert_if=re.compile(
            r"\bchief\b|\bc[etimdf]o\b|(?<!vice )\bpresident\b|digital|commerce|\bsearch\b", re.IGNORECASE
        ),
    ),
    Rule("quotes", _quotes, _MINOR, happenings=_FOUND_LATE),
)
