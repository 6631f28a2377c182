"""M14 is a function of three upstream records and the profile."""

import asyncio
from datetime import timedelta

from partnerforge_dagster.assets.signal_scoring import MOST_SIGNALS, signal_scoring
from partnerforge_dagster.models.hiring_signals import HiringSignals
from partnerforge_dagster.models.investor_intelligence import InvestorIntelligence
from partnerforge_dagster.models.provenance import GapKind
from partnerforge_dagster.models.result import Status
from partnerforge_dagster.models.signal_scoring import SignalScoring
from partnerforge_dagster.models.signals import SignalKind
from partnerforge_dagster.models.strategic_context import StrategicContext
from partnerforge_dagster_tests.scoring.records import (
    ACCOUNT,
    SELLER,
    TODAY,
    events,
    hiring,
    investor,
    role,
    signal,
    unasked,
    unavailable,
)


def scored(
    roles: HiringSignals | None = None,
    news: StrategicContext | None = None,
    filings: InvestorIntelligence | None = None,
) -> SignalScoring:
    given = (roles or hiring(), news or events(), filings or investor())
    return asyncio.run(signal_scoring(ACCOUNT, *given, SELLER))


def test_signals_of_all_modules_are_ranked_together() -> None:
    """The strongest first, whichever module saw it; points explain the score."""
    old = signal(SignalKind.LAUNCH, TODAY - timedelta(days=700), n=1)
    got = scored(hiring(role("Search Engineer")), events(old, signal()))
    assert [one.signal.kind for one in got.top_signals] == ["replatforming", "hiring", "launch"]
    assert got.status is Status.COMPLETE
    assert got.intent
    assert got.intent.value == got.intent.floor == got.intent.ceiling == 42.2  # 30 + 0.2 + 12


def test_what_could_not_be_asked_widens_the_score() -> None:
    """Unavailable: the whole share is open; partly asked: a part of what is left."""
    got = scored(unavailable(HiringSignals), events(signal(), gaps=[unasked("news")], status=Status.PARTIAL))
    assert got.status is Status.PARTIAL
    assert got.intent
    assert (got.intent.floor, got.intent.ceiling) == (30.0, 70.0)
    assert got.intent.most_wanted == "hiring_signals"


def test_only_the_top_signals_are_listed() -> None:
    """Many postings do not drown the page."""
    many = hiring(*(role(f"Search Engineer {number}") for number in range(30)))
    assert len(scored(many).top_signals) == MOST_SIGNALS


def test_no_signal_is_an_answer() -> None:
    """Everybody was asked and nothing bears on buying: a known zero and a gap that says so."""
    got = scored()
    assert got.intent
    assert (got.intent.value, got.intent.ceiling) == (0.0, 0.0)
    assert [(gap.subject, gap.kind) for gap in got.gaps] == [("buying signals", GapKind.NOTHING_THERE)]


def test_nothing_available_is_no_score() -> None:
    """All three upstream modules unavailable: unavailable, and no score that looks like one."""
    got = scored(unavailable(HiringSignals), unavailable(StrategicContext), unavailable(InvestorIntelligence))
    assert (got.status, got.intent, got.top_signals) == (Status.UNAVAILABLE, None, ())
