"""Fit score (M13): how closely an account resembles the ideal customer of the seller profile.

Not for: reading the figures (readings.py) or what to offer (propositions.py).
"""

import re
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from partnerforge_dagster import wording
from partnerforge_dagster.models.base import Money
from partnerforge_dagster.models.icp_priority_mapping import Tier
from partnerforge_dagster.models.scores import Score, ScorePart
from partnerforge_dagster.scoring.readings import Picture, Reading, readings
from partnerforge_dagster.scoring.score import known, origin, total, unknown
from partnerforge_dagster.scoring.stack import absent, stack_sources
from partnerforge_dagster.seller import Figure, Seller
from partnerforge_dagster.seller_scores import Band, Fit, Tiers


class Banded(NamedTuple):
    """A part that is judged by bands."""

    part: str
    figure: Figure
    bands: Callable[[Fit], tuple[Band, ...]]
    border: Callable[[float], str]
    """Writes a band's lower border."""
    missing: str


def _usd(amount: float) -> str:
    return wording.money(Money(amount=amount, currency="USD"))


BANDED: Final = (
    Banded("visits", Figure.VISITS, lambda fit: fit.visits, wording.count, "visits a month"),
    Banded(
        "search_share",
        Figure.SEARCH_SHARE,
        lambda fit: fit.search_share,
        wording.percent,
        "share of visits from search engines",
    ),
    Banded("revenue", Figure.REVENUE_USD, lambda fit: fit.revenue_usd, _usd, "revenue"),
    Banded(
        "growth",
        Figure.VISITS_GROWTH,
        lambda fit: fit.growth,
        lambda border: wording.change(border - 1),
        "growth of visits in 12 months",
    ),
    Banded(
        "technology_spend",
        Figure.TECHNOLOGY_SPEND_USD,
        lambda fit: fit.technology_spend_usd,
        _usd,
        "technology spend a month",
    ),
    Banded(
        "partner_technology",
        Figure.PARTNER_TECHNOLOGIES,
        lambda fit: fit.partner_technologies,
        wording.count,
        "partner technologies in use",
    ),
    Banded(
        "competitors_using_seller",
        Figure.COMPETITORS_USING_SELLER,
        lambda fit: fit.competitors_using_seller,
        wording.count,
        "competitors that use the seller",
    ),
)


def fit_score(picture: Picture, seller: Seller) -> Score:
    """The score; its parts come in the order of the profile's weights."""
    figures = readings(picture, seller)
    rules = seller.fit
    return total(
        (
            _industry(picture, rules),
            _commerce_platform(picture, rules),
            *(_banded(row, figures.get(row.figure), rules) for row in BANDED),
        )
    )


def tier(fit: Score, borders: Tiers) -> Tier:
    """The tier by the score's value."""
    if fit.value >= borders.hot:
        return Tier.HOT
    if fit.value >= borders.warm:
        return Tier.WARM
    return Tier.COOL if fit.value >= borders.cool else Tier.COLD


def _industry(picture: Picture, rules: Fit) -> ScorePart:
    name, weight = "industry", rules.weights.industry
    industry = picture.company.industry if picture.company else None
    if industry is None:
        return unknown(name, weight, rules.prior, "industry")
    said = f"{industry.value} ({origin(industry.sources)})"
    for row in rules.industries:
        if re.search(row.pattern, industry.value, re.IGNORECASE):
            reason = f"{said} counts as {row.name}, which the profile rates {wording.percent(row.fit)}."
            return known(name, weight, row.fit, reason, industry.sources)
    reason = (
        f"{said} is none of the profile's industries, and others are rated {wording.percent(rules.other_industry)}."
    )
    return known(name, weight, rules.other_industry, reason, industry.sources)


def _commerce_platform(picture: Picture, rules: Fit) -> ScorePart:
    name, weight = "commerce_platform", rules.weights.commerce_platform
    stack = picture.stack
    if stack and (platform := stack.commerce_platform):
        rated = wording.percent(rules.commerce_platform_seen)
        reason = (
            f"{platform.value} ({origin(platform.sources)}) is a commerce platform, which the profile rates {rated}."
        )
        return known(name, weight, rules.commerce_platform_seen, reason, platform.sources)
    if stack and absent(stack, "commerce platform"):
        sources = stack_sources(stack)
        rated = wording.percent(rules.no_commerce_platform)
        reason = f"No commerce platform is live ({origin(sources)}), which the profile rates {rated}."
        return known(name, weight, rules.no_commerce_platform, reason, sources)
    return unknown(name, weight, rules.prior, "commerce platform")


def _banded(row: Banded, reading: Reading | None, rules: Fit) -> ScorePart:
    weight: float = getattr(rules.weights, row.part)
    if reading is None:
        return unknown(row.part, weight, rules.prior, row.missing)
    # The growth part is banded by the factor (1 + growth), because bands start at 0.
    value = max(0.0, 1 + reading.value) if row.figure is Figure.VISITS_GROWTH else reading.value
    band = _band(row.bands(rules), value)
    if band is None:
        return known(row.part, weight, 0.0, f"{reading.says}: below the profile's lowest band.", reading.sources)
    reason = f"{reading.says}: in the band from {row.border(band.at_least)}, rated {wording.percent(band.fit)}."
    return known(row.part, weight, band.fit, reason[:1].upper() + reason[1:], reading.sources)


def _band(bands: Sequence[Band], value: float) -> Band | None:
    """The highest band that the value reaches."""
    return max((band for band in bands if value >= band.at_least), key=lambda band: band.at_least, default=None)
