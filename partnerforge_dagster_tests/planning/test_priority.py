"""Priorities of people as numbers of the queue, and how they grow with waiting."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnerforge_dagster.planning.priority import AGE_S, HIGHEST, PRIORITIES, BadPriority, aged, priority_of

WAITED = st.floats(min_value=0, max_value=10**7)
PRIORITY = st.integers(min_value=-10, max_value=HIGHEST)


def test_words_and_numbers_agree() -> None:
    """Five is normal, one is the lowest but background, ten stands with critical."""
    assert [priority_of(word) for word in ("critical", " High", "normal", "low", "background")] == [10, 5, 0, -5, -10]
    assert [priority_of(str(number)) for number in (1, 5, 10)] == [-8, 0, 10]


@pytest.mark.parametrize("text", ["0", "11", "urgent", "", "-1", "5.5", "²"])
def test_what_is_no_priority_is_refused(text: str) -> None:
    """The message names the value and what there is."""
    with pytest.raises(BadPriority, match="critical, high, normal, low, background nor a number from 1"):
        priority_of(text)


@given(PRIORITY, WAITED, WAITED)
def test_waiting_only_raises(priority: int, waited: float, more: float) -> None:
    """The longer the higher, never below what was asked for, never above critical."""
    before, after = aged(priority, waited), aged(priority, waited + more)
    assert priority <= before <= after <= HIGHEST


@given(PRIORITY, PRIORITY)
def test_the_lowest_passes_the_most_urgent_stream(low: int, high: int) -> None:
    """Whatever keeps coming in, work that waits long enough stands before what is new."""
    assert aged(low, (HIGHEST - low) * AGE_S) == HIGHEST >= high


@given(PRIORITY, WAITED, st.floats(min_value=1, max_value=10**6))
def test_within_one_priority_the_first_stays_first(priority: int, waited: float, earlier: float) -> None:
    """An older run is never below a newer one of the same priority; Dagster takes equals in their order."""
    assert aged(priority, waited + earlier) >= aged(priority, waited)


def test_an_unknown_number_beyond_the_scale_stays() -> None:
    """A tag that somebody set above critical is left alone."""
    assert aged(99, 10 * AGE_S) == 99


def test_the_words_are_the_scale() -> None:
    """Each word is a step of its own."""
    assert sorted(PRIORITIES.values()) == [-10, -5, 0, 5, 10]
