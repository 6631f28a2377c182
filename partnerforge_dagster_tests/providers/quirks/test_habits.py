"""The habits that providers document, one by one, over the socket: what each is taken for and what it costs.

Not for: what may happen to any of them (test_matrix.py).
"""

import json
from dataclasses import dataclass, field

import httpx
import pytest

from partnerforge_dagster.models.failures import BadAnswer, ProviderError, RateLimited, Refused, Unreachable
from partnerforge_dagster.models.provenance import Answer
from partnerforge_dagster_tests.providers.quirks.playing import CASES, Case, Desk
from partnerforge_dagster_tests.providers.quirks.server import Heard, Wire

NOTHING_THERE = None
XML_404 = (
    "<?xml version='1.0'?><Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message></Error>"
)
BRAVE_LISTS = {
    "X-RateLimit-Limit": "1, 15000",
    "X-RateLimit-Policy": "1;w=1, 15000;w=2592000",
    "X-RateLimit-Remaining": "0, 14000",
    "X-RateLimit-Reset": "1, 1234567",
}


CRAWLS = Case("crawls", "index.commoncrawl.org", CASES["common_crawl"].ask, path="/collinfo.json")


@dataclass(frozen=True)
class Habit:
    """What a provider says, and what it means."""

    case: str
    status: int
    body: object
    """JSON, or text as it is."""
    means: type[ProviderError] | None
    """None: asked, nothing there, which is an answer and is paid for."""
    headers: dict[str, str] = field(default_factory=dict)


def brave(code: str, status: int = 422) -> dict[str, object]:
    return {"type": "ErrorResponse", "error": {"id": "1", "code": code, "detail": "x", "status": status}}


