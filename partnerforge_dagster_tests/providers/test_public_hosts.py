"""Pages are read at public addresses only, whatever a name leads to; certificates are still checked by name.

Not for: addresses and local names in a URL or a redirect (test_web_pages.py).
"""

import asyncio
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Engine

from partnerforge_dagster.models.base import Mode
from partnerforge_dagster.models.failures import Refused
from partnerforge_dagster.providers.clients import build_clients
from partnerforge_dagster.providers.public_hosts import PublicHosts, is_public
from partnerforge_dagster.settings import Settings
from partnerforge_dagster.store.calls import Calls
from partnerforge_dagster_tests.certificates import certificate

SITE = "pages.example.com"
TLS = ssl.create_default_context()
PUBLIC, OTHER = "93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"


@pytest.mark.parametrize("address", [PUBLIC, OTHER, "8.8.8.8"])
def test_an_address_of_the_internet_is_public(address: str) -> None:
    """Whatever its kind."""
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
     "::1", "fe80::1%eth0", "fd00::1", "::ffff:10.0.0.1"],
)  # fmt: skip
def test_an_address_of_our_own_network_is_not(address: str) -> None:
    """A cloud's metadata service among them."""
    assert not is_public(address)


def fetch(found: list[str] | OSError, wire: httpx.AsyncBaseTransport, url: str = f"https://{SITE}/a") -> httpx.Response:
    """A page of a site that has these addresses."""

    async def look_up(host: str) -> list[str]:
        assert host == SITE
        if isinstance(found, OSError):
            raise found
        return found

    async def get() -> httpx.Response:
        async with httpx.AsyncClient(transport=PublicHosts("web_page", TLS, 2, wire=wire, look_up=look_up)) as client:
            return await client.get(url)

    return asyncio.run(get())


class Addresses:
    """A wire that notes where requests go; some addresses take no connection."""

    def __init__(self, *dead: str) -> None:
        self.asked: list[httpx.Request] = []
        self._dead = dead

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        if request.url.host in self._dead:
            raise httpx.ConnectTimeout("no answer")
        return httpx.Response(200)


def test_the_request_goes_to_the_address_that_was_looked_at() -> None:
    """By the site's name in all that the site sees."""
    wire = Addresses()
    fetch([PUBLIC], httpx.MockTransport(wire), f"https://{SITE}:8443/a?b=1")
    (request,) = wire.asked
    assert str(request.url) == f"https://{PUBLIC}:8443/a?b=1"
    assert request.headers["host"] == f"{SITE}:8443"
    assert request.extensions["sni_hostname"] == SITE


def test_the_next_address_is_tried_when_one_takes_no_connection() -> None:
    """As a browser would."""
    wire = Addresses(OTHER)
    assert fetch([OTHER, PUBLIC], httpx.MockTransport(wire)).status_code == 200
    assert [request.url.host for request in wire.asked] == [OTHER, PUBLIC]
    with pytest.raises(httpx.ConnectTimeout, match="no answer"):
        fetch([OTHER], httpx.MockTransport(wire))


def test_one_private_address_is_enough_to_ask_none() -> None:
    """A name that has both would be tried until it leads in."""
    wire = Addresses()
    with pytest.raises(Refused, match=r"pages.example.com has the address 10.0.0.7, which is not public"):
        fetch([PUBLIC, "10.0.0.7"], httpx.MockTransport(wire))
    assert wire.asked == []


@pytest.mark.parametrize("found", [[], OSError("unknown")], ids=["none", "unknown"])
def test_a_name_without_an_address_is_unreachable(found: list[str] | OSError) -> None:
    """Like any other that takes no connection."""
    with pytest.raises(httpx.ConnectError, match=r"has no address|cannot be looked up: unknown"):
        fetch(found, httpx.MockTransport(Addresses()))


class Diverted(httpx.AsyncHTTPTransport):
    """The internet, as far as it reaches here: every address is the local server."""

    def __init__(self, port: int, certificates: str) -> None:
        super().__init__(verify=ssl.create_default_context(cafile=certificates))
        self._port = port

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        request.url = request.url.copy_with(host="127.0.0.1", port=self._port)
        return await super().handle_async_request(request)


class Page(BaseHTTPRequestHandler):
    """Says what name it was asked by."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.headers["Host"].encode())

    def log_message(self, *_: object) -> None:
        """Silence."""


@contextmanager
def https_server(folder: Path, name: str) -> Iterator[tuple[int, str]]:
    """A server with a certificate for `name` alone: its port and the certificate."""
    cert, key = certificate(folder, f"DNS:{name}")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        server.handle_error = lambda *_: None  # type: ignore[method-assign]  # a client that leaves is no error
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield server.server_address[1], cert
        server.shutdown()


def test_a_certificate_is_checked_by_the_sites_name(tmp_path: Path) -> None:
    """Over real TLS; one for another name is refused."""
    with https_server(tmp_path, SITE) as (port, trusted):
        assert fetch([PUBLIC], Diverted(port, trusted)).text == SITE
    with (
        https_server(tmp_path, "other.example.com") as (port, trusted),
        pytest.raises(httpx.ConnectError, match="Hostname mismatch"),
    ):
        fetch([PUBLIC], Diverted(port, trusted))


def test_a_live_page_of_a_name_that_leads_in_is_refused(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """The call is in the ledger as refused, and tells what to look at."""
    looked_up: list[object] = []

    def answer(host: object, port: object, *_: object, **__: object) -> list[object]:
        looked_up.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.7", port or 0))]

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    pages = build_clients(Settings(mode=Mode.LIVE, contact="a@example.com"), engine).web_pages
    with pytest.raises(Refused, match=r"10\.0\.0\.7"):
        asyncio.run(pages.home("intranet.example.com"))
    assert set(looked_up) == {"intranet.example.com"}
    assert {(row["status"], row["tries"]) for row in Calls(engine).rows()} == {("refused", 1)}
