"""What is tried again, and after how long (SPEC section 2, step 6).

Not for: sorting responses into failures (each provider's `classify`).
"""

import copy
import random
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx

from partnerforge_dagster.models.failures import ProviderError, RateLimited, Unreachable

TRIES = 4
"""The first and three more."""

FIRST_WAIT_S, LONGEST_WAIT_S, JITTER = 1.0, 30.0, 0.25

PATIENCE_S = 60.0
"""A call waits out a `Retry-After` up to this; a longer one opens the breaker for that time and ends the call."""

LONGEST_PAUSE_S = 86_400.0
"""More than a day is taken for a mistake, and as a day."""


def worth_another_try(failure: ProviderError) -> bool:
    """Whether asking again may help: timeouts, connection errors, 408, 429, 5xx, and what is said instead of them."""
    return isinstance(failure, Unreachable | RateLimited)


def wait_before(next_try: int) -> float:
    """Seconds to wait before try number `next_try` (2 is the first retry): 1, 2, 4, ... at most 30, each ±25 %."""
    seconds = min(FIRST_WAIT_S * 2.0 ** (next_try - 2), LONGEST_WAIT_S)
    return seconds * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 - spreads callers, protects nothing


def after(tries: int, failure: ProviderError) -> ProviderError:
    """The last try's failure as the call's, saying how often it was tried."""
    told = copy.copy(failure)
    told.detail = f"{failure.detail} after {tries} tries"
    told.args = (f"{failure.provider}: {told.detail}",)
    return told


def pause_asked(failure: ProviderError, response: httpx.Response) -> float | None:
    """Seconds for which the provider wants to be left alone, 0 to a day; None when it said nothing usable."""
    said = failure.retry_after if isinstance(failure, RateLimited) else None
    if said is None and worth_another_try(failure):
        said = retry_after(response)
    return None if said is None or not said >= 0 else min(said, LONGEST_PAUSE_S)


def retry_after(response: httpx.Response) -> float | None:
    """Seconds in `Retry-After`, a number or a date (RFC 9110, section 10.2.3); None when absent or unreadable."""
    said = response.headers.get("retry-after", "").strip()
    if said.isascii() and said.isdigit():
        return float(said[:9])
    try:
        moment = parsedate_to_datetime(said)
    except ValueError:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (aware - datetime.now(UTC)).total_seconds())
