"""Days as providers write them."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnerforge_dagster.providers.days import epoch_day, iso_day, worded_day

FETCHED = datetime(2026, 3, 31, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("2 weeks ago", date(2026, 3, 17)),
        ("1 month ago", date(2026, 2, 28)),
        ("an hour ago", date(2026, 3, 31)),
        ("Yesterday", date(2026, 3, 30)),
        ("Jun 30, 2025", date(2025, 6, 30)),
        ("2025-06-30T23:59:59-08:00", date(2025, 6, 30)),
        ("in 3 days", None),
        ("", None),
    ],
)
def test_words_count_from_the_moment_of_the_answer(words: str, day: date | None) -> None:
    """Spans are calendar spans, written days are themselves, anything else is no day."""
    assert worded_day(words, FETCHED) == day


@pytest.mark.parametrize("seconds", [None, 1e18, -1e18, float("nan"), float("inf")])
def test_epoch_seconds_that_no_calendar_holds_are_no_day(seconds: float | None) -> None:
    """A provider's slip of three zeros costs the day and not the whole row."""
    assert epoch_day(seconds) is None


@given(st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(2200, 1, 1)))  # noqa: DTZ001 - made aware below
def test_epoch_seconds_and_iso_moments_agree(moment: datetime) -> None:
    """The same moment is the same UTC day in either spelling."""
    aware = moment.replace(microsecond=0, tzinfo=UTC)
    assert epoch_day(aware.timestamp()) == iso_day(aware.isoformat()) == aware.date()
