"""A process dies before and after every single write, commit and request of a paid call; then others ask the same."""

import json
import os
import signal
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from partnerforge_dagster.governor.limiter import LEASE_GRACE_S
from partnerforge_dagster.store.calls import Calls
from partnerforge_dagster.store.results import Results, content_hash
from partnerforge_dagster.store.tables import answers, calls, flights, leases, results, spending
from partnerforge_dagster_tests.forking import FORKED
from partnerforge_dagster_tests.governor.crashing import LIMITS, MODULE, SPEED, Judge, ask, judge, result
from partnerforge_dagster_tests.governor.fakes import settings

PATIENCE_S = 120
FULL = os.environ.get("PARTNERFORGE_TESTS_FULL") == "1"
"""Also a call that is answered at once: all its steps are among those of one that is refused first."""

WRITTEN_BY_A_CALL = {"flights", "providers", "calls", "spending", "leases", "answers", "results"}


def run(*arguments: Any) -> int | None:
    """`ask` in a process; its exit code, None when it did not end."""
    process = FORKED.Process(target=ask, args=arguments)
    process.start()
    process.join(PATIENCE_S)
    code = process.exitcode
    process.kill()
    return code


@dataclass
class Death:
    """What was there when a process had died at a step."""

    name: str
    """Of its provider, account and path."""
    step: str
    status: str | None
    """Its row in the ledger, if any."""
    asked: int
    answered: int


@dataclass
class Crash:
    """One store, one judge, and a process that died at each step."""

    url: str
    engine: Engine
    server: Judge
    start: float = field(default_factory=time.time)
    deaths: list[Death] = field(default_factory=list)

    def die(self, number: int, step: str) -> None:
        """Let a process die at a step, and look at what it left: no claim and no lease lasts longer than it may."""
        name = f"died-{number}"
        assert run(self.url, [self.server.url(name)], self.start, number) == -signal.SIGKILL, step
        self._bounded(step)
        assert whole_or_absent(self.engine, name), step
        row = next((row for row in Calls(self.engine).rows() if row["provider"] == name), None)
        asked, answered = self.server.asked[name], self.server.answered[name]
        assert row is not None or asked == 0, f"{step}: it asked before the ledger knew"
        status = None if row is None else row["status"]
        self.deaths.append(Death(name, step, status, asked, answered))

    def _bounded(self, step: str) -> None:
        now = self.start + (time.time() - self.start) * SPEED
        limits = settings(**LIMITS)
        with self.engine.connect() as connection:
            for table, most in ((flights, limits.claim_s), (leases, limits.timeout_s + LEASE_GRACE_S)):
                latest = connection.execute(select(func.max(table.c.expires_at))).scalar_one()
                assert latest is None or latest.timestamp() <= now + most, f"{step}: {table.name} stand too long"

    def ask_again(self) -> None:
        """Another process asks what all the dead ones asked; at_once is 1, so a lease that stayed would block it."""
        assert run(self.url, [self.server.url(death.name) for death in self.deaths], self.start) == 0


def whole_or_absent(engine: Engine, name: str) -> bool:
    """Whether the account's result is as it should be, or not there at all."""
    stored = Results(engine).history(name, MODULE)
    wanted = result(name, f'"{name}"')
    return all(row.result == wanted and row.content_hash == content_hash(wanted) for row in stored)


@pytest.mark.slow
@pytest.mark.parametrize("refuses_first", [True, False] if FULL else [True])
def test_a_process_may_die_at_any_step(engine: Engine, store_url: str, tmp_path: Path, refuses_first: bool) -> None:
    """A settled call is never paid again; one that died under way is `charge_unknown`, and asked again exactly once."""
    with judge(refuses_first=refuses_first) as server:
        crash = Crash(store_url, engine, server)
        names = tmp_path / "steps.json"
        assert run(store_url, [server.url("lives")], crash.start, None, names) == 0
        steps = json.loads(names.read_text())
        assert {step.split()[-1] for step in steps} >= WRITTEN_BY_A_CALL | {"commit", "request", "answer"}
        for number, step in enumerate(steps):
            crash.die(number, f"step {number}, {step}")
        crash.ask_again()
        after_the_second = server.asked.copy()
        crash.ask_again()
        assert server.asked == after_the_second, "what was bought was asked again"
    for death in crash.deaths:
        judged(crash, death)
    assert {death.status for death in crash.deaths} >= {None, "intended", "ok"}
    nothing_stands(engine)


def judged(crash: Crash, death: Death) -> None:
    """The books of one death, after two others have asked the same."""
    rows = [row for row in Calls(crash.engine).rows() if row["provider"] == death.name]
    by_status = defaultdict(list)
    for row in rows:
        by_status["cached" if row["cached"] else row["status"]].append(row)
    bought, unknown = len(by_status["ok"]), len(by_status["charge_unknown"])
    paid = crash.server.answered[death.name]
    assert bought == 1, f"{death.step}: {bought} bought"
    assert unknown == (death.status == "intended"), f"{death.step}: {unknown} unknown after {death.status}"
    assert not by_status["intended"], death.step
    assert bought <= paid <= bought + unknown, f"{death.step}: {paid} answers for {bought} bought, {unknown} unknown"
    if death.status == "ok":
        assert crash.server.asked[death.name] == death.asked, f"{death.step}: settled and asked again"
    else:
        assert paid == death.answered + 1, f"{death.step}: asked again {paid - death.answered} times"
    with crash.engine.connect() as connection:
        spent = connection.execute(select(func.sum(spending.c.credits)).where(spending.c.provider == death.name))
        kept = connection.execute(select(func.count()).where(answers.c.provider == death.name)).scalar_one()
        stored = connection.execute(select(func.count()).where(results.c.account == death.name)).scalar_one()
        assert spent.scalar_one() == sum(row["credits"] for row in rows) == bought + unknown, death.step
    assert (kept, stored) == (1, 1), f"{death.step}: {kept} answers, {stored} results"
    assert whole_or_absent(crash.engine, death.name), death.step


def nothing_stands(engine: Engine) -> None:
    """No claim is left; leases of the dead are still counted, as run out."""
    with engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(flights)).scalar_one() == 0
        intended = select(func.count()).where(calls.c.status == "intended")
        assert connection.execute(intended).scalar_one() == 0
