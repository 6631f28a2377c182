"""Executives and their words in what sources write: names with titles, quotations, and taking office.

Not for: who of them buys (the seller profile's seats).
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

_NAME = r"[A-Z][\w’'-]+(?: (?:[A-Z]\.|de|van|von|der|la|[A-Z][\w’'-]+)){1,3}"
_TITLE = (
    r"(?:(?:interim|acting|co-?|global|group|executive|senior|deputy)[ -])*"
    r"(?:chief [a-z&,-]+(?: [a-z&]+)? officer|c[efotm]o\b|president|vice president|[es]?vp|chair(?:man|woman|person)?"
    r"|managing director|director|head of|founder|co-founder)[^;.|()“”\"]{0,60}"
)
_LISTED = re.compile(rf"({_NAME}), ((?i:{_TITLE}))")
_APPOINTED = re.compile(
    rf"(?i:\b(?:appoint|nam|hir|promot)(?:s|es|ed)) ({_NAME}) (?i:(?:as|to) (?:(?:its|the|be|new|role of) )*({_TITLE}))"
)
_SAID = r"(?:said|says|told|explained|added|according to)"
_QUOTED = re.compile(rf"[“\"]([^“”\"]{{20,400}})[”\"],? *{_SAID},? ({_NAME})")
_QUOTED_AFTER = re.compile(rf"({_NAME})[^.“\"]{{0,80}}? {_SAID}[^.“\"]{{0,30}}[:,] *[“\"]([^“”\"]{{20,400}})[”\"]")
_TAKES_OFFICE = re.compile(r"\b(?:appoint|nam|hir|promot|elect)(?:s|es|ed|ing)?\b|\bjoin(?:s|ed)?\b", re.IGNORECASE)
_HONORIFIC = re.compile(r"^(?:mr|ms|mrs|dr|sir|prof)\.? ", re.IGNORECASE)
_BEHIND_NAME = re.compile(r",? (?:jr|sr|ii|iii|ph\.?d|mba|cpa|esq)\.?$", re.IGNORECASE)
_RANKS = tuple(
    re.compile(words, re.IGNORECASE)
    for words in (
        r"\bceo\b|chief executive",
        r"(?<!vice )\bpresident\b|managing director|\bfounder\b",
        r"\bchief\b|\bc[fotmid]o\b",
        r"chair",
        r"\b(evp|executive vice president)\b",
        r"\b(svp|senior vice president)\b",
        r"\b(vp|vice president)\b",
        r"\bhead of\b|\bdirector\b",
    )
)


class Titled(NamedTuple):
    """A person with a title, as a text names them."""

    name: str
    title: str


class Said(NamedTuple):
    """Words in quotation marks and who is said to have said them."""

    person: str
    text: str


def titled_people(text: str) -> Iterator[Titled]:
    """`Jane Doe, Chief Digital Officer; ...` and `appointed Jane Doe as Chief Digital Officer`."""
    for found in (*_LISTED.finditer(text), *_APPOINTED.finditer(text)):
        yield Titled(found[1], found[2].strip(" ,"))


def quotations(text: str) -> Iterator[Said]:
    """`“...” said Jane Doe` and `Jane Doe, the chief executive, said: “...”`."""
    for found in _QUOTED.finditer(text):
        yield Said(found[2], found[1].strip(" ,"))
    for found in _QUOTED_AFTER.finditer(text):
        yield Said(found[1], found[2].strip(" ,"))


def tells_of_taking_office(text: str, name: str) -> bool:
    """Whether a sentence has the name behind a word of appointment; who left stands before one or without."""
    for sentence in re.split(r"(?<=[a-z)]\.)\s+", text):
        verb = _TAKES_OFFICE.search(sentence)
        if verb and _last_name(name).casefold() in sentence[verb.start() :].casefold():
            return True
    return False


def plain_name(name: str) -> str:
    """Without `Mr.` in front and `Jr.` or `Ph.D.` behind."""
    return _BEHIND_NAME.sub("", _HONORIFIC.sub("", " ".join(name.split())))


def same_person_key(name: str) -> tuple[str, str]:
    """First and last name, folded: sources differ in middle initials."""
    words = plain_name(name).casefold().split()
    return words[0], words[-1]


def rank(title: str) -> int:
    """0 for a chief executive, larger for lower offices."""
    return next((place for place, words in enumerate(_RANKS) if words.search(title)), len(_RANKS))


def _last_name(name: str) -> str:
    return plain_name(name).split()[-1]
