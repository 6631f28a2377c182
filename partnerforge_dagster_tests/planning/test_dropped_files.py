"""Which files of the drop folder are imported, and when."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnerforge_dagster.planning.dropped_files import Cursor, Version, found_in, is_wanted, look

A, B = Version(10, 1), Version(20, 2)


def test_a_file_is_ready_when_it_has_stayed_as_it_was() -> None:
    """At the first look it may still be written; when it has grown since, it is waited for again."""
    first = look({"a.csv": A}, Cursor())
    assert first.ready == ()
    grown = look({"a.csv": B}, first.cursor)
    assert grown.ready == ()
    assert look({"a.csv": B}, grown.cursor).ready == ("a.csv",)


def test_what_was_taken_is_taken_again_only_when_it_changes() -> None:
    """By size or time of change; the same name alone is not the same file."""
    taken = look({"a.csv": A}, Cursor()).cursor.with_taken(["a.csv"])
    assert look({"a.csv": A}, taken).ready == ()
    again = look({"a.csv": B}, taken)
    assert look({"a.csv": B}, again.cursor).ready == ("a.csv",)


def test_what_was_not_taken_is_ready_again() -> None:
    """A look whose import was broken off loses nothing."""
    first = look({"a.csv": A, "b.csv": B}, Cursor())
    second = look({"a.csv": A, "b.csv": B}, first.cursor)
    assert second.ready == ("a.csv", "b.csv")
    assert look({"a.csv": A, "b.csv": B}, second.cursor.with_taken(["a.csv"])).ready == ("b.csv",)


@pytest.mark.parametrize("name", ["a.csv", "A.CSV", "x.jsonl", "x.ndjson", "list.txt", "list.tsv"])
def test_files_of_accounts(name: str) -> None:
    """By their ending, in whatever case."""
    assert is_wanted(name)


@pytest.mark.parametrize("name", [".a.csv", "~$a.csv", "a.csv.part", "a.rejected.csv", "a.xlsx", "README", "a.csv~"])
def test_files_that_are_none(name: str) -> None:
    """Hidden, half written, of another kind, or our own report of bad lines."""
    assert not is_wanted(name)


VERSIONS = st.builds(Version, st.integers(0, 3), st.integers(0, 3))
FOLDERS = st.dictionaries(st.sampled_from(["a.csv", "b.csv", "c.jsonl", "d.rejected.csv"]), VERSIONS)


@given(st.lists(FOLDERS, max_size=12))
def test_each_version_is_taken_once_while_it_lies_there(folders: list[dict[str, Version]]) -> None:
    """Over any history: only what stayed the same is taken, never twice in a row, and the cursor survives as text."""
    cursor, before, last = Cursor(), dict[str, Version](), dict[str, Version]()
    for found in folders:
        seen = look(found, cursor)
        for name in seen.ready:
            assert before[name] == found[name]
            assert last.get(name) != found[name]
        last = {name: version for name, version in last.items() if name in found}
        last.update((name, found[name]) for name in seen.ready)
        cursor = Cursor.loads(seen.cursor.with_taken(seen.ready).dumps())
        assert cursor == seen.cursor.with_taken(seen.ready)
        assert set(cursor.taken) | set(cursor.seen) <= set(found), "what has left is forgotten"
        before = found


def test_the_folder_is_read_with_sizes_and_times(tmp_path: Path) -> None:
    """Files only; a folder that is not there has none."""
    assert found_in(tmp_path / "none") == {}
    (tmp_path / "sub.csv").mkdir()
    (tmp_path / "a.csv").write_text("costco.com\n", encoding="utf-8")
    os.utime(tmp_path / "a.csv", ns=(5, 7))
    assert found_in(tmp_path) == {"a.csv": Version(11, 7)}
