"""News hits as events."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnerforge_dagster.models.provenance import Source
from partnerforge_dagster.models.signals import SignalKind
from partnerforge_dagster.providers.engines.records import SearchResult
from partnerforge_dagster.research.events import events, kind_of

TODAY = date(2026, 11, 16)
SOURCE = Source(
    provider="web_search",
    endpoint="brave_news",
    url="https://api.search.brave.com/res/v1/news/search?q=acme",
    fetched_at=datetime(2026, 11, 16, tzinfo=UTC),
)


def hit(title: str, on: date | None = date(2026, 10, 1), *, snippet: str = "", at: str = "news.test") -> SearchResult:
    slug = "".join(letter for letter in title.lower() if letter.isalnum())
    return SearchResult(title=title, url=f"https://{at}/{slug}", snippet=snippet, on=on)


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Acme acquires rival Roe", SignalKind.ACQUISITION),
        ("Acme to cut 300 jobs in head office", SignalKind.LAYOFFS),
        ("Acme appoints new chief digital officer", SignalKind.LEADERSHIP_CHANGE),
        ("Acme CEO steps down", SignalKind.LEADERSHIP_CHANGE),
        ("Acme raises $40 million", SignalKind.FUNDING),
        ("Acme moves its site to a new commerce platform", SignalKind.REPLATFORMING),
        ("Acme to rebuild its online store", SignalKind.REPLATFORMING),
        ("Acme plans 30 new warehouses", SignalKind.EXPANSION),
        ("Acme opens three stores in Leeds", SignalKind.EXPANSION),
        ("Acme launches app", SignalKind.LAUNCH),
        ("Acme reports quarterly results", None),
        ("A look behind the scenes at Acme", None),
    ],
)
def test_words_in_the_title_tell_the_kind(title: str, kind: SignalKind | None) -> None:
    """Results and portraits are no events."""
    found = kind_of(title, "")
    assert (found[0] if found else None) is kind


def test_the_title_is_surer_than_the_snippet() -> None:
    """The kind is the title's where it has one; words in the snippet alone make it less sure."""
    assert kind_of("Acme acquires Roe", "It will launch a new app.") == (SignalKind.ACQUISITION, 0.6)
    assert kind_of("Acme in the news", "It launched a new app.") == (SignalKind.LAUNCH, 0.4)


def test_an_event_cites_the_article() -> None:
    """Not the search that found it: a reader wants to open it."""
    (event,) = events([(hit("Acme acquires Roe"), SOURCE)], ("Acme",), TODAY)
    assert (event.kind, event.on, event.confidence) == (SignalKind.ACQUISITION, date(2026, 10, 1), 0.7)
    assert event.url == event.sources[0].url == "https://news.test/acmeacquiresroe"


def test_articles_about_one_event_are_one_event() -> None:
    """Two publishers a few days apart: the first day counts, both are cited, and it is surer."""
    articles = [
        (hit("Acme acquires rival Roe Tools for $2 billion", date(2026, 10, 4), at="late.test"), SOURCE),
        (hit("Roe Tools acquired by Acme", date(2026, 10, 1), at="early.test"), SOURCE),
    ]
    (event,) = events(articles, ("Acme",), TODAY)
    assert (event.on, event.confidence, len(event.sources)) == (date(2026, 10, 1), 0.85, 2)


@pytest.mark.parametrize(
    "other",
    [
        hit("Acme acquires Roe Tools", date(2026, 3, 1), at="b.test"),
        hit("Acme acquires Doe Foods", date(2026, 10, 2), at="b.test"),
        hit("Acme launches Roe Tools app", date(2026, 10, 1), at="b.test"),
    ],
)
def test_another_time_thing_or_kind_is_another_event(other: SearchResult) -> None:
    """Half a year later, another firm bought, something launched."""
    found = events([(hit("Acme acquires Roe Tools"), SOURCE), (other, SOURCE)], ("Acme",), TODAY)
    assert len(found) == 2


@pytest.mark.parametrize(
    "useless",
    [
        hit("Rival acquires Roe"),
        hit("Acme acquires Roe", None),
        hit("Acme acquires Roe", date(2020, 1, 1)),
        hit("Acme acquires Roe", date(2027, 1, 1)),
        hit("Acme is a company"),
    ],
)
def test_hits_that_are_no_dated_event_of_the_company_are_left_out(useless: SearchResult) -> None:
    """Somebody else's, without a date, too old, from the future, about nothing that happened."""
    assert events([(useless, SOURCE)], ("Acme",), TODAY) == ()


TITLES = st.sampled_from(
    [
        "Acme acquires Roe Tools",
        "Acme buys Roe Tools",
        "Acme launches app",
        "Acme launches new app",
        "Acme cuts jobs",
    ]
)
HITS = st.lists(
    st.builds(
        lambda title, day, at: hit(title, date(2026, 10, day), at=at),
        TITLES,
        st.integers(1, 31),
        st.sampled_from(["a.test", "b.test", "c.test"]),
    ),
    unique_by=lambda found: found.url,
)


@given(HITS.flatmap(lambda hits: st.tuples(st.just(hits), st.permutations(hits))))
def test_the_order_of_the_answers_changes_nothing(both: tuple[list[SearchResult], list[SearchResult]]) -> None:
    """Engines give hits in any order; the events are the same, newest first, none surer than 0.95."""
    hits, shuffled = both
    one = events([(found, SOURCE) for found in hits], ("Acme",), TODAY)
    other = events([(found, SOURCE) for found in shuffled], ("Acme",), TODAY)
    assert one == other
    assert [event.on for event in one] == sorted((event.on for event in one), key=str, reverse=True)
    assert all(event.confidence <= 0.95 for event in one)
