"""Ways to the sandbox for an httpx client: in process, and served on a port.

Both leave the request as the client made it: the provider's own address stays the address that is cached and cited.
Not for: the app itself (app.py) or the server (serve.py).
"""

import asyncio

import httpx

from partnerforge_dagster.governor.context import current
from partnerforge_dagster.governor.extensions import CALL
from partnerforge_dagster.providers.sandbox.app import sandbox_app
from partnerforge_dagster.providers.sandbox.faults import Dropped, Faults, Kind
from partnerforge_dagster.providers.sandbox.latency import MODULE_HEADER, Latency
from partnerforge_dagster.providers.sandbox.request_log import CALL_HEADER, RequestLog
from partnerforge_dagster.providers.sandbox.world import World


class SandboxTransport(httpx.AsyncBaseTransport):
    """Calls the sandbox in process. Dropped connections and read timeouts become httpx's own exceptions."""

    def __init__(
        self,
        world: World,
        *,
        latency: Latency | None = None,
        faults: Faults | None = None,
        log: RequestLog | None = None,
    ) -> None:
        app = sandbox_app(world, latency=latency or Latency(), faults=faults or Faults(), log=log)
        self._inner = httpx.ASGITransport(app=app)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer within the request's read timeout. Raises ConnectError, ReadError or ReadTimeout."""
        seconds = request.extensions.get("timeout", {}).get("read")
        _say_who_asks(request)
        try:
            async with asyncio.timeout(seconds):
                return await self._inner.handle_async_request(request)
        except TimeoutError as error:
            raise httpx.ReadTimeout(f"no answer within {seconds:g} s", request=request) from error
        except Dropped as dropped:
            raise _LIKE_A_SOCKET[dropped.kind]("the sandbox dropped the connection", request=request) from dropped

    async def aclose(self) -> None:
        """Nothing is held open."""
        await self._inner.aclose()


class ServedSandboxTransport(httpx.AsyncBaseTransport):
    """Sends every request to a served sandbox: same path and query, the provider's host in `X-Forwarded-Host`."""

    def __init__(self, sandbox_url: str, inner: httpx.AsyncBaseTransport | None = None) -> None:
        self._origin = httpx.URL(sandbox_url)
        self._inner = inner or httpx.AsyncHTTPTransport()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a copy of the request to the sandbox's origin."""
        _say_who_asks(request)
        url = request.url.copy_with(scheme=self._origin.scheme, host=self._origin.host, port=self._origin.port)
        headers = request.headers.copy()
        headers["host"] = url.netloc.decode("ascii")
        headers["x-forwarded-host"] = request.url.host
        moved = httpx.Request(
            request.method, url, headers=headers, stream=request.stream, extensions=dict(request.extensions)
        )
        return await self._inner.handle_async_request(moved)

    async def aclose(self) -> None:
        """Close the connections to the sandbox."""
        await self._inner.aclose()


_LIKE_A_SOCKET: dict[Kind, type[httpx.TransportError]] = {
    Kind.DOWN: httpx.ConnectError,
    Kind.RESET: httpx.ReadError,
    Kind.TIMEOUT: httpx.ReadTimeout,
}


def _say_who_asks(request: httpx.Request) -> None:
    """The sandbox's latency goes by module, its log by module and call; real providers are never told."""
    module = current().module
    if module is not None:
        request.headers.setdefault(MODULE_HEADER, module)
    if CALL in request.extensions:
        request.headers[CALL_HEADER] = request.extensions[CALL]
