"""The one path of every provider call, as the transport under a provider's httpx client (SPEC section 2).

    asked in this process already? -> cache -> claim -> [ budget, breaker, limiter, ledger -> request -> ledger, cache ]
                                                          └──────────────── up to 4 tries ────────────────┘

Not for: the transactions (questions.py, gate.py), waiting for leave (queue.py), the wire (wire.py), or what one
provider's answers mean (its policy).
"""

import asyncio
import copy
from collections.abc import AsyncIterator
from concurrent.futures import Future
from contextlib import asynccontextmanager
from dataclasses import replace

import httpx
from sqlalchemy import Engine

from partnerforge_dagster.governor import cache, context, threads
from partnerforge_dagster.governor.cache import StoredAnswer
from partnerforge_dagster.governor.clock import Clock, SystemClock
from partnerforge_dagster.governor.extensions import CALL, ENDPOINT
from partnerforge_dagster.governor.gate import NOT_YET, Admission, Gate, Outcome
from partnerforge_dagster.governor.leases import Lease
from partnerforge_dagster.governor.ledger import Call
from partnerforge_dagster.governor.limiter import POLL_S, Wait
from partnerforge_dagster.governor.outage import Outage
from partnerforge_dagster.governor.policy import ProviderPolicy
from partnerforge_dagster.governor.questions import Delivered, Questions, instead
from partnerforge_dagster.governor.queue import Queue
from partnerforge_dagster.governor.retry import TRIES, after, pause_asked, wait_before
from partnerforge_dagster.governor.turnstile import Flights
from partnerforge_dagster.governor.wire import Sent, send
from partnerforge_dagster.models.failures import (
    CircuitOpen,
    NotConfigured,
    ProviderError,
    RateLimited,
    Refused,
    Unreachable,
)

RECORD_EVERY_S = 0.05
"""During an outage thousands of calls may fail fast; their rows are written together."""


