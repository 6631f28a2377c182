"""Names, titles and quotations in prose."""

import pytest

from partnerforge_dagster.research.people import (
    plain_name,
    quotations,
    rank,
    same_person_key,
    tells_of_taking_office,
    titled_people,
)


def test_people_are_listed_with_titles() -> None:
    """A leadership page's snippet: name, comma, title, semicolon."""
    found = list(titled_people("Jane Doe, Chief Digital Officer; John Q. Roe, Vice President, eCommerce; Acme, Leeds"))
    assert [(person.name, person.title) for person in found] == [
        ("Jane Doe", "Chief Digital Officer"),
        ("John Q. Roe", "Vice President, eCommerce"),
    ]


def test_an_appointment_names_person_and_title() -> None:
    """The article's sentence ends the title."""
    (person,) = titled_people(
        "Acme has appointed Jane van Doe as its new Chief Technology Officer. She joins from Roe."
    )
    assert (person.name, person.title) == ("Jane van Doe", "Chief Technology Officer")


@pytest.mark.parametrize(
    "text",
    [
        "“We will rebuild our search next year,” said Jane Doe, chief executive of Acme.",
        '"We will rebuild our search next year," according to Jane Doe.',
        "Jane Doe, the chief executive, said: “We will rebuild our search next year.”",
    ],
)
def test_a_quotation_has_a_speaker(text: str) -> None:
    """Before or behind the words."""
    (said,) = quotations(text)
    assert (said.person, said.text.rstrip(".")) == ("Jane Doe", "We will rebuild our search next year")


@pytest.mark.parametrize("text", ["The “Hello” campaign began.", "“We will rebuild our search next year.” Who knows?"])
def test_words_without_a_speaker_are_no_quotation(text: str) -> None:
    """Scare quotes, and words that nobody is named for."""
    assert list(quotations(text)) == []


@pytest.mark.parametrize(
    ("text", "takes_office"),
    [
        ("Acme appoints Jane Doe as chief executive", True),
        ("Jane Doe steps down as chief executive", False),
        ("Jane Doe leaves. Acme names John Roe as successor.", False),
    ],
)
def test_taking_office_is_told_from_leaving_it(text: str, takes_office: bool) -> None:
    """The name stands behind a word of appointment in the same sentence."""
    assert tells_of_taking_office(text, "Jane Doe") is takes_office


def test_one_person_in_different_spellings() -> None:
    """Yahoo writes honorifics and middle initials, others do not."""
    assert plain_name("Mr. W. Craig  Jelinek Jr.") == "W. Craig Jelinek"
    assert same_person_key("Mr. Ron M. Vachris") == same_person_key("Ron Vachris")


def test_offices_are_ranked() -> None:
    """A chief executive before a president, chiefs before vice presidents, anybody else last."""
    titles = [
        "President & CEO",
        "President",
        "Chief Financial Officer",
        "Executive Vice President",
        "Vice President",
        "Cook",
    ]
    assert sorted(titles, key=rank) == titles
