"""M05 competitor intelligence: the ten nearest sites and the account's place among them.

Not for: pressure on the seller's product (displacement_analysis.py).
"""

from partnerforge_dagster.models.base import Frozen, Share
from partnerforge_dagster.models.provenance import Fact, Sources
from partnerforge_dagster.models.result import ModuleResult


class Competitor(Frozen):
    """One similar site. A None is explained by a gap of the same domain."""

    domain: str
    affinity: Share | None
    visits: Fact[float] | None
    """Last month's."""
    search_vendor: Fact[str] | None
    """None with a NOTHING_THERE gap when the stack was read and no known search product is live."""
    commerce_platform: Fact[str] | None
    uses_seller: Fact[bool] | None
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
