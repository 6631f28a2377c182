"""Which spellings of a name are found in texts, JSON and HTML, knowing a hash only."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnerforge_dagster.privacy.bodies import body_without, text_without
from partnerforge_dagster.privacy.names import MARK, BadName, Forgotten, digest

KEY = b"k" * 32


def forgetting(*names: str) -> Forgotten:
    return Forgotten(KEY, frozenset(digest(name, KEY) for name in names))


JANE = forgetting("Jane Doe")


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("Jane Doe resigned.", "[name removed] resigned."),
        ("said JANE Q. DOE, chief", "said [name removed], chief"),
        ("Jane Mary-Ann Doe", "[name removed]"),
        ("Doe, Jane; Roe, Jane", "[name removed]; Roe, Jane"),
        ("DOE JANE Q", "[name removed] Q"),
        ("jane_doe@x.com and jane.doe@x.com", "[name removed]@x.com and [name removed]@x.com"),
        ("a list: Jane, John Doe", "a list: Jane, John Doe"),
        ("Jane van der Doe", "[name removed]"),
        ("by Doe, Jane", "by [name removed]"),
        ("Jane said that Doe left", "Jane said that Doe left"),
        ('{"first": "Jane", "Doe": 1}', '{"first": "Jane", "Doe": 1}'),
        ("Janet Doe, Jane Doerr", "Janet Doe, Jane Doerr"),
        ("https://x.com/news/jane-doe-leaves?a=1", "https://x.com/"),
        ("see https://x.com/jane-doe now", "see https://x.com/[name removed] now"),
        ("q=%22Jane%20Doe%22", "q=%22[name removed]%22"),
        ("q=Jane+Doe", "q=[name removed]"),
        ("", ""),
    ],
)
def test_spellings(text: str, redacted: str) -> None:
    assert JANE.redacted(text) == redacted
    assert JANE.named_in(text) == (text != redacted)


@pytest.mark.parametrize(
    "name", ["René Lefèvre", "Rene Lefevre", "RENÉ LEFÈVRE", "Lefèvre, René", "Dr. René Lefèvre, Jr."]
)
def test_accents_titles_and_order_do_not_matter(name: str) -> None:
    """Either way: in the name that was given and in the text."""
    assert digest(name, KEY) == digest("rene lefevre", KEY)
    assert forgetting(name).named_in("by René Lefèvre of")
    assert forgetting(name).named_in("by Rene Lefevre of")


@pytest.mark.parametrize("name", ["", "Madonna", "Dr. Who", "42 7", "Mr. Jr."])
def test_half_a_name_is_refused(name: str) -> None:
    """It would take half of the world with it."""
    with pytest.raises(BadName, match="first and last name"):
        digest(name, KEY)


def test_json_stays_json() -> None:
    """Also where letters are escaped, keys hold names, and JSON stands within JSON."""
    rene = forgetting("René Lefèvre")
    inner = json.dumps({"by": "René Lefèvre", "n": 1})
    said = json.dumps({"a": ["René Lefèvre", 2, None], "Lefèvre René": {"event": inner}})
    assert "\\u00e9" in said
    assert json.loads(text_without(said, rene)) == {
        "a": [MARK, 2, None],
        MARK: {"event": json.dumps({"by": MARK, "n": 1}, ensure_ascii=False)},
    }
    untouched = json.dumps({"a": "Somebody  Else é"})
    assert text_without(untouched, rene) is untouched


def test_html_with_entities() -> None:
    """Letters may be spelt out."""
    cleaned = body_without(b"<p>Ren&eacute;e Lef&#232;vre &amp; sons</p>", forgetting("Renée Lefèvre"))
    assert cleaned == f"<p>{MARK} & sons</p>".encode()


def test_bytes_that_are_no_text_stay() -> None:
    """A picture, a broken page."""
    data = bytes(range(256)) * 3
    assert body_without(data, JANE) == data
    assert body_without(b"\xff Jane Doe \xe9", JANE) == b"\xff " + MARK.encode() + b" \xe9"


@given(st.text(), st.text())
def test_nothing_else_changes(before: str, after: str) -> None:
    """Whatever stands around a name stays, and a text without it is itself."""
    text = f"{before}\n\nJane Doe\n\n{after}"
    assert not JANE.named_in(JANE.redacted(text))
    assert forgetting("Nobody Atall").redacted(text) == text
