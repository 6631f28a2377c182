"""Files of accounts into the store and Dagster's partitions, and the drop folder."""

import os
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from sqlalchemy import Engine

from partnerforge_dagster.account_files import lines_of
from partnerforge_dagster.orchestration.importing import Imported, import_dropped, import_lines, report_beside
from partnerforge_dagster.orchestration.partitions import ACCOUNT, CHUNK, add_accounts
from partnerforge_dagster.store.accounts import Accounts


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    """A new instance."""
    with dg.instance_for_test() as new:
        yield new


def take(content: str, engine: Engine, instance: dg.DagsterInstance) -> Imported:
    return import_lines(lines_of(content.encode()), engine, instance)


def test_good_lines_are_accounts_and_partitions_once(engine: Engine, instance: dg.DagsterInstance) -> None:
    """Whatever the spelling; bad lines are told, and importing again adds nothing."""
    content = "domain\ncostco.com\nwww.Costco.com\nnope\netsy.com\n"
    first = take(content, engine, instance)
    assert (first.accounts, first.new, first.repeated) == (("costco.com", "etsy.com"), 2, 1)
    assert [line[:2] for line in first.bad] == [(4, "nope")]
    again = take(content, engine, instance)
    assert (again.accounts, again.new, again.repeated, again.bad) == (first.accounts, 0, 1, first.bad)
    assert sorted(Accounts(engine).all()) == ["costco.com", "etsy.com"]
    assert list(instance.get_dynamic_partitions(ACCOUNT)) == ["costco.com", "etsy.com"]


def test_what_is_in_one_of_both_only_is_completed(engine: Engine, instance: dg.DagsterInstance) -> None:
    """As after a process that died between the two writes."""
    Accounts(engine).add(["costco.com"])
    add_accounts(instance, ["etsy.com"])
    take("costco.com\netsy.com\n", engine, instance)
    assert sorted(Accounts(engine).all()) == sorted(instance.get_dynamic_partitions(ACCOUNT))


def test_more_lines_than_a_chunk(engine: Engine, instance: dg.DagsterInstance) -> None:
    """Each chunk is told when it is in; a domain that comes again in a later one is repeated and not new."""
    told: list[int] = []
    content = "".join(f"company-{n}.com\n" for n in range(CHUNK + 10)) + "company-1.com\n"
    imported = import_lines(lines_of(content.encode()), engine, instance, watch=told.append)
    assert told == [CHUNK, CHUNK + 11]
    assert (imported.new, imported.repeated) == (CHUNK + 10, 1)
    assert len(instance.get_dynamic_partitions(ACCOUNT)) == CHUNK + 10


def test_the_drop_folder(engine: Engine, instance: dg.DagsterInstance, tmp_path: Path) -> None:
    """A file is taken at the second look, a bad one is told once, and neither stops the other."""
    (tmp_path / "good.csv").write_text("costco.com\nnope\n", encoding="utf-8")
    (tmp_path / "latin.csv").write_bytes(b"caf\xe9.com\n")
    (tmp_path / "list.jsonl").write_text('{"url": "etsy.com"}\n', encoding="utf-8")
    for age, name in enumerate(["latin.csv", "good.csv", "list.jsonl"]):
        os.utime(tmp_path / name, ns=(age, age))
    none, cursor = import_dropped(tmp_path, None, engine, instance)
    assert none == []
    taken, cursor = import_dropped(tmp_path, cursor, engine, instance)
    assert [file.name for file in taken] == ["latin.csv", "good.csv", "list.jsonl"]
    latin, good, listed = taken
    assert latin.imported is None
    assert "0xe9" in (latin.problem or "")
    assert good.problem == "good.csv: 1 lines name no account; they are listed in good.csv.rejected.csv"
    assert "nope" in report_beside(tmp_path / "good.csv").read_text(encoding="utf-8")
    assert listed.imported is not None
    assert (listed.imported.accounts, listed.problem) == (("etsy.com",), None)
    for _ in range(3):
        taken, cursor = import_dropped(tmp_path, cursor, engine, instance)
        assert taken == []
    (tmp_path / "latin.csv").write_text("café.com\n", encoding="utf-8")
    _, cursor = import_dropped(tmp_path, cursor, engine, instance)
    taken, cursor = import_dropped(tmp_path, cursor, engine, instance)
    assert [file.imported.accounts for file in taken if file.imported] == [("xn--caf-dma.com",)]
