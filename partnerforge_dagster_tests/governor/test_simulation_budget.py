"""The month's budget on a virtual clock: what is counted is exactly what left and was not given back."""

from collections import Counter
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import Engine

from partnerforge_dagster.governor.gate import Outcome
from partnerforge_dagster.governor.leases import Lease
from partnerforge_dagster.governor.ledger import Call
from partnerforge_dagster.models.failures import BadAnswer, OverBudget, RateLimited, Refused, Unreachable
from partnerforge_dagster.store.calls import Calls
from partnerforge_dagster_tests.governor import virtual

BUDGET, TIMEOUT_S, LEASE_S = 12, 20.0, 25.0

ANSWERED = (Refused("p", "HTTP 403"), Unreachable("p", "HTTP 500"), RateLimited("p", "HTTP 429"))
"""Failures that the provider told: they are not billed."""


class Money(RuleBasedStateMachine):
    """Calls of several prices leave and end in every way there is; a purse is kept beside the ledger."""

    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self.name = next(virtual.names)
        self.calls = Calls(engine)
        self.clock = virtual.VirtualClock()
        limits = {"credits_a_month": BUDGET, "timeout_s": TIMEOUT_S, "per_minute": 60_000, "breaker_after": 10_000}
        self.gate = virtual.gate(engine, self.clock, self.name, **limits)
        self.purse: Counter[str] = Counter()
        self.under_way: list[tuple[Call, Lease]] = []
        self.waiting: list[Call] = []
        self.lost: set[str] = set()

    # ── what happens ──

    @rule(cost=st.integers(0, 4))
    def ask(self, cost: int) -> None:
        self.leave(virtual.question(self.clock, self.name, cost=cost))

    @precondition(lambda self: self.waiting)
    @rule()
    def try_again(self) -> None:
        """A retry, perhaps in the next month: it counts in the month of the question."""
        self.leave(self.waiting.pop(0))

    @precondition(lambda self: self.under_way)
    @rule(unreadable=st.booleans())
    def answer(self, unreadable: bool) -> None:
        """A good answer is billed, and one that nobody can read may be."""
        call, lease = self.under_way.pop(0)
        self.gate.settle(call, lease, Outcome(BadAnswer("p", "no JSON") if unreadable else None))

    @precondition(lambda self: self.under_way)
    @rule(failure=st.sampled_from(ANSWERED))
    def refuse(self, failure: Refused | Unreachable | RateLimited) -> None:
        call, lease = self.under_way.pop(0)
        self.gate.settle(call, lease, Outcome(failure))
        self.purse[self.month(call)] -= call.cost
        self.waiting.append(call)

    @precondition(lambda self: self.under_way)
    @rule()
    def stay_silent(self) -> None:
        """Nobody knows whether it was billed."""
        call, lease = self.under_way.pop(0)
        self.gate.settle(call, lease, Outcome(ANSWERED[1], unanswered=True))
        self.waiting.append(call)

    @precondition(lambda self: self.under_way)
    @rule(left=st.booleans())
    def cancel(self, left: bool) -> None:
        """A call that had not left yet owes nothing."""
        call, lease = self.under_way.pop(0)
        if left:
            self.gate.abandon(call, lease)
        else:
            self.gate.withdraw(call, lease)
            self.purse[self.month(call)] -= call.cost

    @precondition(lambda self: self.under_way)
    @rule()
    def kill_the_sender(self) -> None:
        call, _ = self.under_way.pop(0)
        self.lost.add(call.id)

    @rule(days=st.sampled_from([0, 0, 0, 1, 16, 31]))
    def pass_time(self, days: int) -> None:
        """Long enough for every dead sender to be found; the living are asked for nothing meanwhile."""
        self.clock.advance(days * 86_400 + 1)

    # ── what must hold ──

    def leave(self, call: Call) -> None:
        self.clock.advance(0.01)
        month = self.month(call)
        fits = self.purse[month] + call.cost <= BUDGET or call.cost == 0
        admitted = self.gate.admit(call, "host")
        if isinstance(admitted, Lease):
            assert fits
            self.purse[month] += call.cost
            self.under_way.append((call, admitted))
        else:
            assert isinstance(admitted, OverBudget)
            assert not fits

    def month(self, call: Call) -> str:
        return f"{call.asked_at or self.clock.shared:%Y-%m}"

    @invariant()
    def the_ledger_and_the_purse_agree(self) -> None:
        spent = Counter({spend.month: spend.credits for spend in self.calls.spend(provider=self.name)})
        assert spent == +self.purse
        assert max(self.purse.values(), default=0) <= BUDGET

    def teardown(self) -> None:
        """The next call finds whoever died, and counts what he left behind."""
        self.clock.advance(LEASE_S + 1)
        self.leave(virtual.question(self.clock, self.name, cost=0))
        self.the_ledger_and_the_purse_agree()
        unknown = {row["id"] for row in self.calls.rows(status="charge_unknown") if row["provider"] == self.name}
        assert self.lost <= unknown


def test_a_budget_is_exact_whatever_happens(tmp_path: Path) -> None:
    """A call is refused exactly when it would pass the month's credits, and the ledger's sum is what was spent."""
    with virtual.quick_store(tmp_path) as engine:
        run_state_machine_as_test(lambda: Money(engine), settings=virtual.steps(25, 40))
