# ruff: noqa: E501 - a table reads best with a row a line
"""What happens to derived companies and what they say: events, quotes and filing texts in a few variants each.

Not for: known companies, whose events are their own (companies/).
"""

from datetime import date

from partnerforge_dagster.providers.sandbox.building import Calendar
from partnerforge_dagster.providers.sandbox.company import Event, EventKind, Filing
from partnerforge_dagster.providers.sandbox.draw import Draw

_EVENTS: tuple[tuple[EventKind, str, str], ...] = (
    ("acquisition", "{name} acquires a smaller rival", "{name} acquired a regional competitor and will move its shop to its own platform."),
    ("replatforming", "{name} moves its site to a new commerce platform", "{name} is replacing its storefront; search and navigation are to follow."),
    ("expansion", "{name} expands to three more countries", "{name} opens local sites in three markets and plans a second warehouse."),
    ("leadership_change", "{name} appoints new chief digital officer", "{name} named a chief digital officer to lead its online business."),
    ("funding", "{name} raises new funding for its online business", "{name} secured funding from existing backers to grow its digital channels."),
    ("layoffs", "{name} to cut jobs in its head office", "{name} announced layoffs of five percent of office staff to save costs."),
    ("launch", "{name} launches new app", "{name} launched an app with wish lists, stock by place and a visual search."),
    ("earnings", "{name} reports quarterly results", "{name} reported results; online sales grew faster than the rest."),
    ("other", "A look behind the scenes at {name}", "A day with the people who pack the parcels."),
    ("other", "{name} wins regional design award", "The jury praised its packaging."),
)  # fmt: skip
_PUBLISHERS = ("commerce-daily", "retail-systems", "market-ledger", "city-chronicle")
_QUOTES = (
    "Customers who search buy more often, so our search has to understand them.",
    "We will put most of next year's investment into our digital channels.",
    "Our shop must become faster and simpler before it becomes bigger.",
    "We keep our technology lean and buy what others do better.",
)


def events(when: Calendar, name: str, draw: Draw) -> tuple[Event, ...]:
    """Two to seven events of the last 18 months, newest first."""
    chosen = draw.some("events", _EVENTS, 2 + int(draw.unit("number of events") * 6))
    happened = [
        when.event(
            kind, draw.between(f"day {title}", 4, 540), title.format(name=name), text.format(name=name),
            draw.one(f"publisher {title}", _PUBLISHERS),
        )
        for kind, title, text in chosen
    ]  # fmt: skip
    return tuple(sorted(happened, key=lambda event: event.on, reverse=True))


def event_on(day: date, kind: EventKind, name: str, draw: Draw) -> Event:
    """An event of this kind on that day."""
    title, text = next((title, text) for one, title, text in _EVENTS if one == kind)
    publisher = draw.one(f"publisher {day}", _PUBLISHERS)
    return Event(kind, day, title.format(name=name), text.format(name=name), f"{publisher}.example")


def quote(when: Calendar, offers: str, since: date | None, draw: Draw) -> tuple[str, date]:
    """What the chief executive, in office `since`, said in public within the last ten months, and when."""
    words = draw.one("quote", _QUOTES)
    in_office = (when.made - (since or when.made)).days
    day = when.days(min(draw.between("quote day", 10, 300), in_office))
    return f"{words} That is what people expect who want {offers}.", day


def filings(when: Calendar, offers: str, draw: Draw) -> tuple[Filing, ...]:
    """Reports to the SEC."""
    return when.filings(
        priorities=(
            f"Our priority is to grow online sales of {offers}. We plan to invest in product search, personalization and a "
            "modern e-commerce platform.",
        ),
        risks=(
            "If our websites and apps are slow, hard to search or unavailable, customers may buy elsewhere.",
            "We depend on third-party technology providers; replacing one may disrupt our business.",
        ),
        quarter=f"Online sales changed by {draw.between('online growth', -4, 19):.0f} percent from the quarter a year before.",
    )
