"""Accounts as dynamic partitions."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import dagster as dg
import pytest
from sqlalchemy import Engine, event

from partnerforge_dagster.orchestration.partitions import ACCOUNT, CHUNK, account_partitions, add_accounts


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    with dg.instance_for_test(temp_dir=str(tmp_path)) as instance:
        yield instance


def test_new_accounts_become_partitions_in_their_order(instance: dg.DagsterInstance) -> None:
    """Each once, in the order given; the answer says which were new."""
    assert add_accounts(instance, ["b.com", "a.com", "b.com"]) == ["b.com", "a.com"]
    assert account_partitions.get_partition_keys(dynamic_partitions_store=instance) == ["b.com", "a.com"]


def test_adding_is_idempotent(instance: dg.DagsterInstance) -> None:
    """Known ones are left alone, new ones come at the end."""
    add_accounts(instance, ["b.com", "a.com"])
    assert add_accounts(instance, ["a.com", "c.com"]) == ["c.com"]
    assert add_accounts(instance, []) == []
    assert instance.get_dynamic_partitions(ACCOUNT) == ["b.com", "a.com", "c.com"]


def test_more_than_a_statement_takes(instance: dg.DagsterInstance) -> None:
    """SQLite refuses a statement with too many parameters; keys go in chunks and none is lost."""
    domains = [f"shop-{number}.com" for number in range(40_000)]
    assert len(domains) > 7 * CHUNK
    assert len(add_accounts(instance, domains)) == 40_000
    assert instance.get_dynamic_partitions(ACCOUNT) == domains


def test_another_process_may_add_the_same_account_first(instance: dg.DagsterInstance, tmp_path: Path) -> None:
    """Between Dagster's look at what is new and its insert, as an import and a dropped file may: nobody fails."""
    insert = "INSERT INTO dynamic_partitions (partitions_def_name, partition) VALUES (?, ?)"
    (index,) = tmp_path.rglob("index.db")
    overtaken: list[str] = []

    def overtake(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("INSERT INTO dynamic_partitions") and not overtaken:
            overtaken.append(statement)
            with closing(sqlite3.connect(index)) as other, other:
                other.execute(insert, (ACCOUNT, "a.com"))

    event.listen(Engine, "before_cursor_execute", overtake)
    try:
        add_accounts(instance, ["a.com", "b.com"])
    finally:
        event.remove(Engine, "before_cursor_execute", overtake)
    assert overtaken
    assert instance.get_dynamic_partitions(ACCOUNT) == ["a.com", "b.com"]
