"""Cookie and crumb, against a Yahoo that sits on the wire."""

import asyncio
from dataclasses import dataclass, field

import httpx
import pytest

from partnerforge_dagster.models.failures import ProviderError, RateLimited, Refused, Unreachable
from partnerforge_dagster.providers.yahoo_session import YahooSession

QUOTE = "https://query2.finance.yahoo.com/v7/finance/quote?symbols=AAPL"
COOKIE = ("set-cookie", "A3=d=AQABB; Expires=Sat, 21 Nov 2027 00:00:00 GMT; Domain=.yahoo.com; Path=/; Secure")


@dataclass
class Yahoo:
    """A server that hands out a new crumb each time, and knows which one it takes."""

    cookie: httpx.Response = field(default_factory=lambda: httpx.Response(404, headers=[COOKIE], html="<html></html>"))
    crumb: httpx.Response | None = None
    valid: str = "crumb-1"
    handshakes: int = 0
    seen: list[httpx.Request] = field(default_factory=list)

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(0)
        self.seen.append(request)
        if request.url.host == "fc.yahoo.com":
            return self.cookie
        if request.url.path == "/v1/test/getcrumb":
            assert request.headers["cookie"] == "A3=d=AQABB"
            self.handshakes += 1
            return self.crumb or httpx.Response(200, text=f"crumb-{self.handshakes}")
        if request.url.params.get("crumb") != self.valid:
            return httpx.Response(401, json={"finance": {"error": {"description": "Invalid Crumb"}}}, request=request)
        return httpx.Response(200, json={"quoteResponse": {"result": [], "error": None}}, request=request)


async def call(session: YahooSession, yahoo: Yahoo, url: str = QUOTE) -> httpx.Response:
    """What the governor does: sign, send, and go once more when the credentials are rejected."""
    request = httpx.Request("GET", url, headers={"User-Agent": "PartnerForge"})
    response = await yahoo(await session.sign(request, yahoo))
    if session.rejected(response):
        response = await yahoo(await session.sign(request, yahoo))
    return response


def test_a_quote_is_signed_with_the_cookie_of_a_404_page_and_a_crumb() -> None:
    """The cookie counts whatever the status of the page that sets it."""
    yahoo, session = Yahoo(), YahooSession()
    assert not session.ready(httpx.Request("GET", QUOTE))
    assert asyncio.run(call(session, yahoo)).status_code == 200
    assert session.ready(httpx.Request("GET", QUOTE))
    assert yahoo.seen[-1].url.params["crumb"] == "crumb-1"
    assert yahoo.seen[-1].url.params["symbols"] == "AAPL"
    assert yahoo.seen[-1].headers["cookie"] == "A3=d=AQABB"
    assert {request.headers["user-agent"] for request in yahoo.seen} == {"PartnerForge"}


@pytest.mark.parametrize("path", ["/v8/finance/chart/AAPL", "/v1/finance/search?q=a", "/ws/fundamentals-timeseries/v1"])
def test_what_answers_without_a_crumb_is_sent_as_it_is(path: str) -> None:
    """Charts, search and statements cost no handshake."""
    yahoo, session = Yahoo(), YahooSession()
    request = httpx.Request("GET", f"https://query2.finance.yahoo.com{path}")
    assert session.ready(request)
    assert asyncio.run(session.sign(request, yahoo)) is request
    assert yahoo.seen == []


def test_twenty_callers_make_one_handshake() -> None:
    """Cookie and crumb are had once and shared."""

    async def all_at_once() -> list[httpx.Response]:
        session = YahooSession()
        return await asyncio.gather(*(call(session, yahoo) for _ in range(20)))

    yahoo = Yahoo()
    assert {response.status_code for response in asyncio.run(all_at_once())} == {200}
    assert yahoo.handshakes == 1


def test_twenty_callers_whose_crumb_has_gone_off_renew_it_once() -> None:
    """A caller that is rejected with the old crumb does not throw away the new one."""

    async def before_and_after() -> list[httpx.Response]:
        session = YahooSession()
        await call(session, yahoo)
        yahoo.valid = "crumb-2"
        return await asyncio.gather(*(call(session, yahoo) for _ in range(20)))

    yahoo = Yahoo()
    assert {response.status_code for response in asyncio.run(before_and_after())} == {200}
    assert yahoo.handshakes == 2


