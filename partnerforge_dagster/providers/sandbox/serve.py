"""The sandbox on a port of this machine, so that outside programs can watch and disturb it.

Not for: the command line (cli) or what is served (app.py).
"""

import asyncio
import socket
import struct
from datetime import date
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from partnerforge_dagster.providers.sandbox.app import sandbox_app
from partnerforge_dagster.providers.sandbox.faults import HANG_UP, Faults, Kind
from partnerforge_dagster.providers.sandbox.latency import Latency
from partnerforge_dagster.providers.sandbox.request_log import RequestLog
from partnerforge_dagster.providers.sandbox.world import World

HOST = "127.0.0.1"


def serve(port: int, log: Path | None, latency: str, faults: str, today: date, host: str = HOST) -> None:
    """Serve until SIGINT or SIGTERM; port 0 takes a free one. Prints one line when ready.

    Raises ValueError for a wrong latency or faults, OSError when the port is taken, before anything is served.
    """
    delays, rules = Latency.parse(latency), Faults.parse(faults)
    app = sandbox_app(World(today), latency=delays, faults=rules, log=RequestLog(log) if log else None)
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        connections: Connections = {}
        config = uvicorn.Config(
            HangUps(app, connections),
            http=_protocol(connections),
            loop="asyncio",
            ws="none",
            lifespan="off",
            log_level="critical",
            access_log=False,
            # Clients keep idle connections longer than uvicorn's 5 s; a close that crosses a request is a false fault.
            timeout_keep_alive=75,
            timeout_graceful_shutdown=1,
        )
        Server(config, listener.getsockname(), connections).run(sockets=[listener])


Connections = dict[tuple[str, int], asyncio.Transport]
"""Open connections by the client's address."""


def _protocol(connections: Connections) -> type[asyncio.Protocol]:
    """uvicorn's own protocol, which also remembers its connections: ASGI has no way to drop one."""

    class Remembered(H11Protocol):
        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn
            super().connection_made(transport)
            if self.client is not None:
                connections[self.client] = transport

        def connection_lost(self, exc: Exception | None) -> None:
            if self.client is not None:
                connections.pop(self.client, None)
            super().connection_lost(exc)

    return Remembered


class HangUps:
    """Gives the sandbox a way to drop the connection that a request came by."""

    def __init__(self, app: ASGIApp, connections: Connections) -> None:
        self._app = app
        self._connections = connections

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, with the way to hang up."""

        async def hang_up(kind: Kind) -> None:
            transport = self._connections.get(tuple(scope["client"]))
            if transport is None:
                return
            if kind is Kind.RESET:
                await asyncio.sleep(0.05)  # the half answer must be on its way: a reset discards what is not
                no_linger = struct.pack("ii", 1, 0)  # makes close() send RST instead of FIN
                transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, no_linger)
            transport.abort()
            await asyncio.sleep(0)  # lets uvicorn notice, or it would report a missing answer

        await self._app({**scope, HANG_UP: hang_up}, receive, send)


class Server(uvicorn.Server):
    """Says when it is ready, and does not wait for hanging requests when it is told to stop."""

    def __init__(self, config: uvicorn.Config, address: tuple[str, int], connections: Connections) -> None:
        super().__init__(config)
        self._host, self._port = address
        self._connections = connections

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then print the address in one line."""
        await super().startup(sockets)
        if self.started:
            print(f"sandbox listening on http://{self._host}:{self._port}", flush=True)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Drop all connections, so that every request under way ends (and is logged as unanswered) at once."""
        for transport in list(self._connections.values()):
            transport.abort()
        await super().shutdown(sockets)
