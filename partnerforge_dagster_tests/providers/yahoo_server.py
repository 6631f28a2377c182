"""A real HTTP or HTTPS server that behaves as Yahoo is known to: cookie, crumb, refusals, and every way to go wrong.

Not for: what the client makes of it (test_curl_transport.py).
"""

import gzip
import json
import socket
import ssl
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

CRUMB = "aB3.dEf/gh1"
COOKIE = "A3=d=AQABBA"
QUOTE = {
    "quoteResponse": {"result": [{"symbol": "AAPL", "regularMarketPrice": 270.5, "currency": "USD"}], "error": None}
}
BIG = 10_000_000


@dataclass
class Yahoo:
    """How the server behaves, and what it has seen."""

    crumb: str = CRUMB
    """What getcrumb says; the API takes CRUMB only."""
    misbehave: dict[str, str] = field(default_factory=dict)
    """Path -> how it is answered instead."""
    seen: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    """Path with query, and headers in lower case, of every request."""
    hung_up: threading.Event = field(default_factory=threading.Event)
    """Set when a client has gone while it was being answered."""
    url: str = ""

    def paths(self) -> list[str]:
        """Of every request, without query."""
        return [urlsplit(target).path for target, _ in self.seen]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    yahoo: Yahoo

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Nothing on the console."""

    def do_GET(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.yahoo.seen.append((self.path, headers))
        path = urlsplit(self.path).path
        try:
            how = self.yahoo.misbehave.get(path)
            getattr(self, f"_{how}")() if how else self._as_yahoo(path, headers)
        except OSError:
            self.yahoo.hung_up.set()
            self.close_connection = True

    def _as_yahoo(self, path: str, headers: dict[str, str]) -> None:
        cookie = headers.get("cookie", "")
        if path == "/":  # fc.yahoo.com
            page = b"<html>Will be right back...</html>"
            self._say(
                404, page, "text/html", ("set-cookie", f"{COOKIE}; Path=/; Secure"), ("set-cookie", "GUC=; Path=/")
            )
        elif path == "/v1/test/getcrumb":
            said = self.yahoo.crumb if COOKIE in cookie else "Unauthorized"
            self._say(200 if COOKIE in cookie else 401, said.encode(), "text/plain")
        elif parse_qs(urlsplit(self.path).query).get("crumb") != [CRUMB] or COOKIE not in cookie:
            error = {"code": "Unauthorized", "description": "Invalid Crumb"}
            self._say(401, json.dumps({"finance": {"result": None, "error": error}}).encode())
        else:
            packed = gzip.compress(json.dumps(QUOTE).encode())
            self._say(200, packed, "application/json", ("content-encoding", "gzip"))

    def _say(self, status: int, body: bytes, kind: str = "application/json", *more: tuple[str, str]) -> None:
        self.send_response(status)
        for name, value in (("content-type", kind), ("content-length", str(len(body))), *more):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    # ── ways to go wrong ──

    def _html(self) -> None:
        self._say(200, b"<html>sign in</html>", "text/html")

    def _too_many(self) -> None:
        self._say(429, b"Too Many Requests\r\n", "text/plain", ("retry-after", "7"))

    def _redirect(self) -> None:
        self._say(307, b"", "text/html", ("location", "https://guce.yahoo.com/consent?brandType=nonEu"))

    def _broken_gzip(self) -> None:
        self._say(200, b"no gzip at all", "application/json", ("content-encoding", "gzip"))

    def _big(self) -> None:
        packed = gzip.compress(b"x" * BIG)
        self._say(200, packed, "text/plain", ("content-encoding", "gzip"))

    def _silent(self) -> None:
        self._wait()

    def _slow(self) -> None:
        self.send_response(200)
        self.send_header("content-length", "1000")
        self.end_headers()
        self.wfile.write(b"{")
        self.wfile.flush()
        self._wait()

    def _drip(self) -> None:
        """Status line and headers that do not end, a byte at a time."""
        for byte in b"HTTP/1.1 200 OK\r\n" + b"X-Slow: 1\r\n" * 100:
            self.wfile.write(bytes((byte,)))
            self.wfile.flush()
            time.sleep(0.01)

    def _wait(self) -> None:
        """Until the client has gone; at most 20 s."""
        self.connection.settimeout(20)
        if self.connection.recv(1) == b"":
            self.yahoo.hung_up.set()
        self.close_connection = True

    def _reset(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        socket.socket(fileno=self.connection.detach()).close()

    def _half(self) -> None:
        self.send_response(200)
        self.send_header("content-length", "1000")
        self.end_headers()
        self.wfile.write(b"{")
        self.wfile.flush()
        self.connection.shutdown(socket.SHUT_RDWR)
        self.close_connection = True


@contextmanager
def serving(tls: tuple[str, str] | None = None) -> Iterator[Yahoo]:
    """A server of its own; with `tls` (certificate and key) over HTTPS."""
    yahoo = Yahoo()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"yahoo": yahoo}))
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # a client that leaves is no error
    if tls is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*tls)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    yahoo.url = f"{'https' if tls else 'http'}://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield yahoo
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
