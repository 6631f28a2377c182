"""A score is the sum of its parts, and its band is what is not known."""

import math

from hypothesis import given
from hypothesis import strategies as st

from partnerforge_dagster.models.scores import ScorePart
from partnerforge_dagster.scoring.score import cite, known, origin, partly_known, total, unknown
from partnerforge_dagster_tests.scoring.records import source

shares = st.floats(0, 1)


@st.composite
def parts_of(draw: st.DrawFn, *, open_ones: bool = True) -> list[ScorePart]:
    """Parts of a score: known, unknown and partly known, with weights that add up to 100."""
    count = draw(st.integers(1, 9))
    raw = draw(st.lists(st.floats(0.01, 1), min_size=count, max_size=count))
    prior = draw(shares)
    parts = []
    for number, weight in enumerate(value * 100 / math.fsum(raw) for value in raw):
        weight = min(weight, 100.0)  # one weight alone may be a bit above 100
        kind = draw(st.sampled_from(["known", "unknown", "partly"] if open_ones else ["known"]))
        value = draw(shares)
        part = known(f"part {number}", weight, value, "because", [source()])
        if kind == "unknown":
            part = unknown(f"part {number}", weight, prior, "something")
        if kind == "partly":
            part = partly_known(part, draw(shares) * (weight - weight * value), prior)
        parts.append(part)
    return parts


@given(parts=parts_of())
def test_the_value_lies_in_its_band_and_each_part_within_its_weight(parts: list[ScorePart]) -> None:
    """0 <= floor <= value <= ceiling <= 100, and no part gives more points than its weight."""
    score = total(parts)
    assert 0 <= score.floor <= score.value <= score.ceiling <= 100
    assert all(0 <= part.points <= part.weight for part in score.parts)


@given(parts=parts_of(), data=st.data())
def test_the_order_of_parts_changes_no_figure(parts: list[ScorePart], data: st.DataObject) -> None:
    """Sums are exact, so that the same parts in any order give the same score."""
    one, other = total(parts), total(data.draw(st.permutations(parts)))
    assert (one.value, one.floor, one.ceiling, one.most_wanted) == (
        other.value,
        other.floor,
        other.ceiling,
        other.most_wanted,
    )


@given(parts=parts_of())
def test_the_printed_parts_add_up_to_the_printed_score(parts: list[ScorePart]) -> None:
    """Points come in tenths (or are the weight itself), and their sum is the value unless it passes 100."""
    score = total(parts)
    assert score.value == min(100.0, round(math.fsum(part.points for part in parts), 1))


@given(parts=parts_of(), data=st.data())
def test_more_evidence_never_widens_the_band(parts: list[ScorePart], data: st.DataObject) -> None:
    """When an unknown or partly known part becomes known, floor and ceiling only come closer."""
    before = total(parts)
    number = data.draw(st.integers(0, len(parts) - 1))
    part = parts[number]
    low = part.value or 0.0
    high = 1.0 if part.value is None else min(1.0, part.value + part.unseen / part.weight)
    found = known(part.name, part.weight, data.draw(st.floats(low, max(low, high))), "now known", [source()])
    after = total([*parts[:number], found, *parts[number + 1 :]])
    tenth = 0.1 + 1e-9  # a value exactly on a border may round up by one tenth
    assert after.floor >= before.floor
    assert after.ceiling <= before.ceiling + tenth
    assert after.ceiling - after.floor <= before.ceiling - before.floor + tenth


@given(parts=parts_of(open_ones=False))
def test_a_score_without_unknowns_has_no_band(parts: list[ScorePart]) -> None:
    """When all is known, floor, value and ceiling are one, and nothing is wanted."""
    score = total(parts)
    assert score.floor == score.value == score.ceiling
    assert score.most_wanted is None


def test_unknown_is_not_zero() -> None:
    """An unknown part is expected to give its prior and spans from nothing to its whole weight."""
    score = total([known("a", 60, 0.5, "half", [source()]), unknown("b", 40, 0.25, "visits a month")])
    assert (score.floor, score.value, score.ceiling) == (30.0, 40.0, 70.0)
    assert score.most_wanted == "b"
    assert score.parts[1].reason == "Not known: visits a month; it could give anything from 0 to 40 points."


def test_the_most_wanted_part_is_the_one_that_could_move_the_score_most() -> None:
    """Open points decide, whether a part is wholly or partly unknown; the name decides a tie."""
    partly = partly_known(known("a", 50, 0.2, "some", [source()]), 30, 0.5)
    assert total([partly, unknown("b", 29, 0.5, "b"), unknown("c", 21, 0.5, "c")]).most_wanted == "a"
    assert total([unknown("z", 50, 0.5, "z"), unknown("y", 50, 0.5, "y")]).most_wanted == "y"


def test_sources_are_cited_once_and_in_a_fixed_order() -> None:
    """Which fact comes first does not show in the sources."""
    builtwith, yahoo = source("builtwith"), source("yahoo")
    assert cite([yahoo, builtwith], [yahoo]) == cite([builtwith], [yahoo]) == (builtwith, yahoo)
    assert origin([yahoo, builtwith, yahoo]) == "BuiltWith and Yahoo Finance"
