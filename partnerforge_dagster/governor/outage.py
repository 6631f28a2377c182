"""What this process knows of an open breaker, so that failing needs no database.

Not for: deciding that the breaker opens (breaker.py, gate.py): this only remembers for how long it said so.
"""

from partnerforge_dagster.governor.clock import Clock
from partnerforge_dagster.models.failures import CircuitOpen, ProviderError


class Outage:
    """The last CircuitOpen of one provider."""

    def __init__(self, provider: str, clock: Clock) -> None:
        self._provider = provider
        self._clock = clock
        self._until = 0.0
        self.without_answer: set[str] = set()
        """Keys of questions known to have no stored answer; none comes while the breaker is open."""

    def note(self, failure: ProviderError) -> None:
        """Remember until when a CircuitOpen holds; other failures say nothing about that."""
        if isinstance(failure, CircuitOpen):
            self._until = self._clock.monotonic() + failure.retry_after
            self.without_answer = set()

    @property
    def lasts(self) -> bool:
        """Whether the breaker is known to be open."""
        return self._clock.monotonic() < self._until

    def failure(self) -> CircuitOpen:
        """The failure of a call made now."""
        return circuit_open(self._provider, self._until - self._clock.monotonic())


def circuit_open(provider: str, seconds: float) -> CircuitOpen:
    """The failure while a breaker stays open for another so many seconds."""
    return CircuitOpen(provider, f"failed too often, left alone for another {seconds:.0f} s", retry_after=seconds)
