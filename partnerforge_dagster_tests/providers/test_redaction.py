"""What is taken out of a recorded answer, and what must stay as it is."""

import json

import pytest
from pydantic import SecretStr

from partnerforge_dagster.providers.redaction import (
    EMAIL,
    KEY,
    PHONE,
    keys_of,
    public_body,
    public_headers,
    public_text,
)
from partnerforge_dagster.settings_providers import BuiltWithSettings, Providers, WebSearchSettings
from partnerforge_dagster_tests.payloads import raw

KEYS = ("bw-secret-key",)


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("write to jane.doe+press@mail.costco.co.uk today", f"write to {EMAIL} today"),
        ("call +1 425 313 8100 or (425) 313-8100", f"call {PHONE} or {PHONE}"),
        ("call 425-313-8100, ext. 5", f"call {PHONE}, ext. 5"),
        ('<a href="tel:+49%2030-123456">', '<a href="tel:">'),
        ("your key bw-secret-key is fine", f"your key {KEY} is fine"),
    ],
)
def test_is_taken_out(said: str, left: str) -> None:
    """Addresses, numbers and our own keys."""
    assert public_text(said, KEYS) == left


@pytest.mark.parametrize(
    "said",
    [
        "+1976-04-01T00:00:00Z",
        "+254453000000",
        "0001213900-24-004875",
        "https://cdn.example.com/logo@2x.png",
        "https://unpkg.com/vue@3.4.21/dist/vue.min.js https://cdn.example.com/vue@3.min.js",
        "https://medium.com/@costco/a-story",
        "2026-11-16T12:00:00+00:00",
        "revenue of 254,453 million (2024), 8,1 % more",
        "10.0.12.1 and 1,234.567.8901",
    ],
)
def test_is_no_contact(said: str) -> None:
    """Dates, amounts, filings and files that look a little like one."""
    assert public_text(said, KEYS) == said


def test_json_keeps_its_shape() -> None:
    """Texts are cleaned wherever they stand, numbers are not; what stands under a phone's key goes in any form."""
    body = {"phone": "4253138100", "Telephones": ["0800-1", "0800-2"], "visits": 4253138100, "by": ["a@b.com", None]}
    cleaned = json.loads(public_body(json.dumps(body).encode(), KEYS))
    assert cleaned == {"phone": PHONE, "Telephones": [PHONE, PHONE], "visits": 4253138100, "by": [EMAIL, None]}


def test_a_body_without_any_stays_the_same_bytes() -> None:
    """Nothing is written anew for nothing; also what is neither JSON nor UTF-8."""
    for body in (b'{"a": 1.50}', b"{cut off", b"\xff\xfe\x00", b""):
        assert public_body(body, KEYS) == body
    assert public_body("für a@b.de".encode("latin-1"), KEYS) == f"für {EMAIL}".encode("latin-1")


@pytest.mark.parametrize(
    "name",
    ["sec-edgar/companyfacts__apple.json", "wikidata/entity__Q2112-bielefeld.json", "yahoo/chart__AAPL.json"],
)
def test_figures_of_real_answers_stay(name: str) -> None:
    """Of recorded answers that are figures and dates, nothing is taken for a contact."""
    body = raw(name)
    assert PHONE not in public_body(body, KEYS).decode()


def test_headers_tell_nothing_of_us() -> None:
    """Credits, limits and sessions go, a cookie keeps its name, what tells a technology stays."""
    headers = [
        ("content-type", "text/html"),
        ("x-powered-by", "Express"),
        ("set-cookie", "session=abc; Path=/"),
        ("X-API-CREDITS-REMAINING", "42"),
        ("x-ratelimit-remaining", "1, 15000"),
        ("x-request-id", "77"),
        ("link", "<mailto:a@b.com>"),
    ]
    assert public_headers(headers, KEYS) == [
        ("content-type", "text/html"),
        ("x-powered-by", "Express"),
        ("set-cookie", "session="),
        ("link", f"<mailto:{EMAIL}>"),
    ]


def test_every_key_that_is_set_is_known() -> None:
    """Of all providers and engines, the longest first, so that none is half replaced."""
    providers = Providers(
        builtwith=BuiltWithSettings(api_key=SecretStr("a-long-key")),
        web_search=WebSearchSettings(serper_api_key=SecretStr("a-long-key-too"), tavily_api_key=SecretStr("tiny")),
    )
    assert keys_of(providers) == ("a-long-key-too", "a-long-key")
