"""`partnerforge doctor` by the command that a user types, against a served sandbox and what goes wrong.

Not for: how the account calls are read (providers/test_account_calls.py).
"""

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from partnerforge_dagster.store.calls import Calls
from partnerforge_dagster.store.database import open_engine
from partnerforge_dagster_tests.cli.conftest import Deployed
from partnerforge_dagster_tests.cli.running import Ran, run, sandbox, store_in
from partnerforge_dagster_tests.cli.test_recording import KEYS, live

CONTACT = {"PARTNERFORGE_CONTACT": "sales@example.com"}


def check(ran: Ran, name: str) -> Any:
    """One line of the report."""
    (found,) = [one for one in ran.report["checks"] if one["name"] == name]
    return found


def test_a_new_folder_is_healthy_and_stays_empty(tmp_path: Path) -> None:
    """Nothing is there yet, nothing is wrong, nothing is made; the sandbox answers in process."""
    found = run(tmp_path, "doctor", "--json")
    assert found.code == 0, found.out + found.err
    assert found.report["healthy"]
    assert check(found, "database")["state"] == check(found, "dagster")["state"] == "off"
    assert check(found, "BuiltWith")["remaining"] == 100_000
    assert check(found, "BuiltWith")["versions"]["domain"] == "v23"
    assert check(found, "SEC EDGAR")["state"] == "ok"
    assert list(tmp_path.iterdir()) == []


def test_a_deployment_that_works(deployed: Deployed) -> None:
    """Database, instance and providers; its calls are in the ledger and cost nothing. On a terminal of 80 columns."""
    engine = open_engine(store_in(deployed.folder))
    before = len(Calls(engine).rows())
    found = run(deployed.folder, "doctor")
    assert found.code == 0, found.out + found.err
    assert "nothing to fix" in found.out
    assert max(map(len, found.out.splitlines())) <= 80
    rows = Calls(engine).newest(len(Calls(engine).rows()) - before)
    assert {"who_am_i", "usage", "user_capabilities", "submissions"} <= {row["endpoint"] for row in rows}
    assert all(row["status"] == "ok" and row["credits"] == 0 for row in rows)
    engine.dispose()


def test_live_with_keys(tmp_path: Path) -> None:
    """Plan and credits of those that say so, no call to those that bill each, the clock; no key is shown."""
    log = tmp_path / "requests.jsonl"
    with sandbox(tmp_path, "--log", str(log)) as (_, url):
        settings = {**live(url, **KEYS), **CONTACT}
        settings["PARTNERFORGE_PROVIDERS__WEB_SEARCH__SERPER_API_KEY"] = "serper-never-to-be-seen"
        found = run(tmp_path, "doctor", "--json", **settings)
        shown = run(tmp_path, "doctor", **settings)
    assert found.code == 0, found.out + found.err
    assert check(found, "SimilarWeb")["remaining"] == 100_000
    assert check(found, "Serper")["remaining"] == 100_000
    assert check(found, "Brave")["state"] == check(found, "TheirStack")["state"] == "not_asked"
    assert check(found, "clock")["state"] == "ok"
    assert abs(check(found, "clock")["skew_s"]) < 5
    assert check(found, "Yahoo Finance")["state"] == "off"
    assert "/res/v1/" not in log.read_text()
    assert "never-to-be-seen" not in found.out + found.err + shown.out + shown.err + log.read_text()


def test_live_without_keys_says_what_they_would_add(tmp_path: Path) -> None:
    """Off and not wrong; a contact that nobody has is."""
    with sandbox(tmp_path) as (_, url):
        found = run(tmp_path, "doctor", "--json", **live(url))
    assert found.code == 1
    assert [one["name"] for one in found.report["checks"] if one["state"] == "fix"] == ["contact"]
    builtwith = check(found, "BuiltWith")
    assert builtwith["state"] == "off"
    assert "PARTNERFORGE_PROVIDERS__BUILTWITH__API_KEY would add technologies" in builtwith["fix"]


def test_what_providers_refuse(tmp_path: Path) -> None:
    """A wrong key, a provider that is away: which, why, and what to do; the others are told all the same."""
    with sandbox(tmp_path, "--faults", "similarweb:unauthorized,wikidata:html") as (_, url):
        settings = {**live(url, **KEYS), **CONTACT, "PARTNERFORGE_PROVIDERS__TRANCO__BASE_URL": "http://127.0.0.1:9"}
        found = run(tmp_path, "doctor", "--json", **settings)
    assert found.code == 1
    assert "PARTNERFORGE_PROVIDERS__SIMILARWEB__API_KEY" in check(found, "SimilarWeb")["fix"]
    assert check(found, "Wikidata")["state"] == check(found, "Tranco")["state"] == "fix"
    assert "tranco-list.eu" in check(found, "Tranco")["fix"]
    assert check(found, "BuiltWith")["state"] == "ok"


def test_an_old_answer_does_not_pass_for_a_new_one(tmp_path: Path) -> None:
    """What the cache keeps of the last time is not taken for health."""
    settings = {"PARTNERFORGE_SANDBOX_URL": "http://127.0.0.1:9"}
    run(tmp_path, "db", "upgrade")
    assert run(tmp_path, "doctor", "--json").code == 0
    found = run(tmp_path, "doctor", "--json", **settings)
    assert found.code == 1
    assert check(found, "BuiltWith")["state"] == "fix"
    assert "ConnectError" in check(found, "BuiltWith")["found"]


def test_a_budget_that_is_spent(deployed: Deployed) -> None:
    """Our own one, of this month."""
    found = run(deployed.folder, "doctor", "--json", PARTNERFORGE_PROVIDERS__SIMILARWEB__CREDITS_A_MONTH="1")
    assert found.code == 1
    assert "CREDITS_A_MONTH" in check(found, "SimilarWeb, budget")["fix"]


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"PARTNERFORGE_MODE": "live", **CONTACT}, "set PARTNERFORGE_MODE=sandbox"),
        ({"PARTNERFORGE_DATABASE_URL": "postgresql://me:hunter2@127.0.0.1:1/x"}, "PARTNERFORGE_DATABASE_URL"),
    ],
)
def test_a_database_that_cannot_be_used(deployed: Deployed, settings: dict[str, str], said: str) -> None:
    """The other mode's, or one that is away: the fix, no password, and no provider is asked."""
    found = run(deployed.folder, "doctor", "--json", **settings)
    assert found.code == 1, found.out
    database = check(found, "database")
    assert database["state"] == "fix"
    assert said in database["fix"]
    assert "hunter2" not in found.out + found.err
    assert check(found, "all")["state"] == "not_asked"


def test_tables_of_another_version(tmp_path: Path) -> None:
    """They are not brought up to date by looking at them."""
    run(tmp_path, "db", "upgrade")
    store = tmp_path / ".partnerforge" / "partnerforge.db"
    with sqlite3.connect(store) as connection:
        connection.execute("UPDATE partnerforge_version SET version_num = '0001'")
    found = run(tmp_path, "doctor", "--offline", "--json")
    assert found.code == 1
    assert check(found, "database")["fix"] == "partnerforge db upgrade"
    with sqlite3.connect(store) as connection:
        assert connection.execute("SELECT version_num FROM partnerforge_version").fetchone() == ("0001",)


def test_wrong_settings_are_refused(tmp_path: Path) -> None:
    """Exit status 2, as by every command."""
    refused = run(tmp_path, "doctor", PARTNERFORGE_MODE="alive")
    assert (refused.code, refused.out) == (2, "")
    assert "PARTNERFORGE_MODE" in refused.err
