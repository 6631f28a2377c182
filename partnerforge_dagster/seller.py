"""The seller profile: who sells, what, to whom, and how an account is judged. One YAML file, validated here.

`default_seller.yaml` beside this file is the built-in profile (a site-search vendor). All weights, bands, half-lives,
patterns and texts of the scores and the brief come from the profile; none is in code. docs/seller-profile.md explains
each field to who writes one.
Not for: the rules of the scores (seller_scores.py), or using any of it (scoring/, assets/, brief/).
"""

from collections import Counter
from enum import StrEnum
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from partnerforge_dagster import yaml_file
from partnerforge_dagster.models.base import Frozen, Share
from partnerforge_dagster.models.buying_committee import BuyingRole
from partnerforge_dagster.seller_scores import CaseStudyWeights, Displacement, Fit, Intent, Pattern, Positive, Tiers

Text = Annotated[str, Field(min_length=1)]


class BadSeller(ValueError):
    """The profile cannot be used; the message names file, line, field, value and reason."""


class Product(Frozen):
    """A technology of interest and how it is recognised in a stack (exact names, without regard to case)."""

    name: Text
    recognized_by: Annotated[tuple[Text, ...], Field(min_length=1)]
    """Names that BuiltWith or our fingerprints give it."""
    hosts: tuple[str, ...] = ()
    """Hosts that its scripts or requests go to; sub-domains are included."""

    def is_called(self, name: str) -> bool:
        """Whether `name` is this product's own name or one that it is recognised by."""
        return name.casefold() in {self.name.casefold(), *(known.casefold() for known in self.recognized_by)}


class CompetingProduct(Product):
    """A product that the seller replaces."""

    ease: Share
    """How easily it is replaced: 1 is a weekend, 0 is never."""
    weakness: Text
    """What to say about it: one sentence."""


class PlatformSearch(Product):
    """A commerce platform or CMS with its built-in search, which stands in when no search product is seen."""

    kind: Literal["commerce", "cms"] = "commerce"
    """What it is where BuiltWith's tag (`shop`, `cms`) does not say, as when only the home page shows it."""
    ease: Share
    weakness: Text


class PartnerTechnology(Product):
    """A technology that makes the seller's product easier to sell or run."""

    why: Text


class SeatProfile(Frozen):
    """Titles that fill a seat of the buying committee, best first."""

    role: BuyingRole
    titles: Annotated[tuple[Pattern, ...], Field(min_length=1)]
    confidence: Share
    """Confidence in a candidate with the first title."""
    next_title: Share
    """Each further title counts this much of the one before."""
    why: Text
    """Why such a title fills the seat: `signs off technology contracts`."""
    ask: Text
    """What to ask or tell this person."""


class RelevantRole(Frozen):
    """A posting that matters to the seller."""

    pattern: Pattern
    why: Text


class Theme(Frozen):
    """A priority that companies state and the seller can serve."""

    name: Text
    pattern: Pattern


class Figure(StrEnum):
    """What a value proposition's condition may ask about an account. Missing figures meet no condition."""

    VISITS = "visits"
    """Visits in the last month."""
    VISITS_GROWTH = "visits_growth"
    """Change over 12 months: -0.1 is 10 % fewer."""
    SEARCH_SHARE = "search_share"
    """Share of visits from search engines, 0 to 1."""
    REVENUE_USD = "revenue_usd"
    REVENUE_GROWTH = "revenue_growth"
    """Change over the fiscal year before."""
    OPERATING_MARGIN = "operating_margin"
    TECHNOLOGY_SPEND_USD = "technology_spend_usd"
    """US dollars a month."""
    COUNTRIES = "countries"
    """Countries that bring at least a twentieth of the visits each."""
    COMPETITORS_USING_SELLER = "competitors_using_seller"
    COMPETING_PRODUCTS = "competing_products"
    """Live products that the seller replaces."""
    PLATFORMS_WITH_SEARCH = "platforms_with_search"
    """Live platforms of the profile whose built-in search does the work; none where a search product is live."""
    PARTNER_TECHNOLOGIES = "partner_technologies"


