"""An httpx transport over curl_cffi, whose TLS handshake is a browser's: Yahoo turns other clients away with 429.

Since May 2025 Yahoo answers clients with an ordinary TLS fingerprint with 429, whatever their headers say; yfinance
moved to curl_cffi's `impersonate="chrome"` and stopped setting a User-Agent of its own (its pull requests 2448 and
2452; read in yfinance 1.7.0, not seen from the real service: unverified). It is an unofficial interface: Yahoo's terms
grant no use of it by programs and no redistribution of its data, so nothing of this runs unless somebody switches it on
(`PARTNERFORGE_PROVIDERS__YAHOO__ENABLED`).

On curl_cffi's handles and not on its sessions: those free what curl still writes to before they take a cancelled
request out of it, which ends the process (seen with 0.16.3: `Fatal Python error: b_from_handle`). A connection for
each request: curl_cffi's event machinery belongs to one event loop. A cancelled request is closed at once.
Not for: limits, retries (the governor), cookie and crumb (yahoo_session.py).
"""

from importlib.util import find_spec
from io import BytesIO
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from curl_cffi import Curl

DEFAULT_S = 30.0

_THE_BROWSERS_OWN = ("host", "user-agent", "accept", "accept-encoding", "connection", "content-length")
"""Headers that the browser's stand for: another User-Agent over a browser's handshake would give us away."""
_OF_THE_JOURNEY = ("content-encoding", "content-length", "transfer-encoding")
"""curl has decoded the body."""

# https://curl.se/libcurl/c/libcurl-errors.html
_TIMED_OUT = 28
_MEANINGS: dict[int, type[httpx.RequestError]] = {
    1: httpx.UnsupportedProtocol,
    3: httpx.UnsupportedProtocol,
    5: httpx.ConnectError,
    6: httpx.ConnectError,
    7: httpx.ConnectError,
    35: httpx.ConnectError,
    60: httpx.ConnectError,
    8: httpx.RemoteProtocolError,
    16: httpx.RemoteProtocolError,
    18: httpx.RemoteProtocolError,
    52: httpx.RemoteProtocolError,
    92: httpx.RemoteProtocolError,
    55: httpx.WriteError,
    61: httpx.DecodingError,
}


def installed() -> bool:
    """Whether curl_cffi is there: the extra `yahoo`."""
    return find_spec("curl_cffi") is not None


class _TooLarge(Exception):
    """The body has passed its bound."""


class _Body(bytearray):
    """Takes what curl has read and decoded; ends the transfer when it is more than `most` bytes."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most

    def take(self, chunk: bytes) -> int:
        """curl's write callback."""
        self.extend(chunk)
        if len(self) > self._most:
            raise _TooLarge
        return len(chunk)


class CurlTransport(httpx.AsyncBaseTransport):
    """Sends requests as a browser would. Raises httpx's own exceptions.

    A body is read up to a little more than `max_body_bytes`, decoded, so that whoever counts it finds it too large.
    `verify` is the path of certificates to trust instead of the public ones.
    """

    def __init__(self, max_body_bytes: int, *, verify: str | None = None) -> None:
        self._most = max_body_bytes
        self._verify = verify

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send, and read the whole answer; redirects are handed on."""
        from curl_cffi import AsyncCurl, Curl, CurlError, CurlInfo, CurlOpt

        if request.url.scheme not in ("http", "https"):  # curl knows many more, files among them
            raise httpx.UnsupportedProtocol(f"{request.url.scheme!r} is neither http nor https", request=request)
        content = await request.aread()
        body, head = _Body(self._most), BytesIO()
        many, one = AsyncCurl(), Curl()
        try:
            self._prepare(one, request, content)
            one.setopt(CurlOpt.WRITEFUNCTION, body.take)
            one.setopt(CurlOpt.HEADERDATA, head)
            await many.add_handle(one)
            status = int(one.getinfo(CurlInfo.RESPONSE_CODE))  # type: ignore[arg-type]  # a number, of this one
        except _TooLarge:
            status = int(one.getinfo(CurlInfo.RESPONSE_CODE))  # type: ignore[arg-type]
        except CurlError as error:
            raise _in_httpx_words(error.code, str(error), request) from error
        finally:
            await many.close()  # type: ignore[no-untyped-call]  # takes a request out that goes on, and so closes its connection
            one.close()
        return httpx.Response(status, headers=_headers(head.getvalue()), content=bytes(body), request=request)

    def _prepare(self, one: "Curl", request: httpx.Request, content: bytes) -> None:
        from curl_cffi import CurlOpt
        from curl_cffi.requests.impersonate import DEFAULT_CHROME

        seconds = request.extensions.get("timeout", {})
        connect, read = seconds.get("connect") or DEFAULT_S, seconds.get("read") or DEFAULT_S
        one.setopt(CurlOpt.URL, str(request.url).encode())
        one.setopt(CurlOpt.CUSTOMREQUEST, request.method.encode())
        if content:
            one.setopt(CurlOpt.POSTFIELDSIZE, len(content))
            one.setopt(CurlOpt.POSTFIELDS, content)
        one.impersonate(DEFAULT_CHROME)
        ours = [(name, value) for name, value in request.headers.multi_items() if name not in _THE_BROWSERS_OWN]
        one.setopt(CurlOpt.HTTPHEADER, [f"{name}: {value}".encode() for name, value in ours])
        one.setopt(CurlOpt.ACCEPT_ENCODING, b"gzip, deflate, br")
        # No proxy of the environment: the other providers' transport takes none either.
        one.setopt(CurlOpt.PROXY, b"")
        one.setopt(CurlOpt.CONNECTTIMEOUT_MS, round(connect * 1000))
        one.setopt(CurlOpt.TIMEOUT_MS, round((connect + read) * 1000))
        if self._verify:
            one.setopt(CurlOpt.CAINFO, self._verify.encode())


def _headers(head: bytes) -> list[tuple[bytes, bytes]]:
    """Of the last answer in the head: a 100 or 103 may stand before it."""
    found: list[tuple[bytes, bytes]] = []
    for line in head.splitlines():
        name, colon, value = line.partition(b":")
        if line.startswith(b"HTTP/"):
            found = []
        elif colon and name.strip().lower().decode("latin-1") not in _OF_THE_JOURNEY:
            found.append((name.strip(), value.strip()))
    return found


def _in_httpx_words(code: int, said: str, request: httpx.Request) -> httpx.RequestError:
    """The exception that httpx would have raised; what curl has no number for is a broken read."""
    said = said.partition(". See https://curl.se")[0]
    if code == _TIMED_OUT:
        kind: type[httpx.RequestError] = httpx.ConnectTimeout if "onnection timed out" in said else httpx.ReadTimeout
    else:
        kind = _MEANINGS.get(code, httpx.ReadError)
    return kind(said, request=request)
