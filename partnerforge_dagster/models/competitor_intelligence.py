"""M05 competitor intelligence: the ten nearest sites and the account's place among them.

Not for: pressure on the seller's product (displacement_analysis.py).
"""

from partnerforge_dagster.models.base import Frozen, Share
from partnerforge_dagster.models.provenance import Fact, Sources
from partnerforge_dagster.models.result import ModuleResult


class Competitor(Frozen):
    """One similar site.

    Its stack was read if `uses_seller` is known: then no search vendor and no commerce platform are findings. Else a
    gap `technology stack of` its domain says whether BuiltWith could not be asked or does not know it.
    """

    domain: str
    affinity: Share | None
    visits: Fact[float] | None
    """Last month's; None is explained by a gap `visits of` its domain."""
    search_vendor: Fact[str] | None
    """The live search product; None is none known, if the stack was read."""
    commerce_platform: Fact[str] | None
    """The live platform; None is none known, if the stack was read."""
    uses_seller: Fact[bool] | None
    """None exactly when the stack could not be read."""
    sources: Sources
    """Why it counts as a competitor."""


class CompetitorIntelligence(ModuleResult):
    """Up to ten competitors, most similar first."""

    competitors: tuple[Competitor, ...] = ()
    visits_place: Fact[int] | None = None
    """1 = most visits among the account and the competitors whose visits are known."""
    compared: int = 0
    """How many sites, the account included, that place is among."""
    using_seller: Fact[tuple[str, ...]] | None = None
    """Domains of the competitors that use the seller's product; an empty tuple when all were read and none does."""
