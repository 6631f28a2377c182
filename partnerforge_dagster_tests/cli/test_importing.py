"""`partnerforge import`: what it takes, what it says of what it does not, and what a kill leaves."""

import csv
import io
import json
import os
import sqlite3
import subprocess
from pathlib import Path

import pytest

from partnerforge_dagster_tests.cli.running import COMMAND, environment, run, started, wait_until

MIXED = "name,website\nCostco,costco.com\nBad,127.0.0.1\nNone,\nEtsy,https://www.etsy.com/x\nAgain,etsy.com\n"


def accounts_in(folder: Path) -> list[str]:
    """Accounts of the store, without asking a command."""
    file = folder / ".partnerforge" / "partnerforge.db"
    if not file.exists():
        return []
    with sqlite3.connect(file) as store:
        if not store.execute("SELECT 1 FROM sqlite_master WHERE name = 'accounts'").fetchone():
            return []
        return [row[0] for row in store.execute("SELECT domain FROM accounts ORDER BY domain")]


def partitions_in(folder: Path) -> list[str]:
    """Dagster's partitions in their order."""
    with sqlite3.connect(folder / ".partnerforge" / "history" / "runs" / "index.db") as index:
        return [row[0] for row in index.execute("SELECT partition FROM dynamic_partitions ORDER BY id")]


def test_good_lines_are_taken_and_bad_ones_listed(tmp_path: Path) -> None:
    """Exit status 1, number, value and reason on stderr and in the report; the second time nothing is new."""
    (tmp_path / "a.csv").write_text(MIXED, encoding="utf-8")
    first = run(tmp_path, "import", "a.csv")
    assert (first.code, first.out) == (1, "2 added, 0 known already, 1 repeated, 2 bad\n")
    assert "line 3: '127.0.0.1' is an IP address" in first.err
    assert "a.csv.rejected.csv" in first.err
    assert accounts_in(tmp_path) == partitions_in(tmp_path) == ["costco.com", "etsy.com"]
    report = (tmp_path / "a.csv.rejected.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(io.StringIO(report)))
    assert [(row["number"], row["value"]) for row in rows] == [("3", "127.0.0.1"), ("4", "")]
    assert all(row["reason"] for row in rows)
    again = run(tmp_path, "import", "a.csv", "--json")
    assert again.code == 1
    told = again.report
    assert (told["accounts"], told["new"], told["known"], told["repeated"], told["bad"]) == (2, 0, 2, 1, 2)
    assert told["report"] == "a.csv.rejected.csv"
    assert told["bad_lines"][0]["number"] == 3


def test_a_report_goes_where_it_is_wanted_and_goes_away_with_its_cause(tmp_path: Path) -> None:
    """--report writes one even when nothing is bad; the one beside the file is removed when nothing is bad any more."""
    (tmp_path / "a.csv").write_text(MIXED, encoding="utf-8")
    run(tmp_path, "import", "a.csv")
    (tmp_path / "a.csv").write_text("costco.com\r\netsy.com\r\n", encoding="utf-8")
    done = run(tmp_path, "import", "a.csv", "--report", "bad.csv")
    assert done.code == 0
    assert (tmp_path / "bad.csv").read_text(encoding="utf-8").split() == ["number,value,reason"]
    assert run(tmp_path, "import", "a.csv").code == 0
    assert not (tmp_path / "a.csv.rejected.csv").exists()


def test_standard_input(tmp_path: Path) -> None:
    """`-` reads a pipe; without a report every bad line is on stderr."""
    lines = "".join(f'{{"domain": "company-{n}.com"}}\n' for n in range(3)) + "{}\n" * 8
    done = subprocess.run(
        [COMMAND, "import", "-", "--json"], cwd=tmp_path, env=environment(), input=lines, capture_output=True, text=True
    )
    assert done.returncode == 1, done.stderr
    assert json.loads(done.stdout)["new"] == 3
    told = subprocess.run(
        [COMMAND, "import", "-"], cwd=tmp_path, env=environment(), input=lines, capture_output=True, text=True
    )
    assert told.stderr.count("has no text under a key") == 8


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot read 'x.csv': No such file"),
        (b"", "'x.csv' is empty"),
        ("domain\ncafé.com\n".encode("latin-1"), "line 2 has the byte 0xe9"),
        (b"domain\nnope\n", "line 2: 'nope' is not a domain"),
    ],
)
def test_nothing_to_take_is_exit_status_2(tmp_path: Path, content: bytes | None, said: str) -> None:
    """A file that is away, empty or of another encoding, or that names no account at all."""
    if content is not None:
        (tmp_path / "x.csv").write_bytes(content)
    refused = run(tmp_path, "import", "x.csv")
    assert refused.code == 2
    assert said in refused.err
    assert accounts_in(tmp_path) == []


def test_enriching_what_was_imported_is_queued_or_refused(tmp_path: Path) -> None:
    """As one batch while the queue has room; past its bound the accounts are in and nothing is queued."""
    (tmp_path / "a.csv").write_text("costco.com\netsy.com\n", encoding="utf-8")
    full = run(tmp_path, "import", "a.csv", "--enrich", PARTNERFORGE_QUEUE_BOUND="1")
    assert full.code == 1
    assert "the accounts are in, but 2 accounts were asked for" in full.err
    queued = run(tmp_path, "import", "a.csv", "--enrich", "--json")
    assert queued.code == 0, queued.err
    assert queued.report["known"] == 2
    assert len(queued.report["backfills"]) == 1


@pytest.mark.slow
def test_an_import_that_was_killed_and_given_again_is_as_one_that_was_not(tmp_path: Path) -> None:
    """kill -9 after the first chunks, then the same command: the same accounts, partitions in order, and report."""
    text = "".join("nope\n" if n % 1000 == 7 else f"company-{n}.com\n" for n in range(40_000))
    killed, whole = tmp_path / "killed", tmp_path / "whole"
    for folder in (killed, whole):
        folder.mkdir()
        (folder / "many.csv").write_text(text, encoding="utf-8")
    with started(killed, "import", "many.csv") as process:
        wait_until(lambda: len(accounts_in(killed)) > 0)
        process.kill()
        process.wait()
    assert 0 < len(accounts_in(killed)) < 39_960
    assert run(killed, "import", "many.csv").code == 1
    assert run(whole, "import", "many.csv").code == 1
    assert len(accounts_in(killed)) == 39_960
    for what in (accounts_in, partitions_in, lambda folder: (folder / "many.csv.rejected.csv").read_bytes()):
        assert what(killed) == what(whole)
    assert not [name for name in os.listdir(killed) if name.endswith(".part")]
