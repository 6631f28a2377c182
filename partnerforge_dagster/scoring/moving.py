"""Two scorings of the same accounts compared: who moves, by how much, and which parts did it. Pure.

Not for: scoring (fit.py, intent.py, displacement.py), or what changed from one enrichment to the next (changes/).
"""

from collections.abc import Mapping, Sequence

from partnerforge_dagster.models.base import Frozen
from partnerforge_dagster.models.icp_priority_mapping import Tier
from partnerforge_dagster.models.scores import Score, ScorePart

SCORES = ("fit", "intent", "displacement")


class Scored(Frozen):
    """An account under one seller profile; a score is None where what it stands on is unavailable."""

    fit: Score | None = None
    intent: Score | None = None
    displacement: Score | None = None
    tier: Tier | None = None


class PartMove(Frozen):
    """One part of a score that gives other points now."""

    name: str
    old: float
    new: float
    old_weight: float
    new_weight: float
    reason: str
    """The new score's sentence on it."""

    @property
    def by(self) -> float:
        """Points gained; negative when lost."""
        return round(self.new - self.old, 1)


class ScoreMove(Frozen):
    """One score, and the parts that changed, the largest change first."""

    old: float | None
    new: float | None
    parts: tuple[PartMove, ...] = ()

    @property
    def by(self) -> float:
        """Points gained; 0 where one of the two is not known."""
        return 0.0 if self.old is None or self.new is None else round(self.new - self.old, 1)


class Move(Frozen):
    """One account under the old and the new profile."""

    account: str
    old_rank: int
    """Place among all accounts, 1 is the first to call: by fit, then intent, then name, as in the accounts table."""
    new_rank: int
    old_tier: Tier | None
    new_tier: Tier | None
    scores: dict[str, ScoreMove]

    @property
    def moved(self) -> bool:
        """Whether a score, the tier or the place is another one; parts that make up for each other move nobody."""
        changed = any(score.old != score.new for score in self.scores.values())
        return changed or self.old_rank != self.new_rank or self.old_tier is not self.new_tier


def moves(old: Mapping[str, Scored], new: Mapping[str, Scored]) -> list[Move]:
    """Every account, in the order of the new ranks. Both must have the same accounts."""
    before = {account: place for place, account in enumerate(ranked(old), start=1)}
    return [
        Move(
            account=account,
            old_rank=before[account],
            new_rank=place,
            old_tier=old[account].tier,
            new_tier=new[account].tier,
            scores={name: _score(getattr(old[account], name), getattr(new[account], name)) for name in SCORES},
        )
        for place, account in enumerate(ranked(new), start=1)
    ]


def ranked(scored: Mapping[str, Scored]) -> list[str]:
    """Accounts, best fit first, unknown fit last, then by intent and name."""

    def place(account: str) -> tuple[float, float, str]:
        fit, intent = scored[account].fit, scored[account].intent
        return (-(fit.value if fit else -1.0), -(intent.value if intent else -1.0), account)

    return sorted(scored, key=place)


def _score(old: Score | None, new: Score | None) -> ScoreMove:
    parts = () if old is None or new is None else _parts(old.parts, new.parts)
    return ScoreMove(old=old.value if old else None, new=new.value if new else None, parts=parts)


def _parts(old: Sequence[ScorePart], new: Sequence[ScorePart]) -> tuple[PartMove, ...]:
    before = {part.name: part for part in old}
    changed = [
        PartMove(
            name=part.name,
            old=before[part.name].points,
            new=part.points,
            old_weight=before[part.name].weight,
            new_weight=part.weight,
            reason=part.reason,
        )
        for part in new
        if part.name in before and part.points != before[part.name].points
    ]
    return tuple(sorted(changed, key=lambda part: (-abs(part.by), part.name)))
