"""Yahoo's cookie and crumb: had once, shared by all callers of a process, renewed when Yahoo rejects them.

1. GET https://fc.yahoo.com/ - whatever its status, its Set-Cookie counts.
2. GET https://query1.finance.yahoo.com/v1/test/getcrumb with the cookie - eleven characters or so of plain text.
3. `crumb=` and the cookie go on /v7 and /v10; /v8, /v1 and /ws answer without (steps as read in yfinance 1.7.0;
   none of it was seen from the real service).
Not for: anything a client does; cookie and crumb live below the cache and never reach it.
"""

import asyncio
from dataclasses import dataclass
from typing import NoReturn
from weakref import WeakKeyDictionary

import httpx

from partnerforge_dagster.governor.policy import Send
from partnerforge_dagster.governor.retry import retry_after
from partnerforge_dagster.models.failures import ProviderError, RateLimited, Refused, Unreachable

PROVIDER = "yahoo"
COOKIE_URL = "https://fc.yahoo.com/"
CRUMB_URL = "https://query1.finance.yahoo.com/v1/test/getcrumb"
CONSENT_HOSTS = ("guce.yahoo.com", "consent.yahoo.com")
SIGNED_PATHS = ("/v7/", "/v10/")
LONGEST_CRUMB = 64


@dataclass(frozen=True, repr=False)
class _Credentials:
    """Without a repr: they must not show in a log or a traceback."""

    cookie: str
    crumb: str


class YahooSession:
    """The governor's `Authorizer` for Yahoo."""

    def __init__(self) -> None:
        self._credentials: _Credentials | None = None
        self._locks: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock] = WeakKeyDictionary()
        self._failures = 0
        self._last_failure: ProviderError | None = None

    def configured(self, request: httpx.Request) -> bool:  # noqa: ARG002 - the Authorizer's signature
        """No key is needed."""
        return True

    def ready(self, request: httpx.Request) -> bool:
        """Whether a handshake was made, or none is wanted."""
        return self._credentials is not None or not request.url.path.startswith(SIGNED_PATHS)

    async def sign(self, request: httpx.Request, send: Send) -> httpx.Request:
        """Add crumb and cookie where Yahoo wants them, shaking hands first when there are none.

        Raises RateLimited, Refused or Unreachable when Yahoo gives no cookie or no crumb.
        """
        if not request.url.path.startswith(SIGNED_PATHS):
            return request
        credentials = self._credentials or await self._shared_handshake(request, send)
        headers = request.headers.copy()
        headers["Cookie"] = credentials.cookie
        url = request.url.copy_set_param("crumb", credentials.crumb)
        return httpx.Request(request.method, url, headers=headers, stream=request.stream, extensions=request.extensions)

    def rejected(self, response: httpx.Response) -> bool:
        """Whether cookie and crumb have gone off; they are dropped unless another caller has renewed them already."""
        if response.status_code != 401 and b"Invalid Crumb" not in response.content[:2000]:
            return False
        credentials = self._credentials
        if credentials is not None and _crumb_sent(response) in (None, credentials.crumb):
            self._credentials = None
        return True

    async def _shared_handshake(self, request: httpx.Request, send: Send) -> _Credentials:
        """One handshake for all who wait; when it fails, it has failed for all of them."""
        failures_before = self._failures
        async with self._locks.setdefault(asyncio.get_running_loop(), asyncio.Lock()):
            if self._credentials is not None:
                return self._credentials
            if self._failures > failures_before and self._last_failure is not None:
                raise self._last_failure
            try:
                self._credentials = await _handshake(request, send)
            except ProviderError as error:
                self._failures += 1
                self._last_failure = error
                raise
            return self._credentials


async def _handshake(signed: httpx.Request, send: Send) -> _Credentials:
    cookie = _cookie(await _get(send, COOKIE_URL, signed))
    return _Credentials(cookie=cookie, crumb=_crumb(await _get(send, CRUMB_URL, signed, cookie)))


async def _get(send: Send, url: str, signed: httpx.Request, cookie: str | None = None) -> httpx.Response:
    """One step of the handshake, under the User-Agent and timeouts of the request that is to be signed."""
    headers = {name: signed.headers[name] for name in ("User-Agent",) if name in signed.headers}
    if cookie is not None:
        headers["Cookie"] = cookie
    timeouts = {name: signed.extensions[name] for name in ("timeout",) if name in signed.extensions}
    request = httpx.Request("GET", url, headers=headers, extensions=timeouts)
    try:
        response = await send(request)
        await response.aread()
    except httpx.TransportError as error:
        raise Unreachable(PROVIDER, f"{type(error).__name__} talking to {request.url.host}") from error
    return response


def _cookie(response: httpx.Response) -> str:
    location = response.headers.get("location", "")
    if response.is_redirect and httpx.URL(location).host in CONSENT_HOSTS:
        raise Refused(
            PROVIDER,
            "asks for consent to its terms before it gives a cookie (as it does in Europe); only a person can give it",
            status=response.status_code,
        )
    pairs = [header.split(";", 1)[0].strip() for header in response.headers.get_list("set-cookie")]
    cookie = "; ".join(pair for pair in pairs if not pair.endswith("="))
    if not cookie:
        _no_handshake(response, "cookie")
    return cookie


def _crumb(response: httpx.Response) -> str:
    """The crumb; whatever else that endpoint says with a 200 has been sent on as a crumb by other clients."""
    crumb = response.text.strip()
    plausible = 0 < len(crumb) <= LONGEST_CRUMB and not any(c in "<>{}" or c.isspace() for c in crumb)
    if response.status_code != 200 or not plausible:
        _no_handshake(response, "crumb")
    return crumb


def _no_handshake(response: httpx.Response, wanted: str) -> NoReturn:
    status = response.status_code
    if status in (401, 403):
        raise Refused(PROVIDER, f"HTTP {status} instead of a {wanted}", status=status)
    if status == 408 or status >= 500:
        raise Unreachable(PROVIDER, f"HTTP {status} instead of a {wanted}", status=status)
    # Empty, HTML, `Too Many Requests`: this is how Yahoo turns clients away that it takes for robots.
    raise RateLimited(PROVIDER, f"gives no {wanted}: it limits us", status=status, retry_after=retry_after(response))


def _crumb_sent(response: httpx.Response) -> str | None:
    """The crumb of the rejected request; None when the response does not know its request."""
    try:
        sent: str | None = response.request.url.params.get("crumb")
    except RuntimeError:
        return None
    return sent
