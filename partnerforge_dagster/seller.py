"""The seller profile: who sells, what, to whom, and how an account is judged. One YAML file, validated here.

`default_seller.yaml` beside this file is the built-in profile (a site-search vendor). All weights, bands, half-lives,
patterns and texts of the scores and the brief come from the profile; none is in code.
Not for: using any of it (scoring/, assets/, brief/).
"""

import re
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import AfterValidator, Field, ValidationError, model_validator

from partnerforge_dagster.models.base import Frozen, Points, Share
from partnerforge_dagster.models.buying_committee import BuyingRole
from partnerforge_dagster.models.signals import SignalKind

Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]


def _compiles(pattern: str) -> str:
    try:
        re.compile(pattern, re.IGNORECASE)
    except re.error as error:
        raise ValueError(f"{pattern!r} is not a regular expression: {error}") from error
    return pattern


Pattern = Annotated[str, AfterValidator(_compiles)]
"""A regular expression, searched without regard to case."""


class BadSeller(ValueError):
    """The profile cannot be used; the message names file, line, field, value and reason."""


class Product(Frozen):
    """A technology of interest and how it is recognised in a stack (exact names, without regard to case)."""

    name: str
    recognized_by: Annotated[tuple[str, ...], Field(min_length=1)]
    """Names that BuiltWith or our fingerprints give it."""
    hosts: tuple[str, ...] = ()
    """Hosts that its scripts or requests go to."""


class CompetingProduct(Product):
    """A product that the seller replaces."""

    ease: Share
    """How easily it is replaced: 1 is a weekend, 0 is never."""
    weakness: str
    """What to say about it: one sentence."""


class PlatformSearch(Product):
    """A commerce platform or CMS with its built-in search, which stands in when no search product is seen."""

    ease: Share
    weakness: str


class PartnerTechnology(Product):
    """A technology that makes the seller's product easier to sell or run."""

    why: str


class IndustryFit(Frozen):
    """How well an industry fits. The first whose pattern matches the account's industry counts."""

    name: str
    pattern: Pattern
    fit: Share


class Band(Frozen):
    """From `at_least` upwards (until the next band) an account earns `fit`."""

    at_least: float = Field(ge=0)
    fit: Share


class FitWeights(Frozen):
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
    visits: Annotated[tuple[Band, ...], Field(min_length=1)]
    """Visits a month."""
    search_share: Annotated[tuple[Band, ...], Field(min_length=1)]
    """Share of visits from search engines, 0 to 1."""
    revenue_usd: Annotated[tuple[Band, ...], Field(min_length=1)]
    """US dollars a year (other currencies by `usd_per`)."""
    growth: Annotated[tuple[Band, ...], Field(min_length=1)]
    """1 + growth of visits in 12 months: 1.1 is +10 %, so that bands start at 0."""
    technology_spend_usd: Annotated[tuple[Band, ...], Field(min_length=1)]
    """US dollars a month."""
    usd_per: dict[str, Positive]
    """Rough value of one unit of a currency in US dollars, for banding only; never shown as a fact."""


class IntentKind(Frozen):
    """Most points that one signal of a kind can give, and how fast it fades."""

    weight: Points
    half_life_days: Positive


class Intent(Frozen):
    """Weights of the intent score (M14)."""

    kinds: dict[SignalKind, IntentKind]
    prior: Share
    """Expected share of the points of the part of the picture that could not be seen."""
    undated_decay: Share
    """Decay of a signal without a date."""
    same_kind_discount: Share
    """Each further signal of the same kind counts this much of the one before (1 = fully)."""
    sources: dict[str, Points]
    """Points that each upstream module can contribute at most: hiring_signals, strategic_context,
    investor_intelligence; they add up to 100."""


class DisplacementWeights(Frozen):
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


class Tiers(Frozen):
    """Lowest fit score of each tier; below `cool` is cold."""

    hot: Points
    warm: Points
    cool: Points


