"""How long a backlog takes, and what the pictures of it say."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnerforge_dagster.planning import backlog
from partnerforge_dagster.planning.need import Need
from partnerforge_dagster.planning.priority import PRIORITIES, priority_of

NOON = datetime(2026, 11, 16, 12, tzinfo=UTC)


@given(st.integers(0, 5_000), st.integers(1, 200))
def test_a_sample_is_no_larger_than_asked_for_and_spread_over_all(count: int, most: int) -> None:
    """At most so many, everything when there are few, the first always among them, none twice."""
    accounts = [str(number) for number in range(count)]
    chosen = backlog.sample(accounts, most)
    assert len(chosen) <= most
    assert chosen == sorted(set(chosen), key=int)
    assert chosen[:1] == accounts[:1]
    if count <= most:
        assert chosen == accounts


@given(st.lists(st.integers(0, 50), min_size=1, max_size=20), st.integers(1, 1_000))
def test_a_scaled_sample_needs_what_so_many_accounts_like_it_need(calls: list[int], accounts: int) -> None:
    """The mean of the sample, times the accounts."""
    needs = [{"similarweb": Need(calls=number)} for number in calls]
    total = sum(need["similarweb"].calls for need in backlog.scaled(needs, accounts))
    assert total == pytest.approx(sum(calls) / len(calls) * accounts)


@pytest.mark.parametrize(
    ("done", "ago_s", "a_minute"),
    [(0, 300, 0.0), (20, 300, 4.0), (20, 600, 2.0), (20, 5_000, 2.0), (3, 2, 3.0)],
)
def test_a_rate_is_measured_since_the_first_result_at_most_ten_minutes(done: int, ago_s: int, a_minute: float) -> None:
    """A batch that began five minutes ago is not spread over ten, and two seconds make no rate."""
    assert backlog.rate(done, NOON - timedelta(seconds=ago_s), NOON) == pytest.approx(a_minute)


def test_nothing_stored_is_no_rate_and_no_time() -> None:
    """While nothing moves nobody can say when it is done."""
    assert backlog.rate(0, None, NOON) == 0.0
    assert backlog.seconds_at(0.0, 100) is None
    assert backlog.seconds_at(2.0, 100) == 3_000.0


@pytest.mark.parametrize(("spent", "budget", "share"), [(5, None, None), (5, 10, 0.5), (15, 10, 1.5), (0, 0, 1.0)])
def test_a_budget_of_nothing_is_used_up(spent: int, budget: int | None, share: float | None) -> None:
    """Without a budget there is no share of it."""
    assert backlog.share_of_budget(spent, budget) == share


def test_every_priority_that_can_be_given_has_a_name() -> None:
    """Words are named as themselves, numbers between them by their number."""
    assert {backlog.words_for(priority_of(word), PRIORITIES) for word in PRIORITIES} == set(PRIORITIES)
    assert backlog.words_for(priority_of("7"), PRIORITIES) == "7 of 10"
    assert backlog.words_for(priority_of("5"), PRIORITIES) == "normal"
