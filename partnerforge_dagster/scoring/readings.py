"""Reads the figures that fit and value propositions are judged by out of the upstream records.

Not for: judging them (fit.py, propositions.py).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from partnerforge_dagster import wording
from partnerforge_dagster.models.company_context import CompanyContext
from partnerforge_dagster.models.competitor_intelligence import CompetitorIntelligence
from partnerforge_dagster.models.financial_profile import FinancialProfile
from partnerforge_dagster.models.provenance import Fact, Source
from partnerforge_dagster.models.technology_stack import TechnologyStack
from partnerforge_dagster.models.traffic_analysis import TrafficAnalysis
from partnerforge_dagster.scoring.score import cite, origin
from partnerforge_dagster.scoring.stack import TECHNOLOGIES, absent, seen, stack_sources
from partnerforge_dagster.seller import Figure, Product, Seller

NOTABLE_COUNTRY = 0.05
"""Share of visits from which on a country counts (the definition of Figure.COUNTRIES)."""


@dataclass(frozen=True)
class Picture:
    """What is known of an account; None is an upstream module that is unavailable."""

    company: CompanyContext | None = None
    stack: TechnologyStack | None = None
    traffic: TrafficAnalysis | None = None
    finances: FinancialProfile | None = None
    competition: CompetitorIntelligence | None = None


class Reading(NamedTuple):
    """A figure of the account."""

    value: float
    says: str
    """The fact in words, with its origin: `12.6 M visits in Oct 2026 (SimilarWeb)`."""
    sources: tuple[Source, ...]


Readings = Mapping[Figure, Reading]


def readings(picture: Picture, seller: Seller) -> Readings:
    """Every figure that is known."""
    found: dict[Figure, Reading | None] = {}
    if picture.traffic:
        found |= _traffic(picture.traffic)
    if picture.stack:
        found |= _stack(picture.stack, seller)
    if picture.finances:
        found |= _finances(picture.finances)
    found[Figure.REVENUE_USD] = _revenue(picture, seller.fit.usd_per)
    if picture.competition and (using := picture.competition.using_seller):
        number = wording.plural(len(using.value), "competitor") if using.value else "no competitor"
        says = f"{number} with {seller.name}"
        found[Figure.COMPETITORS_USING_SELLER] = _reading(len(using.value), says, using.sources)
    return {figure: reading for figure, reading in found.items() if reading is not None}


def _reading(value: float, says: str, sources: tuple[Source, ...]) -> Reading:
    where = origin(sources)
    return Reading(value, f"{says} ({where})" if where else says, cite(sources))


def _traffic(traffic: TrafficAnalysis) -> dict[Figure, Reading | None]:
    months, countries = traffic.months, traffic.countries
    visits = traffic.latest_visits
    found: dict[Figure, Reading | None] = {
        Figure.VISITS_GROWTH: _of(traffic.growth_12m, "{} visits in 12 months", wording.change),
        Figure.SEARCH_SHARE: _of(traffic.search_share, "{} of visits from search engines", wording.percent),
    }
    if months and visits is not None:
        says = f"{wording.count(visits)} visits in {wording.month(months.value[-1].month)}"
        found[Figure.VISITS] = _reading(visits, says, months.sources)
    if countries:
        notable = sum(country.share >= NOTABLE_COUNTRY for country in countries.value)
        says = f"{notable} {'country' if notable == 1 else 'countries'} with {wording.percent(NOTABLE_COUNTRY)} or more"
        found[Figure.COUNTRIES] = _reading(notable, f"{says} of the visits each", countries.sources)
    return found


def _finances(finances: FinancialProfile) -> dict[Figure, Reading | None]:
    return {
        Figure.REVENUE_GROWTH: _of(finances.revenue_growth, "{} revenue in a year", wording.change),
        Figure.OPERATING_MARGIN: _of(finances.operating_margin, "an operating margin of {}", wording.percent),
    }


def _stack(stack: TechnologyStack, seller: Seller) -> dict[Figure, Reading | None]:
    spend = stack.monthly_spend
    found = {
        Figure.COMPETING_PRODUCTS: _products(stack, seller.competing, "search vendor", "search products to replace"),
        Figure.PLATFORMS_WITH_SEARCH: _platforms(stack, seller),
        Figure.PARTNER_TECHNOLOGIES: _products(stack, seller.partners, TECHNOLOGIES, "partner technologies"),
    }
    if spend and spend.value.currency in seller.fit.usd_per:
        usd = spend.value.amount * seller.fit.usd_per[spend.value.currency]
        says = f"technology for {wording.money(spend.value)} a month"
        found[Figure.TECHNOLOGY_SPEND_USD] = _reading(usd, says, spend.sources)
    return found


def _platforms(stack: TechnologyStack, seller: Seller) -> Reading | None:
    """Platforms whose built-in search does the work: unknown where a search product may be live unseen."""
    standing = seen((*seller.own, *seller.competing), stack)
    if standing:
        names = wording.listed([match.product.name for match in standing])
        return _reading(0, f"{names} on the site", cite(*(match.sources for match in standing)))
    if stack.search_vendor or not absent(stack, "search vendor"):
        return None
    return _products(stack, seller.platforms, "commerce platform", "known platforms")


def _products(stack: TechnologyStack, products: tuple[Product, ...], subject: str, kind: str) -> Reading | None:
    """How many of the products are live; that none is counts only when somebody could have seen one."""
    live = seen(products, stack)
    if live:
        names = wording.listed([match.product.name for match in live])
        return _reading(len(live), f"{names} on the site", cite(*(match.sources for match in live)))
    return _reading(0, f"none of the {kind} on the site", stack_sources(stack)) if absent(stack, subject) else None


def _revenue(picture: Picture, usd_per: Mapping[str, float]) -> Reading | None:
    """Reported revenue, else an estimate, in US dollars; None also for a currency that the profile does not value."""
    reported = picture.finances.revenue if picture.finances else None
    estimated = picture.stack.revenue_estimate if picture.stack else None
    revenue = reported or estimated
    if revenue is None or revenue.value.currency not in usd_per:
        return None
    says = f"{wording.money(revenue.value)} revenue a year{' by estimate' if revenue.estimate else ''}"
    return _reading(revenue.value.amount * usd_per[revenue.value.currency], says, revenue.sources)


def _of(fact: Fact[float] | None, says: str, words: Callable[[float], str]) -> Reading | None:
    return None if fact is None else _reading(fact.value, says.format(words(fact.value)), fact.sources)
