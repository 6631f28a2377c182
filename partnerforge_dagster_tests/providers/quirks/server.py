"""One HTTP server on a socket that plays the quirks of all providers: it asks the sandbox what the right answer would
be, and sends that in whatever way it is told to.

Bytes are written by hand: a proper server would refuse to send most of this.
Not for: which quirk means what (playing.py), the sandbox's own faults (providers/sandbox).
"""

import asyncio
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import httpx

from partnerforge_dagster.providers.sandbox.transport import SandboxTransport
from partnerforge_dagster.providers.sandbox.world import World
from partnerforge_dagster.settings import SANDBOX_TODAY


@dataclass(frozen=True)
class Good:
    """The right answer."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


@dataclass(frozen=True)
class Heard:
    """A request as it came over the socket."""

    method: str
    host: str
    """The provider's own, however it got here."""
    path: str
    headers: httpx.Headers


class Wire:
    """The open connection, with the right answer at hand."""

    def __init__(self, good: Good, write: Callable[[bytes], object]) -> None:
        self.good = good
        self._write = write

    def raw(self, data: bytes) -> None:
        """Bytes as they are."""
        self._write(data)

    def head(self, status: int = 200, *headers: tuple[str, str]) -> None:
        """Status line and headers."""
        lines = [f"HTTP/1.1 {status} Whatever", *(f"{name}: {value}" for name, value in headers), "Connection: close"]
        self._write("\r\n".join([*lines, "", ""]).encode("latin-1"))

    def answer(self, body: bytes, *headers: tuple[str, str], status: int = 200) -> None:
        """A whole answer, its length told."""
        self.head(status, ("Content-Length", str(len(body))), *headers)
        self._write(body)

    def drip(self, data: bytes, every_s: float) -> None:
        """A byte at a time, until the client hangs up."""
        with suppress(OSError):
            for place in range(len(data)):
                self._write(data[place : place + 1])
                time.sleep(every_s)


Quirk = Callable[[Wire], None]
"""Sends something; the connection is closed behind it."""


@dataclass
class QuirkServer:
    """A running server. Its quirk may be changed between requests."""

    url: str = ""
    quirk: Quirk | None = None
    """None: the right answer."""
    only: Callable[[Heard], bool] = lambda _: True
    """Requests that the quirk is for; others are answered rightly."""
    heard: list[Heard] = field(default_factory=list)

    def play(self, heard: Heard, good: Good, write: Callable[[bytes], object]) -> None:
        """Answer one request."""
        self.heard.append(heard)
        wire = Wire(good, write)
        if self.quirk is not None and self.only(heard):
            self.quirk(wire)
        else:
            wire.answer(good.body, *good.headers, status=good.status)


@contextmanager
def quirk_server() -> Iterator[QuirkServer]:
    """Serve until the block ends."""
    served = QuirkServer()
    sandbox = SandboxTransport(World(SANDBOX_TODAY))

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            request = _read(self.rfile)
            if request is None:
                return
            good = asyncio.run(_ask(sandbox, request))
            heard = Heard(request.method, request.url.host, request.url.raw_path.decode(), request.headers)
            with suppress(OSError):  # clients that give up are what is tested
                served.play(heard, good, self.wfile.write)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        block_on_close = False

    with Server(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        served.url = f"http://127.0.0.1:{server.server_address[1]}"
        try:
            yield served
        finally:
            server.shutdown()


def _read(stream: object) -> httpx.Request | None:
    """The request with its body, addressed to the provider that it was meant for."""
    first = stream.readline().decode("latin-1").split()  # type: ignore[attr-defined]
    if not first:
        return None
    headers = httpx.Headers()
    while line := stream.readline().decode("latin-1").strip():  # type: ignore[attr-defined]
        name, _, value = line.partition(":")
        headers[name] = value.strip()
    body = stream.read(int(headers.get("content-length", 0)))  # type: ignore[attr-defined]
    host = headers.get("x-forwarded-host", headers["host"])
    return httpx.Request(first[0], f"https://{host}{first[1]}", headers=headers, content=body)


async def _ask(sandbox: SandboxTransport, request: httpx.Request) -> Good:
    """What the sandbox says to the very same request."""
    response = await sandbox.handle_async_request(request)
    body = await response.aread()
    kept = tuple((name, value) for name, value in response.headers.multi_items() if name.lower() != "content-length")
    return Good(response.status_code, kept, body)
