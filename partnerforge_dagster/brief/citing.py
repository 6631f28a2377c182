"""Cite or omit: the only way to a Statement is through a Writer, which takes text together with its sources.

Sources are numbered in the order of their first use; one provider answer has one number, however many modules read it.
Not for: what is said (sections/) or how numbers are drawn (render_*.py).
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Literal, TypeVar

from partnerforge_dagster.models.provenance import Fact, Source
from partnerforge_dagster.models.strategic_signal_brief import BriefSource, Section, Statement

T = TypeVar("T")
AnswerKey = tuple[str, str, str | None, datetime]


def answer_key(source: Source | BriefSource) -> AnswerKey:
    """What makes two sources the same answer. Not `cached`: the second reader of one answer has it from the cache."""
    return (source.provider, source.endpoint, source.url, source.fetched_at)


def numbers_of(sources: Iterable[BriefSource], cited: Iterable[Source]) -> tuple[int, ...]:
    """Numbers, ascending, that a brief's list gives to these sources. Raises KeyError for one that is not listed."""
    listed = {answer_key(source): source.n for source in sources}
    return tuple(sorted({listed[answer_key(source)] for source in cited}))


class Citations:
    """The numbered list of sources of one brief."""

    def __init__(self) -> None:
        self._readings: dict[AnswerKey, list[Source]] = {}
        self._numbers: dict[AnswerKey, int] = {}

    def cite(self, sources: Iterable[Source]) -> tuple[int, ...]:
        """Numbers of these sources, ascending and without repetition."""
        keys = []
        for source in sources:
            key = answer_key(source)
            self._readings.setdefault(key, []).append(source)
            keys.append(self._numbers.setdefault(key, len(self._numbers) + 1))
        return tuple(sorted(set(keys)))

    def listed(self) -> tuple[BriefSource, ...]:
        """All cited sources. Cached when no reader fetched it anew, stale when it was stale for any."""
        return tuple(
            BriefSource(
                n=self._numbers[key],
                provider=readings[0].provider,
                endpoint=readings[0].endpoint,
                url=readings[0].url,
                fetched_at=readings[0].fetched_at,
                cached=all(source.cached for source in readings),
                stale=any(source.stale for source in readings),
            )
            for key, readings in self._readings.items()
        )


class Writer:
    """Writes the statements of one section."""

    def __init__(self, section: Section, citations: Citations) -> None:
        self._section = section
        self._citations = citations
        self._statements: list[Statement] = []

    @property
    def statements(self) -> tuple[Statement, ...]:
        """What was written, in order."""
        return tuple(self._statements)

    def fact(self, label: str, text: str, sources: Iterable[Source]) -> None:
        """Write what the sources say. Without sources nothing is written."""
        self._write("fact", label, text, sources)

    def inference(self, label: str, text: str, sources: Iterable[Source]) -> None:
        """Write what we conclude from the sources. Without sources nothing is written."""
        self._write("inference", label, text, sources)

    def report(self, label: str, fact: Fact[T] | None, wording: Callable[[T], str] = str) -> None:
        """Write a module's fact in words; a missing one is left out (its gap says why)."""
        if fact is None:
            return
        text = wording(fact.value) + (" (the provider's estimate)" if fact.estimate else "")
        self._write("inference" if fact.inferred else "fact", label, text, fact.sources)

    def _write(self, kind: Literal["fact", "inference"], label: str, text: str, sources: Iterable[Source]) -> None:
        numbers = self._citations.cite(sources)
        if not numbers or not text:
            return
        self._statements.append(
            Statement(
                id=f"{self._section}.{len(self._statements) + 1}",
                section=self._section,
                label=label,
                text=f"{label}: {text}",
                kind=kind,
                sources=numbers,
            )
        )
