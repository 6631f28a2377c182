"""M11 displacement analysis: what the seller would replace and how hard that is.

Not for: the rules and weights (scoring/displacement.py and the seller profile).
"""

from enum import StrEnum

from partnerforge_dagster.models.provenance import Fact
from partnerforge_dagster.models.result import ModuleResult
from partnerforge_dagster.models.scores import Score


class Incumbency(StrEnum):
    """What stands where the seller's product would stand."""

    CUSTOMER = "customer"
    """The account already uses the seller."""
    COMPETITOR = "competitor"
    """A product named in the seller profile."""
    PLATFORM = "platform"
    """No product seen, but a commerce platform whose built-in search is known."""
    NOTHING_SEEN = "nothing_seen"
    UNKNOWN = "unknown"
    """The stack could not be read."""


class DisplacementAnalysis(ModuleResult):
    """Displacement score with reasons."""

    incumbency: Incumbency = Incumbency.UNKNOWN
    incumbent: Fact[str] | None = None
    years_in_place: Fact[float] | None = None
    competitors_using_seller: Fact[int] | None = None
    score: Score | None = None
    """None only when status is unavailable."""
