"""Reads a result as observations: one for each rule, values by natural key.

Not for: the rules themselves (rules/) or comparing (compare.py).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from re import Pattern
from typing import Any

from partnerforge_dagster.changes.beliefs import Seen
from partnerforge_dagster.models.changes import Significance
from partnerforge_dagster.models.result import Heard, ModuleResult, Unasked

Match = Callable[[str, Seen, Mapping[str, Seen]], str]


@dataclass(frozen=True)
class Sight:
    """What one result shows of one field."""

    values: dict[str, Seen]
    about: frozenset[str] | None = None
    """Keys that this result can tell about, with a value or without; None is all. Of others nothing is missed, and
    nothing is new."""
    open_ended: bool = False
    """True when the record keeps only the first so many: what is not among them may still be there."""


def _itself(key: str, seen: Seen, believed: Mapping[str, Seen]) -> str:
    del seen, believed
    return key


@dataclass(frozen=True)
class Rule:
    """How one field is compared."""

    field: str
    read: Callable[[Any], Sight]
    """Takes the module's record."""
    significance: Significance = Significance.NOTABLE
    when_removed: Significance | None = None
    """Of a removal, where it matters less or more than the rest."""
    alert_if: "Pattern[str] | None" = None
    """An alert when the new (or removed) value's label and text have this."""
    relative: float = 0.0
    """Numbers that differ by at most this share of the larger one are the same: providers estimate."""
    absolute: float = 0.0
    """Numbers that differ by at most this are the same."""
    alert_relative: float | None = None
    """An alert when numbers differ by more than this share of the larger one."""
    happenings: timedelta | None = None
    """Set for what happened and cannot unhappen (events, filings): only items dated at most so long before the last
    good result are news, older ones were found late; nothing is ever removed."""
    rests_on: frozenset[str] | None = None
    """Subjects of the module's own questions that this field can depend on; None is all of them."""
    match: Match = _itself
    """The believed key of an item that goes by another name now, or its own."""
    same_source: bool = False
    """Compared only with what the same provider said: each words and counts it in its own way, and that another one is
    asked now is no change of the world."""
    is_score: bool = False
    """Parts by name; what counts is the move of their sum."""


@dataclass(frozen=True)
class Observation:
    """A `Sight` with what could not be asked for it and who was heard."""

    sight: Sight
    blind: tuple[Unasked, ...]
    heard: tuple[Heard, ...]


def observe(rule: Rule, result: ModuleResult) -> Observation:
    """What `result` shows of the rule's field."""
    own = type(result).__name__
    blind = tuple(
        one for one in result.unasked if rule.rests_on is None or one.record != own or one.subject in rule.rests_on
    )
    return Observation(rule.read(result), blind, result.heard)
