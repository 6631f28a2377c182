"""Questions and their stored answers, as one call sees them: may it use the stored answer, and may it ask?

All methods block: the transport runs them in worker threads (threads.py). Each is one short transaction, but for those
with which the gate's begins (gate.py); what a claim or a cached answer notes need not outlive a power cut: nothing was
paid for it.
Not for: limits and the request itself (gate.py, transport.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Engine

from partnerforge_dagster.governor import cache, ledger
from partnerforge_dagster.governor.cache import Asking, Seen, StoredAnswer
from partnerforge_dagster.governor.clock import Clock, now
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
        self._fresh_s = fresh_s
        self._claim_s = claim_s

    def asking(self, key: str, call: Call) -> Asking:
        """The question as the call puts it."""
        return Asking(key, call.id, self._fresh_s, call.who.force, call.who.run_id, call.asked_at)

    def claim(self, transaction: Transaction, asking: Asking) -> None:
        """Claim the question, unless a stored answer will do. What came of it is judged by a look after this."""
        cache.claim(transaction, asking, self._clock.ours(transaction), self._claim_s)

    def see(self, transaction: Transaction, asking: Asking) -> Seen:
        """The question, and nothing else."""
        return cache.see(transaction, asking, self._clock.ours(transaction))

    def judge(self, transaction: Transaction, key: str, call: Call, seen: Seen) -> StoredAnswer | bool:
        """A usable stored answer, noted in the ledger; else whether the call may ask (False: somebody else is asking).

        The call has tried to claim the question before.
        """
        call.asked_at = call.asked_at or seen.at
        mine = seen.owner == call.id
        if not seen.usable or seen.answer is None:
            return mine
        if mine:  # the last owner had not answered yet when it was claimed
            cache.release(transaction, key, call.id)
        call.status, call.cached = ledger.OK, True
        ledger.save(transaction, call)
        return seen.answer

    def peek(self, key: str, call: Call) -> tuple[StoredAnswer | None, bool]:
        """The last good answer and whether it is usable as it is; reads only."""
        with begin(self._engine, writes=False) as transaction:
            seen = self.see(transaction, self.asking(key, call))
            return seen.answer, seen.usable

    def give_up(self, key: str, call: Call, failure: ProviderError) -> Delivered:
        """The question could not be asked: what is had instead. Ends the call's claim."""
        with begin(self._engine) as transaction:
            seen = self.see(transaction, self.asking(key, call))
            call.asked_at = call.asked_at or seen.at
            cache.release(transaction, key, call.id)
            delivered = instead(seen.answer, failure)
            _note(call, delivered)
            ledger.save(transaction, call)
        return delivered

    def record(self, calls: Sequence[tuple[Call, Delivered]]) -> None:
        """Note in the ledger what calls got that made no request of their own."""
        with begin(self._engine, durable=False) as transaction:
            moment = now(self._clock, transaction)
            for call, delivered in calls:
                call.asked_at = call.asked_at or moment
                _note(call, delivered)
                ledger.save(transaction, call)

    def renew(self, key: str, call: Call) -> None:
        """Keep the call's claim."""
        with begin(self._engine, durable=False) as transaction:
            cache.renew(transaction, key, call.id, self._clock.ours(transaction), self._claim_s)

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
