"""The run queue through the real daemon: the run of a person passes a backlog of batches; a backfill is a batch; what
had failed and was queued again comes right.

Not for: the order of calls at a provider (governor/test_turnstile.py).
"""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import pytest

from partnerforge_dagster.definitions import declared_modules, open_store
from partnerforge_dagster.models.account import Account
from partnerforge_dagster.models.result import Status as ResultStatus
from partnerforge_dagster.orchestration.backfills import request
from partnerforge_dagster.orchestration.enrichment import unavailable
from partnerforge_dagster.orchestration.partitions import add_accounts
from partnerforge_dagster.orchestration.tags import BACKFILL_TAG, BATCH_TAG, PARTITION_TAG, is_batch
from partnerforge_dagster.settings import Settings
from partnerforge_dagster.store.failures import Failures
from partnerforge_dagster.store.results import Results
from partnerforge_dagster_tests.cli.running import sandbox, wait_until
from partnerforge_dagster_tests.databases import in_ci_on
from partnerforge_dagster_tests.orchestration.services import services_in

BATCH = [f"company-{number}.com" for number in range(6)]
MINE = "costco.com"
LOST, MODULE = "patagonia.com", "traffic_analysis"
Status = dg.DagsterRunStatus


def test_backfills_are_batches_whoever_started_them() -> None:
    """By our tag or by Dagster's own; a run of a person is none."""
    assert is_batch({BACKFILL_TAG: "abc"})
    assert is_batch({BATCH_TAG: "true"})
    assert not is_batch({BATCH_TAG: "false", PARTITION_TAG: MINE})


@pytest.mark.slow
@pytest.mark.timeout(400)
@in_ci_on("postgresql")
def test_a_persons_run_passes_the_backlog(tmp_path: Path, database_url: str) -> None:
    """Two batches run, the others wait; a run launched after them all starts at once, beside those two.

    The first of the batches is what `retry-failed --queue` asked for: it is off the list of failures in the end.
    """
    small = {"PARTNERFORGE_ACCOUNTS_A_RUN": "1", "PARTNERFORGE_DATABASE_URL": database_url}
    with (
        sandbox(tmp_path, "--latency", "1") as (_, url),
        services_in(tmp_path, url, **small) as services,
        dg.DagsterInstance.get() as instance,
    ):
        settings = Settings(accounts_a_run=1)
        engine = open_store(settings)
        add_accounts(instance, [*BATCH, MINE, LOST])
        gone = unavailable(
            declared_modules()[MODULE], Account(domain=LOST, as_of=datetime.now(UTC)), "similarweb: down"
        )
        Results(engine).put(gone, module=MODULE, run_id="before", duration_s=1.0)
        retry = [sys.executable, "-m", "partnerforge_dagster.cli", "retry-failed", "--queue", "--json"]
        told = subprocess.run(
            retry, cwd=tmp_path, env=services.environment, check=True, timeout=90, capture_output=True
        )
        assert json.loads(told.stdout)["accounts"] == [LOST]
        request(instance, dict.fromkeys(BATCH, ("technology_stack", MODULE)), settings=settings)

        def batches(status: Status) -> int:
            return sum(BACKFILL_TAG in run.tags for run in instance.get_runs(dg.RunsFilter(statuses=[status])))

        def started() -> bool:
            return bool(instance.get_runs(dg.RunsFilter(tags={PARTITION_TAG: MINE}, statuses=[Status.STARTED])))

        wait_until(lambda: batches(Status.STARTED) >= 1 and batches(Status.QUEUED) >= 2, 150)
        words = ["job", "launch", "-w", "workspace.yaml", "-j", "enrich", "--tags", f'{{"{PARTITION_TAG}": "{MINE}"}}']
        subprocess.run(
            [sys.executable, "-m", "dagster", *words], cwd=tmp_path, env=services.environment, check=True, timeout=90
        )
        assert batches(Status.STARTED) + batches(Status.STARTING) <= 2
        wait_until(started, 90)
        assert batches(Status.QUEUED) >= 1, "the backlog had ended before: nothing was passed"
        wait_until(lambda: not Failures(engine).listed(), 150)
        cured = Results(engine).latest(LOST, MODULE)
        assert cured is not None
        assert cured.status is ResultStatus.COMPLETE
        engine.dispose()
