"""Which transactions of the governor wait for the disk, and which take the only writer's place, by SQLite's own trace.

Not for: what outlives a kill (test_crash_points.py) or a server that is killed (test_gate.py).
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import event

from partnerforge_dagster.governor.cache import StoredAnswer
from partnerforge_dagster.governor.gate import Gate, Outcome
from partnerforge_dagster.governor.leases import Lease
from partnerforge_dagster.governor.ledger import Call
from partnerforge_dagster.governor.questions import Delivered, Questions
from partnerforge_dagster.models.failures import Unreachable
from partnerforge_dagster.store.database import migrate, open_engine
from partnerforge_dagster_tests.governor import virtual

ANSWER = StoredAnswer(200, (), b"{}", virtual.NOON)
DOWN = Unreachable("fake", "HTTP 500")


class Provider:
    """The books of one, and what SQLite was told last."""

    def __init__(self, folder: Path) -> None:
        self.told: list[str] = []
        self.engine = open_engine(f"sqlite:///{folder / 'store.db'}")
        event.listen(self.engine, "connect", lambda connection, _: connection.set_trace_callback(self.told.append))
        migrate(self.engine)
        self.clock = virtual.VirtualClock()
        self.gate: Gate = virtual.gate(self.engine, self.clock, "fake", at_once=9)
        self.questions = Questions(self.engine, self.clock, fresh_s=60)

    def call(self, cost: int = 1) -> Call:
        return virtual.question(self.clock, "fake", cost=cost)

    def left(self, cost: int) -> tuple[Call, Lease]:
        """A call under way."""
        self.clock.advance(1)
        call = self.call(cost)
        lease = self.gate.enter(self.questions, call.id, call, "host")
        assert isinstance(lease, Lease)
        return call, lease

    def settle_with(self, cost: int) -> None:
        self.ends(lambda call, lease: self.gate.settle_with(call, lease, ANSWER, call.id, "https://host/a"), cost)

    def settle(self, cost: int) -> None:
        self.ends(lambda call, lease: self.gate.settle(call, lease, Outcome(DOWN)), cost)

    def ends(self, end: Callable[[Call, Lease], object], cost: int = 1) -> None:
        """A call leaves, and what is told of its end is noted."""
        call, lease = self.left(cost)
        self.told.clear()
        end(call, lease)


@pytest.fixture
def provider(tmp_path: Path) -> Iterator[Provider]:
    """A provider whose store waits for the disk where it is told to."""
    made = Provider(tmp_path)
    yield made
    made.engine.dispose()


WORK: dict[str, tuple[Callable[[Provider], object], bool, bool]] = {
    # what it does, whether its commit waits for the disk, whether it writes
    "a question is entered": (lambda p: p.gate.enter(p.questions, "key", p.call(), None), False, True),
    "a call leaves": (lambda p: p.gate.admit(p.call(), "host"), False, True),
    "a paid answer is kept": (lambda p: p.settle_with(1), True, True),
    "a free answer is kept": (lambda p: p.settle_with(0), False, True),
    "a paid call failed": (lambda p: p.settle(1), True, True),
    "a free call failed": (lambda p: p.settle(0), False, True),
    "a call is withdrawn": (lambda p: p.ends(p.gate.withdraw), True, True),
    "a call is abandoned": (lambda p: p.ends(p.gate.abandon), True, True),
    "a question is looked at": (lambda p: p.questions.peek("key", p.call()), True, False),
    "a question is given up": (lambda p: p.questions.give_up("key", p.call(), DOWN), True, True),
    "calls are written down": (lambda p: p.questions.record([(p.call(), Delivered(DOWN))]), False, True),
    "a claim is renewed": (lambda p: p.questions.renew("key", p.call()), False, True),
    "a claim is released": (lambda p: p.questions.release("key", p.call()), False, True),
}


@pytest.mark.parametrize("work", WORK)
def test_what_waits_for_the_disk_is_what_was_paid_for(provider: Provider, work: str) -> None:
    """And what cannot be told again; the rest would be asked again for nothing. A look keeps no writer waiting."""
    do, waits, writes = WORK[work]
    do(provider)  # once before: the row of a provider is made with its first call
    provider.told.clear()
    do(provider)
    assert provider.told.count("COMMIT") == 1, provider.told
    assert ("PRAGMA synchronous = 1" not in provider.told) is waits
    assert ("BEGIN IMMEDIATE" in provider.told) is writes
    assert provider.told[-1] == ("COMMIT" if waits else "PRAGMA synchronous = 2"), "the connection is as it was"
