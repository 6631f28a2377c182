"""Yahoo through curl_cffi, against a real server: a browser's requests, httpx's exceptions, nothing left behind.

Not for: cookie and crumb by themselves (test_yahoo_session.py).
"""

import asyncio
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import anyio
import httpx
import pytest
from sqlalchemy import Engine

from partnerforge_dagster.governor.transport import GovernorTransport
from partnerforge_dagster.models.base import Mode
from partnerforge_dagster.models.failures import (
    BadAnswer,
    NotConfigured,
    ProviderError,
    RateLimited,
    Refused,
    Unreachable,
)
from partnerforge_dagster.providers import yahoo as yahoo_finance
from partnerforge_dagster.providers.clients import build_clients
from partnerforge_dagster.providers.curl_transport import CurlTransport
from partnerforge_dagster.providers.sandbox.transport import ServedSandboxTransport
from partnerforge_dagster.providers.yahoo import YahooFinance
from partnerforge_dagster.settings import Settings
from partnerforge_dagster.settings_providers import Providers, YahooSettings
from partnerforge_dagster.store.calls import Calls
from partnerforge_dagster.store.database import migrate, open_engine
from partnerforge_dagster_tests.certificates import certificate
from partnerforge_dagster_tests.providers.yahoo_server import BIG, COOKIE, CRUMB, Yahoo, serving

pytest.importorskip("curl_cffi")

QUOTE = "/v7/finance/quote"


@pytest.fixture
def yahoo() -> Iterator[Yahoo]:
    """Over plain HTTP."""
    with serving() as server:
        yield server


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Engine]:
    """SQLite: what differs between databases is the governor's."""
    engine = open_engine(f"sqlite:///{tmp_path / 'store.db'}")
    migrate(engine)
    yield engine
    engine.dispose()


def send(transport: httpx.AsyncBaseTransport, url: str, *, read_s: float = 5.0) -> httpx.Response:
    """One request, and proof that it leaves no task behind."""

    async def sending() -> httpx.Response:
        request = httpx.Request(
            "GET",
            url,
            headers={"User-Agent": "PartnerForge", "Cookie": COOKIE, "Accept": "*/*"},
            extensions={"timeout": {"connect": 2.0, "read": read_s}},
        )
        try:
            return await transport.handle_async_request(request)
        finally:
            assert asyncio.all_tasks() == {asyncio.current_task()}

    return asyncio.run(sending())


def governed(yahoo: Yahoo, store: Engine, **settings: object) -> httpx.AsyncClient:
    """A client over the governor over curl, whose every Yahoo host is the server."""
    given = YahooSettings(enabled=True, **{"timeout_s": 3.0, "breaker_after": 100, **settings})  # type: ignore[arg-type]
    wire = ServedSandboxTransport(yahoo.url, CurlTransport(given.max_body_bytes))
    return httpx.AsyncClient(
        transport=GovernorTransport(yahoo_finance.policy(given), wire, store),
        timeout=httpx.Timeout(3.0, pool=None),
        follow_redirects=True,
    )


def quote(client: httpx.AsyncClient) -> object:
    """The price of one share, through the client that modules use."""

    async def asking() -> object:
        async with client:
            return (await YahooFinance(client).quote(["AAPL"])).value

    return asyncio.run(asking())


def test_a_request_is_a_browsers(yahoo: Yahoo) -> None:
    """Its User-Agent and not ours, our cookie, none of an earlier answer; every header of the answer comes back."""
    transport = CurlTransport(1000)
    response = send(transport, f"{yahoo.url}/")
    assert response.status_code == 404
    assert response.headers.get_list("set-cookie") == [f"{COOKIE}; Path=/; Secure", "GUC=; Path=/"]
    assert response.text.startswith("<html>")
    send(transport, f"{yahoo.url}/again")
    for _, headers in yahoo.seen:
        assert "Chrome/" in headers["user-agent"]
        assert "PartnerForge" not in str(headers)
        assert headers["cookie"] == COOKIE


def test_a_packed_body_comes_unpacked(yahoo: Yahoo) -> None:
    """And says so: nobody unpacks it twice."""
    response = send(CurlTransport(10**6), f"{yahoo.url}{QUOTE}?symbols=AAPL&crumb={CRUMB}")
    assert response.json()["quoteResponse"]["result"][0]["symbol"] == "AAPL"
    assert "content-encoding" not in response.headers


