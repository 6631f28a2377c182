"""M13 ICP priority mapping: how well the account fits the seller's ideal customer, and what to offer.

Not for: the rules and weights (scoring/fit.py and the seller profile).
"""

from enum import StrEnum

from partnerforge_dagster.models.base import Frozen
from partnerforge_dagster.models.provenance import Sources
from partnerforge_dagster.models.result import ModuleResult
from partnerforge_dagster.models.scores import Score


class Tier(StrEnum):
    """How soon to call. Borders are in the seller profile."""

    HOT = "hot"
    WARM = "warm"
    COOL = "cool"
    COLD = "cold"


class ValueMatch(Frozen):
    """A value proposition with the account's own fact that calls for it."""

    value_proposition: str
    """Id in the seller profile."""
    title: str
    because: str
    sources: Sources


class IcpPriorityMapping(ModuleResult):
    """Fit score, tier and the value propositions that the account's facts call for, strongest first."""

    fit: Score | None = None
    """None only when status is unavailable."""
    tier: Tier | None = None
    value_propositions: tuple[ValueMatch, ...] = ()
