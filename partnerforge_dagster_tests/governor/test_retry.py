from datetime import datetime, timedelta, timezone
from email.utils import format_datetime

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnerforge_dagster.governor.retry import after, pause_asked, wait_before
from partnerforge_dagster.models.failures import RateLimited, Refused, Unreachable

LIMITED = RateLimited("p", "HTTP 429", status=429)


def asked(header: str | None) -> float | None:
    return pause_asked(
        LIMITED, httpx.Response(429, headers={} if header is None else {b"Retry-After": header.encode()})
    )


@given(st.integers(2, 12))
def test_waits_double_to_half_a_minute(next_try: int) -> None:
    """1 s before the second try, doubling to at most 30 s, each give or take a quarter."""
    nominal = min(2.0 ** (next_try - 2), 30.0)
    assert 0.75 * nominal <= wait_before(next_try) <= 1.25 * nominal


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7.0),
        ("0", 0.0),
        (None, None),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("²", None),
        ("9" * 400, 86_400.0),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0),
        ("Wed, 21 Oct 2015 07:28:00 -0000", 0.0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 86_400.0),
        ("Wed, 99 Oct 2026 07:28:00 GMT", None),
    ],
)
def test_retry_after(header: str | None, seconds: float | None) -> None:
    """Seconds and dates are read, past dates mean now, nonsense is ignored, and nothing is longer than a day."""
    assert asked(header) == seconds


@pytest.mark.parametrize("hours", [-8, 0, 5])
def test_retry_after_as_a_date_ahead(hours: int) -> None:
    """A date ahead, in whatever zone it is told, is as many seconds as it is away."""
    ahead = datetime.now(timezone(timedelta(hours=hours))) + timedelta(seconds=30)
    said = asked(format_datetime(ahead))
    assert said is not None
    assert 20 < said <= 30


def test_waits_are_spread_to_both_sides() -> None:
    """Of many waits some are shorter and some longer than the nominal one, and none by more than a quarter."""
    waits = [wait_before(2) for _ in range(500)]
    assert 0.75 <= min(waits) < 0.9
    assert 1.1 < max(waits) <= 1.25


def test_what_the_provider_says_in_the_body_goes_first() -> None:
    """A pause that `classify` found in the body is taken rather than the header's."""
    failure = RateLimited("p", "HTTP 429", retry_after=3.0)
    assert pause_asked(failure, httpx.Response(429, headers={"Retry-After": "50"})) == 3.0


def test_a_503_may_ask_for_a_pause_and_a_refusal_may_not() -> None:
    """Retry-After counts with every failure that is tried again, and with no other."""
    response = httpx.Response(503, headers={"Retry-After": "9"})
    assert pause_asked(Unreachable("p", "HTTP 503"), response) == 9.0
    assert pause_asked(Refused("p", "HTTP 403"), response) is None


def test_the_last_failure_says_how_often_it_was_tried() -> None:
    """The call's failure is the last try's, of the same kind, with the number of tries."""
    told = after(4, RateLimited("p", "HTTP 429", status=429, retry_after=2.0))
    assert isinstance(told, RateLimited)
    assert (str(told), told.status, told.retry_after) == ("p: HTTP 429 after 4 tries", 429, 2.0)
