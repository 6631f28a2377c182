"""Single flight over processes on a virtual clock: askers die, the clock is set; a question is bought once."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test
from sqlalchemy import Engine

from partnerforge_dagster.governor.cache import CLAIM_S, StoredAnswer
from partnerforge_dagster.governor.gate import Gate, Outcome
from partnerforge_dagster.governor.leases import Lease
from partnerforge_dagster.governor.ledger import Call
from partnerforge_dagster.governor.limiter import Wait
from partnerforge_dagster.governor.questions import Questions
from partnerforge_dagster.models.failures import Unreachable
from partnerforge_dagster_tests.governor import virtual

DOWN = Unreachable("p", "HTTP 500")
KEYS = ("one", "other")
FRESH_S = 7200.0
RENEW_S = 10.0
"""A living owner keeps his claim at least this often."""


@dataclass
class Asker:
    """A process that asks a question and keeps its claim."""

    key: str
    call: Call
    lease: Lease
    renewed: float


class Askers(RuleBasedStateMachine):
    """Processes ask two questions; a list of who is asking what, and of what was answered when, is kept beside."""

    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self.name = next(virtual.names)
        self.clock = virtual.VirtualClock()
        self.questions = Questions(engine, self.clock, FRESH_S)
        self.gate: Gate = virtual.gate(engine, self.clock, self.name, per_minute=60_000, at_once=100)
        self.asking: list[Asker] = []
        self.answered: dict[str, StoredAnswer] = {}
        self.dead_until = dict.fromkeys(KEYS, -1.0)
        """When the claim of an asker who died must have ended."""
        self.set_back: set[str] = set()
        """Keys that nobody has asked for since the clock was set back."""

    # ── what happens ──

    @rule(key=st.sampled_from(KEYS), processes=st.integers(1, 3), host=st.sampled_from([None, "host"]))
    def ask(self, key: str, processes: int, host: str | None) -> None:
        for _ in range(processes):
            self.clock.advance(0.01)
            self.ask_once(key, host)

    @precondition(lambda self: self.asking)
    @rule()
    def answer(self) -> None:
        """The answer is stored, and the claim has ended."""
        asker = self.asking.pop(0)
        answer = StoredAnswer(200, (), asker.call.id.encode(), self.clock.shared)
        self.gate.settle_with(asker.call, asker.lease, answer, self.key(asker.key), "https://host/a")
        self.answered[asker.key] = answer

    @precondition(lambda self: self.asking)
    @rule()
    def fail(self) -> None:
        """An old answer makes up for the failure, if there ever was one."""
        asker = self.asking.pop(0)
        self.gate.settle(asker.call, asker.lease, Outcome(DOWN))
        had = self.questions.give_up(self.key(asker.key), asker.call, DOWN)
        old = self.answered.get(asker.key)
        assert had.failure is DOWN
        assert had.stale is (old is not None)
        assert had.what == (old or DOWN)

    @precondition(lambda self: self.asking)
    @rule()
    def cancel(self) -> None:
        asker = self.asking.pop(0)
        self.gate.abandon(asker.call, asker.lease)
        self.questions.release(self.key(asker.key), asker.call)

    @precondition(lambda self: self.asking)
    @rule()
    def kill(self) -> None:
        asker = self.asking.pop(0)
        self.dead_until[asker.key] = self.clock.elapsed + CLAIM_S

    @rule(seconds=st.one_of(st.floats(0, 25), st.sampled_from([CLAIM_S, FRESH_S])))
    def pass_time(self, seconds: float) -> None:
        """The living keep their claims."""
        until = self.clock.elapsed + seconds
        while self.asking and (first := min(self.asking, key=lambda a: a.renewed)).renewed + RENEW_S <= until:
            self.clock.advance(max(0.0, first.renewed + RENEW_S - self.clock.elapsed))
            self.questions.renew(self.key(first.key), first.call)
            first.renewed = self.clock.elapsed
        self.clock.advance(max(0.0, until - self.clock.elapsed))

    @rule(seconds=st.sampled_from(virtual.JUMPS))
    def set_the_clock(self, seconds: float) -> None:
        """Ahead only while nobody asks: his claim would seem to have ended, and nobody could tell."""
        if seconds < 0:
            self.set_back.update(KEYS)
        if seconds < 0 or not self.asking:
            self.clock.jump(seconds)

    def teardown(self) -> None:
        """However it went: when every asker has died, somebody may ask once their claims have ended."""
        for key in KEYS:
            self.ask_once(key, None)
        self.clock.advance(CLAIM_S)
        for key in KEYS:
            assert self.gate.enter(self.questions, self.key(key), virtual.question(self.clock, self.name), None)

    # ── what must hold ──

    def key(self, key: str) -> str:
        return f"{self.name}/{key}"

    def ask_once(self, key: str, host: str | None) -> None:
        """With a host, the call leaves in the transaction that claims its question; without, in one of its own."""
        call = virtual.question(self.clock, self.name)
        entered = self.gate.enter(self.questions, self.key(key), call, host)
        had = self.answered.get(key)
        fresh = had is not None and had.fetched_at > self.clock.shared - timedelta(seconds=FRESH_S)
        if key in self.set_back:  # a claim of the dead may now seem to be as good as new, and no better
            self.set_back.discard(key)
            self.dead_until[key] = self.clock.elapsed + CLAIM_S
        if fresh:
            assert entered == had
        elif entered is not None:
            assert not self.asked(key), "two processes buy the same answer"
            lease = entered if isinstance(entered, Lease) else self.leave(call)
            self.asking.append(Asker(key, call, lease, self.clock.elapsed))
        else:
            assert self.asked(key) or self.clock.elapsed < self.dead_until[key]

    def asked(self, key: str) -> bool:
        return any(asker.key == key for asker in self.asking)

    def leave(self, call: Call) -> Lease:
        while isinstance(admitted := self.gate.admit(call, "host"), Wait):
            self.clock.advance(admitted.seconds)
        assert isinstance(admitted, Lease)
        return admitted


def test_a_question_is_asked_by_one_at_a_time(tmp_path: Path) -> None:
    """Never two askers of one question, no asking while there is a fresh answer, and no waiting for the dead."""
    with virtual.quick_store(tmp_path) as engine:
        run_state_machine_as_test(lambda: Askers(engine), settings=virtual.steps(20, 40))
