"""What a reader will not find in the brief, and how whole that makes it.

Not for: gaps inside a module (research/inquiry.py) or their layout (render_*.py).
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import NamedTuple

from partnerforge_dagster.models.modules import BRIEF, MODULES
from partnerforge_dagster.models.provenance import Gap, GapKind
from partnerforge_dagster.models.result import ModuleResult, Status
from partnerforge_dagster.models.strategic_signal_brief import BriefGap, BriefSource, ModuleStatus, StrategicSignalBrief

UPSTREAM = tuple(name for name in MODULES if name != BRIEF)
"""The fourteen modules that the brief is made of."""


def gaps(results: Mapping[str, ModuleResult]) -> tuple[BriefGap, ...]:
    """All modules' gaps, and one for each module that is unavailable without saying why or was never run."""
    return tuple(BriefGap(module=name, gap=gap) for name in UPSTREAM for gap in _gaps_of(name, results.get(name)))


def _gaps_of(name: str, result: ModuleResult | None) -> Iterator[Gap]:
    subject = f"all of {MODULES[name].title.lower()}"
    if result is None:
        reason = "the module has not been run for this account"
        yield Gap(subject=subject, kind=GapKind.COULD_NOT_ASK, provider=None, reason=reason)
        return
    yield from result.gaps
    if result.status is Status.UNAVAILABLE and not result.gaps:
        reason = "the module failed and no earlier result is stored"
        yield Gap(subject=subject, kind=GapKind.COULD_NOT_ASK, provider=None, reason=reason)


def module_statuses(results: Mapping[str, ModuleResult]) -> tuple[ModuleStatus, ...]:
    """One row per upstream module; a module that was never run is unavailable and has no date."""
    return tuple(
        ModuleStatus(
            module=name,
            status=results[name].status if name in results else Status.UNAVAILABLE,
            as_of=results[name].as_of if name in results else None,
        )
        for name in UPSTREAM
    )


def status(modules: tuple[ModuleStatus, ...], sources: tuple[BriefSource, ...]) -> Status:
    """Unavailable: no module could be had. Stale: something stale is used. Partial: some module is not complete.

    A brief without a statement is not unavailable for that: everybody was asked and nobody knows the company.
    """
    seen = {module.status for module in modules}
    if seen == {Status.UNAVAILABLE}:
        return Status.UNAVAILABLE
    if Status.STALE in seen or any(source.stale for source in sources):
        return Status.STALE
    return Status.COMPLETE if seen == {Status.COMPLETE} else Status.PARTIAL


def beside_keys(brief: StrategicSignalBrief) -> tuple[BriefGap, ...]:
    """Gaps that no key would fill; those that one would are told with the key."""
    told = {key.provider for key in brief.missing_keys}
    return tuple(row for row in brief.data_gaps if not (row.gap.needs_key and row.gap.provider in told))


class GapRow(NamedTuple):
    """Gaps of one module that have one cause."""

    module: str
    """The module's title."""
    kind: GapKind
    subjects: str
    reason: str


def grouped(gaps: Iterable[BriefGap]) -> list[GapRow]:
    """Gaps of the same module, kind and reason as one row: ten competitors that could not be asked about are one."""

    def cause(row: BriefGap) -> tuple[int, str, str]:
        return (MODULES[row.module].number, row.gap.kind, row.gap.reason)

    rows = (list(group) for _, group in groupby(sorted(gaps, key=cause), key=cause))
    return [
        GapRow(
            module=MODULES[group[0].module].title,
            kind=group[0].gap.kind,
            subjects=_subjects([row.gap.subject for row in group]),
            reason=_readable(group[0].gap.reason),
        )
        for group in rows
    ]


def _readable(reason: str) -> str:
    """Modules by their titles: `competitor_intelligence is unavailable` is a name for programs."""
    return re.sub(r"\b[a-z]+(?:_[a-z]+)+\b", lambda key: MODULES[key[0]].title if key[0] in MODULES else key[0], reason)


def _subjects(subjects: list[str]) -> str:
    """`visits of a.com, b.com` rather than `visits of a.com, visits of b.com`."""
    whats = {subject.partition(" of ")[0] for subject in subjects}
    if len(whats) == 1 and len(subjects) > 1:
        return f"{whats.pop()} of {', '.join(subject.partition(' of ')[2] for subject in subjects)}"
    return ", ".join(subjects)
