import math
from collections.abc import Mapping
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from partnerforge_dagster.changes.rules.judgement import MOVE
from partnerforge_dagster.models.changes import Significance
from partnerforge_dagster.models.scores import Score, ScorePart
from partnerforge_dagster.models.signal_scoring import SignalScoring
from partnerforge_dagster.scoring.score import known, total, unknown
from partnerforge_dagster_tests.brief import sample
from partnerforge_dagster_tests.changes.stacks import follow

MODULE = "signal_scoring"
WEIGHTS = {"hiring": 30.0, "events": 45.0, "investor": 25.0}

shares = st.none() | st.floats(0, 1)
scores = st.fixed_dictionaries(dict.fromkeys(WEIGHTS, shares))


def part(name: str, share: float | None) -> ScorePart:
    """A part with that share of its weight; unknown without one."""
    if share is None:
        return unknown(name, WEIGHTS[name], 0.4, name)
    return known(name, WEIGHTS[name], share, f"{name} gives {share:.2f}.", ())


def scored(shares_of: Mapping[str, float | None], *, months: int = 0) -> SignalScoring:
    """A result with this score, so many months later."""
    first = sample.RESULTS[MODULE]
    assert isinstance(first, SignalScoring)
    score: Score = total(part(name, share) for name, share in shares_of.items())
    return first.model_copy(update={"intent": score, "as_of": first.as_of + timedelta(days=30 * months)})


@settings(deadline=None)
@given(scores, scores)
def test_the_parts_add_up_to_the_move(before: dict[str, float | None], after: dict[str, float | None]) -> None:
    """A score's move is told when it is more than noise, and then its lines add up to it exactly."""
    old, new = scored(before), scored(after, months=1)
    assert old.intent is not None
    assert new.intent is not None
    move = round(new.intent.value - old.intent.value, 1)
    told = follow([old, new], MODULE)[1]
    assert bool(told) is (abs(new.intent.value - old.intent.value) > MOVE)
    for change in told:
        assert round(math.fsum(line.points for line in change.moves), 1) == move
        assert all(line.points for line in change.moves)


def test_a_move_says_which_part_moved_and_why() -> None:
    """The lines name the parts that moved, the furthest first, each in its own words; others are left out."""
    old = scored({"hiring": 0.2, "events": 0.4, "investor": 0.5})
    new = scored({"hiring": 0.3, "events": 0.9, "investor": 0.5}, months=1)
    (change,) = follow([old, new], MODULE)[1]
    assert (change.before, change.after) == ("36.5", "62")
    assert [(line.part, line.points, line.reason) for line in change.moves] == [
        ("events", 22.5, "events gives 0.90."),
        ("hiring", 3.0, "hiring gives 0.30."),
    ]
    assert change.significance is Significance.ALERT


def test_small_steps_in_one_direction_add_up() -> None:
    """A score that falls by a point a month is told when it has fallen by more than noise, from where it was."""
    results = [scored({"hiring": 0.9 - 0.05 * n, "events": 0.5, "investor": 0.5}, months=n) for n in range(4)]
    told = follow(results, MODULE)
    assert [len(changes) for changes in told] == [0, 0, 0, 1]
    assert (told[3][0].before, told[3][0].after) == ("62", "57.5")
