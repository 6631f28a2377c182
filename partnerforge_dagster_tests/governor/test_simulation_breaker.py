"""The breaker on a virtual clock, against a second telling of its specification."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test
from sqlalchemy import Engine

from partnerforge_dagster.governor.gate import Outcome
from partnerforge_dagster.governor.leases import Lease
from partnerforge_dagster.governor.ledger import Call
from partnerforge_dagster.governor.limiter import LEASE_GRACE_S, LONGEST_POLL_S, Wait
from partnerforge_dagster.models.failures import BadAnswer, CircuitOpen, RateLimited, Refused, Unreachable
from partnerforge_dagster_tests.governor import virtual

AFTER, OPEN_S, TIMEOUT_S = 3, 60.0, 20.0
GAP_S = 0.01
"""No two requests leave in the same moment."""
LEASE_S = TIMEOUT_S + LEASE_GRACE_S

UP = (None, Refused("p", "HTTP 403"), BadAnswer("p", "no JSON"))
"""Outcomes that show that the provider is up."""
DOWN = (Unreachable("p", "HTTP 500"), RateLimited("p", "HTTP 429"))


@dataclass
class Request:
    """A request under way, and in which opening of the breaker it left."""

    call: Call
    lease: Lease
    opening: int
    expires: datetime
    dead: bool = False
    """Its sender is: nobody settles it."""


class Doors(RuleBasedStateMachine):
    """The specification in plain words: failures in a row, one probe at a time, two successes, twice as long."""

    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self.name = next(virtual.names)
        self.clock = virtual.VirtualClock()
        limits = {"breaker_after": AFTER, "breaker_open_s": OPEN_S, "timeout_s": TIMEOUT_S}
        self.gate = virtual.gate(engine, self.clock, self.name, per_minute=60_000, at_once=100, **limits)
        self.requests: list[Request] = []
        self.failures = self.successes = self.openings = self.openings_in_a_row = 0
        self.opens_at: datetime | None = None
        self.open_for = 0.0

    # ── what happens ──

    @rule()
    def ask(self) -> None:
        self.ask_once()

    @precondition(lambda self: self.requests)
    @rule(data=st.data(), failure=st.sampled_from(UP))
    def succeed(self, data: st.DataObject, failure: Refused | BadAnswer | None) -> None:
        self.settle(data, Outcome(failure))

    @precondition(lambda self: self.requests)
    @rule(data=st.data(), failure=st.sampled_from(DOWN), unanswered=st.booleans())
    def fail(self, data: st.DataObject, failure: Unreachable | RateLimited, unanswered: bool) -> None:
        self.settle(data, Outcome(failure, unanswered))

    @precondition(lambda self: self.requests)
    @rule(data=st.data(), pause_s=st.sampled_from([61.0, 3600.0, 86_400.0]))
    def ask_for_a_long_pause(self, data: st.DataObject, pause_s: float) -> None:
        self.settle(data, Outcome(RateLimited(self.name, "HTTP 429"), pause_s=pause_s))

    @precondition(lambda self: self.requests)
    @rule(data=st.data())
    def kill_the_sender(self, data: st.DataObject) -> None:
        """Its lease stays until it has run out."""
        data.draw(st.sampled_from(self.requests)).dead = True

    @rule(seconds=st.one_of(st.floats(0, 30), st.sampled_from([OPEN_S, 2 * OPEN_S, 900.0])))
    def pass_time(self, seconds: float) -> None:
        self.clock.advance(seconds)

    @rule(seconds=st.sampled_from(virtual.JUMPS))
    def set_the_clock(self, seconds: float) -> None:
        self.clock.jump(seconds)

    def teardown(self) -> None:
        """However it went: with every sender dead, the next probe leaves once the breaker and the last lease let it."""
        admitted = self.ask_once()
        if isinstance(admitted, CircuitOpen):
            assert admitted.retry_after <= max(self.open_for, 900.0)
            self.clock.advance(admitted.retry_after)
            admitted = self.ask_once()
        if isinstance(admitted, Wait):
            assert admitted.seconds <= LONGEST_POLL_S
            self.clock.advance(LEASE_S)
            admitted = self.ask_once()
        assert isinstance(admitted, Lease)

    # ── the specification ──

    def ask_once(self) -> Lease | Wait | CircuitOpen:
        self.clock.advance(GAP_S)
        now = self.clock.shared
        if self.opens_at is not None:  # the clock may have been set back
            self.opens_at = min(self.opens_at, now + timedelta(seconds=self.open_for))
        expected = self.expected()
        call = virtual.question(self.clock, self.name)
        admitted = self.gate.admit(call, "host")
        if isinstance(admitted, Wait) and admitted.seconds < GAP_S:
            return self.ask_once()  # the clock was set back, and the last request seems to have left this moment
        assert isinstance(admitted, expected)
        latest = now + timedelta(seconds=LEASE_S)
        for request in self.requests:  # the clock may have been set back
            request.expires = min(request.expires, latest)
        if isinstance(admitted, CircuitOpen):
            assert admitted.retry_after == pytest.approx((self.opens_at - now).total_seconds())
        elif isinstance(admitted, Lease):
            self.requests.append(Request(call, admitted, self.openings, latest))
        return admitted

    def expected(self) -> type[Lease | Wait | CircuitOpen]:
        """One probe at a time: of what left before the breaker opened, nobody knows whether it still runs."""
        now = self.clock.shared
        if self.opens_at is None:
            return Lease
        if now < self.opens_at:
            return CircuitOpen
        return Wait if any(r.opening == self.openings and now < r.expires for r in self.requests) else Lease

    def settle(self, data: st.DataObject, outcome: Outcome) -> None:
        living = [request for request in self.requests if not request.dead]
        if not living:
            return
        request = data.draw(st.sampled_from(living))
        self.requests.remove(request)
        self.gate.settle(request.call, request.lease, outcome)
        if request.opening == self.openings:  # what left before the breaker opened says nothing
            self.learn(outcome)

    def learn(self, outcome: Outcome) -> None:
        if outcome.failure in UP:
            self.failures = 0
            self.successes += 1
            if self.opens_at is not None and self.successes == 2:
                self.opens_at, self.openings_in_a_row = None, 0
        elif outcome.pause_s is not None:
            self.open(outcome.pause_s)
        else:
            self.failures += 1
            if self.opens_at is not None or self.failures == AFTER:
                self.open(min(900.0, OPEN_S * 2**self.openings_in_a_row))

    def open(self, seconds: float) -> None:
        self.opens_at, self.open_for = self.clock.shared + timedelta(seconds=seconds), seconds
        self.openings += 1
        self.openings_in_a_row += 1
        self.failures = self.successes = 0


def test_the_breaker_keeps_to_its_specification(tmp_path: Path) -> None:
    """Closed, open and half-open as specified, one probe at a time, and a dead prober is replaced after its lease."""
    with virtual.quick_store(tmp_path) as engine:
        run_state_machine_as_test(lambda: Doors(engine), settings=virtual.steps(30, 50))
