"""Who was asked for what, who says otherwise, and which keys would add something: the modules' notes, brought together.

Not for: what is missing for other reasons (missing.py) or how it looks (render_*.py).
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from partnerforge_dagster import wording
from partnerforge_dagster.brief.citing import Citations
from partnerforge_dagster.brief.missing import UPSTREAM
from partnerforge_dagster.key_gains import KEY_GAINS
from partnerforge_dagster.models.provenance import Outcome, WaterfallStep
from partnerforge_dagster.models.result import ModuleResult, Status
from partnerforge_dagster.models.strategic_signal_brief import (
    BriefDisagreement,
    BriefGap,
    BriefWaterfall,
    MissingKey,
)

_OUTCOMES = {
    Outcome.ANSWERED: "answered",
    Outcome.NOTHING_THERE: "has nothing on this",
    Outcome.NO_KEY: "no key",
    Outcome.SWITCHED_OFF: "not switched on",
    Outcome.REFUSED: "refused",
    Outcome.OVER_BUDGET: "over budget",
    Outcome.COULD_NOT_ASK: "could not be asked",
    Outcome.NOT_NEEDED: "not needed",
}


def waterfalls(results: Mapping[str, ModuleResult]) -> tuple[BriefWaterfall, ...]:
    """Every module's, fact by fact."""
    return tuple(
        BriefWaterfall(module=name, subject=subject, steps=tuple(steps))
        for name, result in _usable(results)
        for subject, steps in groupby(result.steps, key=lambda step: step.subject)
    )


def disagreements(results: Mapping[str, ModuleResult], citations: Citations) -> tuple[BriefDisagreement, ...]:
    """What sources say differently, each cited."""
    return tuple(
        BriefDisagreement(
            module=name,
            subject=one.subject,
            stated=one.stated,
            stated_by=citations.cite([one.stated_by])[0],
            other=one.other,
            other_by=citations.cite([one.other_by])[0],
        )
        for name, result in _usable(results)
        for one in result.disagreements
    )


def missing_keys(gaps: Iterable[BriefGap]) -> tuple[MissingKey, ...]:
    """Services that were left out for want of a key, with what is missing for that, in the order of KEY_GAINS."""
    wanted: dict[str, dict[str, None]] = {}
    for row in gaps:
        if row.gap.needs_key and row.gap.provider is not None:
            wanted.setdefault(row.gap.provider, {})[row.gap.subject] = None
    return tuple(
        MissingKey(
            provider=gain.provider,
            service=gain.service,
            variables=gain.variables,
            adds=gain.adds,
            instead=gain.instead,
            subjects=tuple(wanted[gain.provider]),
        )
        for gain in KEY_GAINS
        if gain.provider in wanted
    )


def told(steps: Iterable[WaterfallStep]) -> str:
    """The steps in one line: `SimilarWeb: no key; Tranco: answered`."""
    return "; ".join(f"{wording.provider(step.provider)}: {_OUTCOMES[step.outcome]}" for step in steps)


def _usable(results: Mapping[str, ModuleResult]) -> Iterator[tuple[str, ModuleResult]]:
    return (
        (name, results[name]) for name in UPSTREAM if name in results and results[name].status is not Status.UNAVAILABLE
    )
