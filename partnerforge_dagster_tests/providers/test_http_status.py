"""What a status means, and how long to wait."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from partnerforge_dagster.governor.retry import retry_after
from partnerforge_dagster.models.failures import BadAnswer, ProviderError, RateLimited, Refused, Unreachable
from partnerforge_dagster.providers.http_status import sort_by_status


@pytest.mark.parametrize(
    ("status", "failure"),
    [
        (200, None),
        (404, None),
        (408, Unreachable),
        (500, Unreachable),
        (599, Unreachable),
        (429, RateLimited),
        (401, Refused),
        (402, Refused),
        (403, Refused),
        (204, BadAnswer),
        (302, BadAnswer),
        (400, BadAnswer),
        (410, BadAnswer),
    ],
)
def test_a_status_stands_for_a_failure(status: int, failure: type[ProviderError] | None) -> None:
    """Here 404 is documented to be an answer; whatever is not documented is not guessed at."""
    found = sort_by_status("x", httpx.Response(status), answers=frozenset({404}))
    assert (type(found) if found else None) is failure


@pytest.mark.parametrize(("said", "seconds"), [("7", 7.0), (" 120 ", 120.0), ("", None), ("soon", None), ("-3", None)])
def test_seconds_to_wait_are_a_number(said: str, seconds: float | None) -> None:
    """Anything unreadable is no wait that the provider asked for."""
    assert retry_after(httpx.Response(429, headers={"retry-after": said})) == seconds


def test_seconds_to_wait_may_be_a_date() -> None:
    """A date ahead is the time until then, one that has passed is no wait."""
    now = datetime.now(UTC)
    ahead = retry_after(httpx.Response(429, headers={"retry-after": format_datetime(now + timedelta(seconds=90))}))
    past = retry_after(httpx.Response(429, headers={"retry-after": format_datetime(now - timedelta(days=1))}))
    assert ahead is not None
    assert 80 < ahead <= 90
    assert past == 0.0
