"""Sentences of an annual report, and whether each stands among the risk factors.

Not for: which sentences matter (stated_themes.py).
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser, LexborNode

SHORTEST, LONGEST = 40, 400
"""Characters of a sentence worth quoting: below are headings and table cells, above are lists run together."""

LONGEST_HEADING = 80

HIDDEN = "script, style, ix\\:header"
"""Not shown to readers; `ix:header` holds the machinery of inline XBRL."""

BLOCKS = frozenset(
    {"p", "div", "td", "th", "tr", "table", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "section", "body"}
)

ITEM = re.compile(r"item\s+(\d{1,2}[a-c]?)\b", re.IGNORECASE)
"""Start of a heading in a 10-K or 20-F; 1A of the 10-K is the risk factors."""

RISK_FACTORS = re.compile(r"(\(?d[).]\s*)?risk factors\W*", re.IGNORECASE)
"""The heading by itself; in a 20-F it is part D of item 3."""

ABBREVIATIONS = ("Inc", "Corp", "Co", "Ltd", "No", "Mr", "Ms", "Dr", "St", "vs", "e.g", "i.e", "U.S", "U.K")
BOUNDARY = re.compile(
    "".join(rf"(?<!\b{re.escape(short)}\.)" for short in ABBREVIATIONS) + r"(?<=[.!?])\s+(?=[A-Z“\"])"
)
WHOLE = re.compile(r"[A-Z“\"].*[a-z].*[.!?][”\"]?", re.DOTALL)


TYPESETTING = {ord("\N{NON-BREAKING HYPHEN}"): "-", ord("\N{SOFT HYPHEN}"): None}
"""Typesetters write `e-commerce` with a hyphen that no pattern has."""


class Sentence(NamedTuple):
    """One whole sentence of 40 to 400 characters."""

    text: str
    among_risks: bool


def sentences(html: str) -> Iterator[Sentence]:
    """The report's sentences in order. Headings, table cells and fragments are left out."""
    among_risks = False
    for block in blocks(html):
        if len(block) <= LONGEST_HEADING:
            among_risks = _among_risks_after(block, among_risks)
        for sentence in BOUNDARY.split(block):
            if SHORTEST <= len(sentence) <= LONGEST and WHOLE.fullmatch(sentence):
                yield Sentence(sentence, among_risks)


def _among_risks_after(heading: str, among_risks: bool) -> bool:
    item = ITEM.match(heading)
    if item:
        return item[1].lower() == "1a"
    return among_risks or RISK_FACTORS.fullmatch(heading) is not None


def blocks(html: str) -> Iterator[str]:
    """The text of each paragraph, list item, heading and table cell, whitespace collapsed.

    Filings cut paragraphs into spans in the middle of words, so text is joined until it stands in another block.
    """
    tree = LexborHTMLParser(html)
    for node in tree.css(HIDDEN):
        node.decompose()
    gathered: list[str] = []
    block = None
    for node in tree.body.traverse(include_text=True) if tree.body else ():
        if node.tag == "br":
            gathered.append(" ")
        if node.tag != "-text":
            continue
        around = _block_around(node)
        if around != block:
            yield from _joined(gathered)
            gathered, block = [], around
        gathered.append(node.text_content or "")
    yield from _joined(gathered)


def _block_around(node: LexborNode) -> int | None:
    """Identity of the nearest block that a text stands in."""
    parent = node.parent
    while parent is not None and parent.tag not in BLOCKS:
        parent = parent.parent
    return None if parent is None else parent.mem_id


def _joined(pieces: list[str]) -> Iterator[str]:
    text = " ".join("".join(pieces).translate(TYPESETTING).split())
    if text:
        yield text
