"""Where a fact comes from, and why one is missing.

`Answer` is what a provider client returns, `Fact` what a module states, `Gap` what a module could not state.
Not for: gathering them (inquiry.py) or rendering them (brief/).
"""

from enum import StrEnum
from typing import Annotated, Generic, TypeVar

from pydantic import Field

from partnerforge_dagster.models.base import Frozen, UtcDatetime

T = TypeVar("T")


class Source(Frozen):
    """One answer of one provider, as a reader can check it."""

    provider: str
    """A provider's name as in the settings: `builtwith`, `sec_edgar`, ..."""
    endpoint: str
    """The client method's name for it: `domain`, `submissions`, ..."""
    url: str | None
    """A page that a person can open, or the request's address without any key; None where there is neither."""
    fetched_at: UtcDatetime
    """When the provider answered (not when the cache was read)."""
    cached: bool = False
    stale: bool = False
    """True when it is older than the provider's freshness and was used because nothing newer could be had."""


Sources = Annotated[tuple[Source, ...], Field(min_length=1)]
"""At least one: a statement without a source cannot be made."""


class Answer(Frozen, Generic[T]):
    """What a provider answered. `value` is None when it was asked and has nothing."""

    value: T | None
    source: Source


class Fact(Frozen, Generic[T]):
    """A value with the answers it rests on."""

    value: T
    sources: Sources
    inferred: bool = False
    """True when the value is our conclusion from the sources and not written in them."""
    estimate: bool = False
    """True when the provider itself calls it an estimate (a private company's revenue)."""


class GapKind(StrEnum):
    """Two different things that must never be confused, and a third that is nobody's fault."""

    COULD_NOT_ASK = "could_not_ask"
    NOTHING_THERE = "nothing_there"
    NOT_APPLICABLE = "not_applicable"
    """The question makes no sense for this account: SEC filings of a private company."""


class Gap(Frozen):
    """Something a reader would look for and not find, with the reason."""

    subject: str
    """What is missing, in words: `search vendor`, `visits by month`."""
    kind: GapKind
    provider: str | None
    """The provider that was (not) asked; None when an upstream module is the cause."""
    reason: str
    """One sentence, fit to be printed: `builtwith: HTTP 500 after 4 tries`."""
    needs_key: bool = False
    """True when the provider was left out for want of a key: another try meets the same."""
    refused: bool = False
    """True when the provider refuses us (key, plan, credits): another try meets the same until a person acts."""


class Outcome(StrEnum):
    """What became of one step of a waterfall."""

    ANSWERED = "answered"
    NOTHING_THERE = "nothing_there"
    NO_KEY = "no_key"
    SWITCHED_OFF = "switched_off"
    """It takes no key and is left out until somebody switches it on."""
    REFUSED = "refused"
    OVER_BUDGET = "over_budget"
    COULD_NOT_ASK = "could_not_ask"
    NOT_NEEDED = "not_needed"
    """One before it answered, so it was not asked."""


class WaterfallStep(Frozen):
    """One provider's turn in the order in which a fact is asked for."""

    subject: str
    """As in a gap: `global rank`."""
    provider: str
    outcome: Outcome
    reason: str = ""
    """Of a step that gave nothing: the failure in one sentence."""


class Disagreement(Frozen):
    """What a provider says that differs from what the result states. Both stand; nothing is averaged."""

    subject: str
    """`employees`."""
    stated: str
    """The result's value in words."""
    stated_by: Source
    other: str
    other_by: Source
