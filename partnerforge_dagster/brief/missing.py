"""What a reader will not find in the brief, and how whole that makes it.

Not for: gaps inside a module (research/inquiry.py) or their layout (render_*.py).
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from partnerforge_dagster.models.modules import MODULES
from partnerforge_dagster.models.provenance import Gap, GapKind
from partnerforge_dagster.models.result import ModuleResult, Status
from partnerforge_dagster.models.strategic_signal_brief import BriefGap, BriefSource, ModuleStatus

UPSTREAM = tuple(name for name in MODULES if name != "strategic_signal_brief")
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
    """Unavailable: nothing could be cited. Stale: something stale is used. Partial: some module is not complete."""
    if not sources:
        return Status.UNAVAILABLE
    seen = {module.status for module in modules}
    if Status.STALE in seen or any(source.stale for source in sources):
        return Status.STALE
    return Status.COMPLETE if seen == {Status.COMPLETE} else Status.PARTIAL


def grouped(gaps: Iterable[BriefGap]) -> list[tuple[str, GapKind, str, str]]:
    """Gaps with the same module, kind and reason as one row: module's title, kind, subjects, reason."""

    def cause(row: BriefGap) -> tuple[int, str, str]:
        return (MODULES[row.module].number, row.gap.kind, row.gap.reason)

    return [
        (
            MODULES[rows[0].module].title,
            rows[0].gap.kind,
            ", ".join(row.gap.subject for row in rows),
            rows[0].gap.reason,
        )
        for rows in (list(group) for _, group in groupby(sorted(gaps, key=cause), key=cause))
    ]
