"""Signals fade, repeat themselves at a discount, and give at most their module's share."""

import math
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnerforge_dagster.models.hiring_signals import HiringTrend
from partnerforge_dagster.models.investor_intelligence import Filing, StatedTheme
from partnerforge_dagster.models.provenance import Gap, GapKind
from partnerforge_dagster.models.signals import NewsItem, Signal, SignalKind
from partnerforge_dagster.scoring import observed
from partnerforge_dagster.scoring.intent import Observed, decay, intent_score, score_signals
from partnerforge_dagster_tests.scoring.records import (
    SELLER,
    TODAY,
    events,
    fact,
    hiring,
    investor,
    role,
    signal,
    source,
    unasked,
)

RULES = SELLER.intent
NOTHING = {name: Observed(None) for name in RULES.sources}

dates = st.none() | st.dates(TODAY - timedelta(days=2000), TODAY + timedelta(days=200))
signals = st.lists(
    st.builds(
        signal, st.sampled_from(SignalKind), dates, st.floats(0, 1), st.integers(0, 50)
    ),
    max_size=12,
)  # fmt: skip


def strategic(*found: Signal, **fields: object) -> dict[str, Observed]:
    return NOTHING | {"strategic_context": Observed(events(*found, **fields), found)}


@given(half_life=st.integers(1, 1000))
def test_decay_halves_at_one_half_life(half_life: int) -> None:
    """1 today, a half after one half-life, a quarter after two."""
    assert decay(TODAY, TODAY, half_life, 0.3) == 1
    assert decay(TODAY - timedelta(days=half_life), TODAY, half_life, 0.3) == 0.5
    assert decay(TODAY - timedelta(days=2 * half_life), TODAY, half_life, 0.3) == 0.25


@given(younger=st.integers(0, 3000), older=st.integers(0, 3000), half_life=st.floats(1, 1000))
def test_an_older_signal_never_counts_more(younger: int, older: int, half_life: float) -> None:
    """Decay only falls with age."""
    young, old = sorted((younger, older))
    left = [decay(TODAY - timedelta(days=days), TODAY, half_life, 0.3) for days in (young, old)]
    assert left[0] >= left[1]


def test_dates_ahead_count_by_their_distance_and_undated_ones_by_the_profile() -> None:
    """Earnings in ten days are as timely as those ten days ago; without a date the profile decides."""
    ahead, ago = TODAY + timedelta(days=10), TODAY - timedelta(days=10)
    assert decay(ahead, TODAY, 45, 0.3) == decay(ago, TODAY, 45, 0.3)
    assert decay(None, TODAY, 45, 0.3) == 0.3


def test_points_are_weight_times_confidence_times_decay() -> None:
    """A replatforming of one half-life ago that is believed by a half earns a quarter of its weight."""
    half_life = RULES.kinds[SignalKind.REPLATFORMING].half_life_days
    one = score_signals([signal(on=TODAY - timedelta(days=half_life), confidence=0.5)], RULES, TODAY)[0]
    assert (one.weight, one.decay, one.points) == (30.0, 0.5, 7.5)


def test_each_further_signal_of_a_kind_counts_less() -> None:
    """The strongest of a kind counts fully, the next ones at the profile's discount; other kinds are not touched."""
    same = [signal(n=1), signal(n=2, confidence=0.9), signal(SignalKind.LAUNCH, n=3)]
    weights = {one.signal.url: one.weight for one in score_signals(same, RULES, TODAY)}
    assert weights == {
        "https://news.example/1": 30.0,
        "https://news.example/2": 21.0,
        "https://news.example/3": 12.0,
    }


@given(found=signals, data=st.data())
def test_the_order_of_signals_changes_nothing(found: list[Signal], data: st.DataObject) -> None:
    """The same signals in any order give exactly the same list and score."""
    shuffled = data.draw(st.permutations(found))
    assert score_signals(found, RULES, TODAY) == score_signals(shuffled, RULES, TODAY)
    assert intent_score(strategic(*found), RULES, TODAY) == intent_score(strategic(*shuffled), RULES, TODAY)


@given(found=signals, more=signals)
def test_another_signal_never_lowers_the_score(found: list[Signal], more: list[Signal]) -> None:
    """What is found in addition can only add points, up to the module's cap."""
    before = intent_score(strategic(*found), RULES, TODAY)
    after = intent_score(strategic(*found, *more), RULES, TODAY)
    assert after.value >= before.value - 0.1 - 1e-9  # points are rounded one by one


@given(found=signals, partial=st.booleans())
def test_the_band_is_what_could_not_be_asked(found: list[Signal], partial: bool) -> None:
    """A module that asked all has no band; one that did not leaves a share of its unearned points open."""
    fields = {"gaps": [unasked("news")]} if partial else {}
    part = intent_score(strategic(*found, **fields), RULES, TODAY).parts[1]
    cap = RULES.sources["strategic_context"]
    earned = cap * (part.value or 0)
    assert part.unseen == pytest.approx(RULES.partly_unseen * (cap - earned) if partial else 0)
    assert 0 <= part.points <= cap


