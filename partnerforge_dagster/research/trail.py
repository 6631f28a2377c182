"""Whom one module heard and whom it could not ask, with what it has of that from the results it stands on.

The comparison of refreshes lives on it: a difference is a change only when both times the same could be asked.
Not for: gaps in words (inquiry.py), in which also stands what follows from a failure.
"""

from datetime import datetime

from partnerforge_dagster.models.provenance import Source
from partnerforge_dagster.models.result import Heard, ModuleResult, Status, Unasked


class Trail:
    """Collects, in any order."""

    def __init__(self) -> None:
        self._answered: set[tuple[str, str]] = set()
        self._failed: set[tuple[str, str]] = set()
        self._moments: dict[str, list[datetime]] = {}
        self._inherited: set[Unasked] = set()
        self._inherited_moments: dict[str, list[datetime]] = {}

    def answered(self, subject: str, source: Source) -> None:
        """Note an answer about the subject, empty or not."""
        self._answered.add((subject, source.provider))
        self._moments.setdefault(source.provider, []).append(source.fetched_at)

    def failed(self, subject: str, provider: str) -> None:
        """Note a question about the subject that the provider could not be asked, or a part that its answer lacks."""
        self._failed.add((subject, provider))

    def inherits(self, result: ModuleResult) -> None:
        """Note what an upstream result could not ask and whom it heard; of an unavailable one nothing is known."""
        missing = Unasked(record=type(result).__name__, subject="anything", provider=None)
        self._inherited.update([missing] if result.status is Status.UNAVAILABLE else result.unasked)
        for heard in result.heard:
            self._inherited_moments.setdefault(heard.provider, []).extend((heard.oldest, heard.newest))

    def joins(self, other: "Trail") -> None:
        """Take over what another trail of the same module has of its own."""
        self._answered |= other._answered
        self._failed |= other._failed
        for provider, moments in other._moments.items():
            self._moments.setdefault(provider, []).extend(moments)

    def unasked(self, record: str) -> tuple[Unasked, ...]:
        """What could not be asked, own and inherited, in a stable order. `record` is the class of the own result."""
        own = {
            Unasked(record=record, subject=subject, provider=provider, some=(subject, provider) in self._answered)
            for subject, provider in self._failed
        }
        return tuple(sorted(own | self._inherited, key=lambda one: one.model_dump_json()))

    def heard(self) -> tuple[Heard, ...]:
        """By provider. Whoever was asked here was heard here, whatever older answers of theirs upstream rests on."""
        return tuple(
            Heard(provider=provider, oldest=min(moments), newest=max(moments))
            for provider, moments in sorted((self._inherited_moments | self._moments).items())
        )
