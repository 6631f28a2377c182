"""Work is stopped: in the queue, in a daemon's run worker, by a signal to it. Judged by instance, store and ledger."""

import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.execution.backfill import BulkActionStatus
from sqlalchemy import Engine, func, select

from partnerforge_dagster.chaos import books
from partnerforge_dagster.definitions import open_store
from partnerforge_dagster.models.modules import MODULES
from partnerforge_dagster.models.work import UNFINISHED, State
from partnerforge_dagster.orchestration.backfills import request
from partnerforge_dagster.orchestration.cancelling import cancel
from partnerforge_dagster.orchestration.work import Works
from partnerforge_dagster.settings import Settings
from partnerforge_dagster.store.calls import Calls
from partnerforge_dagster.store.results import Results
from partnerforge_dagster.store.tables import flights, leases
from partnerforge_dagster_tests.cli.running import sandbox, wait_until
from partnerforge_dagster_tests.databases import in_ci_on
from partnerforge_dagster_tests.orchestration.services import Services, services_in

ACCOUNTS = [f"company-{number}.com" for number in range(7)]
"""For two runs, of five and of two, which the daemon lets run side by side."""

FREE_S = 10
"""Seconds for the books of some eighty requests that were cut off together on a busy machine; a lease lasts 15."""


@dataclass(frozen=True)
class Hanging:
    """A batch whose runs wait for SimilarWeb, which does not answer."""

    services: Services
    instance: dg.DagsterInstance
    engine: Engine
    judge: Path
    backfill_id: str

    def taken(self) -> int:
        """Slots at providers and claims on questions that nobody else could have now."""
        live = leases.c.ended_at.is_(None) & (leases.c.expires_at > datetime.now(UTC))
        with self.engine.connect() as connection:
            slots = connection.execute(select(func.count()).select_from(leases).where(live)).scalar_one()
            return slots + connection.execute(select(func.count()).select_from(flights)).scalar_one()

    def waiting_for_similarweb(self) -> int:
        return sum(row["status"] == "intended" for row in Calls(self.engine).newest(500, provider="similarweb"))

    def states(self) -> list[State]:
        return [run.state for run in Works(self.instance).runs()]

    def whole(self) -> bool:
        """Every result that is stored can be read, and the ledger knows every request of the sandbox's log."""
        Results(self.engine).latest_of(ACCOUNTS, MODULES)
        return books.unaccounted(books.read_log(self.judge), Calls(self.engine).rows()) == []


@pytest.fixture
def hanging(tmp_path: Path, database_url: str) -> Iterator[Hanging]:
    judge = tmp_path / "judge.jsonl"
    with (
        sandbox(tmp_path, "--log", str(judge), "--faults", "similarweb:slow:1:100") as (_, url),
        services_in(tmp_path, url, PARTNERFORGE_DATABASE_URL=database_url) as services,
        dg.DagsterInstance.get() as instance,
    ):
        settings = Settings()
        engine = open_store(settings)
        (backfill_id,) = request(instance, dict.fromkeys(ACCOUNTS, tuple(MODULES)), settings=settings)
        batch = Hanging(services, instance, engine, judge, backfill_id)
        wait_until(lambda: batch.states() == [State.RUNNING] * 2, 180)
        wait_until(lambda: batch.waiting_for_similarweb() >= 3 * len(ACCOUNTS))
        yield batch
        engine.dispose()


@pytest.mark.slow
@pytest.mark.timeout(420)
@in_ci_on("postgresql")
def test_a_batch_is_stopped_in_seconds_and_not_started_again(hanging: Hanging) -> None:
    """Its runs end as canceled, slots are free, the daemon notes the batch as canceled and retries nothing."""
    began = time.monotonic()
    done = cancel(hanging.instance, backfill_ids=[hanging.backfill_id])
    assert time.monotonic() - began < 15
    assert (len(done.stopped), done.dead) == (2, ())
    assert hanging.states() == [State.CANCELED] * 2
    wait_until(lambda: hanging.taken() == 0, FREE_S)
    wait_until(lambda: _status(hanging) is BulkActionStatus.CANCELED, 60)
    assert hanging.states() == [State.CANCELED] * 2
    assert hanging.whole()


@pytest.mark.slow
@pytest.mark.timeout(420)
@in_ci_on("sqlite")
def test_sigterm_to_a_run_worker_cancels_its_run_alone(hanging: Hanging) -> None:
    """The run ends as canceled with its slots free; the other one goes on, until it is canceled as well."""
    worker = hanging.services.run_workers()[0]
    os.kill(worker, signal.SIGTERM)
    wait_until(lambda: worker not in hanging.services.run_workers(), 15)
    assert sorted(hanging.states()) == [State.CANCELED, State.RUNNING]
    cancel(hanging.instance, run_ids=[run.id for run in Works(hanging.instance).runs(states=UNFINISHED)])
    assert hanging.states() == [State.CANCELED] * 2
    wait_until(lambda: hanging.taken() == 0, FREE_S)
    assert hanging.whole()


@dg.job
def waits() -> None:
    """Never begins."""


def _status(hanging: Hanging) -> BulkActionStatus | None:
    backfill = hanging.instance.get_backfill(hanging.backfill_id)
    return backfill.status if backfill else None


def test_what_waits_in_the_queue_is_stopped_before_it_begins(instance: dg.DagsterInstance) -> None:
    """A run that was made and not begun is canceled; without a daemon its batch stays marked."""
    (backfill_id,) = request(instance, {"costco.com": tuple(MODULES)}, settings=Settings())
    run = instance.create_run_for_job(waits, tags={"dagster/backfill": backfill_id})
    done = cancel(instance, backfill_ids=[backfill_id])
    assert done.stopped == (run.run_id,)
    works = Works(instance)
    assert [work.state for work in works.runs()] == [State.CANCELED]
    assert [work.state for work in works.backfills()] == [State.CANCELING]
    assert cancel(instance, run_ids=[run.run_id]).stopped == ()
