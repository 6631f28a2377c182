"""One request and its answer: read whole, bounded in time and size, and told apart when it fails.

Not for: whether the request may go, or what the answer means.
"""

import asyncio
import time
from dataclasses import dataclass

import httpx

from partnerforge_dagster.governor.policy import ProviderPolicy
from partnerforge_dagster.models.failures import BadAnswer, ProviderError, Unreachable

_NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)

_OF_THE_JOURNEY = ("content-encoding", "content-length", "transfer-encoding", "connection", "keep-alive")
"""Headers about how the body travelled; it is handed on decoded."""


@dataclass(frozen=True)
class Sent:
    """What came of a request: a response whose body has been read, or a failure."""

    took_s: float
    result: httpx.Response | ProviderError
    unanswered: bool = False
    """It left and no answer came, so that it may have been billed."""


async def send(inner: httpx.AsyncBaseTransport, request: httpx.Request, policy: ProviderPolicy) -> Sent:
    """Send a request and read its answer within the provider's `timeout_s` and `max_body_bytes`."""
    started = time.monotonic()
    host, settings = request.url.host, policy.settings

    def failed(failure: ProviderError, *, unanswered: bool = False) -> Sent:
        return Sent(time.monotonic() - started, failure, unanswered)

    try:
        async with asyncio.timeout(settings.timeout_s):
            response = await inner.handle_async_request(request)
            response.request = request
            body = await _body(response, settings.max_body_bytes)
    except (TimeoutError, httpx.TimeoutException) as error:
        silent = Unreachable(policy.name, f"no answer within {settings.timeout_s:g} s from {host}")
        return failed(silent, unanswered=not isinstance(error, _NEVER_LEFT))
    except httpx.TransportError as error:
        broken = Unreachable(policy.name, f"{type(error).__name__} talking to {host}")
        return failed(broken, unanswered=not isinstance(error, _NEVER_LEFT))
    except ProviderError as failure:  # the wire itself would not carry it
        return failed(failure)
    except httpx.DecodingError:
        return failed(BadAnswer(policy.name, f"the body of {host}'s answer cannot be decompressed"))
    if body is None:
        return failed(BadAnswer(policy.name, f"answer larger than {settings.max_body_bytes} bytes from {host}"))
    return Sent(time.monotonic() - started, _whole(response, body, request))


async def _body(response: httpx.Response, most: int) -> bytes | None:
    """The decoded body; None as soon as it is larger than `most` bytes, unpacked: a small one may hold a huge one."""
    body = bytearray()
    try:
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > most:
                return None
    finally:
        await response.aclose()
    return bytes(body)


def _whole(response: httpx.Response, body: bytes, request: httpx.Request) -> httpx.Response:
    headers = response.headers.copy()
    for name in _OF_THE_JOURNEY:
        headers.pop(name, None)
    return httpx.Response(response.status_code, headers=headers, content=body, request=request)