def test_an_unavailable_module_is_unknown_and_an_empty_one_is_zero() -> None:
    """Could not ask spans the whole weight; asked and found nothing earns nothing."""
    score = intent_score(strategic(), RULES, TODAY)
    unknown, empty, _ = score.parts
    assert (unknown.value, empty.value) == (None, 0.0)
    assert unknown.points == pytest.approx(RULES.prior * 35, abs=0.051)
    assert empty.reason == "No signal in strategic context was found."
    assert (score.floor, score.ceiling) == (0.0, 60.0)
    assert score.most_wanted == "hiring_signals"


def test_what_does_not_apply_says_so() -> None:
    """A private company earns nothing from filings, and the reason says why."""
    gap = Gap(
        subject="filings", kind=GapKind.NOT_APPLICABLE, provider=None, reason="the company does not file with the SEC"
    )
    part = intent_score(NOTHING | {"investor_intelligence": Observed(investor(gaps=[gap]))}, RULES, TODAY).parts[2]
    assert part.value == 0.0
    assert part.reason == "No signal in investor intelligence: the company does not file with the SEC."


def test_a_reason_names_the_strongest_signal_and_cites_all() -> None:
    """The part's sentence holds number, origin, strongest signal and points; its sources are the signals'."""
    part = intent_score(strategic(signal(), signal(SignalKind.LAUNCH)), RULES, TODAY).parts[1]
    assert part.reason == (
        "2 signals (Web search), the strongest “replatforming 0”, 16 Nov 2026, "
        "give 42.0 points after decay, of which at most 40 count."
    )
    assert part.sources == (source("web_search", "news"),)
    assert part.value == 1.0


def test_open_roles_and_a_rise_in_postings_become_signals() -> None:
    """Each role that matters is a signal of its day; a rise of a quarter or more is one of today."""
    old = TODAY - timedelta(days=60)
    rising = hiring(role("Search Engineer", old), trend=fact(HiringTrend(last_30_days=10, previous_30_days=8)))
    engineer, rise = observed.hiring(rising, RULES, TODAY)
    assert (engineer.kind, engineer.on, engineer.title) == (SignalKind.HIRING, old, "Hiring: Search Engineer")
    assert (rise.on, rise.summary) == (TODAY, "10 postings in the last 30 days after 8 in the 30 days before")


@pytest.mark.parametrize(("last", "before"), [(9, 8), (8, 8), (5, 0), (0, 0), (0, 5)])
def test_small_rises_and_rises_over_nothing_are_no_signal(last: int, before: int) -> None:
    """Below the profile's ratio nothing is said, and one posting after none is not endless growth."""
    trend = fact(HiringTrend(last_30_days=last, previous_30_days=before))
    assert observed.hiring(hiring(trend=trend), RULES, TODAY) == ()


def test_priorities_filings_and_earnings_become_signals() -> None:
    """Only filings about events that the profile names count; news and priorities carry the profile's confidence."""
    at = (source("sec_edgar"),)
    found = investor(
        priorities=(StatedTheme(theme="conversion", text="We raise it.", url="https://x.com", on=TODAY, sources=at),),
        filings=(
            Filing(
                form="8-K", filed_on=TODAY, period_end=None, url="https://x.com", items=("5.02", "9.01"), sources=at
            ),
            Filing(form="8-K", filed_on=TODAY, period_end=None, url="https://x.com", items=("9.01",), sources=at),
            Filing(form="10-Q", filed_on=TODAY, period_end=TODAY, url="https://x.com", sources=at),
        ),
        next_earnings=fact(date(2026, 12, 3), "yahoo"),
        earnings_news=(
            NewsItem(title="Beats", url="https://n.com", snippet="It does.", on=None, publisher=None, sources=at),
        ),
    )
    got = [(one.kind, one.title, one.confidence) for one in observed.investor(found, RULES)]
    assert got == [
        (SignalKind.PRIORITY, "Stated priority: conversion", 0.7),
        (SignalKind.FILING, "8-K filed: officers or directors changed", 1.0),
        (SignalKind.EARNINGS, "Earnings on 3 Dec 2026", 1.0),
        (SignalKind.EARNINGS, "Beats", 0.7),
    ]


@given(found=signals)
def test_a_module_gives_at_most_its_share(found: list[Signal]) -> None:
    """However many signals, the part stays within the profile's cap."""
    part = intent_score(strategic(*found), RULES, TODAY).parts[1]
    earned = math.fsum(one.points for one in score_signals(found, RULES, TODAY))
    assert part.points == pytest.approx(min(40, earned), abs=0.051)
