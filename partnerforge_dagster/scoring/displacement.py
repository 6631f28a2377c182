"""Displacement score (M11): what the seller would replace, how entrenched that is, and what pushes for a change.

Not for: which technologies are live (scoring/stack.py) or what to say about the incumbent (brief/).
"""

import re
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from partnerforge_dagster import wording
from partnerforge_dagster.models.competitor_intelligence import CompetitorIntelligence
from partnerforge_dagster.models.displacement_analysis import Incumbency
from partnerforge_dagster.models.provenance import Fact, Source
from partnerforge_dagster.models.scores import Score, ScorePart
from partnerforge_dagster.models.technology_stack import Technology, TechnologyStack
from partnerforge_dagster.scoring.score import cite, known, origin, total, unknown
from partnerforge_dagster.scoring.stack import TECHNOLOGIES, absent, seen, stack_sources
from partnerforge_dagster.seller import CompetingProduct, PlatformSearch, Product, Seller

DAYS_A_YEAR = 365.25


class Incumbent(NamedTuple):
    """What stands where the seller's product would stand."""

    incumbency: Incumbency
    name: str | None = None
    product: CompetingProduct | PlatformSearch | None = None
    """The profile's entry; None for the seller's own product and for a search vendor that the profile does not know."""
    first_seen: date | None = None
    sources: tuple[Source, ...] = ()


class _Part(NamedTuple):
    """One part's judgement before it has a weight; value None is unknown, and `says` then what is missing."""

    value: float | None
    says: str
    sources: tuple[Source, ...] = ()


def find_incumbent(stack: TechnologyStack | None, seller: Seller) -> Incumbent:
    """The seller's own product, else a search product, else a platform's search, else nothing or nobody knows."""
    if stack is None:
        return Incumbent(Incumbency.UNKNOWN)
    if own := _standing(seller.own, stack.search_vendor, stack):
        return own._replace(incumbency=Incumbency.CUSTOMER)
    if competing := _standing(seller.competing, stack.search_vendor, stack):
        return competing
    if vendor := stack.search_vendor:
        return Incumbent(Incumbency.COMPETITOR, vendor.value, sources=vendor.sources)
    if not absent(stack, "search vendor"):
        return Incumbent(Incumbency.UNKNOWN)
    for stated in (stack.commerce_platform, stack.cms):
        if platform := _named(seller.platforms, stated, stack):
            return platform
    if platform := _standing(seller.platforms, None, stack):
        return platform
    return Incumbent(Incumbency.NOTHING_SEEN, sources=stack_sources(stack))


def displacement_score(
    incumbent: Incumbent,
    stack: TechnologyStack | None,
    competition: CompetitorIntelligence | None,
    seller: Seller,
    today: date,
) -> Score:
    """0 to 100, the higher the easier and the more pressing; exactly 0 for who is a customer already."""
    judged = {
        "incumbent_ease": _ease(incumbent, seller),
        "entrenchment": _entrenchment(incumbent, seller, today),
        "competitor_pressure": _pressure(competition, seller),
        "recent_change": _recent_change(stack, seller),
        "partner_technology": _partners(stack, seller),
    }
    if incumbent.incumbency is Incumbency.CUSTOMER:
        reason = f"Already a customer: {incumbent.name} is live ({origin(incumbent.sources)}), nothing to replace"
        judged = dict.fromkeys(judged, _Part(0.0, reason, incumbent.sources))
    return total(_weighed(name, part, seller) for name, part in judged.items())


def years_in_place(incumbent: Incumbent, today: date) -> float | None:
    """Years since the incumbent was first seen, to a tenth; None when no source says when."""
    if incumbent.first_seen is None:
        return None
    return round(max(0.0, (today - incumbent.first_seen).days / DAYS_A_YEAR), 1)


def _weighed(name: str, part: _Part, seller: Seller) -> ScorePart:
    weight: float = getattr(seller.displacement.weights, name)
    if part.value is None:
        return unknown(name, weight, seller.displacement.prior, part.says)
    return known(name, weight, part.value, f"{part.says}.", part.sources)


def _named(products: Iterable[Product], stated: Fact[str] | None, stack: TechnologyStack) -> Incumbent | None:
    """The product of the profile that a fact of the stack names."""
    if stated is None:
        return None
    return _standing([product for product in products if product.is_called(stated.value)], stated, stack)


