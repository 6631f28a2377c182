"""Why now: the strongest dated signals with their evidence, movements in the stack, the next earnings date.

Not for: what a signal is worth (scoring/intent.py).
"""

from datetime import date

from partnerforge_dagster import wording
from partnerforge_dagster.brief.citing import Writer
from partnerforge_dagster.brief.findings import Findings
from partnerforge_dagster.models.investor_intelligence import InvestorIntelligence
from partnerforge_dagster.models.signals import Signal
from partnerforge_dagster.models.technology_stack import Technology, TechnologyStack
from partnerforge_dagster.seller import Seller

MOST_SIGNALS = 5
MOST_MOVEMENTS = 2


def write(writer: Writer, findings: Findings) -> None:
    """Signals strongest first, then stack movements that concern the seller, then the next earnings date."""
    for signal in findings.signals[:MOST_SIGNALS]:
        writer.fact(_when(signal.on), _what(signal, findings.account.as_of.date()), signal.sources)
    _movements(writer, findings)
    _next_earnings(writer, findings)


def _next_earnings(writer: Writer, findings: Findings) -> None:
    """The date, unless it is past or a signal above has told it."""
    investors = findings.of(InvestorIntelligence)
    coming = investors.next_earnings if investors else None
    told = {signal.on for signal in findings.signals[:MOST_SIGNALS]}
    if coming and coming.value >= findings.account.as_of.date() and coming.value not in told:
        writer.report("Next earnings", coming, wording.day)


def _when(on: date | None) -> str:
    return wording.day(on) if on else "No date"


def _what(signal: Signal, today: date) -> str:
    kind = wording.title(signal.kind)
    named = kind.casefold() in signal.title.casefold()
    title = wording.clip(signal.title, 140) if named else f"{kind}: {wording.clip(signal.title, 140)}"
    head = wording.sentence(f"{title}{_age(signal.on, today)}")
    # Some providers give a news item's title again as its summary.
    repeats = signal.summary.strip().casefold().startswith(signal.title.strip().casefold())
    return head if repeats or not signal.summary.strip() else f"{head} {wording.sentence(_short(signal.summary))}"


def _age(on: date | None, today: date) -> str:
    if on is None or on > today:
        return ""
    days = (today - on).days
    return f" ({wording.plural(days, 'day')} ago)" if days else " (today)"


def _short(text: str) -> str:
    return wording.clip(text, 200)


def _movements(writer: Writer, findings: Findings) -> None:
    stack = findings.of(TechnologyStack)
    if stack is None:
        return
    known = known_technologies(findings.seller)
    for technology in _known(stack.dropped, known):
        seen = f", last seen {wording.day(technology.last_seen)}" if technology.last_seen else ""
        writer.fact("Dropped", f"{technology.name} is gone from the site{seen}.", technology.sources)
    for technology in _known(stack.added, known):
        seen = f", first seen {wording.day(technology.first_seen)}" if technology.first_seen else ""
        writer.fact("Added", f"{technology.name} is new on the site{seen}.", technology.sources)


def _known(technologies: tuple[Technology, ...], known: frozenset[str]) -> tuple[Technology, ...]:
    return tuple(technology for technology in technologies if technology.name.casefold() in known)[:MOST_MOVEMENTS]


def known_technologies(seller: Seller) -> frozenset[str]:
    """Names, in lower case, of all technologies that the seller profile knows."""
    products = (*seller.own, *seller.competing, *seller.platforms, *seller.partners)
    return frozenset(name.casefold() for product in products for name in (product.name, *product.recognized_by))
