"""The limiter on a virtual clock: senders die, requests hang, the clock is set; the limits hold all the same."""

from dataclasses import dataclass
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test
from sqlalchemy import Engine

from partnerforge_dagster.governor.gate import Outcome
from partnerforge_dagster.governor.leases import WINDOW_S, Lease
from partnerforge_dagster.governor.ledger import Call
from partnerforge_dagster.governor.limiter import LEASE_GRACE_S, LONGEST_POLL_S, Wait
from partnerforge_dagster.models.failures import RateLimited, Unreachable
from partnerforge_dagster_tests.governor import virtual

PER_MINUTE, AT_ONCE, PER_HOST, TIMEOUT_S = 8, 3, 2, 20.0
HORIZON_S = TIMEOUT_S + LEASE_GRACE_S + WINDOW_S + 2 * LONGEST_POLL_S
"""The longest wait there may be: all slots are with the dead, and the minute is full after that."""


@dataclass
class Request:
    """What the provider may have seen: it arrived at some time from `left` to `ended` and was worked on until then."""

    call: Call
    lease: Lease
    host: str
    left: float
    ended: float
    settled: bool = False


class Traffic(RuleBasedStateMachine):
    """Asks for leave on behalf of many senders, and keeps beside the limiter what the provider may have seen."""

    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self.name = next(virtual.names)
        self.clock = virtual.VirtualClock()
        limits = {"per_minute": PER_MINUTE, "at_once": AT_ONCE, "timeout_s": TIMEOUT_S}
        self.gate = virtual.gate(engine, self.clock, self.name, PER_HOST, **limits)
        self.requests: list[Request] = []
        self.before_set_ahead = 0
        self.paused_until = 0.0

    # ── what happens ──

    @rule(host=st.sampled_from("ab"), interactive=st.booleans(), times=st.integers(1, 6))
    def ask(self, host: str, interactive: bool, times: int) -> None:
        """Ask, and ask again after the wait that was named."""
        for _ in range(times):
            wait = self.ask_once(host, interactive)
            if wait is not None:
                self.pass_time(wait.seconds)

    @precondition(lambda self: self.under_way())
    @rule(data=st.data())
    def answer(self, data: st.DataObject) -> None:
        self.settle(data.draw(st.sampled_from(self.under_way())), Outcome())

    @precondition(lambda self: self.under_way())
    @rule(data=st.data(), pause_s=st.floats(0, 60))
    def ask_for_a_pause(self, data: st.DataObject, pause_s: float) -> None:
        self.settle(
            data.draw(st.sampled_from(self.under_way())), Outcome(RateLimited(self.name, "HTTP 429"), pause_s=pause_s)
        )
        self.paused_until = self.clock.elapsed + pause_s

    @precondition(lambda self: self.under_way())
    @rule(data=st.data())
    def kill_the_sender(self, data: st.DataObject) -> None:
        """Nobody settles the request any more; the provider works on it until its timeout."""
        data.draw(st.sampled_from(self.under_way())).settled = True

    @rule(seconds=st.one_of(st.floats(0, 2), st.floats(0, 70)))
    def pass_time(self, seconds: float) -> None:
        """Senders notice their timeouts on the way."""
        until = self.clock.elapsed + seconds
        for request in sorted(self.under_way(), key=lambda request: request.ended):
            if request.ended <= until:
                self.clock.advance(max(0.0, request.ended - self.clock.elapsed))
                self.settle(request, Outcome(Unreachable(self.name, "no answer"), unanswered=True))
        self.clock.advance(until - self.clock.elapsed)

    @rule(seconds=st.sampled_from(virtual.JUMPS))
    def set_the_clock(self, seconds: float) -> None:
        self.clock.jump(seconds)
        if seconds > 0:
            self.before_set_ahead, self.paused_until = len(self.requests), 0.0

    def teardown(self) -> None:
        """However it went: who asks now leaves within the horizon."""
        asked = self.clock.elapsed
        while (wait := self.ask_once("a", True)) is not None:
            self.pass_time(wait.seconds)
            assert self.clock.elapsed - asked <= HORIZON_S

    # ── what must hold ──

    def ask_once(self, host: str, interactive: bool) -> Wait | None:
        call = virtual.question(self.clock, self.name, interactive=interactive)
        admitted = self.gate.admit(call, host)
        if isinstance(admitted, Wait):
            assert 0 < admitted.seconds <= LONGEST_POLL_S
            return admitted
        assert isinstance(admitted, Lease)
        now = self.clock.elapsed
        known = self.requests[self.before_set_ahead :]
        assert sum(request.ended > now - 60 for request in known) < PER_MINUTE
        assert sum(request.ended > now for request in known) < AT_ONCE
        assert sum(request.ended > now and request.host == host for request in known) < PER_HOST
        assert now > self.paused_until - 1e-6
        self.requests.append(Request(call, admitted, host, now, now + TIMEOUT_S))
        return None

    def under_way(self) -> list[Request]:
        return [request for request in self.requests if not request.settled]

    def settle(self, request: Request, outcome: Outcome) -> None:
        request.settled, request.ended = True, self.clock.elapsed
        self.gate.settle(request.call, request.lease, outcome)


def test_limits_hold_whatever_happens(tmp_path: Path) -> None:
    """Never more than the limit a minute, at once or at one host; never a wait past the horizon.

    After the clock was set ahead what went before may be forgotten, so that one more allowance may leave, once.
    """
    with virtual.quick_store(tmp_path) as engine:
        run_state_machine_as_test(lambda: Traffic(engine), settings=virtual.steps(25, 40))
