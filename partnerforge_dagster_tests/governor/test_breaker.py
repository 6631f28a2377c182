from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from partnerforge_dagster.governor.breaker import LONGEST_OPEN_S, Breaker, State

NOON = datetime(2026, 11, 16, 12, tzinfo=UTC)


def fail(breaker: Breaker, now: datetime = NOON) -> Breaker:
    return breaker.failed(now, after=3, open_s=60)


def opened() -> Breaker:
    return fail(fail(fail(Breaker())))


def later(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def test_opens_at_the_last_failure_in_a_row() -> None:
    """It opens at the third failure in a row of three, and not before."""
    assert fail(fail(Breaker())).state(NOON) is State.CLOSED
    assert opened().state(NOON) is State.OPEN
    assert opened().opens_in(later(20)) == 40


def test_a_success_in_between_starts_the_count_anew() -> None:
    """Failures count only in a row."""
    assert fail(fail(fail(fail(Breaker())).passed())).state(NOON) is State.CLOSED


def test_two_successes_close_it() -> None:
    """Half-open, the first success keeps it half-open and the second closes it, as if it had never failed."""
    once = opened().passed()
    assert once.state(later(60)) is State.HALF_OPEN
    assert once.passed() == Breaker(generation=1)


def test_a_failed_probe_doubles_the_time() -> None:
    """A failure while half-open opens it at once for twice as long, even after a success."""
    again = fail(opened().passed(), later(60))
    assert again.opens_in(later(60)) == 120
    assert again.probes_passed == 0


@given(st.integers(0, 40), st.floats(1, 900))
def test_never_longer_than_fifteen_minutes(trips: int, open_s: float) -> None:
    """However often it opens, it stays open for 15 minutes at most."""
    breaker = Breaker()
    for _ in range(trips + 1):
        breaker = breaker.failed(NOON, after=1, open_s=open_s)
    assert breaker.opens_in(NOON) <= LONGEST_OPEN_S
    assert breaker.generation == trips + 1


@given(st.lists(st.booleans(), max_size=50))
def test_open_only_after_three_in_a_row(outcomes: list[bool]) -> None:
    """While closed it is open exactly when the last three outcomes were failures."""
    breaker = Breaker()
    for number, passed in enumerate(outcomes, 1):
        breaker = breaker.passed() if passed else fail(breaker)
        assert (breaker.state(NOON) is State.OPEN) is (outcomes[max(0, number - 3) : number] == [False] * 3)
        if breaker.state(NOON) is State.OPEN:
            return


def test_a_clock_set_back_does_not_keep_it_open() -> None:
    """When the clock is set back by an hour, it stays open for the time it was opened for and no longer."""
    assert opened().corrected(later(-3600)).opens_in(later(-3600)) == 60
    assert opened().corrected(later(10)) == opened()
