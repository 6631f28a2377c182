"""What is believed of an account: the last good value of every field that is compared, as it is kept between results.

Not for: comparing (compare.py) or which fields there are (rules/).
"""

from datetime import date

from pydantic import Field

from partnerforge_dagster.models.base import Frozen, UtcDatetime
from partnerforge_dagster.models.provenance import Source
from partnerforge_dagster.models.result import Heard, Unasked


class Seen(Frozen):
    """One value, or one item of several."""

    text: str
    """In words, as a change shows it."""
    number: float | None = None
    """Where set, a small difference is noise; the rule says how small."""
    unit: str = ""
    """Of the number: numbers of different units are never the same."""
    label: str = ""
    """The item's natural key in words; empty where the field has one value."""
    day: date | None = None
    """The item's own date: an event's, a filing's."""
    source: Source | None = None
    last: UtcDatetime | None = None
    """`as_of` of the last good result that had it."""
    lacked_by: tuple[Heard, ...] | None = None
    """Set when the last good answer lacked it: whom that result had heard. The next good answer decides."""


class Belief(Frozen):
    """A field's values by natural key; a field of one value has it under the empty key."""

    as_of: UtcDatetime
    """Of the last good result that could see the field."""
    values: dict[str, Seen] = Field(default_factory=dict)
    about: tuple[str, ...] | None = None
    """Keys that were asked about so far; None is all."""
    blind: tuple[Unasked, ...] = ()
    """What could not be asked when this was formed: compared is only what was seen with the same eyes."""
    blinder: tuple[Unasked, ...] = ()
    """What more could not be asked the last time."""
    blinder_since: UtcDatetime | None = None
    """`as_of` of the first good result in a row for which it was exactly that."""


class Baseline(Frozen):
    """What the next good result of a module is compared with, by field."""

    fields: dict[str, Belief] = Field(default_factory=dict)