HABITS = {
    "builtwith: error objects in a 200": Habit(
        "builtwith", 200, {"Results": [], "Errors": [{"Lookup": None, "Message": "usage", "Code": -5}]}, Refused
    ),
    "builtwith: a bare sentence": Habit("builtwith", 200, {"Results": [], "Errors": ["API key not found"]}, Refused),
    "builtwith: out of credits": Habit("builtwith", 200, {"Errors": [{"Message": "none left", "Code": -3}]}, Refused),
    "builtwith: no such domain": Habit("builtwith", 200, {"Errors": [{"Message": "root", "Code": -8}]}, NOTHING_THERE),
    "builtwith: internal error": Habit("builtwith", 200, {"Errors": [{"Message": "oops", "Code": -99}]}, Unreachable),
    "builtwith: retired endpoint": Habit("builtwith", 404, "<html>404</html>", Refused),
    "builtwith: an object where a list belongs": Habit(
        "builtwith_list", 200, {"Errors": [{"Message": "key", "Code": -2}]}, Refused
    ),
    "builtwith: its own 429": Habit(
        "builtwith",
        429,
        {"error": "Rate limit exceeded", "maxRequestsPerSecond": 10, "retryAfterSeconds": 0},
        RateLimited,
    ),
    "similarweb: wrong key as text": Habit("similarweb", 401, "invalid API key", Refused),
    "similarweb: small site as JSON": Habit("similarweb", 401, {"message": "Data not found"}, NOTHING_THERE),
    "similarweb: no rows": Habit("similarweb", 200, {"meta": {}, "data": []}, NOTHING_THERE),
    "similarweb: no credits": Habit("similarweb", 403, "Forbidden", Refused),
    "yahoo: unknown symbol": Habit(
        "yahoo",
        404,
        {"quoteSummary": {"result": None, "error": {"code": "Not Found", "description": "x"}}},
        NOTHING_THERE,
    ),
    "yahoo: the robots' page": Habit("yahoo", 200, "<html>Too Many Requests</html>", RateLimited),
    "yahoo: Too Many Requests as text": Habit("yahoo", 429, "Too Many Requests\r\n", RateLimited),
    "sec: XML for an unknown filer": Habit(
        "sec_edgar", 404, XML_404, NOTHING_THERE, {"Content-Type": "application/xml"}
    ),
    "sec: another 404": Habit("sec_edgar", 404, "<html>Not here</html>", BadAnswer),
    "sec: no User-Agent": Habit("sec_edgar", 403, "<html>Undeclared Automated Tool</html>", Refused),
    "sec: too fast": Habit("sec_edgar", 403, "<html>Request Rate Threshold Exceeded</html>", RateLimited),
    "brave: wrong key": Habit("brave", 422, brave("SUBSCRIPTION_TOKEN_INVALID"), Refused),
    "brave: errors as a list": Habit("brave", 422, {"errors": [{"code": "SUBSCRIPTION_TOKEN_INVALID"}]}, Refused),
    "brave: a malformed request": Habit("brave", 422, brave("VALIDATION"), BadAnswer),
    "brave: the second's limit": Habit("brave", 429, brave("RATE_LIMITED", 429), RateLimited, BRAVE_LISTS),
    "brave: the month's limit": Habit(
        "brave", 429, brave("RATE_LIMITED", 429), Refused, {**BRAVE_LISTS, "X-RateLimit-Remaining": "1, 0"}
    ),
    "brave: no hits": Habit("brave", 200, {"type": "search", "query": {"original": "x"}}, NOTHING_THERE),
    "serper: wrong key": Habit("serper", 403, {"message": "Unauthorized.", "statusCode": 403}, Refused),
    "serper: empty purse": Habit("serper", 429, {"message": "Not enough credits"}, Refused),
    "tavily: the plan's limit": Habit("tavily", 432, {"detail": {"error": "plan"}}, Refused),
    "tavily: wrong key": Habit("tavily", 401, {"detail": {"error": "key"}}, Refused),
    "tavily: no hits": Habit("tavily", 200, {"query": "x", "results": []}, NOTHING_THERE),
    "greenhouse: unknown board": Habit("greenhouse", 404, {"status": 404, "error": "Job not found"}, NOTHING_THERE),
    "lever: an object in place of the list": Habit(
        "lever", 200, {"ok": False, "error": "Document not found"}, NOTHING_THERE
    ),
    "workable: unknown account": Habit("workable", 404, "not found", NOTHING_THERE),
    "theirstack: IETF limits": Habit("theirstack", 429, {"error": "x"}, RateLimited, {"RateLimit": "limit=4, reset=1"}),
    "theirstack: no credits": Habit("theirstack", 402, {"error": "x"}, Refused),
    "wikidata: slow down": Habit("wikidata", 429, "Too many", RateLimited, {"Retry-After": "0"}),
    "wikidata: no item": Habit("wikidata", 200, {"head": {}, "results": {"bindings": []}}, NOTHING_THERE),
    "wikidata: a blank node": Habit(
        "wikidata", 200, {"results": {"bindings": [{"item": {"type": "bnode", "value": "t1"}}]}}, NOTHING_THERE
    ),
    "wikidata: an error inside a 200": Habit("wikidata_entity", 200, {"error": {"code": "maxlag"}}, RateLimited),
    "wikidata: a deleted item": Habit("wikidata_entity", 404, "<html>gone</html>", NOTHING_THERE),
    "gdelt: a sentence in place of a 429": Habit(
        "gdelt", 200, "Please limit requests to one every 5 seconds or contact us.", RateLimited
    ),
    "gdelt: the sentence with 429": Habit("gdelt", 429, "Please limit requests to one every 5 seconds", RateLimited),
    "gdelt: a query it cannot read": Habit("gdelt", 200, "The specified phrase is too short.", BadAnswer),
    "gdelt: no articles": Habit("gdelt", 200, {}, NOTHING_THERE),
    "tranco: not in the list": Habit("tranco", 200, {"ranks": [], "domain": "costco.com"}, NOTHING_THERE),
    "dns: a resolver that cannot find out": Habit("dns", 200, {"Status": 2}, Unreachable),
    "dns: a name that cannot be": Habit("dns", 400, "Invalid name", BadAnswer),
    "common crawl: slow down": Habit("common_crawl", 503, "Please reduce your request rate.", Unreachable),
    "common crawl: no crawls": Habit("common_crawl_list", 200, [], NOTHING_THERE),
    "common crawl: no captures": Habit("common_crawl", 404, "No Captures found for: costco.com", NOTHING_THERE),
    "common crawl: half a line": Habit("common_crawl", 200, '{"url": "https://a.com/"}\n{"url": "htt', BadAnswer),
    "common crawl: a page of HTML": Habit("common_crawl", 200, "<html>busy</html>", BadAnswer),
    "common crawl: nested without end": Habit("common_crawl", 200, "[" * 100_000, BadAnswer),
    "web page: gone": Habit("web_page", 410, "<html>gone</html>", NOTHING_THERE),
    "web page: robots are kept out": Habit("web_page", 403, "<html>no</html>", Refused),
    "web page: a picture": Habit("web_page", 200, "GIF89a", BadAnswer, {"Content-Type": "image/gif"}),
}


@pytest.mark.parametrize("name", HABITS)
def test_a_habit_is_understood(desk: Desk, name: str) -> None:
    """Right kind, right bill; only "nothing there" is kept."""
    habit = HABITS[name]
    case = {**CASES, "common_crawl_list": CRAWLS}[habit.case]
    text = habit.body if isinstance(habit.body, str) else json.dumps(habit.body)
    kind = () if "Content-Type" in habit.headers else (("Content-Type", "text/html; charset=utf-8"),)

    def say(wire: Wire) -> None:
        wire.answer(text.encode(), *kind, *habit.headers.items(), status=habit.status)

    came = desk.ask({habit.case: case}, say)[habit.case]
    if habit.means is None:
        assert isinstance(came.outcome, Answer), came.outcome
        assert came.outcome.value is None
        assert (came.status, came.credits, came.kept) == ("ok", case.cost, text.encode())
    else:
        assert type(came.outcome) is habit.means, came.outcome
        assert came.kept is None
        assert came.credits == (case.cost if habit.means is BadAnswer else 0)


