"""Every client and every quirk: the right kind of failure, the right bill, and no wrong fact kept.

Not for: habits of one provider (test_habits.py).
"""

import gzip
import json
import time
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from partnerforge_dagster.models.failures import BadAnswer, ProviderError, RateLimited, Unreachable
from partnerforge_dagster.models.provenance import Answer
from partnerforge_dagster_tests.providers.quirks.playing import CASES, SECRET, SLOW_S, Came, Case, Desk
from partnerforge_dagster_tests.providers.quirks.playing import desk as opened
from partnerforge_dagster_tests.providers.quirks.server import Quirk, QuirkServer, Wire

JSON = ("Content-Type", "application/json")
HTML = ("Content-Type", "text/html")
BOMB = gzip.compress(b" " * 55_000_000, 9)
JSON_CASES = {name: case for name, case in CASES.items() if name != "web_page"}


def truncated(wire: Wire) -> None:
    wire.answer(wire.good.body[: len(wire.good.body) // 2], JSON)


def cut(wire: Wire) -> None:
    """The length of the whole is told, and the connection closed half way."""
    wire.head(200, ("Content-Length", str(len(wire.good.body))), JSON)
    wire.raw(wire.good.body[: len(wire.good.body) // 2])


def cut_chunked(wire: Wire) -> None:
    """Chunks without the last one."""
    wire.head(200, ("Transfer-Encoding", "chunked"), JSON)
    wire.raw(b'5\r\n{ "a"\r\n')


def drip_body(wire: Wire) -> None:
    """Each byte comes before any timeout between bytes, and the whole would take minutes."""
    wire.head(200, ("Content-Length", str(len(wire.good.body))), JSON)
    wire.drip(wire.good.body, 0.02)


def drip_head(wire: Wire) -> None:
    wire.drip(b"HTTP/1.1 200 OK\r\n" + b"X-Slow: 1\r\n" * 1000, 0.02)


def broken_gzip(wire: Wire) -> None:
    wire.answer(b"this is not packed", JSON, ("Content-Encoding", "gzip"))


def half_gzip(wire: Wire) -> None:
    packed = gzip.compress(wire.good.body)
    wire.answer(packed[: len(packed) // 2], JSON, ("Content-Encoding", "gzip"))


def bomb(wire: Wire) -> None:
    """55 MB in 54 kB, more than any answer may have."""
    wire.answer(BOMB, JSON, ("Content-Encoding", "gzip"))


def unknown_encoding(wire: Wire) -> None:
    wire.answer(b"\x8b\x02\x80packed in a way that was not asked for\x03", JSON, ("Content-Encoding", "br"))


def not_text(wire: Wire) -> None:
    """Bytes that are no UTF-8, in what says to be."""
    wire.answer(
        b'{"results": ["\xff\xfe\xe9\x80"], "jobs": ["\xc3\x28"]}', ("Content-Type", "application/json; charset=utf-8")
    )


def said(text: str, status: int = 200, kind: str = "text/plain") -> Quirk:
    return lambda wire: wire.answer(text.encode(), ("Content-Type", kind), status=status)


@dataclass(frozen=True)
class Expected:
    """What every client must make of a quirk."""

    quirk: Quirk
    failure: type[ProviderError]
    status: str
    billed: bool
    """Whether the answer's credits stay counted: silence and bad answers may have been billed."""
    timeout_s: float = 30.0


MATRIX = {
    "truncated": Expected(truncated, BadAnswer, "bad_answer", True),
    "cut off half way": Expected(cut, Unreachable, "unreachable", True),
    "chunks without an end": Expected(cut_chunked, Unreachable, "unreachable", True),
    "slow body": Expected(drip_body, Unreachable, "unreachable", True, SLOW_S),
    "slow headers": Expected(drip_head, Unreachable, "unreachable", True, SLOW_S),
    "not HTTP": Expected(lambda wire: wire.raw(b"SSH-2.0-OpenSSH_9.2\r\n"), Unreachable, "unreachable", True),
    "closed at once": Expected(lambda wire: wire.raw(b""), Unreachable, "unreachable", True),
    "nothing at all": Expected(lambda wire: wire.answer(b"", JSON), BadAnswer, "bad_answer", True),
    "blanks": Expected(said("  \n "), BadAnswer, "bad_answer", True),
    "no content": Expected(lambda wire: wire.head(204), BadAnswer, "bad_answer", True),
    "broken gzip": Expected(broken_gzip, BadAnswer, "bad_answer", True),
    "half a gzip": Expected(half_gzip, BadAnswer, "bad_answer", True),
    "gzip bomb": Expected(bomb, BadAnswer, "bad_answer", True),
    "unknown encoding": Expected(unknown_encoding, BadAnswer, "bad_answer", True),
    "wrong charset": Expected(not_text, BadAnswer, "bad_answer", True),
    "500": Expected(said("oops", 500), Unreachable, "unreachable", False),
    "503 in HTML": Expected(said("<html>down", 503, "text/html"), Unreachable, "unreachable", False),
    "429": Expected(said("slow down", 429), RateLimited, "rate_limited", False),
}

OF_JSON = {
    "HTML with 200": Expected(
        said("<html><body>Log in</body></html>", 200, "text/html"), BadAnswer, "bad_answer", True
    ),
    "text with 200": Expected(said("Please come back later."), BadAnswer, "bad_answer", True),
    "a string": Expected(said('"ok"', 200, "application/json"), BadAnswer, "bad_answer", True),
    "null": Expected(said("null", 200, "application/json"), BadAnswer, "bad_answer", True),
    "NaN": Expected(said("NaN", 200, "application/json"), BadAnswer, "bad_answer", True),
    "a number": Expected(said("42", 200, "application/json"), BadAnswer, "bad_answer", True),
    "deep nesting": Expected(said("[" * 100_000, 200, "application/json"), BadAnswer, "bad_answer", True),
}
"""What a home page may well say."""


def check(desk: Desk, cases: Mapping[str, Case], expected: Expected) -> None:
    started = time.monotonic()
    came = {}
    for some in [{name: case} for name, case in cases.items()] if expected.quirk is bomb else [cases]:
        came |= desk.ask(some, expected.quirk, timeout_s=expected.timeout_s)
    took = time.monotonic() - started
    tries = 2 if expected.failure in (Unreachable, RateLimited) else 1
    wanted = {
        name: (expected.failure, expected.status, tries, case.cost * tries if expected.billed else 0, None)
        for name, case in cases.items()
    }
    assert {name: (type(c.outcome), c.status, c.tries, c.credits, c.kept) for name, c in came.items()} == wanted
    assert expected.timeout_s != SLOW_S or took < SLOW_S * tries + 20, "a slow answer is cut off, however it drips"
    assert SECRET not in desk.everything() + "".join(str(c.outcome) for c in came.values())


@pytest.mark.parametrize("quirk", MATRIX)
def test_a_quirk_is_sorted_billed_and_not_kept(desk: Desk, quirk: str) -> None:
    """By every client, over a real socket, through the real governor."""
    check(desk, CASES, MATRIX[quirk])


@pytest.mark.parametrize("quirk", OF_JSON)
def test_an_answer_of_the_wrong_kind_is_not_kept(desk: Desk, quirk: str) -> None:
    """Where JSON of a known form is promised."""
    check(desk, JSON_CASES, OF_JSON[quirk])


GOOD_WAYS = {
    "gzip": lambda wire: wire.answer(gzip.compress(wire.good.body), JSON, ("Content-Encoding", "gzip")),
    "deflate": lambda wire: wire.answer(zlib.compress(wire.good.body), JSON, ("Content-Encoding", "deflate")),
    "bare deflate": lambda wire: wire.answer(
        zlib.compress(wire.good.body, wbits=-15), JSON, ("Content-Encoding", "deflate")
    ),
    "a byte order mark": lambda wire: wire.answer(b"\xef\xbb\xbf" + wire.good.body, JSON),
    "wrong content type": lambda wire: wire.answer(wire.good.body, ("Content-Type", "text/plain; charset=iso-8859-1")),
    "no content type": lambda wire: wire.answer(wire.good.body),
    "no length": lambda wire: (wire.head(200, JSON), wire.raw(wire.good.body)),
    "in chunks": lambda wire: (
        wire.head(200, JSON, ("Transfer-Encoding", "chunked")),
        wire.raw(b"%x\r\n%b\r\n0\r\n\r\n" % (len(wire.good.body), wire.good.body)),
    ),
    "with cookies": lambda wire: wire.answer(wire.good.body, JSON, ("Set-Cookie", "session=abc123; Path=/")),
}


def right(came: Mapping[str, Came]) -> dict[str, object]:
    """What was answered; a failure shows as itself."""
    return {name: c.outcome.value if isinstance(c.outcome, Answer) else c.outcome for name, c in came.items()}


@pytest.fixture(scope="module")
def plain(server: QuirkServer, tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """What the clients make of undisturbed answers."""
    with (
        pytest.MonkeyPatch.context() as monkeypatch,
        opened(server, tmp_path_factory.mktemp("plain"), monkeypatch) as desk,
    ):
        values = right(desk.ask(JSON_CASES, None))
    assert not [value for value in values.values() if value is None or isinstance(value, ProviderError)], values
    return values


@pytest.mark.parametrize("way", GOOD_WAYS)
def test_a_right_answer_is_read_however_it_comes(desk: Desk, plain: dict[str, object], way: str) -> None:
    """It says the same as a plain one, is paid for once, and what it came with is not kept."""
    came = desk.ask(JSON_CASES, lambda wire: GOOD_WAYS[way](wire) and None)
    assert right(came) == plain
    assert {name: (c.status, c.tries, c.credits) for name, c in came.items()} == {
        name: ("ok", 1, case.cost) for name, case in JSON_CASES.items()
    }
    assert "abc123" not in desk.everything()
    assert right(desk.ask(JSON_CASES, None)) == plain
    assert [heard for heard in desk.server.heard if not heard.host.endswith("yahoo.com")] == [], "all was cached"


def test_ten_megabytes(desk: Desk, plain: dict[str, object]) -> None:
    """Taken where such answers occur, refused where they cannot be right; blanks in JSON mean nothing."""
    for most in sorted({case.largest for case in JSON_CASES.values()}):
        cases = {name: case for name, case in JSON_CASES.items() if case.largest == most}
        came = desk.ask(cases, lambda wire: wire.answer(wire.good.body + b" " * 10_000_000, JSON), max_body_bytes=most)
        if most > 11_000_000:
            assert right(came) == {name: plain[name] for name in cases}
        else:
            assert all(type(c.outcome) is BadAnswer and "larger than" in str(c.outcome) for c in came.values()), came
            assert all(c.kept is None for c in came.values())


@pytest.mark.parametrize("target", ["https://evil.example.com/take", "http://169.254.169.254/latest", "/login"])
def test_a_redirect_of_an_interface_is_not_followed(desk: Desk, target: str) -> None:
    """No key goes anywhere else, and a log-in page is no answer."""
    came = desk.ask(JSON_CASES, lambda wire: wire.head(302, ("Location", target), ("Content-Length", "0")))
    assert {name: type(c.outcome) for name, c in came.items()} == dict.fromkeys(JSON_CASES, BadAnswer)
    hosts = {heard.host for heard in desk.server.heard}
    assert hosts <= {case.host for case in CASES.values()} | {"fc.yahoo.com", "query1.finance.yahoo.com"}
    assert len([heard for heard in desk.server.heard if "/login" in heard.path]) == 0
    assert SECRET not in desk.everything()


def test_every_request_says_who_asks(desk: Desk) -> None:
    """Software and contact, as SEC and Wikidata demand; answers may come packed; Yahoo alone gets a cookie back.

    And Yahoo alone hears of a browser instead (providers/curl_transport.py).
    """
    desk.ask(CASES, None)
    assert {heard.host for heard in desk.server.heard} >= {case.host for case in CASES.values()}
    handshake = [heard for heard in desk.server.heard if heard.host == "fc.yahoo.com" or "getcrumb" in heard.path]
    for heard in desk.server.heard:
        who = heard.headers.get("user-agent", "")
        if heard.host.endswith("yahoo.com"):
            assert "Chrome/" in who
            assert "PartnerForge" not in who
        else:
            assert who.startswith("PartnerForge/"), heard
            assert "@" in who
        assert heard in handshake or "gzip" in heard.headers.get("accept-encoding", ""), heard
        assert heard.host.endswith("yahoo.com") or "cookie" not in heard.headers


def test_refusals_name_no_key(desk: Desk) -> None:
    """A provider may repeat the key in its refusal; we do not."""
    names = ("builtwith", "similarweb", "brave", "serper", "tavily", "theirstack")
    text = json.dumps({"message": f"bad key {SECRET}", "error": f"bad key {SECRET}"})
    for status in (401, 403, 422):
        came = desk.ask({name: CASES[name] for name in names}, said(text, status, "application/json"))
        assert SECRET not in desk.everything() + "".join(str(c.outcome) for c in came.values())
