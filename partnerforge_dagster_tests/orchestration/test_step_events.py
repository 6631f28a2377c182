"""A batch in which some accounts fail: the instance, and so the UI, shows exactly those, and nothing else suffers."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import dagster as dg
import pytest

from partnerforge_dagster.brief.files import brief_files
from partnerforge_dagster.definitions import declared_modules
from partnerforge_dagster.models.modules import BRIEF, MODULES
from partnerforge_dagster.models.result import Status
from partnerforge_dagster.store.results import content_hash
from partnerforge_dagster_tests.orchestration.deployment import Deployment, deployment_in
from partnerforge_dagster_tests.orchestration.graph import COSTCO, NOBODY, PATAGONIA, SALLY, failing

ETSY = "etsy.com"
FIVE = (COSTCO, PATAGONIA, SALLY, NOBODY, ETSY)
STACK = "technology_stack"
BAD = (Status.UNAVAILABLE, Status.STALE)


@dataclass(frozen=True)
class Ended:
    """A deployment after a batch of five in which the technology stack broke for two, alone in their row or not."""

    folder: Path
    deployment: Deployment
    run: dg.DagsterRun


@pytest.fixture(scope="module")
def batch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ended]:
    folder = tmp_path_factory.mktemp("batch")
    broken = failing(failing(declared_modules(), STACK, only_for=PATAGONIA), STACK, only_for=ETSY)
    with deployment_in(folder, modules=broken) as deployment:
        yield Ended(folder, deployment, deployment.batch(*FIVE))


def test_the_failed_partitions_are_the_failed_accounts(batch: Ended) -> None:
    """Of every module: materialized is who has a good result, failed is who has none."""
    stored = batch.deployment.results.latest_of(FIVE, list(MODULES))
    assert len(stored) == len(FIVE) * len(MODULES)
    for name in MODULES:
        bad = {domain for domain in FIVE if stored[domain, name].status in BAD}
        assert batch.deployment.statuses(name) == (set(FIVE) - bad, bad)
    assert batch.deployment.statuses(STACK)[1] == {PATAGONIA, ETSY}
    assert batch.run.status is dg.DagsterRunStatus.FAILURE


def test_what_stands_on_a_failed_step_runs(batch: Ended) -> None:
    """No step is skipped or left out; all five have a brief, the two with a gap that names the reason."""
    events = batch.deployment.instance.all_logs(batch.run.run_id)
    kinds = [entry.dagster_event.event_type for entry in events if entry.dagster_event]
    assert kinds.count(dg.DagsterEventType.STEP_START) == len(MODULES)
    assert dg.DagsterEventType.STEP_SKIPPED not in kinds
    for domain in FIVE:
        assert brief_files(domain, batch.deployment.briefs).html.exists()
        brief = batch.deployment.results.latest(domain, BRIEF)
        assert brief is not None
        reasons = [row.gap.reason for row in brief.result.data_gaps if row.module == STACK]
        assert any("a bug in technology_stack" in reason for reason in reasons) is (domain in (PATAGONIA, ETSY))


def test_each_account_has_its_own_data_version_and_metadata(batch: Ended) -> None:
    """One materialization for each account that came through, versioned by its content."""
    for name in (STACK, "company_context", BRIEF):
        for domain in batch.deployment.statuses(name)[0]:
            (record,) = batch.deployment.materialized(name, domain)
            stored = batch.deployment.results.latest(domain, name)
            assert stored is not None
            assert record.asset_materialization.tags["dagster/data_version"] == content_hash(stored.result)
            assert record.asset_materialization.metadata["status"].value == stored.status.value


def test_the_failure_names_accounts_and_reasons(batch: Ended) -> None:
    """In the step's failure, and so to whoever launched the run: of the five only those that failed."""
    (failure,) = [
        entry.dagster_event.step_failure_data.user_failure_data
        for entry in batch.deployment.instance.all_logs(batch.run.run_id, of_type=dg.DagsterEventType.STEP_FAILURE)
        if entry.step_key == STACK
    ]
    assert failure.description.startswith("no new technology stack for 2 of 5 accounts: patagonia.com: internal error")
    assert set(failure.metadata) == {PATAGONIA, ETSY}


def test_a_retry_of_the_failed_ones_heals_just_those(batch: Ended) -> None:
    """One retried account is materialized, the other stays failed, the three good ones are left alone."""
    with deployment_in(batch.folder) as repaired:
        before = {domain: len(repaired.materialized(STACK, domain)) for domain in FIVE}
        run = repaired.batch(PATAGONIA, only=[STACK])
        assert run.status is dg.DagsterRunStatus.SUCCESS
        assert repaired.statuses(STACK) == ({COSTCO, SALLY, NOBODY, PATAGONIA}, {ETSY})
        made = {domain: len(repaired.materialized(STACK, domain)) - before[domain] for domain in FIVE}
    assert made == {**dict.fromkeys(FIVE, 0), PATAGONIA: 1}
