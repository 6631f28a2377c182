"""The promise and its verdict: an undisturbed run, a storm, a replay, and what the judge's log says of them.

What is promised: killed at any moment, nothing completed is lost or bought again; what cannot be known is counted; and
in the end the briefs are those of a run that nobody disturbed.
Not for: the books (books.py), the kills (storm.py), how the verdict is shown (cli/chaos.py).
"""

import json
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, func, select

from partnerforge_dagster.chaos import books
from partnerforge_dagster.chaos.deployment import TIMEOUT_S, Deployment, judge, store
from partnerforge_dagster.chaos.storm import Storm
from partnerforge_dagster.governor.ledger import INTENDED
from partnerforge_dagster.governor.limiter import LEASE_GRACE_S
from partnerforge_dagster.models.modules import BRIEF
from partnerforge_dagster.models.result import Status
from partnerforge_dagster.store.calls import Calls
from partnerforge_dagster.store.database import migrate, open_engine
from partnerforge_dagster.store.results import Results, StoredResult
from partnerforge_dagster.store.tables import flights, leases

LOOK_S = 0.25
COMMIT_S = 0.2
"""PostgreSQL may still be committing for a process that is dead."""

Offence = dict[str, Any]


@dataclass(frozen=True)
class Plan:
    """What is to be done."""

    accounts: tuple[str, ...]
    kills: int
    seed: int
    latency: float
    """Factor of the sandbox's realistic latency."""
    faults: str = ""
    database_url: str | None = None
    """A PostgreSQL database to make a schema in; None is SQLite."""


@dataclass(frozen=True)
class Verdict:
    """What came of it."""

    kills: int
    in_flight: int
    """Calls under way when their process was killed."""
    requests: int
    """As the judge counts them, sign-ins left out."""
    completed: int
    lost: int
    bought_twice: int
    unknown: int
    """Calls that may have been billed, listed as `charge_unknown` (or still `intended`)."""
    unaccounted: int
    """Requests and answers on which ledger and judge differ, and unknown calls that no kill explains."""
    accounts: int
    briefs_equal: int
    processes_left: int
    locks_left: int
    """Leases and claims still standing when all of them should have run out."""
    offences: tuple[Offence, ...]
    folder: str | None = None
    """Left for inspection when the promise was broken."""

    @property
    def kept(self) -> bool:
        """Whether the promise held."""
        return not self.offences


def put_to_the_test(plan: Plan, seen: Callable[[Storm], None]) -> Verdict:
    """Run the plan. Raises ChaosFailed when no verdict can be had."""
    folder = Path(tempfile.mkdtemp(prefix="partnerforge-chaos-"))
    verdict: Verdict | None = None
    try:
        verdict = _test(plan, folder, seen)
    finally:
        if verdict is None or verdict.kept:
            shutil.rmtree(folder, ignore_errors=True)
    return verdict