def test_a_redirect_is_handed_on(yahoo: Yahoo) -> None:
    """The client's, and the session's, to judge."""
    yahoo.misbehave["/"] = "redirect"
    response = send(CurlTransport(1000), f"{yahoo.url}/")
    assert (response.status_code, len(yahoo.seen)) == (307, 1)
    assert "guce.yahoo.com" in response.headers["location"]


def test_a_huge_body_is_not_read_to_its_end(yahoo: Yahoo) -> None:
    """10 MB packed into ten kilobytes: reading stops a little past the bound, counted unpacked."""
    yahoo.misbehave["/"] = "big"
    response = send(CurlTransport(100_000), f"{yahoo.url}/")
    assert 100_000 < len(response.content) < 1_000_000
    assert len(send(CurlTransport(BIG), f"{yahoo.url}/").content) == BIG


@pytest.mark.parametrize(
    ("how", "raised"),
    [
        ("silent", httpx.ReadTimeout),
        ("slow", httpx.ReadTimeout),
        ("reset", httpx.ReadError),
        ("half", httpx.RemoteProtocolError),
        ("broken_gzip", httpx.DecodingError),
    ],
)
def test_what_goes_wrong_is_httpxs_exception(yahoo: Yahoo, how: str, raised: type[Exception]) -> None:
    """So that the governor, which knows no other, sorts it rightly."""
    yahoo.misbehave["/"] = how
    with pytest.raises(raised):
        send(CurlTransport(1000), f"{yahoo.url}/", read_s=0.5)


def test_nobody_there_is_a_connect_error(yahoo: Yahoo) -> None:
    """A port that nobody listens on, a name that nobody has, an address that is none."""
    for url, raised in (
        ("http://127.0.0.1:1/", httpx.ConnectError),
        ("http://nobody.invalid/", httpx.ConnectError),
        ("gopher://127.0.0.1/", httpx.UnsupportedProtocol),
        ("file:///etc/hostname", httpx.UnsupportedProtocol),
    ):
        with pytest.raises(raised):
            send(CurlTransport(1000), url)


@pytest.mark.parametrize("how", ["silent", "slow", "drip"])
@pytest.mark.parametrize("cancel", ["asyncio", "anyio"])
def test_a_cancelled_request_is_closed_at_once(yahoo: Yahoo, how: str, cancel: str) -> None:
    """The server sees the connection go, within moments; nothing goes on in the background."""
    yahoo.misbehave["/"] = how

    async def cancelled() -> None:
        request = httpx.Request("GET", f"{yahoo.url}/")
        call = CurlTransport(1000).handle_async_request(request)
        if cancel == "anyio":
            with anyio.move_on_after(0.3) as scope:
                await call
            assert scope.cancelled_caught
        else:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.3):
                    await call
        assert asyncio.all_tasks() == {asyncio.current_task()}

    started = time.monotonic()
    asyncio.run(cancelled())
    assert time.monotonic() - started < 5
    assert yahoo.hung_up.wait(5)


def test_many_that_are_cancelled_among_headers_do_not_end_the_process(yahoo: Yahoo) -> None:
    """curl_cffi's own sessions do: what curl writes headers to is freed before the request is taken out of it."""
    yahoo.misbehave["/"] = "drip"

    async def one(after_s: float) -> None:
        with anyio.move_on_after(after_s):
            await CurlTransport(1000).handle_async_request(httpx.Request("GET", f"{yahoo.url}/"))

    async def many() -> None:
        for round_ in range(5):
            await asyncio.gather(*(one(0.1 + 0.05 * n + 0.007 * round_) for n in range(10)))

    asyncio.run(many())
    yahoo.misbehave.clear()
    assert send(CurlTransport(1000), f"{yahoo.url}/").status_code == 404


def test_https_is_checked(tmp_path: Path) -> None:
    """A certificate that is trusted is taken, any other one is refused before anything is sent."""
    cert, key = certificate(tmp_path, "IP:127.0.0.1")
    with serving((cert, key)) as yahoo:
        assert send(CurlTransport(1000, verify=cert), f"{yahoo.url}/").status_code == 404
        seen = len(yahoo.seen)
        with pytest.raises(httpx.ConnectError):
            send(CurlTransport(1000), f"{yahoo.url}/")
        assert len(yahoo.seen) == seen


def test_a_quote_by_cookie_and_crumb(yahoo: Yahoo, store: Engine) -> None:
    """Through the governor: handshake, then the packed answer; three requests, and the cache afterwards."""
    for _ in range(2):
        (found,) = quote(governed(yahoo, store))  # type: ignore[misc]
        assert found.symbol == "AAPL"
    assert yahoo.paths() == ["/", "/v1/test/getcrumb", QUOTE]


