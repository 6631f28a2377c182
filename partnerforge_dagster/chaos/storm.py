"""The storm: accounts are enriched in child processes, which are killed at random moments and started again.

A moment is some requests after the last kill, as the judge's log counts them, and a little time: so kills land where
calls are under way, whatever the machine's speed. Some moments are by the clock alone and hit start, reckoning and end.
Seeded: the same seed draws the same moments and victims.
Not for: what is judged afterwards (promise.py).
"""

import random
import time
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from partnerforge_dagster.chaos.deployment import ChaosFailed, Child, Deployment

AT_ONCE = 2
"""Children at a time."""
LOOK_S = 0.01
BY_THE_CLOCK = 0.25
"""Share of the moments that wait for no request."""
LONGEST_S = 6.0
"""By the clock, a moment is at most this far; and no moment waits longer for requests that do not come."""
NEAR_S = 0.5
MOST_FAILURES = 3
"""An account whose `enrich` fails so often, unkilled, ends the storm."""


class Moment(NamedTuple):
    """When the next kill is due, counted from the last one: after so many requests, then so many seconds."""

    requests: int
    seconds: float


@dataclass(frozen=True)
class Kill:
    """One kill."""

    account: str
    in_flight: frozenset[str]
    """Calls that the ledger had as intended when the process was dead."""
    left_behind: bool
    """Whether processes outlived it."""


@dataclass
class Storm:
    """`in_flight` reads the ledger's intended calls of an account; `seen` is told after each event."""

    deployment: Deployment
    accounts: Sequence[str]
    wanted: int
    """Kills."""
    pace: int
    """Requests between two kills, on average."""
    seed: int
    log: Path
    in_flight: Callable[[str], set[str]]
    seen: Callable[["Storm"], None]
    kills: list[Kill] = field(default_factory=list)
    done: set[str] = field(default_factory=set)
    left_by_ended: int = 0
    """Children that ended by themselves and left processes behind."""

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)  # noqa: S311 - a seed that can be given again is the point
        self._waiting = deque(self.accounts)
        self._running: dict[str, Child] = {}
        self._failures: Counter[str] = Counter()
        self._started = 0
        self._calm()

    def rage(self) -> None:
        """Kill and resume until every account is complete and every kill is made. Raises ChaosFailed."""
        while self._waiting or self._running or len(self.kills) < self.wanted:
            self._start()
            self._reap()
            if self._running and len(self.kills) < self.wanted and self._due():
                self._strike()
            time.sleep(LOOK_S)

    def _start(self) -> None:
        if not self._waiting and not self._running:
            self._waiting.extend(
                self.accounts
            )  # complete, and kills are left: put every question again, and kill there
        while self._waiting and len(self._running) < AT_ONCE:
            account = self._waiting.popleft()
            self._started += 1
            name = f"enrich-{self._started}"
            self._running[account] = self.deployment.enrich([account], name, from_scratch=account in self.done)

    def _reap(self) -> None:
        for account, child in list(self._running.items()):
            code = child.process.poll()
            if code is None:
                continue
            del self._running[account]
            self.left_by_ended += child.left_behind()
            if code == 0:
                self.done.add(account)
            else:
                self._failures[account] += 1
                self._waiting.append(account)
                if self._failures[account] >= MOST_FAILURES:
                    raise ChaosFailed(f"`enrich {account}` ended with status {code}, unkilled: {child.said()}")
            self.seen(self)

    def _calm(self) -> None:
        """Draw the next moment."""
        self._since = time.monotonic()
        self._due_at: float | None = None
        self._requests = self._arrived()
        by_clock = len(self.done) == len(self.accounts) or self._random.random() < BY_THE_CLOCK
        self._moment = (
            Moment(0, self._random.uniform(0, LONGEST_S))
            if by_clock
            else Moment(self._random.randint(1, 2 * self.pace), self._random.uniform(0, NEAR_S))
        )

    def _due(self) -> bool:
        now = time.monotonic()
        if self._due_at is None:
            came = self._arrived() - self._requests >= self._moment.requests
            if came or now - self._since > LONGEST_S:
                self._due_at = now + self._moment.seconds
        return self._due_at is not None and now >= self._due_at

    def _arrived(self) -> int:
        """Lines of the log: it is read whole, as it has thousands of lines at most."""
        return self.log.read_bytes().count(b'"event": "request"') if self.log.exists() else 0

    def _strike(self) -> None:
        account = self._random.choice(sorted(self._running))
        child = self._running[account]
        if child.kill():
            del self._running[account]
            left = child.left_behind()
            known = {call for kill in self.kills for call in kill.in_flight}
            self.kills.append(Kill(account, frozenset(self.in_flight(account) - known), left))
            self._waiting.append(account)
        self._calm()
        self.seen(self)
