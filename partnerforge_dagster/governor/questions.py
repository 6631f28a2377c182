"""Questions and their stored answers, as one call sees them: may it use the stored answer, and may it ask?

All methods block: the transport runs them in worker threads (threads.py). Each is one short transaction, but for
`enter`, with which the gate's begins (gate.py); what
a claim or a cached answer notes need not outlive a power cut: nothing was paid for it.
Not for: limits and the request itself (gate.py, transport.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine

from partnerforge_dagster.governor import cache, ledger
from partnerforge_dagster.governor.cache import StoredAnswer
from partnerforge_dagster.governor.clock import Clock
from partnerforge_dagster.governor.ledger import Call
from partnerforge_dagster.models.failures import ProviderError
from partnerforge_dagster.store.transaction import Transaction, begin


@dataclass(frozen=True)
class Delivered:
    """What the askers of one question get."""

    what: StoredAnswer | ProviderError
    cached: bool = False
    stale: bool = False
    instead_of: ProviderError | None = None
    """Why a stale answer had to do."""

    @property
    def failure(self) -> ProviderError | None:
        """What went wrong, whether or not an old answer makes up for it."""
        return self.what if isinstance(self.what, ProviderError) else self.instead_of


class Questions:
    """The questions to one provider: answers stay fresh for `fresh_s`, claims not renewed stand for `claim_s`."""

    def __init__(self, engine: Engine, clock: Clock, fresh_s: float, claim_s: float = cache.CLAIM_S) -> None:
        self._engine = engine
        self._clock = clock
        self._fresh = timedelta(seconds=fresh_s)
        self._claim_s = claim_s

    def enter(self, transaction: Transaction, key: str, call: Call) -> StoredAnswer | bool:
        """A usable stored answer, noted in the ledger; else whether the call may ask (False: somebody else is asking).

        The cache is read again once the question is claimed: the last owner may have answered in between.
        """
        seen = cache.see(transaction, key)
        now = self._clock.now(transaction, seen.at)
        call.asked_at = call.asked_at or now
        if not self._usable(seen.answer, call, now):
            seen = cache.claim(transaction, key, call.id, now, self._claim_s)
            if seen.owner != call.id:
                return False
            if not self._usable(seen.answer, call, now):
                return True
            cache.release(transaction, key, call.id)
        call.status, call.cached = ledger.OK, True
        ledger.save(transaction, call, now)
        return seen.answer or False

    def _usable(self, answer: StoredAnswer | None, call: Call, now: datetime) -> bool:
        """Fresh; and when the call is forced, bought since it was asked or by its own run."""
        if answer is None or answer.fetched_at <= now - self._fresh:
            return False
        own = call.who.run_id is not None and answer.run_id == call.who.run_id
        return not call.who.force or own or (call.asked_at is not None and answer.fetched_at >= call.asked_at)

    def peek(self, key: str, call: Call) -> tuple[StoredAnswer | None, bool]:
        """The last good answer and whether it is usable as it is; reads only."""
        with begin(self._engine, writes=False) as transaction:
            seen = cache.see(transaction, key)
            return seen.answer, self._usable(seen.answer, call, self._clock.now(transaction, seen.at))

    def give_up(self, key: str, call: Call, failure: ProviderError) -> Delivered:
        """The question could not be asked: what is had instead. Ends the call's claim."""
        with begin(self._engine) as transaction:
            seen = cache.see(transaction, key)
            cache.release(transaction, key, call.id)
            delivered = instead(seen.answer, failure)
            _note(call, delivered)
            ledger.save(transaction, call, self._clock.now(transaction, seen.at))
        return delivered

    def record(self, calls: Sequence[tuple[Call, Delivered]]) -> None:
        """Note in the ledger what calls got that made no request of their own."""
        with begin(self._engine, durable=False) as transaction:
            now = self._clock.now(transaction)
            for call, delivered in calls:
                _note(call, delivered)
                ledger.save(transaction, call, now)

    def renew(self, key: str, call: Call) -> None:
        """Keep the call's claim."""
        with begin(self._engine, durable=False) as transaction:
            cache.renew(transaction, key, call.id, self._clock.now(transaction), self._claim_s)

    def release(self, key: str, call: Call) -> None:
        """End the call's claim."""
        with begin(self._engine, durable=False) as transaction:
            cache.release(transaction, key, call.id)


def instead(answer: StoredAnswer | None, failure: ProviderError) -> Delivered:
    """The last good answer, marked stale, where there is one; else the failure."""
    return Delivered(failure) if answer is None else Delivered(answer, cached=True, stale=True, instead_of=failure)


def _note(call: Call, delivered: Delivered) -> None:
    failure = delivered.failure
    call.status = ledger.OK if failure is None else ledger.status_of(failure)
    call.detail = None if failure is None else str(failure)
    call.cached, call.stale = delivered.cached, delivered.stale
