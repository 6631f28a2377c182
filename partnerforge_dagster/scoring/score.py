"""Builds a Score out of its parts: sums, floor, ceiling and what is most wanted.

Points are rounded to tenths part by part, so that the printed parts add up to the printed score; sums are exact
(`math.fsum`), so that the order of parts changes nothing.
Not for: what a part is worth (fit.py, intent.py, displacement.py).
"""

import math
from collections.abc import Iterable

from partnerforge_dagster import wording
from partnerforge_dagster.models.provenance import Source
from partnerforge_dagster.models.scores import Score, ScorePart

FULL = 100.0


def known(name: str, weight: float, value: float, reason: str, sources: Iterable[Source]) -> ScorePart:
    """A part with a value, 0 to 1."""
    points = _tenths(weight * value, weight)
    return ScorePart(name=name, weight=weight, value=value, points=points, reason=reason, sources=cite(sources))


def partly_known(part: ScorePart, unseen: float, prior: float) -> ScorePart:
    """The same part with `unseen` points (of those that it has not earned) still open."""
    points = _tenths(part.points + prior * unseen, part.weight)
    return part.model_copy(update={"unseen": unseen, "points": points})


def unknown(name: str, weight: float, prior: float, missing: str) -> ScorePart:
    """A part without a value. `missing` says in words what is not known: `visits a month`."""
    reason = f"Not known: {missing}; it could give anything from 0 to {weight:g} points."
    return ScorePart(name=name, weight=weight, value=None, points=_tenths(weight * prior, weight), reason=reason)


def total(parts: Iterable[ScorePart]) -> Score:
    """The score: sums of the parts, which keep their order."""
    listed = tuple(parts)
    wanted = sorted((part for part in listed if _open(part) > 0), key=lambda part: (-_open(part), part.name))
    return Score(
        value=_sum(part.points for part in listed),
        floor=_sum(_floor(part) for part in listed),
        ceiling=_sum(_ceiling(part) for part in listed),
        parts=listed,
        most_wanted=wanted[0].name if wanted else None,
    )


def cite(*groups: Iterable[Source]) -> tuple[Source, ...]:
    """The sources of several facts, each once, in an order that does not depend on theirs."""
    unique = {source for group in groups for source in group}
    return tuple(sorted(unique, key=lambda source: (source.provider, source.endpoint, repr(source))))


def origin(sources: Iterable[Source]) -> str:
    """Where a figure comes from, for people: `BuiltWith and Company website`."""
    return wording.listed(sorted({wording.provider(source.provider) for source in sources}))


def _open(part: ScorePart) -> float:
    return part.weight if part.value is None else part.unseen


def _floor(part: ScorePart) -> float:
    return 0.0 if part.value is None else _tenths(part.weight * part.value, part.weight)


def _ceiling(part: ScorePart) -> float:
    return part.weight if part.value is None else _tenths(_floor(part) + part.unseen, part.weight)


def _tenths(points: float, most: float) -> float:
    return min(round(points, 1), most)


def _sum(points: Iterable[float]) -> float:
    """Rounded again because tenths have no exact float; capped because 100 may be made of weights such as 16.66."""
    return min(round(math.fsum(points), 1), FULL)
