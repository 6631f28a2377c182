"""The transactions before and after a request: breaker, budget, limiter and ledger decided together.

All methods block: the transport runs them in worker threads (threads.py). Each is one short transaction that holds the
provider's row before it decides, so that what it reads still holds when it writes; where nothing is decided nothing is
held. Rows are taken in one order, or two transactions would wait for each other: the claim on the question, the
provider, leases, spending or calls.
Not for: the order of a call (transport.py) or questions and their answers (questions.py).
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Engine

from partnerforge_dagster.governor import cache, leases, ledger, limiter
from partnerforge_dagster.governor.breaker import State
from partnerforge_dagster.governor.budget import over_budget
from partnerforge_dagster.governor.cache import StoredAnswer
from partnerforge_dagster.governor.clock import Clock, now
from partnerforge_dagster.governor.leases import Lease
from partnerforge_dagster.governor.ledger import Call
from partnerforge_dagster.governor.limiter import INTERACTIVE_GRACE_S, Limits, ProviderRow, Wait
from partnerforge_dagster.governor.outage import circuit_open
from partnerforge_dagster.governor.policy import ProviderPolicy
from partnerforge_dagster.governor.questions import Questions
from partnerforge_dagster.governor.retry import PATIENCE_S, worth_another_try
from partnerforge_dagster.governor.situation import Situation, look
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
            asking = questions.asking(key, call)
            questions.claim(transaction, asking)
            there = None if host is None else look(transaction, self._clock, self._limits, call, host, asking)
            seen = questions.see(transaction, asking) if there is None else there.seen
            entered = questions.judge(transaction, key, call, seen)
            if isinstance(entered, StoredAnswer):
                return entered
            if not entered:
                return None
            return NOT_YET if there is None or host is None else self._admission(transaction, there, call, host)

    def admit(self, call: Call, host: str) -> Admission:
        """Leave for one request now, with its row in the ledger; or how long to wait; or why it may not go.

        The row outlives any crash of ours, and of a database server. On SQLite its commit does not wait for the disk,
        but the next answer's takes it along: a power cut forgets calls under way, which would be asked again anyway.
        """
        with begin(self._engine, durable=False) as transaction:
            there = look(transaction, self._clock, self._limits, call, host)
            call.asked_at = call.asked_at or there.now
            return self._admission(transaction, there, call, host)

    def _admission(self, transaction: Transaction, there: Situation, call: Call, host: str) -> Admission:
        self._tidy(transaction, there)
        admission = self._refusal(transaction, there, call) or self._turn(transaction, there, call, host)
        limiter.save(transaction, there.row)
        return admission

    def _tidy(self, transaction: Transaction, there: Situation) -> None:
        """What few calls have to do: these are statements, and every call would pay for them.

        Leases before calls, as whoever settles a call holds neither but its own, in this order.
        """
        if there.traffic.old > leases.SWEEP:
            leases.sweep(transaction, self._name, there.now)
        if there.traffic.set_back:
            ledger.correct(transaction, self._name, there.now + timedelta(seconds=self._limits.lease_s))
        if there.traffic.lost:
            ledger.find_lost(transaction, self._name, there.now)

    def _turn(self, transaction: Transaction, there: Situation, call: Call, host: str) -> Admission:
        row, now = there.row, there.now
        wait = limiter.wait_for_turn(row, there.traffic, self._limits, now, interactive=call.who.interactive)
        if wait is None:
            self._intend(transaction, call, now)
            return limiter.give(transaction, row, host, self._limits, now, self._clock.monotonic())
        if call.who.interactive and not wait.host_full:
            row.interactive_until = now + timedelta(seconds=wait.seconds + INTERACTIVE_GRACE_S)
        return wait

    def _refusal(self, transaction: Transaction, there: Situation, call: Call) -> ProviderError | None:
        refused = over_budget(transaction, call, there.spent, self._settings.credits_a_month)
        if refused is None and there.row.breaker.state(there.now) is State.OPEN:
            return circuit_open(self._name, there.row.breaker.opens_in(there.now))
        return refused

    def _intend(self, transaction: Transaction, call: Call, now: datetime) -> None:
        transaction.outlive_the_server()
        call.status, call.detail = ledger.INTENDED, None
        call.tries += 1
        call.expires_at = now + timedelta(seconds=self._limits.lease_s)
        ledger.charge(transaction, call, call.cost)
        ledger.save(transaction, call)

    def settle(self, call: Call, lease: Lease, outcome: Outcome) -> None:
        """Note how a request ended. An answered failure costs nothing; bad answers and silence may have cost."""
        with begin(self._engine, durable=call.cost > 0) as transaction:
            self._close(transaction, call, lease, outcome)

    def settle_with(self, call: Call, lease: Lease, answer: StoredAnswer, key: str, url: str) -> StoredAnswer:
        """Note a good answer and keep it, in one transaction: what is paid for is never lost. Ends the call's claim."""
        body = self._clean(answer.body, call.who.account)
        with begin(self._engine, durable=call.cost > 0) as transaction:
            fetched_at = self._clock.ours(transaction) or lease.moment(self._clock.monotonic())
            kept = replace(answer, body=body, fetched_at=fetched_at)
            cache.release(transaction, key, call.id)
            self._close(transaction, call, lease, Outcome())
            cache.store(transaction, key, self._name, url, kept)
        return kept

    def _close(self, transaction: Transaction, call: Call, lease: Lease, outcome: Outcome) -> None:
        """A good answer asks nothing of the database, unless it was a probe's: on PostgreSQL it is one message."""
        failure = outcome.failure
        if failure is None and not lease.probes:
            limiter.forget_failures(transaction, self._name, lease)
        else:
            self._tell_the_breaker(transaction, lease, outcome)
        leases.end(transaction, lease, self._clock.ours(transaction))
        if failure is not None and not outcome.unanswered and not isinstance(failure, BadAnswer):
            ledger.charge(transaction, call, -call.cost)
        call.status = ledger.OK if failure is None else ledger.status_of(failure)
        call.detail = None if failure is None else str(failure)
        call.expires_at = None
        ledger.save(transaction, call)

    def _tell_the_breaker(self, transaction: Transaction, lease: Lease, outcome: Outcome) -> None:
        row = limiter.lock(transaction, self._name)
        if lease.generation == row.breaker.generation:
            self._judge(row, outcome, now(self._clock, transaction))
        limiter.save(transaction, row)

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
            limiter.lock(transaction, self._name)
            leases.take_back(transaction, lease)
            ledger.charge(transaction, call, -call.cost)
            call.tries -= 1
            call.status, call.expires_at = "cancelled", None
            ledger.save(transaction, call)

    def abandon(self, call: Call, lease: Lease) -> None:
        """The call was cancelled under way and its connection is closed: the slot is soon free, the bill unknown."""
        with begin(self._engine) as transaction:
            leases.hang_up(transaction, lease, now(self._clock, transaction))
            call.status, call.detail, call.expires_at = CHARGE_UNKNOWN, "cancelled under way", None
            ledger.save(transaction, call)