class GovernorTransport(httpx.AsyncBaseTransport):
    """Governs the calls to one provider. Usable from any thread and event loop of a process.

    Responses say in `extensions[DELIVERY]` how they were had. Raises ProviderError, and nothing of httpx's.
    """

    def __init__(
        self, policy: ProviderPolicy, inner: httpx.AsyncBaseTransport, engine: Engine, clock: Clock | None = None
    ) -> None:
        self._policy = policy
        self._inner = inner
        self._clock = clock or SystemClock()
        self._questions = Questions(engine, self._clock, policy.settings.cache_s, policy.settings.claim_s)
        self._gate = Gate(policy, engine, self._clock)
        self._flights: Flights[Delivered] = Flights()
        self._behind = threads.Behind()
        self._outage = Outage(policy.name, self._clock)
        by_host = policy.per_host_at_once is not None
        self._queue = Queue(self._gate, self._clock, self._outage, self._behind, by_host=by_host)
        self._unrecorded: list[tuple[Call, Delivered]] = []
        self._recording: asyncio.Task[None] | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer from the cache, from the provider, or with the last good answer, marked stale.

        Raises NotConfigured, OverBudget, CircuitOpen, Unreachable, RateLimited, Refused or BadAnswer.
        """
        await request.aread()
        if not self._policy.authorizer.configured(request):
            raise NotConfigured(self._policy.name, f"no key is set for {request.url.host}, so it was not asked")
        key = cache.key_of(request)
        delivered = await self._shared(request, key, self._call(request, self._policy.credits(request), key))
        if isinstance(delivered.what, ProviderError):
            raise copy.copy(delivered.what)  # several tasks may raise it, and each adds its own traceback
        return delivered.what.response(request, cached=delivered.cached, stale=delivered.stale)

    async def aclose(self) -> None:
        """Finish the books and close the connections."""
        self._record()
        await self._behind.finished()
        await self._inner.aclose()

    def _call(self, request: httpx.Request, cost: int, question: str | None = None) -> Call:
        return Call(
            provider=self._policy.name,
            endpoint=request.extensions.get(ENDPOINT, request.url.path),
            who=context.current(),
            cost=cost,
            monotonic=self._clock.monotonic,
            question=question,
        )

    # ── the question ──

    async def _shared(self, request: httpx.Request, key: str, call: Call) -> Delivered:
        """Ask, or wait for whoever in this process is asking the same."""
        # A run with a budget of its own asks for itself: that it has spent it says nothing to the others.
        apart = call.who.force or call.who.max_credits is not None
        question = (key, call.who.force, call.who.run_id if apart else None)
        while True:
            flight, mine = self._flights.join(question)
            if mine:
                delivered = None
                try:
                    delivered = await self._ask(request, key, call)
                finally:
                    self._flights.land(question, delivered)
                return delivered
            with call.who.waiting():
                outcome = await asyncio.wrap_future(flight)
            if outcome is not None:
                delivered = replace(outcome, cached=isinstance(outcome.what, StoredAnswer))
                await threads.run(self._questions.record, [(call, delivered)])
                return delivered

    async def _ask(self, request: httpx.Request, key: str, call: Call) -> Delivered:
        """From the cache, from the provider, or the last good answer."""
        if self._outage.lasts:
            return await self._during_outage(key, call)
        while (entered := await self._enter(request, key, call)) is None:
            with call.who.waiting():
                await self._clock.sleep(2 * POLL_S)
        if isinstance(entered, StoredAnswer):
            return Delivered(entered, cached=True)
        try:
            async with self._claimed(key, call):
                return Delivered(await self._buy(request, key, call, self._queue.granted(entered)))
        except ProviderError as failure:
            return await threads.run(self._questions.give_up, key, call, failure)

    async def _enter(self, request: httpx.Request, key: str, call: Call) -> StoredAnswer | Admission | None:
        """The stored answer, or the claim and at once leave to go, unless others here wait for theirs."""
        host = request.url.host if self._queue.free else None
        entering = threads.submit(self._gate.enter, self._questions, key, call, host)
        try:
            return await asyncio.wrap_future(entering)
        except asyncio.CancelledError:
            self._behind.start(self._leave_question, key, call, entering)
            raise

    def _leave_question(self, key: str, call: Call, entering: "Future[StoredAnswer | Admission | None]") -> None:
        """Nobody is left to ask. Waits for the entering, which a worker has taken before this."""
        self._queue.take_back(call, entering)
        self._questions.release(key, call)

    async def _during_outage(self, key: str, call: Call) -> Delivered:
        """Fail within a millisecond: little is read, and the ledger is written later, for many calls at once."""
        failure = self._outage.failure()
        delivered = Delivered(failure)
        if key not in self._outage.without_answer:
            answer, usable = await threads.run(self._questions.peek, key, call)
            if answer is None:
                self._outage.without_answer.add(key)
            delivered = Delivered(answer, cached=True) if answer and usable else instead(answer, failure)
        self._unrecorded.append((call, delivered))
        if len(self._unrecorded) == 1:
            self._recording = asyncio.create_task(self._record_later())
        return delivered

    async def _record_later(self) -> None:
        try:
            await self._clock.sleep(RECORD_EVERY_S)
        finally:
            self._record()

    def _record(self) -> None:
        calls, self._unrecorded = self._unrecorded, []
        if calls:
            self._behind.start(self._questions.record, calls)

    @asynccontextmanager
    async def _claimed(self, key: str, call: Call) -> AsyncIterator[None]:
        """Keep the claim on the question for as long as the block runs. Settling the call ends it."""

        async def renew() -> None:
            while True:
                await self._clock.sleep(self._policy.settings.claim_s / 3)
                await threads.run(self._questions.renew, key, call)

        renewing = asyncio.create_task(renew())
        try:
            yield
        except asyncio.CancelledError:
            self._behind.start(self._questions.release, key, call)
            raise
        finally:
            renewing.cancel()

    # ── the request ──

    async def _buy(self, request: httpx.Request, key: str, call: Call, admitted: Lease | Wait) -> StoredAnswer:
        """Try up to TRIES times. When the breaker opens meanwhile, the failure that opened it is told."""
        last: ProviderError | None = None
        tries = 0
        while True:
            tries += 1
            try:
                return await self._attempt(request, key, call, admitted)
            except CircuitOpen as closed_door:
                raise last or closed_door from None
            except (Unreachable, RateLimited) as failure:
                last = after(tries, failure) if tries > 1 else failure
                if tries == TRIES:
                    raise last from failure
            await self._clock.sleep(wait_before(tries + 1))
            admitted = NOT_YET

    async def _attempt(self, request: httpx.Request, key: str, call: Call, admitted: Lease | Wait) -> StoredAnswer:
        """One try, and once more at once when only the credentials had gone off."""
        lease, sent = await self._request(request, call, admitted)
        if isinstance(sent.result, httpx.Response) and self._policy.authorizer.rejected(sent.result):
            gone_off = Refused(self._policy.name, "the session had gone off", status=sent.result.status_code)
            await threads.run(self._gate.settle, call, lease, Outcome(gone_off))
            lease, sent = await self._request(request, call, NOT_YET)
        if isinstance(sent.result, ProviderError):
            await threads.run(self._gate.settle, call, lease, Outcome(sent.result, sent.unanswered))
            raise sent.result
        failure = self._policy.classify(sent.result)
        if failure is not None:
            pause = pause_asked(failure, sent.result)
            await threads.run(self._gate.settle, call, lease, Outcome(failure, pause_s=pause))
            raise failure
        answer = StoredAnswer.of(sent.result, call.who.run_id)
        return await threads.run(self._gate.settle_with, call, lease, answer, key, str(request.url))

    async def _request(self, request: httpx.Request, call: Call, admitted: Lease | Wait) -> tuple[Lease, Sent]:
        """Sign first: an authorizer that must send something itself needs a lease of its own."""
        if isinstance(admitted, Lease) and not self._policy.authorizer.ready(request):
            await threads.run(self._gate.withdraw, call, admitted)
            admitted = NOT_YET
        signed = await self._policy.authorizer.sign(request, self._plain)
        return await self._leave(signed, call, admitted)

    async def _plain(self, request: httpx.Request) -> httpx.Response:
        """What authorizers send with: same limits and ledger, one try, no cache. Any answer is theirs to judge."""
        call = self._call(request, cost=0)
        lease, sent = await self._leave(request, call, NOT_YET)
        failure = sent.result if isinstance(sent.result, ProviderError) else None
        await threads.run(self._gate.settle, call, lease, Outcome(failure, sent.unanswered))
        if isinstance(sent.result, ProviderError):
            raise sent.result
        return sent.result

    async def _leave(self, request: httpx.Request, call: Call, lease: Lease | Wait) -> tuple[Lease, Sent]:
        if isinstance(lease, Wait):
            with call.who.waiting():
                lease = await self._queue.leave(call, request.url.host)
        request.extensions[CALL] = call.id
        try:
            sent = await send(self._inner, request, self._policy)
        except asyncio.CancelledError:
            self._behind.start(self._gate.abandon, call, lease)
            raise
        call.took_s += sent.took_s
        return lease, sent