class Condition(Frozen):
    """A figure within bounds calls for a value proposition."""

    figure: Figure
    at_least: float | None = Field(default=None, allow_inf_nan=False)
    at_most: float | None = Field(default=None, allow_inf_nan=False)
    because: Text
    """Completes "... calls for it because": what the figure means for the account."""

    @model_validator(mode="after")
    def _bounded(self) -> "Condition":
        if self.at_least is None and self.at_most is None:
            raise ValueError("a condition needs `at_least`, `at_most` or both")
        if self.at_least is not None and self.at_most is not None and self.at_least > self.at_most:
            raise ValueError(f"`at_least` {self.at_least:g} is above `at_most` {self.at_most:g}")
        return self

    def is_met_by(self, value: float) -> bool:
        """Whether `value` is within the bounds, which belong to it."""
        return (self.at_least is None or value >= self.at_least) and (self.at_most is None or value <= self.at_most)


class ValueProposition(Frozen):
    """Something to offer, and the facts that call for it."""

    id: Text
    title: Text
    pitch: Text
    """One sentence to say."""
    themes: tuple[str, ...]
    """Names of themes (below) that call for it."""
    calls_for: tuple[Condition, ...] = ()
    """Any of these calls for it; the more are met, the stronger."""


class CaseStudy(Frozen):
    """A customer story of the seller."""

    id: Text
    customer: Text
    domain: str | None = None
    headline: Text
    result: Text
    industry: Pattern
    """Matches the industries that recognise themselves in it."""
    technologies: tuple[str, ...] = ()
    replaced: str | None = None
    """Search product that the customer had before."""
    region: Text
    """A key of `regions`: `north_america`, `europe`, `asia_pacific`, `latin_america`, `middle_east_africa`."""
    revenue_usd: Positive | None = None
    url: str | None = None


class Seller(Frozen):
    """The whole profile."""

    name: Text
    domain: Text
    product: Text
    """Product name, as said in the brief."""
    category: Text
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
    regions: dict[str, tuple[Annotated[str, Field(pattern=r"^[A-Z]{2}$")], ...]]
    """Region -> ISO 3166 alpha-2 codes of its countries."""

    @field_validator("seats")
    @classmethod
    def _every_seat_once(cls, seats: tuple[SeatProfile, ...]) -> tuple[SeatProfile, ...]:
        counts = Counter(seat.role for seat in seats)
        wrong = [role.value for role in BuyingRole if counts[role] != 1]
        if wrong:
            raise ValueError(f"every seat must be there exactly once; not so: {', '.join(wrong)}")
        return seats

    @model_validator(mode="after")
    def _is_unambiguous(self) -> "Seller":
        """Names and ids are unique within their list, and names of themes and regions lead somewhere."""
        for field, key in UNIQUE.items():
            seen: set[str] = set()
            for position, item in enumerate(getattr(self, field)):
                name = getattr(item, key)
                if name.casefold() in seen:
                    raise yaml_file.located((field, position, key), f"{name!r} is used twice", name)
                seen.add(name.casefold())
        themes = {theme.name for theme in self.themes}
        for position, proposition in enumerate(self.value_propositions):
            for theme in proposition.themes:
                if theme not in themes:
                    reason = f"{theme!r} is not a theme; themes are: {', '.join(sorted(themes))}"
                    raise yaml_file.located(("value_propositions", position, "themes"), reason, theme)
        for position, case in enumerate(self.case_studies):
            if case.region not in self.regions:
                reason = f"{case.region!r} is not a region; regions are: {', '.join(self.regions)}"
                raise yaml_file.located(("case_studies", position, "region"), reason, case.region)
        return self


UNIQUE = {
    "own": "name",
    "competing": "name",
    "platforms": "name",
    "partners": "name",
    "posting_technologies": "name",
    "themes": "name",
    "value_propositions": "id",
    "case_studies": "id",
}
"""List of the profile -> the field that tells its items apart."""


def load_seller(path: Path | None) -> Seller:
    """Read a profile; None is the built-in one. Raises BadSeller with file, line and reason."""
    if path is None:
        return _default()
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise BadSeller(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise BadSeller(f"{path}, line {line}: not UTF-8 ({error.reason}); save the file as UTF-8") from error
    return parse_seller(text, str(path))


def parse_seller(text: str, name: str) -> Seller:
    """Validate a profile's text; `name` is what messages call it. Raises BadSeller."""
    try:
        return yaml_file.parse(text, name, Seller)
    except yaml_file.BadFile as error:
        raise BadSeller(str(error)) from error


@lru_cache(maxsize=1)
def _default() -> Seller:
    text = resources.files("partnerforge_dagster").joinpath("default_seller.yaml").read_text(encoding="utf-8")
    return parse_seller(text, "default_seller.yaml")
