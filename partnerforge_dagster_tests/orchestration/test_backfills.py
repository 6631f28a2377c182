"""Asking for batches on a real instance: what is stored for the daemon, the bound, the tags, the room that is left.

Not for: what the daemon makes of it (test_kills.py).
"""

from datetime import UTC, datetime, timedelta

import dagster as dg
import pytest
from dagster._core.remote_origin import RegisteredCodeLocationOrigin, RemoteJobOrigin, RemoteRepositoryOrigin

from partnerforge_dagster.models.modules import MODULES
from partnerforge_dagster.orchestration.ageing import raise_waiting
from partnerforge_dagster.orchestration.backfills import (
    ACCOUNTS_A_BACKFILL,
    QueueFull,
    batch_runs,
    open_backfills,
    queued,
    request,
    room,
)
from partnerforge_dagster.orchestration.partitions import ACCOUNT, Order, add_accounts
from partnerforge_dagster.orchestration.tags import FIRST_TAG, LAST_TAG, PARTITION_TAG, PRIORITY_TAG
from partnerforge_dagster.planning.priority import AGE_S
from partnerforge_dagster.settings import Settings

ALL = tuple(MODULES)
LAST_TWO = ALL[-2:]
FIVE = [f"company-{number}.com" for number in range(5)]


def settings(**changes: object) -> Settings:
    return Settings.model_validate({"run_timeout_s": 100.0, **changes})


def test_accounts_with_the_same_modules_share_a_backfill(instance: dg.DagsterInstance) -> None:
    """Another selection is another backfill; partitions are made; accounts without modules are left out."""
    selections = {**dict.fromkeys(FIVE, ALL), FIVE[2]: LAST_TWO, "nothing.com": ()}
    ids = request(instance, selections, settings=settings())
    found = {backfill.id: backfill for backfill in open_backfills(instance)}
    assert set(found) == set(ids)
    assert sorted(sorted(one.accounts) for one in found.values()) == sorted([sorted({*FIVE} - {FIVE[2]}), [FIVE[2]]])
    assert all(one.left == one.accounts for one in found.values())
    stored = instance.get_backfill(next(one.id for one in found.values() if one.accounts == {FIVE[2]}))
    assert {key.to_user_string() for key in stored.asset_selection} == set(LAST_TWO)
    assert instance.get_dynamic_partitions(ACCOUNT) == FIVE


def test_nothing_to_run_makes_nothing(instance: dg.DagsterInstance) -> None:
    """No backfill, no partition."""
    assert request(instance, {"a.com": ()}, settings=settings()) == []
    assert open_backfills(instance) == []
    assert instance.get_dynamic_partitions(ACCOUNT) == []


def test_every_run_will_carry_the_tags(instance: dg.DagsterInstance) -> None:
    """Priority, batch, the time of as many accounts as a run takes at most, and the caller's own."""
    request(instance, dict.fromkeys(FIVE, ALL), settings=settings(accounts_a_run=3), priority=-5, tags={"list": "q4"})
    (backfill,) = open_backfills(instance)
    assert backfill.tags == {
        "dagster/priority": "-5",
        "partnerforge/batch": "true",
        "dagster/max_runtime": "300",
        "list": "q4",
    }


def test_a_long_list_is_several_backfills_of_neighbours(instance: dg.DagsterInstance) -> None:
    """Each small, and cut where runs are cut anyway."""
    names = [f"company-{number}.com" for number in range(ACCOUNTS_A_BACKFILL + 7)]
    request(instance, dict.fromkeys(names, LAST_TWO), settings=settings())
    assert sorted(len(one.accounts) for one in open_backfills(instance)) == [7, ACCOUNTS_A_BACKFILL]
    assert queued(instance) == len(names)


def test_past_the_bound_is_refused_and_nothing_is_queued(instance: dg.DagsterInstance) -> None:
    """The refusal says how many, the bound and what to do; what fits is taken."""
    small = settings(queue_bound=4)
    request(instance, dict.fromkeys(FIVE[:3], ALL), settings=small)
    assert room(instance, small) == 1
    with pytest.raises(QueueFull, match="2 accounts were asked for and 3 are queued or running, past the bound of 4"):
        request(instance, dict.fromkeys(FIVE[3:], ALL), settings=small)
    assert queued(instance) == 3
    request(instance, {FIVE[3]: ALL}, settings=small)
    assert room(instance, small) == 0


def test_runs_of_one_account_count_in_the_queue(instance: dg.DagsterInstance) -> None:
    """A run that stands in the queue by itself is an account; one that has ended is none."""
    enqueued(instance)
    for status in (dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.SUCCESS):
        instance.create_run_for_job(nothing, status=status)
    assert queued(instance) == 2


def test_the_queue_says_how_many_runs_share_the_accounts_at_once() -> None:
    """The tightest limit of dagster.yaml on batches."""
    limits = [{"key": "dagster/backfill", "limit": 2}, {"key": "partnerforge/batch", "value": "true", "limit": 3}]
    queue = {"run_queue": {"max_concurrent_runs": 4, "tag_concurrency_limits": limits}}
    with dg.instance_for_test(overrides=queue) as instance:
        assert batch_runs(instance) == 2


def test_accounts_of_a_run_are_neighbours(instance: dg.DagsterInstance) -> None:
    """One by its partition, several by the first and the last, none without."""
    add_accounts(instance, FIVE)
    assert Order(instance).accounts_of({PARTITION_TAG: FIVE[1]}) == (FIVE[1],)
    assert Order(instance).accounts_of({FIRST_TAG: FIVE[1], LAST_TAG: FIVE[3]}) == tuple(FIVE[1:4])
    assert Order(instance).accounts_of({}) == ()


@dg.job
def nothing() -> None:
    """A job whose runs only stand in the queue."""


def enqueued(instance: dg.DagsterInstance, **tags: str) -> dg.DagsterRun:
    """A run in the queue."""
    place = RemoteRepositoryOrigin(RegisteredCodeLocationOrigin("partnerforge"), "__repository__")
    return instance.create_run_for_job(
        nothing,
        tags=tags,
        status=dg.DagsterRunStatus.QUEUED,
        remote_job_origin=RemoteJobOrigin(place, nothing.name),
        job_code_origin=dg.reconstructable(nothing).get_python_origin(),
    )


def test_waiting_raises_a_run_and_forgets_no_priority(instance: dg.DagsterInstance) -> None:
    """A step for each half hour, counted from what was asked for; ended and started runs are left alone."""
    low = enqueued(instance, **{PRIORITY_TAG: "-10"})
    started = instance.create_run_for_job(nothing, status=dg.DagsterRunStatus.STARTED, tags={PRIORITY_TAG: "-10"})
    now = datetime.now(UTC)

    def priority(run: dg.DagsterRun) -> str:
        record = instance.get_run_by_id(run.run_id)
        assert record is not None
        return record.tags[PRIORITY_TAG]

    assert raise_waiting(instance, now) == 0
    for steps, wanted in ((1, "-9"), (4, "-6"), (100, "10")):
        assert raise_waiting(instance, now + timedelta(seconds=steps * AGE_S + 60)) == 1
        assert priority(low) == wanted
    assert raise_waiting(instance, now + timedelta(seconds=2 * AGE_S)) == 0
    assert priority(started) == "-10"
