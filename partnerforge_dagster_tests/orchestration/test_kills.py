"""A batch through the real daemon, in which something is killed: it ends complete, and nothing is bought twice.

Judged by the store, the ledger and the log of a served sandbox. Two kills in one small batch on SQLite, the one that
hits most processes in one on PostgreSQL; `PARTNERFORGE_TESTS_FULL=1` makes a batch of 50 accounts for each on both.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import dagster as dg
import pytest
from sqlalchemy import Engine

from partnerforge_dagster.chaos import books
from partnerforge_dagster.chaos.deployment import TIMEOUT_S
from partnerforge_dagster.definitions import open_store
from partnerforge_dagster.models.modules import MODULES
from partnerforge_dagster.models.result import Status
from partnerforge_dagster.orchestration.backfills import open_backfills, request
from partnerforge_dagster.settings import Settings
from partnerforge_dagster.store.calls import Calls
from partnerforge_dagster.store.results import Results
from partnerforge_dagster_tests.cli.running import sandbox, wait_until
from partnerforge_dagster_tests.databases import BOTH, FULL
from partnerforge_dagster_tests.orchestration.services import Services, services_in

ACCOUNTS = [f"company-{number}.com" for number in range(50 if FULL else 7)]
DONE_S = 1500 if FULL else 600
LATENCY = "0.3"
"""Of the real providers' own, so that a kill finds requests under way."""


@dataclass(frozen=True)
class Batch:
    """A queued batch and the services that run it."""

    services: Services
    instance: dg.DagsterInstance
    engine: Engine
    judge: Path

    def stored(self) -> int:
        """Results so far."""
        return sum(len(rows) for rows in Results(self.engine).standing_of(ACCOUNTS).values())

    def done(self) -> bool:
        """Whether everything has a result and nothing is asked for any more."""
        return self.stored() == len(ACCOUNTS) * len(MODULES) and not open_backfills(self.instance)

    def runs(self) -> Counter[dg.DagsterRunStatus]:
        """Runs by status."""
        return Counter(run.status for run in self.instance.get_runs())


@pytest.fixture
def batch(tmp_path: Path, database_url: str) -> Iterator[Batch]:
    judge = tmp_path / "judge.jsonl"
    with (
        sandbox(tmp_path, "--log", str(judge), "--latency", LATENCY) as (_, url),
        services_in(tmp_path, url, PARTNERFORGE_DATABASE_URL=database_url) as services,
        dg.DagsterInstance.get() as instance,
    ):
        settings = Settings()
        engine = open_store(settings)
        request(instance, dict.fromkeys(ACCOUNTS, tuple(MODULES)), settings=settings)
        yield Batch(services, instance, engine, judge)
        engine.dispose()


def kill_a_run(services: Services) -> None:
    os.kill(services.run_workers()[0], 9)


def kill_the_code_server(services: Services) -> None:
    services.code.kill()


def kill_code_server_and_runs(services: Services) -> None:
    workers = services.run_workers()
    for worker in workers:
        os.kill(worker, 9)
    services.code.kill()


def kill_the_daemon(services: Services) -> None:
    services.daemon.kill()


FEW, MANY = (kill_a_run, kill_the_daemon), (kill_code_server_and_runs, kill_the_code_server)
BATCHES = (
    [(database, (kill,)) for database in BOTH for kill in (*FEW, *MANY)]
    if FULL
    else [("sqlite", FEW), ("postgresql", MANY[:1])]
)
PROGRESS = 3
"""Results between two kills."""


@pytest.mark.slow
@pytest.mark.timeout(2 * DONE_S)
@pytest.mark.parametrize(
    ("database_url", "kills"),
    BATCHES,
    indirect=["database_url"],
    ids=lambda part: part if isinstance(part, str) else "+".join(kill.__name__ for kill in part),
)
def test_a_batch_survives(batch: Batch, kills: Sequence[Callable[[Services], None]]) -> None:
    """All is complete without a person's help, no question is bought twice, the ledger knows every request."""
    for kill in kills:
        before = batch.stored()
        wait_until(
            lambda before=before: batch.stored() >= before + PROGRESS and bool(batch.services.run_workers()), 180
        )
        assert not batch.done()
        kill(batch.services)
    wait_until(batch.done, DONE_S)
    standing = Results(batch.engine).standing_of(ACCOUNTS)
    assert {row.status for rows in standing.values() for row in rows.values()} == {Status.COMPLETE}
    assert {account: len(rows) for account, rows in standing.items()} == dict.fromkeys(ACCOUNTS, len(MODULES))
    assert set(batch.runs()) <= {dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE}
    requests, rows = books.read_log(batch.judge), Calls(batch.engine).rows()
    assert books.bought_twice(requests, books.settled(rows), TIMEOUT_S) == []
    assert books.unaccounted(requests, rows) == []
