from hypothesis import given, settings
from hypothesis import strategies as st

from partnerforge_dagster.changes.condense import condense
from partnerforge_dagster.models.changes import Significance
from partnerforge_dagster_tests.changes.stacks import follow, said, stack

vendors = st.sampled_from(["Algolia", "Coveo", "Endeca"])


@settings(deadline=None)
@given(st.lists(vendors, min_size=1, max_size=8))
def test_many_steps_are_one_from_first_to_last(history: list[str]) -> None:
    """Whatever lay between: what is told is the first value and the last, or nothing when they are the same."""
    steps = [one for told in follow([stack(30 * n, search=one) for n, one in enumerate(history)]) for one in told]
    first, last = history[0], history[-1]
    assert said(condense(steps)) == ([("search_vendor", first, last)] if first != last else [])


def test_what_came_and_went_is_nothing() -> None:
    """A technology that was added and removed between two briefs is in neither."""
    results = [stack(0), stack(30, "Hotjar"), stack(60), stack(90)]
    steps = [one for told in follow(results) for one in told]
    assert len(steps) == 2
    assert condense(steps) == ()


def test_the_most_significant_stands_first() -> None:
    """An alert is read before what is for the record."""
    steps = follow([stack(0, search="Algolia"), stack(30, "Hotjar", search="Coveo")])[1]
    assert [one.significance for one in condense(reversed(steps))] == [Significance.ALERT, Significance.NOTABLE]


def test_of_two_alerts_joined_the_time_is_that_of_both() -> None:
    """A joined change is from the last good result before the first step until the last step."""
    steps = [one for told in follow([stack(30 * n, search=s) for n, s in enumerate(["A", "B", "C"])]) for one in told]
    (joined,) = condense(steps)
    assert joined.since == steps[0].since
    assert joined.on == steps[1].on