@pytest.mark.parametrize(
    ("path", "how", "raised", "said"),
    [
        ("/v1/test/getcrumb", "too_many", RateLimited, "gives no crumb"),
        ("/v1/test/getcrumb", "html", RateLimited, "gives no crumb"),
        ("/", "redirect", Refused, "consent"),
        (QUOTE, "html", BadAnswer, "not Yahoo's JSON"),
        (QUOTE, "big", BadAnswer, "larger than 1000000 bytes"),
        (QUOTE, "broken_gzip", BadAnswer, "cannot be decompressed"),
    ],
)
def test_the_governor_sorts_what_comes(
    yahoo: Yahoo,
    store: Engine,
    monkeypatch: pytest.MonkeyPatch,
    path: str,
    how: str,
    raised: type[ProviderError],
    said: str,
) -> None:
    """Each habit as the failure it is; no crumb is made of a page or of `Too Many Requests`."""
    monkeypatch.setattr("partnerforge_dagster.governor.transport.TRIES", 1)
    yahoo.misbehave[path] = how
    with pytest.raises(raised, match=said):
        quote(governed(yahoo, store, max_body_bytes=1_000_000))
    assert not any("crumb=Too" in target or "crumb=%3C" in target for target, _ in yahoo.seen)


def test_a_crumb_that_says_too_many_requests_is_none(
    yahoo: Yahoo, store: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With status 200, as it was seen: the quote is not even asked for."""
    monkeypatch.setattr("partnerforge_dagster.governor.transport.TRIES", 1)
    yahoo.crumb = "Too Many Requests\r\n"
    with pytest.raises(RateLimited):
        quote(governed(yahoo, store))
    assert QUOTE not in yahoo.paths()


def test_a_crumb_that_has_gone_off_is_renewed_once(yahoo: Yahoo, store: Engine) -> None:
    """401 with a wrong crumb: a second handshake, then the refusal is told."""
    yahoo.crumb = "stale.crumb"
    with pytest.raises(Refused, match="HTTP 401"):
        quote(governed(yahoo, store))
    assert yahoo.paths().count("/v1/test/getcrumb") == 2


def test_the_governors_time_limit_ends_a_slow_body(
    yahoo: Yahoo, store: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before curl's own: the connection is closed, the call is in the ledger as unreachable."""
    monkeypatch.setattr("partnerforge_dagster.governor.transport.TRIES", 1)
    yahoo.misbehave[QUOTE] = "slow"
    with pytest.raises(Unreachable, match=r"no answer within 0\.5 s"):
        quote(governed(yahoo, store, timeout_s=0.5))
    assert yahoo.hung_up.wait(5)
    assert [row["status"] for row in Calls(store).rows() if row["endpoint"] == "quote"] == ["unreachable"]


def live(**yahoo: object) -> Settings:
    """Live settings with these of Yahoo."""
    return Settings(mode=Mode.LIVE, providers=Providers(yahoo=YahooSettings(**yahoo)))  # type: ignore[arg-type]


def test_live_mode_leaves_yahoo_out_until_it_is_switched_on(yahoo: Yahoo, store: Engine) -> None:
    """Nothing is sent; the reason names the switch and where the terms are. Switched on, it is asked through curl."""
    off = build_clients(live(base_url=yahoo.url), store)
    with pytest.raises(NotConfigured, match=r"not switched on.*YAHOO__ENABLED=true.*docs/providers/yahoo\.md"):
        asyncio.run(off.yahoo.quote(["AAPL"]))
    assert yahoo.seen == []
    on = build_clients(live(base_url=yahoo.url, enabled=True), store)
    assert asyncio.run(on.yahoo.quote(["AAPL"])).value
    assert all("Chrome/" in headers["user-agent"] for _, headers in yahoo.seen)


def test_a_missing_package_is_named(yahoo: Yahoo, store: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Switched on without the extra: what to install."""
    monkeypatch.setitem(sys.modules, "curl_cffi", None)
    clients = build_clients(live(base_url=yahoo.url, enabled=True), store)
    with pytest.raises(NotConfigured, match=r"pip install 'partnerforge\[yahoo\]'"):
        asyncio.run(clients.yahoo.quote(["AAPL"]))
    assert yahoo.seen == []


def test_the_sandbox_needs_no_switch(store: Engine) -> None:
    """Its Yahoo is always there."""
    assert asyncio.run(build_clients(Settings(), store).yahoo.quote(["COST"])).value