def _test(plan: Plan, folder: Path, seen: Callable[[Storm], None]) -> Verdict:
    calm = Deployment(folder / "undisturbed", f"sqlite:///{folder / 'undisturbed' / 'partnerforge.db'}")
    try:
        made = json.loads(calm.enrich(plan.accounts, "enrich").report())["calls"]
    finally:
        calm.clear()
    expected = sum(count["made"] for count in made.values())
    with judge(folder, latency=plan.latency, faults=plan.faults) as (url, log), store(folder, plan.database_url) as at:
        engine = open_engine(at)
        stormy = Deployment(folder / "stormy", at, url)
        try:
            migrate(engine)
            storm = Storm(
                stormy,
                plan.accounts,
                plan.kills,
                pace=max(1, expected // (plan.kills + 2)),
                seed=plan.seed,
                log=log,
                in_flight=lambda account: _in_flight(engine, account),
                seen=seen,
            )
            storm.rage()
            return _judged(plan, folder, storm, engine, _briefs(calm.store_url, plan.accounts))
        finally:
            stormy.clear()
            engine.dispose()


def _in_flight(engine: Engine, account: str) -> set[str]:
    time.sleep(COMMIT_S)
    return {row["id"] for row in Calls(engine).rows(status=INTENDED) if row["account"] == account}


def _judged(plan: Plan, folder: Path, storm: Storm, engine: Engine, undisturbed: dict[str, StoredResult]) -> Verdict:
    requests = books.read_log(storm.log)
    briefs = Results(engine).latest_of(plan.accounts, [BRIEF])
    unequal = _unequal(undisturbed, {account: row for (account, _), row in briefs.items()}, excuse=bool(plan.faults))
    replay = storm.deployment.enrich(plan.accounts, "replay", from_scratch=True)
    replay.report()
    left = sum(kill.left_behind for kill in storm.kills) + storm.left_by_ended + replay.left_behind()
    replayed = books.read_log(storm.log)[len(requests) :]
    rows = Calls(engine).rows()
    completed, unknown = books.settled(rows), books.unknown(rows)
    in_flight = {call for kill in storm.kills for call in kill.in_flight}
    lost = books.lost(requests, replayed, completed)
    twice = books.bought_twice(requests, completed, TIMEOUT_S)
    differing = books.unaccounted([*requests, *replayed], rows)
    differing += [{"what": "unknown, and no kill explains it", "call": call} for call in sorted(unknown - in_flight)]
    locks = _locks(engine)
    offences = [
        *(request.told("lost") for request in lost),
        *(request.told("bought twice") for request in twice),
        *differing,
        *({"what": "brief differs", "account": account} for account in unequal),
        *([{"what": "processes left behind", "count": left}] if left else []),
        *locks,
    ]
    return Verdict(
        kills=len(storm.kills),
        in_flight=len(in_flight),
        requests=len(requests),
        completed=len(completed),
        lost=len(lost),
        bought_twice=len(twice),
        unknown=len(unknown),
        unaccounted=len(differing),
        accounts=len(plan.accounts),
        briefs_equal=len(plan.accounts) - len(unequal),
        processes_left=left,
        locks_left=len(locks),
        offences=tuple(offences),
        folder=str(folder) if offences else None,
    )


def _briefs(store_url: str, accounts: Sequence[str]) -> dict[str, StoredResult]:
    engine = open_engine(store_url)
    try:
        return {account: row for (account, _), row in Results(engine).latest_of(accounts, [BRIEF]).items()}
    finally:
        engine.dispose()


def _unequal(undisturbed: dict[str, StoredResult], found: dict[str, StoredResult], *, excuse: bool) -> list[str]:
    """Accounts whose brief says something else. With faults a brief may have gaps: then only complete ones count."""
    unequal = []
    for account, brief in undisturbed.items():
        row = found.get(account)
        excused = excuse and row is not None and row.status is not Status.COMPLETE
        if not excused and (row is None or row.content_hash != brief.content_hash):
            unequal.append(account)
    return unequal


def _locks(engine: Engine) -> list[Offence]:
    """What still stands when the longest of them must have run out."""
    horizon = time.monotonic() + TIMEOUT_S + LEASE_GRACE_S
    while (standing := _standing(engine)) and time.monotonic() < horizon:
        time.sleep(LOOK_S)
    return [{"what": f"{name} left", "count": count} for name, count in standing.items()]


def _standing(engine: Engine) -> dict[str, int]:
    """Claims and leases that hold something up now, by table."""
    now = datetime.now(UTC)
    held = {
        flights: flights.c.expires_at > now,
        leases: leases.c.ended_at.is_(None) & (leases.c.expires_at > now),
    }
    with engine.connect() as connection:
        counts = {
            table.name: connection.execute(select(func.count()).select_from(table).where(stands)).scalar_one()
            for table, stands in held.items()
        }
    return {name: count for name, count in counts.items() if count}


def figures(verdict: Verdict) -> dict[str, Any]:
    """The verdict for machines."""
    return {"kept": verdict.kept, **asdict(verdict)}
