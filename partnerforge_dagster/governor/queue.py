"""The calls of one process that wait for leave: only the first of them, and of a host's, asks the database.

Not for: who may leave (gate.py), or what processes share (limiter.py).
"""

import asyncio
import itertools
from concurrent.futures import Future
from typing import TypeVar

from partnerforge_dagster.governor import threads
from partnerforge_dagster.governor.clock import Clock
from partnerforge_dagster.governor.gate import Admission, Gate
from partnerforge_dagster.governor.leases import Lease
from partnerforge_dagster.governor.ledger import Call
from partnerforge_dagster.governor.limiter import Wait
from partnerforge_dagster.governor.outage import Outage
from partnerforge_dagster.governor.turnstile import Rank, Turnstile, Turnstiles
from partnerforge_dagster.models.failures import ProviderError

T = TypeVar("T")


class Queue:
    """Where the calls to one provider wait, interactive ones before the others; `by_host` also for those of their host.

    Usable from any thread and event loop of a process.
    """

    def __init__(self, gate: Gate, clock: Clock, outage: Outage, behind: threads.Behind, *, by_host: bool) -> None:
        self._gate = gate
        self._clock = clock
        self._outage = outage
        self._behind = behind
        self._all = Turnstile()
        self._hosts = Turnstiles() if by_host else None
        self._arrivals = itertools.count()

    @property
    def free(self) -> bool:
        """Whether nobody waits here, and no host has a limit of its own: then one may ask without a turn."""
        return self._hosts is None and self._all.free

    async def leave(self, call: Call, host: str) -> Lease:
        """Wait for leave. Raises OverBudget or CircuitOpen."""
        rank = (0 if call.who.interactive else 1, next(self._arrivals))
        if self._hosts is None:
            return await self._in_turn(call, host, rank)
        async with self._hosts.turn(host, rank):
            return await self._in_turn(call, host, rank)

    async def _in_turn(self, call: Call, host: str, rank: Rank) -> Lease:
        while True:
            async with self._all.turn(rank):
                admitted = self.granted(await self._admit(call, host))
                if isinstance(admitted, Wait) and not admitted.host_full:
                    await self._clock.sleep(admitted.seconds)
            if isinstance(admitted, Lease):
                return admitted
            if admitted.host_full:
                await self._clock.sleep(admitted.seconds)

    def granted(self, admitted: Admission) -> Lease | Wait:
        """Leave, or how long to wait. Raises OverBudget or CircuitOpen, and takes note of the latter."""
        if isinstance(admitted, ProviderError):
            self._outage.note(admitted)
            raise admitted
        return admitted

    async def _admit(self, call: Call, host: str) -> Admission:
        admission = threads.submit(self._gate.admit, call, host)
        try:
            return await asyncio.wrap_future(admission)
        except asyncio.CancelledError:
            self._behind.start(self.take_back, call, admission)
            raise

    def take_back(self, call: Call, admission: Future[T]) -> None:
        """Nobody is left to use the lease. Blocks until it is decided; a worker has taken that on before this."""
        lease = None if admission.exception() else admission.result()
        if isinstance(lease, Lease):
            self._gate.withdraw(call, lease)
