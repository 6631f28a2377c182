"""A score that explains itself: value, floor, ceiling and parts.

Unknown is not zero: an unknown part spans from 0 to its whole weight, which is what separates floor from ceiling.
Not for: computing scores (scoring/).
"""

from pydantic import model_validator

from partnerforge_dagster.models.base import Frozen, Points, Share
from partnerforge_dagster.models.provenance import Source


class ScorePart(Frozen):
    """One line of a score's explanation."""

    name: str
    """Key of the weight in the seller profile: `industry`, `visits`."""
    weight: Points
    """Most points that this part can give."""
    value: Share | None
    """How well the account does, 0 to 1; None when unknown."""
    points: Points
    """weight x value when known; the expected points (weight x the profile's prior) when unknown."""
    unseen: Points = 0.0
    """Points still open although the part has a value, because not all of its providers could be asked; `points` holds
    the profile's prior x these, the ceiling all of them. 0 when the value is None: then the whole weight is open."""
    reason: str
    """One sentence with the fact and the rule that turned it into points, or what is missing."""
    sources: tuple[Source, ...] = ()
    """Empty when the part is unknown, or when the finding is that nothing was found and so nothing can be cited."""


class Score(Frozen):
    """0 to 100 with its uncertainty. floor <= value <= ceiling always."""

    value: Points
    floor: Points
    """The score if every unknown part turned out worst."""
    ceiling: Points
    """The score if every unknown part turned out best."""
    parts: tuple[ScorePart, ...]
    most_wanted: str | None
    """Name of the unknown part that would move the score most; None when nothing is unknown."""

    @model_validator(mode="after")
    def _ordered(self) -> "Score":
        if not self.floor <= self.value <= self.ceiling:
            raise ValueError(f"floor {self.floor} <= value {self.value} <= ceiling {self.ceiling} does not hold")
        return self
