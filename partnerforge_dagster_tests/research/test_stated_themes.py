"""Priorities and risks among a report's sentences."""

from hypothesis import given
from hypothesis import strategies as st

from partnerforge_dagster.research.filings_text import Sentence
from partnerforge_dagster.research.stated_themes import KEPT, KEPT_OF_ONE_THEME, Stated, stated_themes
from partnerforge_dagster.seller import Theme, load_seller

THEMES = (Theme(name="search", pattern="site search"), Theme(name="commerce", pattern="e-?commerce"))


def test_where_a_sentence_stands_and_how_it_is_worded_decide_its_side() -> None:
    """Risk factors are risks; a worry elsewhere is one too; sentences without a theme are neither."""
    priorities, risks = stated_themes(
        [
            Sentence("We invest in site search on our web site.", among_risks=False),
            Sentence("Our ecommerce business depends on few people.", among_risks=True),
            Sentence("A breach of our e-commerce systems would cost us.", among_risks=False),
            Sentence("We depend on others for site search.", among_risks=False),
            Sentence("We opened twelve stores in the year.", among_risks=False),
        ],
        THEMES,
    )
    assert priorities == (Stated("search", "We invest in site search on our web site."),)
    assert [said.theme for said in risks] == ["commerce", "commerce", "search"]


def test_what_is_intended_comes_before_what_is() -> None:
    """A plan that touches two themes is the strongest; of equals the earlier comes first."""
    is_so = Sentence("Customers use site search every day of the week.", among_risks=False)
    also_so = Sentence("Site search is a part of our web site today.", among_risks=False)
    planned = Sentence("We plan to improve site search and e-commerce.", among_risks=False)
    priorities, _ = stated_themes([is_so, also_so, planned], THEMES)
    # Two of one theme at most.
    assert [said.text for said in priorities] == [planned.text, is_so.text]


def test_a_sentence_that_a_report_repeats_comes_once() -> None:
    """Reports say things twice."""
    sentence = Sentence("We continue to improve our site search.", among_risks=False)
    priorities, risks = stated_themes([sentence, sentence], THEMES)
    assert len(priorities) == 1
    assert risks == ()


WORDS = st.sampled_from(["site search", "e-commerce", "personalization", "we plan", "risk", "stores", "AI", "loyalty"])


@given(st.lists(st.builds(Sentence, st.lists(WORDS, min_size=1, max_size=4).map(" ".join), st.booleans())))
def test_six_at_most_two_of_a_theme_and_never_on_both_sides(found) -> None:
    """Limits hold with the built-in profile, and each side holds sentences of the report only."""
    themes = load_seller(None).themes
    priorities, risks = stated_themes(found, themes)
    for side in (priorities, risks):
        assert len(side) <= KEPT
        names = [said.theme for said in side]
        assert all(names.count(name) <= KEPT_OF_ONE_THEME for name in names)
        assert len({said.text for said in side}) == len(side)
    among_risks = {sentence.text for sentence in found if not sentence.among_risks}
    assert {said.text for said in priorities} <= among_risks
