"""The circuit breaker as a pure state machine: closed, open, half-open (SPEC section 2, step 3).

    closed ──failures in a row──> open ──time──> half-open ──two successes──> closed
                                   ^                 │
                                   └────a failure────┘  for twice as long, up to 15 minutes

Not for: where the state is kept (limiter.py) or how many probes go at once (limiter.py: one).
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

LONGEST_OPEN_S = 900.0
PROBES_TO_CLOSE = 2


class State(StrEnum):
    """Whether requests may leave."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


@dataclass(frozen=True)
class Breaker:
    """The breaker of one provider, as its row keeps it."""

    failures: int = 0
    """In a row, while closed."""
    trips: int = 0
    """Openings since it was last closed."""
    probes_passed: int = 0
    open_until: datetime | None = None
    open_for_s: float = 0.0
    generation: int = 0
    """Counts every opening: the outcome of a call that began in an earlier generation says nothing about this one."""

    def state(self, now: datetime) -> State:
        """The state at `now`."""
        if self.open_until is None:
            return State.CLOSED
        return State.OPEN if now < self.open_until else State.HALF_OPEN

    def opens_in(self, now: datetime) -> float:
        """Seconds until a probe may go; 0 when requests may leave."""
        return 0.0 if self.open_until is None else max(0.0, (self.open_until - now).total_seconds())

    def failed(self, now: datetime, *, after: int, open_s: float) -> "Breaker":
        """After a failed request: opens at the `after`-th in a row, or at once when it was a probe."""
        if self.open_until is None and self.failures + 1 < after:
            return replace(self, failures=self.failures + 1)
        return self.opened(now, min(open_s * 2**self.trips, max(open_s, LONGEST_OPEN_S)))

    def passed(self) -> "Breaker":
        """After a request that the provider answered."""
        if self.open_until is None:
            return replace(self, failures=0)
        if self.probes_passed + 1 < PROBES_TO_CLOSE:
            return replace(self, probes_passed=self.probes_passed + 1)
        return Breaker(generation=self.generation)

    def opened(self, now: datetime, seconds: float) -> "Breaker":
        """Opened for `seconds`: after failures, or because the provider itself asked for a long pause."""
        return Breaker(
            trips=self.trips + 1,
            open_until=now + timedelta(seconds=seconds),
            open_for_s=seconds,
            generation=self.generation + 1,
        )

    def corrected(self, now: datetime) -> "Breaker":
        """Itself, unless it would stay open longer than it was opened for: then the clock was set back since."""
        if self.opens_in(now) <= self.open_for_s:
            return self
        return replace(self, open_until=now + timedelta(seconds=self.open_for_s))
