"""What every module's result has in common.

Not for: the fields of one module (the file of that module's name beside this one).
"""

from enum import StrEnum

from partnerforge_dagster.models.base import Frozen, Mode, UtcDatetime
from partnerforge_dagster.models.provenance import Disagreement, Gap, WaterfallStep


class Status(StrEnum):
    """How whole a result is (SPEC section 3)."""

    COMPLETE = "complete"
    PARTIAL = "partial"
    """Some providers could not be asked; the rest is here."""
    STALE = "stale"
    """The last good data, because nothing newer could be had."""
    UNAVAILABLE = "unavailable"
    """Nothing could be had at all."""


GOOD = (Status.COMPLETE, Status.PARTIAL)
"""A stale result repeats an older one and an unavailable one has nothing: neither replaces good data."""


class Heard(Frozen):
    """When a provider gave the answers that a result rests on, empty answers included.

    A refresh out of the cache hears nothing new: only by this can it be told from a second look.
    """

    provider: str
    oldest: UtcDatetime
    newest: UtcDatetime


class Unasked(Frozen):
    """Questions about one subject that one provider could not be asked."""

    record: str
    """Class of the result that wanted to know: `TechnologyStack`."""
    subject: str
    """As in the gap."""
    provider: str | None
    """None when a whole upstream result was missing."""
    some: bool = False
    """True when other questions about the subject were answered: which part of the picture is missing may differ from
    one time to the next."""


class ModuleResult(Frozen):
    """One module's findings about one account at one moment."""

    account: str
    """Registrable domain, ASCII, lower case."""
    as_of: UtcDatetime
    mode: Mode
    status: Status
    gaps: tuple[Gap, ...] = ()
    unasked: tuple[Unasked, ...] = ()
    """What this result, or a result it stands on, could not ask; what follows from that is told in the gaps only."""
    heard: tuple[Heard, ...] = ()
    """By provider, in the order of their names."""
    steps: tuple[WaterfallStep, ...] = ()
    """Who was asked for what several providers know, in order, fact by fact."""
    disagreements: tuple[Disagreement, ...] = ()
    """What providers say otherwise than this result."""
    made_do: bool = False
    """True when whoever knows this best could not be asked, and all that is here is another provider's, who knows less:
    an earlier good result stands instead of it."""
