"""The transactions before and after a request: breaker, budget, limiter and ledger decided together.

All methods block: the transport runs them in worker threads (threads.py). Each is one short transaction that locks the
provider's row before it decides, so that what it reads still holds when it writes. A claim on a question is taken and
ended before that, never after it: of two transactions each would else wait for the other.
Not for: the order of a call (transport.py) or questions and their answers (questions.py).
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Engine

from partnerforge_dagster.governor import cache, ledger, limiter
from partnerforge_dagster.governor.breaker import State
from partnerforge_dagster.governor.budget import over_budget
from partnerforge_dagster.governor.cache import StoredAnswer
from partnerforge_dagster.governor.clock import Clock
from partnerforge_dagster.governor.ledger import Call
from partnerforge_dagster.governor.limiter import INTERACTIVE_GRACE_S, Lease, Limits, ProviderRow, Traffic, Wait
from partnerforge_dagster.governor.outage import circuit_open
from partnerforge_dagster.governor.policy import ProviderPolicy
from partnerforge_dagster.governor.questions import Questions
from partnerforge_dagster.governor.retry import PATIENCE_S, worth_another_try
from partnerforge_dagster.models.failures import BadAnswer, ProviderError
from partnerforge_dagster.store.calls import CHARGE_UNKNOWN
from partnerforge_dagster.store.transaction import Transaction, begin

Admission = Lease | Wait | ProviderError
"""Leave for one request, how long to wait before asking again, or why it may not go."""

NOT_YET = Wait(0.0)
"""A call that has not asked for leave."""


@dataclass(frozen=True)
class Outcome:
    """What became of a request that left."""

    failure: ProviderError | None = None
    unanswered: bool = False
    """It left and no answer came: nobody here knows whether it was billed."""
    pause_s: float | None = None
    """The provider's Retry-After, in seconds."""