CRUMB = "/v1/test/getcrumb"


@pytest.mark.parametrize("crumb", ["Too Many Requests\r\n", "<html>sorry</html>", "", "x" * 500])
def test_yahoos_crumb_that_is_none(desk: Desk, crumb: str) -> None:
    """Nothing is asked with it."""
    case = Case("quote_summary", "query1.finance.yahoo.com", CASES["yahoo"].ask, path=CRUMB)
    came = desk.ask({"yahoo": case}, lambda wire: wire.answer(crumb.encode(), ("Content-Type", "text/html")))["yahoo"]
    assert type(came.outcome) is RateLimited
    assert not [heard for heard in desk.server.heard if "quoteSummary" in heard.path]
    assert came.kept is None


def test_yahoos_cookie_goes_to_yahoo_and_is_not_kept(desk: Desk) -> None:
    """Cookie first, whatever its page's status, then a crumb, then the question with both."""
    case = Case("quote_summary", "fc.yahoo.com", CASES["yahoo"].ask)

    def error_page_with_cookie(wire: Wire) -> None:
        wire.answer(b"gone", *(pair for pair in wire.good.headers if pair[0].lower() == "set-cookie"), status=502)

    came = desk.ask({"yahoo": case}, error_page_with_cookie)["yahoo"]
    assert isinstance(came.outcome, Answer), came.outcome
    assert came.outcome.value is not None
    sent = {heard.path.partition("?")[0]: heard.headers.get("cookie", "") for heard in desk.server.heard}
    cookie = sent[CRUMB]
    assert (sent["/"], sent["/v10/finance/quoteSummary/COST"]) == ("", cookie)
    assert cookie
    assert cookie not in desk.everything()


def test_yahoos_crumb_that_went_off_is_renewed_once(desk: Desk) -> None:
    """A second handshake, the same question again; when that is refused too, it is a refusal and not a loop."""

    def invalid(wire: Wire) -> None:
        body = {"finance": {"result": None, "error": {"code": "Unauthorized", "description": "Invalid Crumb"}}}
        wire.answer(json.dumps(body).encode(), ("Content-Type", "application/json"), status=401)

    came = desk.ask({"yahoo": CASES["yahoo"]}, invalid)["yahoo"]
    assert type(came.outcome) is Refused
    assert sum(CRUMB in heard.path for heard in desk.server.heard) == 2
    assert sum("quoteSummary" in heard.path for heard in desk.server.heard) == 2


def to(target: str) -> "Redirecting":
    return Redirecting(target)


@dataclass(frozen=True)
class Redirecting:
    """Sends the browser elsewhere."""

    target: str

    def __call__(self, wire: Wire) -> None:
        wire.head(301, ("Location", self.target), ("Content-Length", "0"))


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1/",
        "http://127.1/",
        "http://0x7f.1/",
        "http://2130706433/",
        "http://[::1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://169.254.169.254/latest/meta-data/",
        "http://localhost/",
        "http://localhost./",
        "http://app.localhost/",
        "http://printer.local./",
        "http://db.internal/",
        "http://intranet/",
        "file:///etc/passwd",
        "gopher://example.com/",
        "//10.0.0.1/",
        "https://user:word@127.0.0.1/",
        "http://[",
    ],
)
def test_a_page_leads_nobody_into_the_own_network(desk: Desk, target: str) -> None:
    """However the address is spelt: nothing is asked there."""
    came = desk.ask({"web_page": CASES["web_page"]}, to(target))["web_page"]
    assert type(came.outcome) is BadAnswer
    assert "not a public web page" in str(came.outcome)
    assert {heard.host for heard in desk.server.heard} == {CASES["web_page"].host}


def test_a_page_that_moved_is_read_where_it_is(desk: Desk) -> None:
    """To another public host; nothing secret goes along."""
    came = desk.ask({"web_page": CASES["web_page"]}, to("https://www.costco.com/"))["web_page"]
    assert isinstance(came.outcome, Answer), came.outcome
    assert came.outcome.value.url == "https://www.costco.com/"
    assert not [heard for heard in desk.server.heard if _secrets(heard)]


def test_redirects_come_to_an_end(desk: Desk) -> None:
    """Five at most."""
    came = desk.ask({"web_page": CASES["web_page"]}, to("https://costco.com/again"))["web_page"]
    assert type(came.outcome) is BadAnswer
    assert "redirects" in str(came.outcome)
    assert len([heard for heard in desk.server.heard if heard.path != "/robots.txt"]) <= 6


def _secrets(heard: Heard) -> list[str]:
    known = httpx.Headers(heard.headers)
    return [
        name for name in known if name in ("authorization", "cookie", "x-api-key", "api-key", "x-subscription-token")
    ]
