"""Names compared and looked for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnerforge_dagster.research.company_names import host_is_of, mentions, normalised


@pytest.mark.parametrize(
    ("name", "core"),
    [
        ("Costco Wholesale Corp /NEW", "costco wholesale"),
        ("Apple Inc.", "apple"),
        ("Nestlé S.A.", "nestle"),
        ("Ocado Group plc", "ocado"),
        ("AB Volvo", "ab volvo"),
        ("Group Inc", "group"),
        ("", ""),
    ],
)
def test_legal_forms_accents_and_marks_do_not_count(name: str, core: str) -> None:
    """Only trailing legal forms go, and never the last word."""
    assert normalised(name) == core


@given(st.text())
def test_normalising_twice_changes_nothing(name: str) -> None:
    """A normalised name is its own normal form."""
    assert normalised(normalised(name)) == normalised(name)


@pytest.mark.parametrize(
    ("text", "name", "found"),
    [
        ("Shares of Target fell", "Target Corporation", True),
        ("The company missed its target", "Target Corporation", False),
        ("COSTCO WHOLESALE reports", "Costco Wholesale Corporation", True),
        ("Costcos of this world", "Costco", False),
        ("Read it on target.com today", "target", False),
        ("At Acme, we sell tools.", "Acme, Inc.", True),
        ("anything", "", False),
    ],
)
def test_a_name_is_found_as_whole_words(text: str, name: str, found: bool) -> None:
    """One everyday word must be written as the name is, or every target would be Target."""
    assert mentions(text, (name,)) is found


@pytest.mark.parametrize(
    ("url", "inside"),
    [
        ("https://www.acme.test/about", True),
        ("acme.test", True),
        ("https://shop.acme.test:8443/", True),
        ("https://notacme.test/", False),
        ("https://acme.test.evil.test/", False),
        (None, False),
        ("", False),
    ],
)
def test_an_address_belongs_to_a_domain_by_its_host(url: str | None, inside: bool) -> None:
    """The domain itself and what lies under it."""
    assert host_is_of(url, "acme.test") is inside