class Gate:
    """Lets the requests of one provider out and takes note of what became of them."""

    def __init__(self, policy: ProviderPolicy, engine: Engine, clock: Clock) -> None:
        self._settings = policy.settings
        self._name = policy.name
        self._clean = policy.clean
        self._engine = engine
        self._clock = clock
        self._limits = Limits(
            per_minute=policy.settings.per_minute,
            at_once=policy.settings.at_once,
            per_host=policy.per_host_at_once,
            timeout_s=policy.settings.timeout_s,
            spacing_s=policy.spacing_s,
        )

    def enter(self, questions: Questions, key: str, call: Call, host: str | None) -> StoredAnswer | Admission | None:
        """A usable stored answer; None while somebody else asks; else the question is the call's, and may it leave?

        Without a `host` only the question is looked at, as others wait for their turn: then the answer is to wait, too.
        """
        with begin(self._engine, durable=False) as transaction:
            entered = questions.enter(transaction, key, call)
            if isinstance(entered, StoredAnswer):
                return entered
            if not entered:
                return None
            return NOT_YET if host is None else self._admission(transaction, call, host)

    def admit(self, call: Call, host: str) -> Admission:
        """Leave for one request now, with its row in the ledger; or how long to wait; or why it may not go.

        The row outlives any crash of ours, and of a database server. On SQLite its commit does not wait for the disk,
        but the next answer's takes it along: a power cut forgets calls under way, which would be asked again anyway.
        """
        with begin(self._engine, durable=False) as transaction:
            return self._admission(transaction, call, host)

    def _admission(self, transaction: Transaction, call: Call, host: str) -> Admission:
        row = limiter.lock(transaction, self._name)
        now = self._clock.now(transaction, row.read_at)
        row.correct(now)
        seen = limiter.traffic(transaction, row, host, self._limits, now)
        self._tidy(transaction, row, seen, now)
        admission = self._refusal(transaction, row, call, now) or self._turn(transaction, row, seen, call, host, now)
        limiter.save(transaction, row)
        return admission

    def _tidy(self, transaction: Transaction, row: ProviderRow, seen: Traffic, now: datetime) -> None:
        """What few calls have to do: these are statements, and every call would pay for them."""
        if seen.set_back:
            ledger.correct(transaction, self._name, now + timedelta(seconds=self._limits.lease_s))
        if seen.lost:
            ledger.find_lost(transaction, self._name, now)
        if seen.old > limiter.SWEEP:
            limiter.sweep(transaction, row, now)

    def _turn(
        self, transaction: Transaction, row: ProviderRow, seen: Traffic, call: Call, host: str, now: datetime
    ) -> Admission:
        wait = limiter.wait_for_turn(row, seen, self._limits, now, interactive=call.who.interactive)
        if wait is None:
            self._intend(transaction, call, now)
            return limiter.give(transaction, row, host, self._limits, now)
        if call.who.interactive and not wait.host_full:
            row.interactive_until = now + timedelta(seconds=wait.seconds + INTERACTIVE_GRACE_S)
        return wait

    def _refusal(self, transaction: Transaction, row: ProviderRow, call: Call, now: datetime) -> ProviderError | None:
        refused = over_budget(transaction, call, self._settings.credits_a_month, now)
        if refused is None and row.breaker.state(now) is State.OPEN:
            return circuit_open(self._name, row.breaker.opens_in(now))
        return refused

    def _intend(self, transaction: Transaction, call: Call, now: datetime) -> None:
        transaction.outlive_the_server()
        call.status, call.detail = ledger.INTENDED, None
        call.tries += 1
        call.expires_at = now + timedelta(seconds=self._limits.lease_s)
        ledger.charge(transaction, call, call.cost, now)
        ledger.save(transaction, call, now)

    def settle(self, call: Call, lease: Lease, outcome: Outcome) -> None:
        """Note how a request ended. An answered failure costs nothing; bad answers and silence may have cost."""
        with begin(self._engine, durable=call.cost > 0) as transaction:
            row = limiter.lock(transaction, self._name)
            now = self._clock.now(transaction, row.read_at)
            self._close(transaction, row, call, lease, outcome, now)

    def settle_with(self, call: Call, lease: Lease, answer: StoredAnswer, key: str, url: str) -> StoredAnswer:
        """Note a good answer and keep it, in one transaction: what is paid for is never lost. Ends the call's claim."""
        body = self._clean(answer.body, call.who.account)
        with begin(self._engine, durable=call.cost > 0) as transaction:
            cache.release(transaction, key, call.id)
            row = limiter.lock(transaction, self._name)
            now = self._clock.now(transaction, row.read_at)
            self._close(transaction, row, call, lease, Outcome(), now)
            kept = replace(answer, body=body, fetched_at=now)
            cache.store(transaction, key, self._name, url, kept)
        return kept

    def _close(
        self, transaction: Transaction, row: ProviderRow, call: Call, lease: Lease, outcome: Outcome, now: datetime
    ) -> None:
        failure = outcome.failure
        limiter.end(transaction, lease, now)
        if lease.generation == row.breaker.generation:
            self._judge(row, outcome, now)
        limiter.save(transaction, row)
        if failure is not None and not outcome.unanswered and not isinstance(failure, BadAnswer):
            ledger.charge(transaction, call, -call.cost, now)
        call.status = ledger.OK if failure is None else ledger.status_of(failure)
        call.detail = None if failure is None else str(failure)
        call.expires_at = None
        ledger.save(transaction, call, now)

    def _judge(self, row: ProviderRow, outcome: Outcome, now: datetime) -> None:
        """What an outcome says about the provider. Refusals and bad answers are answers: it is up."""
        if outcome.failure is None or not worth_another_try(outcome.failure):
            row.breaker = row.breaker.passed()
        elif outcome.pause_s is not None and outcome.pause_s > PATIENCE_S:
            row.breaker = row.breaker.opened(now, outcome.pause_s)
        else:
            settings = self._settings
            row.breaker = row.breaker.failed(now, after=settings.breaker_after, open_s=settings.breaker_open_s)
            if outcome.pause_s is not None:
                row.paused_until = now + timedelta(seconds=outcome.pause_s)

    def withdraw(self, call: Call, lease: Lease) -> None:
        """The call was cancelled between its admission and its departure: nothing left, nothing is owed."""
        with begin(self._engine) as transaction:
            row = limiter.lock(transaction, self._name)
            now = self._clock.now(transaction, row.read_at)
            limiter.take_back(transaction, lease)
            ledger.charge(transaction, call, -call.cost, now)
            call.tries -= 1
            call.status, call.expires_at = "cancelled", None
            ledger.save(transaction, call, now)

    def abandon(self, call: Call, lease: Lease) -> None:
        """The call was cancelled under way and its connection is closed: the slot is soon free, the bill unknown."""
        with begin(self._engine) as transaction:
            row = limiter.lock(transaction, self._name)
            now = self._clock.now(transaction, row.read_at)
            limiter.hang_up(transaction, lease, now)
            call.status, call.detail, call.expires_at = CHARGE_UNKNOWN, "cancelled under way", None
            ledger.save(transaction, call, now)
