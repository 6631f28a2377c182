"""Sentences out of an annual report's HTML."""

from hypothesis import given
from hypothesis import strategies as st

from partnerforge_dagster.research.filings_text import LONGEST, SHORTEST, blocks, sentences

REPORT = """<html><head><title>10-K</title><style>p {color: red}</style></head><body>
<div><ix:header><ix:hidden>Hidden machinery that nobody reads. Really not.</ix:hidden></ix:header></div>
<table><tr><td>Item 1A.</td><td>Risk Factors</td><td>12</td></tr><tr><td>Item 7.</td><td>Outlook</td></tr></table>
<h2>Item 1. Business</h2>
<p>We oper<span>ate stores in the U.S. and online, and</span> our e&#8209;commerce sales grew. Short one.</p>
<h2>ITEM 1A. RISK FACTORS</h2>
<p>Our systems could go down for reasons that are beyond our control.<br>
Customers would then shop with others instead.</p>
<h2>Item 1B. Unresolved Staff Comments</h2>
<p>There is nothing here that the staff of the commission has asked about.</p>
</body></html>"""


def test_sentences_are_whole_and_know_where_they_stand() -> None:
    """Spans are joined, abbreviations end nothing, a line break ends a sentence no more than a space does."""
    found = list(sentences(REPORT))
    assert [sentence.text for sentence in found] == [
        "We operate stores in the U.S. and online, and our e-commerce sales grew.",
        "Our systems could go down for reasons that are beyond our control.",
        "Customers would then shop with others instead.",
        "There is nothing here that the staff of the commission has asked about.",
    ]
    assert [sentence.among_risks for sentence in found] == [False, True, True, False]


def test_hidden_text_styles_and_the_title_are_no_text() -> None:
    """What a reader does not see is not quoted."""
    shown = " ".join(blocks(REPORT))
    assert "machinery" not in shown
    assert "color" not in shown
    assert not shown.startswith("10-K")


def test_the_table_of_contents_does_not_open_the_risk_factors() -> None:
    """The next entry of the table closes what its entry for them has opened."""
    contents = "<table><tr><td>Item 1A.</td><td>Risk Factors</td></tr><tr><td>Item 2.</td></tr></table>"
    (sentence,) = sentences(f"{contents}<p>We opened twelve stores and a new warehouse this year.</p>")
    assert not sentence.among_risks


def test_a_foreign_report_has_its_risk_factors_in_part_d() -> None:
    """`D. Risk Factors` stands in item 3 of a 20-F and ends with item 4."""
    report = (
        "<p>Item 3. Key Information</p><p>D. Risk Factors</p>"
        "<p>Competition in our markets is intense and growing.</p>"
        "<p>Item 4. Information on the Company</p><p>The company was founded a long time ago.</p>"
    )
    assert [sentence.among_risks for sentence in sentences(report)] == [True, False]


def test_text_after_a_nested_block_stands_alone() -> None:
    """Words of different blocks do not run together."""
    assert list(blocks("<div>one<div>two</div>three</div><p>four</p>five")) == ["one", "two", "three", "four", "five"]


def test_an_empty_page_has_no_sentences() -> None:
    """Nothing at all, and nothing but tags."""
    assert list(sentences("")) == []
    assert list(sentences("<html><body></body></html>")) == []


@given(st.text(alphabet="Ab. <>/pdiv&;\"'!?", max_size=300))
def test_no_markup_makes_it_stumble_and_every_sentence_has_a_decent_length(html: str) -> None:
    """Whatever the HTML, sentences are 40 to 400 characters on one line."""
    for sentence in sentences(html):
        assert SHORTEST <= len(sentence.text) <= LONGEST
        assert sentence.text == " ".join(sentence.text.split())
