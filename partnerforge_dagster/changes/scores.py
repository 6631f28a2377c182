"""The move of a score, line by line: the parts' moves add up to it exactly.

Not for: computing scores (scoring/).
"""

import math
from collections.abc import Mapping

from partnerforge_dagster.changes.beliefs import Seen
from partnerforge_dagster.changes.observe import Sight
from partnerforge_dagster.models.changes import PartMove
from partnerforge_dagster.models.scores import Score

WHOLE = ""
"""Key of the score itself; its parts have their names."""


def parts_of(score: Score | None) -> Sight:
    """The score and its parts as values; none when there is no score."""
    if score is None:
        return Sight({})
    whole = Seen(text=f"{score.value:g}", number=score.value)
    parts = {part.name: Seen(text=part.reason, number=part.points, label=part.name) for part in score.parts}
    return Sight({WHOLE: whole, **parts})


def move(before: Mapping[str, Seen], after: Mapping[str, Seen]) -> tuple[PartMove, ...]:
    """The parts that moved, the furthest first. A part that the seller profile has no more counts as 0 points now."""
    names = [name for name in {**after, **before} if name != WHOLE]
    lines = [
        PartMove(
            part=name, before=_points(before.get(name)), after=_points(after.get(name)), reason=_reason(after, name)
        )
        for name in names
    ]
    moved = sorted((line for line in lines if line.points), key=lambda line: (-abs(line.points), line.part))
    whole = _points(after.get(WHOLE)) - _points(before.get(WHOLE))
    rest = round(whole - math.fsum(line.points for line in moved), 1)
    if rest:
        moved.append(PartMove(part="rounding", before=0.0, after=rest, reason="A score ends at 100."))
    return tuple(moved)


def _points(seen: Seen | None) -> float:
    return (seen.number if seen else None) or 0.0


def _reason(after: Mapping[str, Seen], name: str) -> str:
    return after[name].text if name in after else "No longer part of the score."
