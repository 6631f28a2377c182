"""The common part of sorting answers: what an HTTP status means when a provider has no habit of its own.

A provider's `classify` looks for its own habits first (a 422 for a bad key, an error inside a 200) and ends here.
Not for: deciding what is tried again (the governor).
"""

from collections.abc import Callable
from typing import Any

import httpx

from partnerforge_dagster.governor.retry import retry_after
from partnerforge_dagster.models.failures import BadAnswer, ProviderError, RateLimited, Refused, Unreachable
from partnerforge_dagster.providers.client import parsed_json

_NO_STATUSES: frozenset[int] = frozenset()


def sort_by_status(
    provider: str, response: httpx.Response, *, answers: frozenset[int] = _NO_STATUSES
) -> ProviderError | None:
    """None for 200 and the statuses in `answers` (a documented 404); else the failure that the status stands for.

    408 and 5xx are Unreachable, 429 is RateLimited, 401, 402 and 403 are Refused, anything else is BadAnswer.
    """
    status = response.status_code
    if status == 200 or status in answers:
        return None
    if status == 429:
        return RateLimited(provider, "HTTP 429", status=status, retry_after=retry_after(response))
    if status == 408 or status >= 500:
        return Unreachable(provider, f"HTTP {status}", status=status)
    if status in (401, 402, 403):
        return Refused(provider, f"HTTP {status}: access was refused", status=status)
    return BadAnswer(provider, f"unexpected HTTP {status}", status=status)


def sort_json(
    provider: str,
    response: httpx.Response,
    envelope: Callable[[Any], bool],
    *,
    answers: frozenset[int] = _NO_STATUSES,
) -> ProviderError | None:
    """Like `sort_by_status`, and a 200 whose body is no JSON or has not the `envelope` is BadAnswer: never stored."""
    failure = sort_by_status(provider, response, answers=answers)
    if failure is not None or response.status_code != 200:
        return failure
    try:
        body = parsed_json(response)
    except ValueError:
        return BadAnswer(provider, "the answer is not JSON (HTML, cut off or empty)", status=200)
    if not envelope(body):
        return BadAnswer(provider, "the answer is JSON, but not in the documented form", status=200)
    return None


def has_list(key: str) -> Callable[[Any], bool]:
    """The envelope of an object with a list under `key`."""
    return lambda body: isinstance(body, dict) and isinstance(body.get(key), list)


def error_body(response: httpx.Response) -> dict[str, Any]:
    """The JSON object of an error answer; empty when the body is none."""
    try:
        body = parsed_json(response)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
