"""The part of the seller profile that judges: bands, weights, half-lives and tiers of the three scores.

Not for: what is sold to whom and what is said (seller.py), or applying any of these rules (scoring/).
"""

import re
from itertools import pairwise
from typing import Annotated

from pydantic import AfterValidator, Field, field_validator, model_validator

from partnerforge_dagster.models.base import Frozen, Points, Share
from partnerforge_dagster.models.signals import SignalKind

Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]

INTENT_SOURCES = ("hiring_signals", "strategic_context", "investor_intelligence")
"""The upstream modules of the intent score, in the order of its parts."""


def _compiles(pattern: str) -> str:
    try:
        re.compile(pattern, re.IGNORECASE)
    except re.error as error:
        raise ValueError(f"{pattern!r} is not a regular expression: {error}") from error
    return pattern


Pattern = Annotated[str, Field(min_length=1), AfterValidator(_compiles)]
"""A regular expression, searched without regard to case."""


class Band(Frozen):
    """From `at_least` upwards (until the next band) an account earns `fit`."""

    at_least: float = Field(ge=0, allow_inf_nan=False)
    fit: Share


def _ascending(bands: tuple[Band, ...]) -> tuple[Band, ...]:
    borders = [band.at_least for band in bands]
    for lower, upper in pairwise(borders):
        if upper <= lower:
            raise ValueError(f"bands must rise, each `at_least` above the one before: {upper:g} follows {lower:g}")
    return bands


Bands = Annotated[tuple[Band, ...], Field(min_length=1), AfterValidator(_ascending)]
"""Ascending; what lies below the first band earns nothing."""


class _Weights(Frozen):
    """Points by part of a score; they add up to 100."""

    @model_validator(mode="after")
    def _adds_up(self) -> "_Weights":
        must_add_up(self.model_dump(), 100)
        return self


def must_add_up(weights: dict[str, float], whole: float) -> None:
    """Raises ValueError unless the weights add up to `whole`."""
    total = sum(weights.values())
    if abs(total - whole) > 1e-6:
        raise ValueError(f"the weights add up to {total:g}, not {whole:g}")


class FitWeights(_Weights):
    """Points of each part of the fit score; they add up to 100."""

    industry: Points
    commerce_platform: Points
    visits: Points
    search_share: Points
    revenue: Points
    growth: Points
    technology_spend: Points
    partner_technology: Points
    competitors_using_seller: Points


class IndustryFit(Frozen):
    """How well an industry fits. The first whose pattern matches the account's industry counts."""

    name: str
    pattern: Pattern
    fit: Share


class Fit(Frozen):
    """Ideal customer profile: bands and weights of the fit score (M13)."""

    weights: FitWeights
    prior: Share
    """What an unknown part is expected to earn, 0 to 1."""
    industries: Annotated[tuple[IndustryFit, ...], Field(min_length=1)]
    other_industry: Share
    commerce_platform_seen: Share
    """Fit when some commerce platform is live."""
    no_commerce_platform: Share
    visits: Bands
    """Visits a month."""
    search_share: Bands
    """Share of visits from search engines, 0 to 1."""
    revenue_usd: Bands
    """US dollars a year (other currencies by `usd_per`)."""
    growth: Bands
    """1 + growth of visits in 12 months: 1.1 is +10 %, so that bands start at 0."""
    technology_spend_usd: Bands
    """US dollars a month."""
    partner_technologies: Bands
    """Number of the seller's partner technologies that are live."""
    competitors_using_seller: Bands
    """Number of the account's competitors that use the seller."""
    usd_per: dict[str, Positive]
    """Rough value of one unit of a currency in US dollars, for banding only; never shown as a fact."""


class IntentKind(Frozen):
    """Most points that one signal of a kind can give, and how fast it fades."""

    weight: Points
    half_life_days: Positive


class Intent(Frozen):
    """Rules of the intent score (M14)."""

    kinds: dict[SignalKind, IntentKind]
    """Every kind of signal."""
    prior: Share
    """Expected share of the points of the part of the picture that could not be seen."""
    undated_decay: Share
    """Decay of a signal without a date."""
    same_kind_discount: Share
    """Each further signal of the same kind counts this much of the one before (1 = fully)."""
    partly_unseen: Share
    """When a module could not ask all of its providers: the share of the points that it has not yet given which counts
    as unknown."""
    matched_confidence: Share
    """Confidence in what a pattern or a search recognised: a priority in a filing, a news item about earnings."""
    hiring_rise: Annotated[float, Field(gt=1, allow_inf_nan=False)]
    """Postings of the last 30 days over the 30 days before, from which on the rise is a signal of its own."""
    filing_items: dict[str, str]
    """8-K item number -> what it means; filings with none of them are routine and no signal."""
    sources: dict[str, Points]
    """Points that each upstream module can contribute at most: hiring_signals, strategic_context,
    investor_intelligence; they add up to 100."""

    @field_validator("kinds")
    @classmethod
    def _every_kind(cls, kinds: dict[SignalKind, IntentKind]) -> dict[SignalKind, IntentKind]:
        missing = [kind.value for kind in SignalKind if kind not in kinds]
        if missing:
            raise ValueError(f"kinds without weight and half-life: {', '.join(missing)}")
        return kinds

    @field_validator("sources")
    @classmethod
    def _every_source(cls, sources: dict[str, float]) -> dict[str, float]:
        if set(sources) != set(INTENT_SOURCES):
            raise ValueError(f"the sources must be exactly {', '.join(INTENT_SOURCES)}; got {', '.join(sources)}")
        must_add_up(sources, 100)
        return sources


class DisplacementWeights(_Weights):
    """Points of each part of the displacement score; they add up to 100."""

    incumbent_ease: Points
    entrenchment: Points
    competitor_pressure: Points
    recent_change: Points
    partner_technology: Points


class Displacement(Frozen):
    """Rules of the displacement score (M11)."""

    weights: DisplacementWeights
    prior: Share
    nothing_seen_ease: Share
    """Ease when the stack was read and neither a search product nor a known platform is live."""
    entrenched_years: Positive
    """An incumbent that long in place earns no entrenchment points; a new one earns all."""
    pressure_full_at: Annotated[int, Field(gt=0)]
    """Competitors using the seller that earn all pressure points."""
    partners_full_at: Annotated[int, Field(gt=0)]
    """Live partner technologies that earn all partner points."""
    change_categories: Pattern
    """Matches the categories in which an added or dropped technology counts as a recent change."""


class Tiers(Frozen):
    """Lowest fit score of each tier; below `cool` is cold."""

    hot: Points
    warm: Points
    cool: Points

    @model_validator(mode="after")
    def _descending(self) -> "Tiers":
        if not self.hot > self.warm > self.cool:
            raise ValueError(f"hot must be above warm and warm above cool: {self.hot:g}, {self.warm:g}, {self.cool:g}")
        return self


class CaseStudyWeights(Frozen):
    """Parts of a case study's fit; they add up to 1."""

    industry: Share
    technology: Share
    size: Share
    region: Share

    @model_validator(mode="after")
    def _adds_up(self) -> "CaseStudyWeights":
        must_add_up(self.model_dump(), 1)
        return self