class SeatProfile(Frozen):
    """Titles that fill a seat of the buying committee, best first."""

    role: BuyingRole
    titles: Annotated[tuple[Pattern, ...], Field(min_length=1)]
    why: str
    """Why such a title fills the seat: `signs off technology contracts`."""
    ask: str
    """What to ask or tell this person."""


class RelevantRole(Frozen):
    """A posting that matters to the seller."""

    pattern: Pattern
    why: str


class Theme(Frozen):
    """A priority that companies state and the seller can serve."""

    name: str
    pattern: Pattern


class ValueProposition(Frozen):
    """Something to offer, and the facts that call for it."""

    id: str
    title: str
    pitch: str
    """One sentence to say."""
    themes: tuple[str, ...]
    """Names of themes (below) that call for it."""


class CaseStudy(Frozen):
    """A customer story of the seller."""

    id: str
    customer: str
    domain: str | None = None
    headline: str
    result: str
    industry: Pattern
    """Matches the industries that recognise themselves in it."""
    technologies: tuple[str, ...] = ()
    replaced: str | None = None
    """Search product that the customer had before."""
    region: str
    """`north_america`, `europe`, `asia_pacific`, `latin_america`, `middle_east_africa`."""
    revenue_usd: Positive | None = None
    url: str | None = None


class CaseStudyWeights(Frozen):
    """Parts of a case study's fit; they add up to 1."""

    industry: Share
    technology: Share
    size: Share
    region: Share


class Seller(Frozen):
    """The whole profile."""

    name: str
    domain: str
    product: str
    """Product name, as said in the brief."""
    category: str
    """`site search`."""
    own: Annotated[tuple[Product, ...], Field(min_length=1)]
    competing: tuple[CompetingProduct, ...]
    platforms: tuple[PlatformSearch, ...]
    partners: tuple[PartnerTechnology, ...]
    fit: Fit
    intent: Intent
    displacement: Displacement
    tiers: Tiers
    seats: tuple[SeatProfile, ...]
    relevant_roles: tuple[RelevantRole, ...]
    posting_technologies: tuple[Product, ...]
    """Technologies looked for in job postings."""
    themes: tuple[Theme, ...]
    value_propositions: Annotated[tuple[ValueProposition, ...], Field(min_length=1)]
    case_studies: tuple[CaseStudy, ...]
    case_study_weights: CaseStudyWeights

    @model_validator(mode="after")
    def _adds_up(self) -> "Seller":
        for name, weights in (
            ("fit.weights", self.fit.weights),
            ("displacement.weights", self.displacement.weights),
        ):
            total = sum(weights.model_dump().values())
            if abs(total - 100) > 1e-6:
                raise ValueError(f"{name} add up to {total:g}, not 100")
        if abs(sum(self.intent.sources.values()) - 100) > 1e-6:
            raise ValueError(f"intent.sources add up to {sum(self.intent.sources.values()):g}, not 100")
        themes = {theme.name for theme in self.themes}
        for proposition in self.value_propositions:
            unknown = set(proposition.themes) - themes
            if unknown:
                raise ValueError(f"value proposition {proposition.id!r} names unknown themes {sorted(unknown)}")
        return self


def load_seller(path: Path | None) -> Seller:
    """Read a profile; None is the built-in one. Raises BadSeller with file, line and reason."""
    if path is None:
        return _default()
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadSeller(f"{path}: cannot be read: {error}") from error
    return parse_seller(text, str(path))


def parse_seller(text: str, name: str) -> Seller:
    """Validate a profile's text; `name` is what messages call it. Raises BadSeller."""
    try:
        return Seller.model_validate(yaml.safe_load(text))
    except yaml.YAMLError as error:
        raise BadSeller(f"{name}: {error}") from error
    except ValidationError as error:
        raise BadSeller(f"{name}: {error}") from error


@lru_cache(maxsize=1)
def _default() -> Seller:
    text = resources.files("partnerforge_dagster").joinpath("default_seller.yaml").read_text(encoding="utf-8")
    return parse_seller(text, "default_seller.yaml")
