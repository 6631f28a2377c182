"""What is different from the last good result: one record for the store, the brief, the command line and the UI.

Not for: finding differences (changes/).
"""

from enum import StrEnum

from partnerforge_dagster.models.base import Frozen, UtcDatetime
from partnerforge_dagster.models.provenance import Source


class ChangeKind(StrEnum):
    """What happened to the value."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"
    """Two good answers in a row lack it."""


class Significance(StrEnum):
    """How much a change matters to somebody who sells."""

    ALERT = "alert"
    """Worth telling somebody at once: the search vendor is gone."""
    NOTABLE = "notable"
    MINOR = "minor"
    """For the record: a posting was closed, a count was corrected."""


class PartMove(Frozen):
    """One line of the explanation of a score's move."""

    part: str
    """A `ScorePart.name`; `rounding` where sums were capped at 100."""
    before: float
    """Points."""
    after: float
    reason: str
    """The part's own words, as they are now."""

    @property
    def points(self) -> float:
        """What this part moved the score by."""
        return round(self.after - self.before, 1)


class Change(Frozen):
    """One difference from the last good result of a module."""

    module: str
    field: str
    """A field of the module's record, or a figure of it: `visits`."""
    key: str = ""
    """Which one of several, by its natural key: a name, a domain, an address; empty where the field has one value."""
    item: str = ""
    """The same in words."""
    kind: ChangeKind
    before: str | None
    """In words; None for what was added."""
    after: str | None
    """In words; None for what was removed."""
    since: UtcDatetime
    """`as_of` of the last good result that had the old value."""
    on: UtcDatetime
    """`as_of` of the result that showed the change."""
    significance: Significance
    source: Source | None = None
    """The answer that has the new value; of something removed, the last one that had it."""
    moves: tuple[PartMove, ...] = ()
    """Of a score: which parts moved by how much; they add up to the score's move."""

    @property
    def alert(self) -> bool:
        """Whether somebody should be told at once."""
        return self.significance is Significance.ALERT
