"""Laws of waterfalls, whatever each step does."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from partnerforge_dagster.models.failures import (
    BadAnswer,
    CircuitOpen,
    NotConfigured,
    OverBudget,
    ProviderError,
    RateLimited,
    Refused,
    Unreachable,
)
from partnerforge_dagster.models.provenance import Answer, GapKind, Outcome, Source
from partnerforge_dagster.models.result import Status
from partnerforge_dagster.models.traffic_analysis import TrafficAnalysis
from partnerforge_dagster.research.inquiry import Inquiry
from partnerforge_dagster.research.waterfall import fall
from partnerforge_dagster_tests.sandboxed import account

AT = datetime(2026, 11, 16, tzinfo=UTC)
ANSWERS, NOTHING = "answers", "nothing"
FAILURES = {
    "no key": (NotConfigured, Outcome.SWITCHED_OFF),  # p0, p1, ... are no services that take one
    "refuses": (Refused, Outcome.REFUSED),
    "over budget": (OverBudget, Outcome.OVER_BUDGET),
    "down": (Unreachable, Outcome.COULD_NOT_ASK),
    "limited": (RateLimited, Outcome.COULD_NOT_ASK),
    "bad": (BadAnswer, Outcome.COULD_NOT_ASK),
    "open": (CircuitOpen, Outcome.COULD_NOT_ASK),
}
steps = st.lists(st.sampled_from([ANSWERS, NOTHING, *FAILURES]), min_size=1, max_size=5)


class Fallen:
    """A waterfall of providers p0, p1, ... that fare as told."""

    def __init__(self, fates: Sequence[str]) -> None:
        self.inquiry = Inquiry(account("example.com"))
        self.called: list[str] = []
        order = [f"p{number}" for number in range(len(fates))]
        questions = {name: self._asking(name, fate) for name, fate in zip(order, fates, strict=True)}
        self.found = asyncio.run(fall(self.inquiry, "rank", order, questions))
        self.result = self.inquiry.result(TrafficAnalysis)

    def _asking(self, name: str, fate: str):  # type: ignore[no-untyped-def]
        async def call() -> Answer[int]:
            self.called.append(name)
            if fate in FAILURES:
                raise failure(name, fate)
            source = Source(provider=name, endpoint="rank", url=None, fetched_at=AT)
            return Answer[int](value=1 if fate == ANSWERS else None, source=source)

        return lambda: [call()]


def failure(name: str, fate: str) -> ProviderError:
    kind = FAILURES[fate][0]
    return CircuitOpen(name, fate, retry_after=1) if kind is CircuitOpen else kind(name, fate)


@given(steps)
def test_nobody_is_asked_after_an_answer(fates: list[str]) -> None:
    """What is known is not paid for; everybody before the answer was asked."""
    fallen = Fallen(fates)
    last = fates.index(ANSWERS) if ANSWERS in fates else len(fates) - 1
    assert fallen.called == [f"p{number}" for number in range(last + 1)]
    assert [answer.source.provider for answer in fallen.found] == ([f"p{last}"] if ANSWERS in fates else [])


@given(steps)
def test_every_step_has_its_reason(fates: list[str]) -> None:
    """In order, and "not needed" behind the answer and nowhere else."""
    told = [(step.provider, step.outcome, bool(step.reason)) for step in Fallen(fates).result.steps]
    expected = []
    for number, fate in enumerate(fates):
        if ANSWERS in fates[:number]:
            expected.append((f"p{number}", Outcome.NOT_NEEDED, False))
        elif fate == ANSWERS:
            expected.append((f"p{number}", Outcome.ANSWERED, False))
        elif fate == NOTHING:
            expected.append((f"p{number}", Outcome.NOTHING_THERE, True))
        else:
            expected.append((f"p{number}", FAILURES[fate][1], True))
    assert told == expected


@given(steps)
def test_could_not_ask_is_never_nothing_there(fates: list[str]) -> None:
    """Each failure before the answer is a gap of its provider; "nothing there" only where nobody has anything."""
    fallen = Fallen(fates)
    before = fates[: fates.index(ANSWERS)] if ANSWERS in fates else fates
    gaps = {(gap.provider, gap.kind) for gap in fallen.result.gaps}
    failed = {(f"p{n}", GapKind.COULD_NOT_ASK) for n, fate in enumerate(before) if fate in FAILURES}
    empty = {(f"p{n}", GapKind.NOTHING_THERE) for n, fate in enumerate(before) if fate == NOTHING}
    assert gaps == failed | (set() if ANSWERS in fates else empty)


@given(steps)
def test_a_stand_in_never_passes_for_the_one_who_is_away(fates: list[str]) -> None:
    """After an outage an answer only makes do; after a missing key it is as good as it gets."""
    fallen = Fallen(fates)
    before = fates[: fates.index(ANSWERS)] if ANSWERS in fates else fates
    outage = any(fate in FAILURES and fate != "no key" for fate in before)
    first_outage = next((n for n, fate in enumerate(before) if fate in FAILURES and fate != "no key"), len(before))
    honest = NOTHING in before[:first_outage]
    if ANSWERS in fates:
        assert fallen.result.made_do is (outage and not honest)
        assert fallen.result.status is (Status.COMPLETE if set(before) <= {NOTHING} else Status.PARTIAL)
    else:
        assert not fallen.result.made_do


@given(steps)
def test_what_could_not_be_asked_is_remembered(fates: list[str]) -> None:
    """The comparison of refreshes needs it: other eyes see other things, and that is no change."""
    fallen = Fallen(fates)
    before = fates[: fates.index(ANSWERS)] if ANSWERS in fates else fates
    assert {one.provider for one in fallen.result.unasked} == {f"p{n}" for n, f in enumerate(before) if f in FAILURES}