def _standing(products: Iterable[Product], stated: Fact[str] | None, stack: TechnologyStack) -> Incumbent | None:
    """Of the products that are live or stated, the stated one, else the hardest to replace."""
    live = {match.product: match.technologies for match in seen(products, stack)}
    named = [product for product in products if stated and product.is_called(stated.value)]
    candidates = named or list(live)
    if not candidates:
        return None
    product = min(candidates, key=lambda candidate: (getattr(candidate, "ease", 0.0), candidate.name))
    technologies = live.get(product, ())
    first = min((t.first_seen for t in technologies if t.first_seen), default=None)
    sources = cite(*(t.sources for t in technologies), stated.sources if stated and named else ())
    incumbency = Incumbency.PLATFORM if isinstance(product, PlatformSearch) else Incumbency.COMPETITOR
    entry = product if isinstance(product, CompetingProduct | PlatformSearch) else None
    return Incumbent(incumbency, product.name, entry, first, sources)


def _ease(incumbent: Incumbent, seller: Seller) -> _Part:
    if incumbent.product:
        ease = incumbent.product.ease
        rated = f"the profile rates replacing it {wording.percent(ease)} easy"
        return _Part(ease, f"{incumbent.name} is in place ({origin(incumbent.sources)}); {rated}", incumbent.sources)
    if incumbent.incumbency is Incumbency.NOTHING_SEEN:
        ease = seller.displacement.nothing_seen_ease
        says = f"The stack ({origin(incumbent.sources)}) shows nothing to replace, rated {wording.percent(ease)} easy"
        return _Part(ease, says, incumbent.sources)
    if incumbent.name:
        return _Part(None, f"how easily {incumbent.name} is replaced (the profile does not list it)")
    return _Part(None, f"what the {seller.category} runs on")


def _entrenchment(incumbent: Incumbent, seller: Seller, today: date) -> _Part:
    if incumbent.incumbency is Incumbency.NOTHING_SEEN:
        says = f"Nothing is in place ({origin(incumbent.sources)}), so nothing is entrenched"
        return _Part(1.0, says, incumbent.sources)
    years = years_in_place(incumbent, today)
    if years is None:
        return _Part(None, "how long the incumbent has been in place")
    limit = seller.displacement.entrenched_years
    says = f"{incumbent.name} was first seen {years:g} years ago ({origin(incumbent.sources)})"
    value = max(0.0, 1 - years / limit)
    return _Part(value, f"{says}; {limit:g} years count as fully entrenched", incumbent.sources)


def _pressure(competition: CompetitorIntelligence | None, seller: Seller) -> _Part:
    using = competition.using_seller if competition else None
    if using is None:
        return _Part(None, f"how many competitors use {seller.name}")
    full = seller.displacement.pressure_full_at
    number = wording.plural(len(using.value), "competitor") if using.value else "No competitor"
    says = f"{number} with {seller.name} ({origin(using.sources)})"
    return _Part(min(1.0, len(using.value) / full), f"{says}; {full} earn all points", using.sources)


def _recent_change(stack: TechnologyStack | None, seller: Seller) -> _Part:
    missing = _Part(None, "what changed in the stack within 12 months")
    if stack is None:
        return missing
    changes = [f"{t.name} was added" for t in stack.added if _matters(t, seller)]
    changes += [f"{t.name} was dropped" for t in stack.dropped if _matters(t, seller)]
    if changes:
        sources = cite(*(t.sources for t in (*stack.added, *stack.dropped) if _matters(t, seller)))
        says = f"{wording.listed(sorted(changes))} within 12 months ({origin(sources)})"
        return _Part(1.0, f"{says}; any change around search or commerce earns all points", sources)
    if not absent(stack, TECHNOLOGIES) or not any(t.first_seen for t in stack.technologies):
        return missing  # a home page alone shows what is there, never since when
    sources = stack_sources(stack)
    return _Part(0.0, f"No technology for search or commerce came or went in 12 months ({origin(sources)})", sources)


def _matters(technology: Technology, seller: Seller) -> bool:
    products = (*seller.own, *seller.competing, *seller.platforms)
    return any(product.is_called(technology.name) for product in products) or any(
        re.search(seller.displacement.change_categories, category, re.IGNORECASE) for category in technology.categories
    )


def _partners(stack: TechnologyStack | None, seller: Seller) -> _Part:
    live = seen(seller.partners, stack) if stack else ()
    full = seller.displacement.partners_full_at
    if live:
        sources = cite(*(match.sources for match in live))
        says = f"{wording.listed([match.product.name for match in live])} on the site ({origin(sources)})"
        value = min(1.0, len(live) / full)
        return _Part(value, f"{says}; {full} of the profile's partners earn all points", sources)
    if stack and absent(stack, TECHNOLOGIES):
        sources = stack_sources(stack)
        return _Part(0.0, f"No partner technology is live ({origin(sources)})", sources)
    return _Part(None, "partner technologies in use")
