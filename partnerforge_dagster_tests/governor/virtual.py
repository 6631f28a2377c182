"""A store and a clock for simulations: time passes only when a test says so.

Not for: real processes (processes.py) or real waiting (fakes.py's FastClock).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import hypothesis
from hypothesis import HealthCheck, Phase
from sqlalchemy import Engine, event

from partnerforge_dagster.governor import cache
from partnerforge_dagster.governor.cache import Asking, Seen, StoredAnswer
from partnerforge_dagster.governor.context import CallContext
from partnerforge_dagster.governor.gate import Gate
from partnerforge_dagster.governor.ledger import Call
from partnerforge_dagster.governor.policy import ProviderPolicy
from partnerforge_dagster.governor.questions import Questions
from partnerforge_dagster.store.database import migrate, open_engine
from partnerforge_dagster.store.transaction import Transaction, begin
from partnerforge_dagster_tests.governor.fakes import classify, settings

NOON = datetime(2026, 11, 16, 12, tzinfo=UTC)

JUMPS = (-3600.0, -90.0, -5.0, 5.0, 90.0, 3600.0)
"""Seconds by which somebody sets the shared clock."""

names = map("provider-{}".format, count())
"""Each run of a simulation has a provider of its own in the common store."""


class VirtualClock:
    """The shared clock, which may be set, and the time that really passed, which may not."""

    def __init__(self) -> None:
        self.shared = NOON
        self.elapsed = 0.0

    def ours(self, transaction: Transaction) -> datetime:
        """The database's clock is not asked; a real one would be, over this connection."""
        assert transaction.dialect.name
        return self.shared

    def monotonic(self) -> float:
        return self.elapsed

    async def sleep(self, seconds: float) -> None:
        self.advance(seconds)

    def advance(self, seconds: float) -> None:
        self.elapsed += seconds
        self.shared += timedelta(seconds=seconds)

    def jump(self, seconds: float) -> None:
        self.shared += timedelta(seconds=seconds)


@contextmanager
def quick_store(folder: Path) -> Iterator[Engine]:
    """A SQLite store that does not wait for the disk: nothing here survives a power cut."""
    engine = open_engine(f"sqlite:///{folder / 'store.db'}")
    event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous = OFF"))
    migrate(engine)
    yield engine
    engine.dispose()


def gate(engine: Engine, clock: VirtualClock, name: str, per_host: int | None = None, **changes: object) -> Gate:
    """A provider's gate, as each process has one."""
    policy = ProviderPolicy(name=name, settings=settings(**changes), classify=classify, per_host_at_once=per_host)
    return Gate(policy, engine, clock)


def entered(engine: Engine, questions: Questions, key: str, call: Call) -> StoredAnswer | bool:
    """The stored answer, or whether the call may ask, by a transaction of its own."""
    with begin(engine) as transaction:
        asking = questions.asking(key, call)
        questions.claim(transaction, asking)
        return questions.judge(transaction, key, call, questions.see(transaction, asking))


def see(transaction: Transaction, key: str) -> Seen:
    """A question as it is."""
    return cache.see(transaction, Asking(key), NOON)


def owner(transaction: Transaction, key: str, asker: str, now: datetime) -> str | None:
    """Who has the claim on a question after somebody has tried to claim it."""
    cache.claim(transaction, Asking(key, asker), now)
    return see(transaction, key).owner


def question(clock: VirtualClock, name: str, *, cost: int = 1, interactive: bool = True) -> Call:
    """A call that has not left yet."""
    return Call(name, "/a", CallContext(interactive=interactive), cost, clock.monotonic)


def steps(examples: int, each: int) -> hypothesis.settings:
    """So many runs of so many steps. A failing run is printed step by step and is the first one next time.

    It is not made smaller: that would replay the database for minutes.
    """
    return hypothesis.settings(
        max_examples=examples,
        stateful_step_count=each,
        deadline=None,
        print_blob=True,
        phases=[Phase.reuse, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
