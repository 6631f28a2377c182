"""Old runs go when everything they made has been made again, on a real instance."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from partnerforge_dagster.orchestration.cleaning import superseded
from partnerforge_dagster.orchestration.partitions import account_partitions, add_accounts

LATER = timedelta(minutes=1)


@dg.asset(partitions_def=account_partitions)
def first() -> int:
    return 1


@dg.asset(partitions_def=account_partitions, deps=[first])
def second() -> int:
    return 2


@pytest.fixture
def instance(instance: dg.DagsterInstance) -> dg.DagsterInstance:
    add_accounts(instance, ["a.com", "b.com"])
    return instance


def made(instance: dg.DagsterInstance, account: str, *assets: dg.AssetsDefinition) -> str:
    """The id of a run that materializes them."""
    return dg.materialize([first, second], instance=instance, partition_key=account, selection=assets).run_id


def test_a_run_goes_when_all_it_made_is_made_again(instance: dg.DagsterInstance, tmp_path: Path) -> None:
    """With its file; not while it holds one asset's newest materialization, and not before its age."""
    old = made(instance, "a.com", first, second)
    other = made(instance, "b.com", first, second)
    half = made(instance, "a.com", first)
    now = datetime.now(UTC)
    assert superseded(instance, now + LATER) == []
    made(instance, "a.com", second)
    assert superseded(instance, now - LATER) == []
    assert superseded(instance, now + LATER) == [old]
    instance.delete_run(old)
    assert not (tmp_path / "history" / "runs" / f"{old}.db").exists()
    assert instance.has_run(half)
    assert instance.has_run(other)
    for asset in (first, second):
        assert set(instance.get_materialized_partitions(asset.key)) == {"a.com", "b.com"}
    assert superseded(instance, now + LATER) == []


def test_a_failed_run_that_made_nothing_goes(instance: dg.DagsterInstance) -> None:
    """It holds nothing that anybody would miss."""

    @dg.asset
    def broken() -> None:
        raise dg.Failure("no")

    run_id = dg.materialize([broken], instance=instance, raise_on_error=False).run_id
    assert superseded(instance, datetime.now(UTC) + LATER) == [run_id]
