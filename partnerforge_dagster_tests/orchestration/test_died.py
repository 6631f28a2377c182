"""Runs that died and that Dagster gave up: what they owe is asked for again, once, and not for ever."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.execution.plan.objects import StepFailureData, UserFailureData

from partnerforge_dagster.definitions import ENRICH, build_defs, declared_modules, open_store
from partnerforge_dagster.models.result import ModuleResult
from partnerforge_dagster.orchestration.backfills import open_backfills
from partnerforge_dagster.orchestration.died import MOST_TIMES, ask_again
from partnerforge_dagster.orchestration.partitions import add_accounts
from partnerforge_dagster.orchestration.tags import AGAIN_TAG, BACKFILL_TAG, FIRST_TAG, FORCE_TAG, LAST_TAG
from partnerforge_dagster.store.results import Results
from partnerforge_dagster_tests.orchestration.graph import COSTCO, PATAGONIA, settings_in

ASKED = ("company_context", "traffic_analysis")
DEAD = {BACKFILL_TAG: "abc", "dagster/will_retry": "false", FIRST_TAG: COSTCO, LAST_TAG: PATAGONIA}
Whole = dict[tuple[str, str], ModuleResult]


class Place:
    """A store, an instance with two accounts, and runs in it."""

    def __init__(self, folder: Path, instance: dg.DagsterInstance) -> None:
        self.settings = settings_in(folder)
        self.instance = instance
        engine = open_store(self.settings)
        self.results = Results(engine)
        self.selection = frozenset(dg.AssetKey(name) for name in ASKED)
        job = build_defs(self.settings, engine=engine).resolve_job_def(ENRICH)
        self.job = job.get_subset(asset_selection=self.selection)
        add_accounts(instance, [COSTCO, PATAGONIA])

    def failed(self, **tags: str) -> dg.DagsterRun:
        """A failed run for both accounts."""
        return self.instance.create_run_for_job(
            self.job, status=dg.DagsterRunStatus.FAILURE, tags=tags, asset_selection=self.selection
        )

    def look(self) -> list[str]:
        """What the sensor does."""
        now = datetime.now(UTC) + timedelta(seconds=1)
        return ask_again(self.instance, self.results, declared_modules(), self.settings, now)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with dg.instance_for_test(temp_dir=str(tmp_path)) as instance:
        yield Place(tmp_path, instance)


def test_a_dead_run_is_asked_again_for_what_it_owes(place: Place, whole: Whole) -> None:
    """Not for what it had stored; with its tags; and only once."""
    place.failed(**DEAD, **{FORCE_TAG: "true", "dagster/priority": "5"})
    for name in ASKED:
        place.results.put(whole[name, COSTCO], module=name, run_id="dead", duration_s=0.1)
    (backfill_id,) = place.look()
    (backfill,) = open_backfills(place.instance)
    assert (backfill.id, backfill.accounts) == (backfill_id, {PATAGONIA})
    asked = {FORCE_TAG: "true", AGAIN_TAG: "1", "dagster/priority": "5"}
    assert asked.items() <= backfill.tags.items()
    assert place.look() == []


@pytest.mark.parametrize("by_accounts", [False, True])
def test_a_step_that_died_is_asked_again_and_accounts_that_failed_are_not(place: Place, by_accounts: bool) -> None:
    """A step that was disturbed (a database away) named nobody, so nobody else would ask again."""
    run = place.failed(**DEAD, **{"dagster/failure_reason": "STEP_FAILURE"})
    named = UserFailureData("label", "1 account failed", {COSTCO: dg.MetadataValue.text("HTTP 500")})
    data = StepFailureData(None, named if by_accounts else None)
    event = dg.DagsterEvent(
        dg.DagsterEventType.STEP_FAILURE.value, run.job_name, step_key=ASKED[0], event_specific_data=data
    )
    place.instance.report_dagster_event(event, run.run_id)
    assert bool(place.look()) is not by_accounts


@pytest.mark.parametrize(
    "other",
    [
        {"dagster/failure_reason": "STEP_FAILURE"},
        {"dagster/will_retry": "true"},
        {"dagster/auto_retry_run_id": "another"},
        {"dagster/max_retries": "0"},
        {AGAIN_TAG: str(MOST_TIMES)},
    ],
    ids=["accounts failed", "will be retried", "was retried", "had its time", "often enough"],
)
def test_others_are_left_alone(place: Place, other: dict[str, str]) -> None:
    """What Dagster retries itself, what failed by its accounts, what had its time, what dies again and again."""
    place.failed(**{**DEAD, **other})
    assert place.look() == []


def test_a_run_of_a_person_is_left_alone(place: Place) -> None:
    """They see it fail."""
    place.failed(**{name: value for name, value in DEAD.items() if name != BACKFILL_TAG})
    assert place.look() == []
