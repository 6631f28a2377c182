"""`add`, `status`, `brief` and `export`: looking at what is there costs nothing and changes nothing."""

import json
from pathlib import Path

import pandas as pd
import pytest

from partnerforge_dagster.models.modules import MODULES
from partnerforge_dagster_tests.cli.conftest import Deployed
from partnerforge_dagster_tests.cli.running import run


def test_add_is_idempotent(tmp_path: Path) -> None:
    """Whatever the spelling, an account is added once."""
    assert run(tmp_path, "add", "grainger.com", "WWW.Grainger.com.").out == "1 added, 0 known already\n"
    assert run(tmp_path, "add", "https://grainger.com/x", "etsy.com").out == "1 added, 1 known already\n"
    assert "0 of 15" in run(tmp_path, "status").out


def test_status_fits_a_terminal(deployed: Deployed) -> None:
    """At 80 columns every module's name is whole, and no line is longer."""
    one = run(deployed.folder, "status", "costco.com")
    assert one.code == 0
    assert all(f" {name} " in one.out for name in MODULES)
    assert max(map(len, one.out.splitlines())) <= 80
    assert "15 of 15" in run(deployed.folder, "status").out


def test_status_for_programs(deployed: Deployed) -> None:
    """--json has every account and module with status, time, run and gaps."""
    told = run(deployed.folder, "status", "--json").report
    assert set(told) == {"costco.com", "sallybeauty.com"}
    assert set(told["costco.com"]) == set(MODULES)
    for module in told["costco.com"].values():
        assert set(module) == {"status", "stored_at", "run_id", "gaps"}
    assert told["costco.com"]["company_context"]["run_id"] in deployed.first.report["run_ids"]


@pytest.mark.parametrize("command", ["status", "brief"])
def test_unknown_account(deployed: Deployed, command: str) -> None:
    """An account that is not there is exit status 1, with the command that makes it one."""
    refused = run(deployed.folder, command, "nobody-here.com")
    assert (refused.code, refused.out) == (1, "")
    assert "partnerforge enrich nobody-here.com" in refused.err


def test_brief_in_every_form(deployed: Deployed) -> None:
    """Each form is what its name says, on standard output alone."""
    assert run(deployed.folder, "brief", "costco.com").out.startswith("# Costco")
    assert run(deployed.folder, "brief", "costco.com", "--format", "html").out.lstrip().startswith("<!doctype html>")
    brief = json.loads(run(deployed.folder, "brief", "www.costco.com", "--format", "json").out)
    assert {"account", "as_of", "mode", "statements", "sources", "scores", "gaps", "changes"} <= set(brief)
    assert (brief["account"], brief["mode"]) == ("costco.com", "sandbox")
    paths = run(deployed.folder, "brief", "costco.com", "--format", "paths").out.split()
    assert [Path(path).suffix for path in paths] == [".html", ".md", ".json"]
    assert all(Path(path).is_file() for path in paths)


def test_export_is_the_same_table_in_both_formats(deployed: Deployed, tmp_path: Path) -> None:
    """CSV and Parquet hold the same rows and columns; nothing but the file is left behind."""
    assert run(deployed.folder, "export", str(tmp_path / "a.csv")).code == 0
    assert run(deployed.folder, "export", str(tmp_path / "table"), "--format", "parquet").code == 0
    csv, parquet = pd.read_csv(tmp_path / "a.csv"), pd.read_parquet(tmp_path / "table")
    assert list(csv.columns) == list(parquet.columns)
    assert list(csv["account"]) == list(parquet["account"]) == ["costco.com", "sallybeauty.com"]
    assert list(csv["fit"]) == list(parquet["fit"])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "table"]


def test_export_without_accounts_is_an_empty_table(tmp_path: Path) -> None:
    """No account yet is a table with a header and no row, not an error."""
    done = run(tmp_path, "export", "accounts.csv")
    assert (done.code, done.err) == (0, "0 accounts written to accounts.csv\n")
    assert pd.read_csv(tmp_path / "accounts.csv").empty


def test_export_refuses(deployed: Deployed, tmp_path: Path) -> None:
    """A wrong ending, a folder that is not there and one that stands in the way are named; nothing is written."""
    (tmp_path / "taken.csv").mkdir()
    for target, reason in (
        ("accounts.xlsx", "ends in neither .csv nor .parquet"),
        ("nowhere/accounts.csv", "there is no folder"),
        ("taken.csv", "Is a directory"),
    ):
        refused = run(deployed.folder, "export", str(tmp_path / target))
        assert refused.code == 2
        assert target in refused.err
        assert reason in refused.err
    assert [path.name for path in tmp_path.iterdir()] == ["taken.csv"]
