"""`partnerforge plan`: tells what enrich would do, asks nobody and writes nothing."""

import hashlib
from pathlib import Path

import pytest
from sqlalchemy import text

from partnerforge_dagster.models.modules import MODULES
from partnerforge_dagster.store.calls import Calls
from partnerforge_dagster.store.database import open_engine
from partnerforge_dagster_tests.cli.conftest import Deployed
from partnerforge_dagster_tests.cli.running import run, store_in


def prints(folder: Path) -> dict[str, str]:
    """Every file below a folder that has data, and a digest of its bytes.

    SQLite's -shm has none (readers note locks in it), nor has the empty -wal that a reader makes.
    """
    files = (path for path in folder.rglob("*") if path.is_file() and not path.name.endswith("-shm"))
    contents = {str(path.relative_to(folder)): path.read_bytes() for path in files}
    return {
        name: hashlib.sha256(content).hexdigest()
        for name, content in contents.items()
        if content or not name.endswith("-wal")
    }


def test_a_plan_of_nothing_known_leaves_nothing(tmp_path: Path) -> None:
    """In an empty folder all fifteen modules are planned with their calls and credits, and the folder stays empty."""
    told = run(tmp_path, "plan", "costco.com", "--json")
    assert told.code == 0, told.err
    found = told.report
    assert found["accounts"] == {"costco.com": list(MODULES)}
    assert found["providers"]["similarweb"]["calls"] == 22
    assert found["credits"] == sum(provider["credits"] for provider in found["providers"].values()) > 200
    assert (found["runs"], found["over_budget"]) == (1, [])
    assert list(tmp_path.iterdir()) == []


def test_a_plan_over_a_store_changes_no_byte(deployed: Deployed) -> None:
    """The ledger, the store's files and the deployment's folder are after a plan what they were before."""
    before = prints(deployed.folder)
    ledger = Calls(open_engine(store_in(deployed.folder)))
    rows = len(ledger.rows())
    known = run(deployed.folder, "plan", "costco.com", "etsy.com", "--force", "--json").report
    assert known["credits"] > 400
    assert len(ledger.rows()) == rows
    assert prints(deployed.folder) == before


def test_what_is_fresh_costs_nothing_and_force_pays_again(deployed: Deployed) -> None:
    """Of an account that was just enriched only the brief is planned; with --force what was paid is paid once more."""
    again = run(deployed.folder, "plan", "costco.com", "--json").report
    assert again["accounts"] == {"costco.com": ["strategic_signal_brief"]}
    assert (again["calls"], again["credits"]) == (0, 0)
    module = run(deployed.folder, "plan", "costco.com", "--modules", "M03", "--json").report["providers"]["similarweb"]
    assert (module["calls"], module["cached"]) == (0, 12)
    forced = run(deployed.folder, "plan", "costco.com", "sallybeauty.com", "--force", "--json").report["providers"]
    for provider in ("builtwith", "web_search"):
        assert forced[provider]["credits"] == deployed.first.report["calls"][provider]["credits"]


def test_budgets_that_would_be_passed_are_told(tmp_path: Path) -> None:
    """At 80 columns a person reads which budget is too small; a program finds its name. Neither is an error."""
    tight = {"PARTNERFORGE_PROVIDERS__SIMILARWEB__CREDITS_A_MONTH": "100"}
    told = run(tmp_path, "plan", "costco.com", "--max-credits", "50", **tight)
    assert told.code == 0
    assert max(map(len, told.out.splitlines())) <= 80
    words = " ".join(told.out.split())
    assert "this month's budget of similarweb would be passed" in words
    assert "--max-credits 50 would be passed" in words
    found = run(tmp_path, "estimate", "costco.com", "--max-credits", "50", "--json", **tight).report
    assert found["over_budget"] == ["similarweb", "run"]


def test_the_provider_that_binds(tmp_path: Path) -> None:
    """Twenty accounts at 60 SimilarWeb calls a minute take at least seven minutes, and it is named."""
    (tmp_path / "many.txt").write_text("".join(f"company-{n}.com\n" for n in range(20)), encoding="utf-8")
    found = run(tmp_path, "plan", "many.txt", "--json").report
    assert len(found["accounts"]) == 20
    assert found["binds"] == "similarweb"
    assert found["seconds"] > 420
    assert found["runs"] == 4


def test_without_keys_live_mode_plans_no_paid_provider(tmp_path: Path) -> None:
    """Who has no key is not asked, nor is Yahoo until it is switched on."""
    live = {"PARTNERFORGE_MODE": "live", "PARTNERFORGE_PROVIDERS__BUILTWITH__API_KEY": "k"}
    found = run(tmp_path, "plan", "costco.com", "--json", **live).report
    assert "builtwith" in found["providers"]
    assert not {"similarweb", "web_search", "yahoo"} & set(found["providers"])
    switched_on = run(tmp_path, "plan", "costco.com", "--json", PARTNERFORGE_PROVIDERS__YAHOO__ENABLED="true", **live)
    assert "yahoo" in switched_on.report["providers"]


def test_files_of_domains(tmp_path: Path) -> None:
    """One domain a line, or a column of CSV; header, comments, empty lines and doubles are left out."""
    (tmp_path / "a.csv").write_text(
        '\ufeffDomain,name\nwww.costco.com,"Costco, Inc."\n\n# later\netsy.com,\ncostco.com,again\n', encoding="utf-8"
    )
    found = run(tmp_path, "plan", "a.csv", "ETSY.com", "ikea.com", "--json").report
    assert set(found["accounts"]) == {"costco.com", "etsy.com", "ikea.com"}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"costco.com\n127.0.0.1\nnope\n", "bad.csv, line 2: '127.0.0.1' is an IP address"),
        (b"domain\n\n", "names no account; give one domain a line"),
        (b"", "'bad.csv' is empty"),
        (b"caf\xe9.com\n", "is no text in UTF-8 (line 1 has the byte 0xe9)"),
    ],
)
def test_bad_files_are_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    """Every bad line is reported with its number; one is enough to plan nothing."""
    (tmp_path / "bad.csv").write_bytes(content)
    refused = run(tmp_path, "plan", "bad.csv", "--json")
    assert (refused.code, refused.out) == (2, "")
    assert reason in refused.err


def test_a_store_of_an_earlier_version_is_left_alone(tmp_path: Path) -> None:
    """A plan brings no table up to date: it says which command does."""
    run(tmp_path, "add", "costco.com")
    engine = open_engine(store_in(tmp_path))
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE calls DROP COLUMN question"))
    engine.dispose()
    refused = run(tmp_path, "plan", "costco.com")
    assert refused.code == 1
    assert "partnerforge status" in refused.err
    other = run(tmp_path, "plan", "costco.com", PARTNERFORGE_DATABASE_URL="sqlite:///other.db")
    assert other.code == 0
    assert not (tmp_path / "other.db").exists()
