import string
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnerforge_dagster import wording
from partnerforge_dagster.models.base import Money


@pytest.mark.parametrize(
    ("amount", "currency", "words"),
    [
        (254_453e6, "USD", "$254.5 bn"),
        (3e6, "GBP", "£3 M"),
        (-1.25e9, "EUR", "−€1.2 bn"),
        (941.17e9, "CNY", "CNY 941.2 bn"),
        (52_300, "USD", "$52,300"),
        (2.5e12, "JPY", "¥2.5 tn"),
        (0, "USD", "$0"),
    ],
)
def test_money_is_short_and_carries_its_own_currency(amount: float, currency: str, words: str) -> None:
    """An amount is written in its own currency, scaled, with at most one decimal."""
    assert wording.money(Money(amount=amount, currency=currency)) == words


@pytest.mark.parametrize(
    ("number", "words"),
    [(131_213_000, "131 M"), (4_213_000, "4.2 M"), (316_000, "316,000"), (999_960_000, "1 bn"), (0, "0")],
)
def test_counts_are_short(number: float, words: str) -> None:
    """A count has three leading digits at most, and rounding moves it to the next unit."""
    assert wording.count(number) == words


@pytest.mark.parametrize(
    ("ratio", "words"), [(0.042, "+4.2 %"), (-0.0308, "−3.1 %"), (0.0, "0 %"), (-0.0001, "0 %"), (1.5, "+150 %")]
)
def test_changes_have_a_sign_unless_nothing_changed(ratio: float, words: str) -> None:
    """A rise has a plus, a fall a minus, and what rounds to nothing has neither."""
    assert wording.change(ratio) == words


def test_dates_are_written_with_the_month_by_name() -> None:
    """A day is `3 Oct 2026`, a moment adds the UTC time."""
    assert wording.day(date(2026, 10, 3)) == "3 Oct 2026"
    assert wording.moment(datetime(2026, 1, 31, 7, 5, tzinfo=UTC)) == "31 Jan 2026, 07:05 UTC"


def test_plurals_follow_the_noun() -> None:
    """One role, two roles, two technologies, two days."""
    assert wording.plural(1, "role") == "1 role"
    assert wording.plural(1204, "role") == "1,204 roles"
    assert wording.plural(2, "technology") == "2 technologies"
    assert wording.plural(2, "day") == "2 days"


@given(st.text(), st.integers(min_value=2, max_value=300))
def test_clipped_text_is_one_line_within_its_limit(text: str, limit: int) -> None:
    """Whatever comes in, one line of at most `limit` characters comes out."""
    clipped = wording.clip(text, limit)
    assert len(clipped) <= limit
    assert "\n" not in clipped
    assert clipped == " ".join(text.split()) or clipped.endswith("…")


def test_sentences_begin_large_but_domains_stay_small() -> None:
    """A capital and a full stop are added; `costco.com` is not made `Costco.com`."""
    assert wording.sentence("owns the platform") == "Owns the platform."
    assert wording.sentence("costco.com is larger") == "costco.com is larger."
    assert wording.sentence("Is it live?") == "Is it live?"


@given(st.sets(st.integers(min_value=1, max_value=60)))
def test_runs_hold_exactly_the_numbers(numbers: set[int]) -> None:
    """Runs, written out again, are the numbers that went in; none is a mere pair."""
    found = wording.runs(tuple(numbers))
    assert {number for first, last in found for number in range(first, last + 1)} == numbers
    assert all(last - first != 1 for first, last in found)


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        "javascript:alert(1)",
        "data:text/html,x",
        "ftp://norvale.example",
        "https://",
        "//norvale.example/x",
        'https://norvale.example/"onclick="x',
        "https://norvale.example/<script>",
        "https://[",
    ],
)
def test_only_plain_web_addresses_become_links(url: str | None) -> None:
    """Anything but http and https with a host, or with a character that could end an attribute, is no link."""
    assert wording.web_url(url) is None


@given(st.text(alphabet=string.ascii_letters + string.digits + "/?&=%-._~#"))
def test_ordinary_addresses_stay_links(path: str) -> None:
    """An ordinary path and query pass unchanged."""
    url = f"https://norvale.example/{path}"
    assert wording.web_url(url) == url


@pytest.mark.parametrize(
    ("code", "words"),
    [("us", "United States"), ("CA", "Canada"), ("KR", "South Korea"), ("Canada", "Canada"), ("QX", "QX"), ("", "")],
)
def test_a_countrys_code_is_its_english_name(code: str, words: str) -> None:
    """Providers write codes in either case or names; what is no country's code stays as it is."""
    assert wording.country(code) == words


def test_a_key_is_a_proper_name() -> None:
    """Each word has its capital."""
    assert wording.name("north_america") == "North America"