def test_the_session_outlives_its_event_loop() -> None:
    """A second run in the same process uses the crumb of the first."""
    yahoo, session = Yahoo(), YahooSession()
    asyncio.run(call(session, yahoo))
    asyncio.run(call(session, yahoo))
    assert yahoo.handshakes == 1


@pytest.mark.parametrize(
    ("crumb", "expected"),
    [
        (httpx.Response(200, text="Too Many Requests\r\n"), RateLimited),
        (httpx.Response(429, text="Too Many Requests"), RateLimited),
        (httpx.Response(200, html="<html><body>Yahoo</body></html>"), RateLimited),
        (httpx.Response(200, text=""), RateLimited),
        (httpx.Response(200, text="x" * 65), RateLimited),
        (httpx.Response(200, json={"finance": {"error": None}}), RateLimited),
        (httpx.Response(401, json={"finance": {"error": {"code": "Unauthorized"}}}), Refused),
        (httpx.Response(500, text="oops"), Unreachable),
    ],
)
def test_what_is_no_crumb_is_never_sent_as_one(crumb: httpx.Response, expected: type[ProviderError]) -> None:
    """Empty, HTML, JSON, or the sentence `Too Many Requests`: the call fails and no quote is asked for."""
    yahoo = Yahoo(crumb=crumb)
    with pytest.raises(expected):
        asyncio.run(call(YahooSession(), yahoo))
    assert [request.url.path for request in yahoo.seen] == ["/", "/v1/test/getcrumb"]


def test_a_failed_handshake_fails_all_who_waited_and_the_next_one_tries_again() -> None:
    """Twenty callers do not knock twenty times at a closed door; a later caller may."""

    async def closed_then_open() -> int:
        session = YahooSession()
        outcomes = await asyncio.gather(*(call(session, yahoo) for _ in range(20)), return_exceptions=True)
        assert all(isinstance(outcome, RateLimited) for outcome in outcomes)
        knocked = yahoo.handshakes
        yahoo.crumb, yahoo.valid = None, "crumb-2"
        assert (await call(session, yahoo)).status_code == 200
        return knocked

    yahoo = Yahoo(crumb=httpx.Response(429, text="Too Many Requests"))
    assert asyncio.run(closed_then_open()) == 1


def test_a_retry_after_of_the_crumb_is_passed_on() -> None:
    """The governor learns for how long to wait."""
    yahoo = Yahoo(crumb=httpx.Response(429, headers={"retry-after": "17"}))
    with pytest.raises(RateLimited) as caught:
        asyncio.run(call(YahooSession(), yahoo))
    assert caught.value.retry_after == 17


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        (httpx.Response(302, headers={"location": "https://guce.yahoo.com/consent?brandType=nonEu"}), Refused),
        (httpx.Response(404, html="<html></html>"), RateLimited),
        (httpx.Response(404, headers={"set-cookie": "A3=; Max-Age=0"}), RateLimited),
        (httpx.Response(502, html="<html></html>"), Unreachable),
        (httpx.Response(403, html="<html></html>"), Refused),
    ],
)
def test_without_a_cookie_no_crumb_is_asked_for(page: httpx.Response, expected: type[ProviderError]) -> None:
    """The page for consent is refused with words; a page without a cookie says why by its status."""
    yahoo = Yahoo(cookie=page)
    with pytest.raises(expected):
        asyncio.run(call(YahooSession(), yahoo))
    assert len(yahoo.seen) == 1


def test_a_dead_connection_is_unreachable() -> None:
    """Transport errors of the handshake come out as the provider's."""

    async def dead(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no route", request=request)

    with pytest.raises(Unreachable):
        asyncio.run(YahooSession().sign(httpx.Request("GET", QUOTE), dead))


def test_an_ordinary_answer_rejects_nothing() -> None:
    """A 404 for an unknown symbol leaves cookie and crumb alone."""
    assert not YahooSession().rejected(httpx.Response(404, json={"quoteSummary": {"error": {"code": "Not Found"}}}))


def test_the_crumb_shows_in_no_repr() -> None:
    """A traceback or a log of the session does not give it away."""
    yahoo, session = Yahoo(), YahooSession()
    asyncio.run(call(session, yahoo))
    assert "crumb-1" not in repr(vars(session))
    assert "AQABB" not in repr(vars(session))
