"""`partnerforge enrich`: what it prints, what it runs, what it refuses."""

from pathlib import Path

import pytest

from partnerforge_dagster.models.modules import MODULES
from partnerforge_dagster_tests.cli.conftest import Deployed
from partnerforge_dagster_tests.cli.running import run, sandbox

BAD_DOMAINS = ("", "127.0.0.1", "[::1]", "co.uk", "not a domain", "costco", "x" * 300 + ".com", "[/bold]", "a..com")


def test_json_is_the_object_that_programs_rely_on(deployed: Deployed) -> None:
    """The keys are those of SPEC 11, for every account, module and provider."""
    assert deployed.first.code == 0, deployed.first.err
    report = deployed.first.report
    assert set(report) == {"accounts", "calls", "run_ids"}
    assert set(report["accounts"]) == {"costco.com", "sallybeauty.com"}
    for account in report["accounts"].values():
        assert set(account) == {"status", "modules", "brief", "scores"}
        assert set(account["modules"]) == set(MODULES)
        assert all(set(module) == {"status", "duration_s"} for module in account["modules"].values())
        assert {module["status"] for module in account["modules"].values()} == {"complete"}
        assert set(account["brief"]) == {"html", "markdown", "json"}
        assert all(Path(path).stat().st_size > 1000 for path in account["brief"].values())
        assert set(account["scores"]) == {"fit", "intent", "displacement"}
    assert all(set(count) == {"made", "cached", "credits"} for count in report["calls"].values())
    assert report["calls"]["builtwith"]["made"] > 0
    assert report["run_ids"]


def test_second_time_asks_nobody(deployed: Deployed) -> None:
    """Enriching again at once makes no call, for people and without --json, and prints where the briefs lie."""
    again = run(deployed.folder, "enrich", "costco.com", "sallybeauty.com")
    assert again.code == 0, again.err
    assert "0 calls made" in again.out
    assert str(deployed.folder / ".partnerforge" / "briefs" / "costco.com.html") in again.out.replace("\n", "")


def test_modules_run_with_what_they_need_and_force_buys_again(tmp_path: Path) -> None:
    """Of an account never seen, hiring_signals runs with company_context alone; --force pays where a rerun does not."""
    first = run(tmp_path, "enrich", "etsy.com", "--modules", "M06", "--json")
    assert first.code == 0, first.err
    assert set(first.report["accounts"]["etsy.com"]["modules"]) == {"company_context", "hiring_signals"}
    assert first.report["accounts"]["etsy.com"]["brief"] is None
    again = run(tmp_path, "enrich", "etsy.com", "--modules", "hiring_signals", "--json")
    assert sum(count["made"] for count in again.report["calls"].values()) == 0
    forced = run(tmp_path, "enrich", "etsy.com", "--modules", "hiring_signals", "--force", "--json")
    assert forced.report["calls"]["job_boards"]["made"] == first.report["calls"]["job_boards"]["made"] > 0


def test_every_bad_domain_is_named_and_nothing_is_done(tmp_path: Path) -> None:
    """One bad domain spoils the whole command: each is reported with its text, and the good one is not added."""
    refused = run(tmp_path, "enrich", "costco.com", *BAD_DOMAINS)
    assert refused.code == 2
    assert len(refused.err.splitlines()) == len(BAD_DOMAINS)
    for text in BAD_DOMAINS:
        assert repr(text[:77])[:-1] in refused.err
    assert not (tmp_path / ".partnerforge").exists()


def test_unknown_module_is_refused_with_a_hint(tmp_path: Path) -> None:
    """A misspelt module names the near one; nothing is done."""
    refused = run(tmp_path, "enrich", "costco.com", "--modules", "company_context,hiring")
    assert (refused.code, refused.out) == (2, "")
    assert "'hiring' is not a module; did you mean hiring_signals?" in refused.err
    assert not (tmp_path / ".partnerforge").exists()


@pytest.mark.parametrize("priority", ["critical", "high", "normal", "low", "background", "1", "10", "HIGH"])
def test_priorities_that_are_taken(tmp_path: Path, priority: str) -> None:
    """A good priority is passed: the next thing to be refused is the module."""
    refused = run(tmp_path, "enrich", "costco.com", "--priority", priority, "--modules", "none_such")
    assert "'none_such' is not a module" in refused.err
    assert "error priority" not in refused.err


@pytest.mark.parametrize("priority", ["0", "11", "-1", "1.5", "urgent", ""])
def test_priorities_that_are_refused(tmp_path: Path, priority: str) -> None:
    """A priority out of range is refused with its value and what is allowed."""
    refused = run(tmp_path, "enrich", "costco.com", "--priority", priority)
    assert refused.code == 2
    assert f"priority {priority!r}" in refused.err
    assert "from 1 (lowest) to 10 (highest)" in refused.err
    assert not (tmp_path / ".partnerforge").exists()


def test_a_budget_is_the_whole_commands(tmp_path: Path) -> None:
    """Two accounts in a run each spend together no more than --max-credits; both have a brief that names the flag."""
    accounts = ("costco.com", "sallybeauty.com")
    done = run(tmp_path, "enrich", *accounts, "--max-credits", "300", "--json", PARTNERFORGE_ACCOUNTS_A_RUN="1")
    assert done.code == 0, done.err
    assert len(done.report["run_ids"]) == 2
    assert 255 < sum(count["credits"] for count in done.report["calls"].values()) <= 300
    brief = Path(done.report["accounts"]["sallybeauty.com"]["brief"]["json"]).read_text(encoding="utf-8")
    assert "--max-credits" in brief


def test_no_brief_is_exit_status_1(tmp_path: Path) -> None:
    """When no module is given the time to finish, not even the brief's, that is said and is exit status 1."""
    done = run(tmp_path, "enrich", "costco.com", "--json", PARTNERFORGE_MODULE_TIMEOUT_S="0.001")
    assert done.code == 1
    account = done.report["accounts"]["costco.com"]
    assert (account["status"], account["brief"]) == ("unavailable", None)


def test_brief_names_a_provider_that_is_down(tmp_path: Path) -> None:
    """With BuiltWith down in a served sandbox there is a brief all the same, and its gaps name who was not reached."""
    with sandbox(tmp_path, "--faults", "builtwith:down") as (_process, url):
        done = run(
            tmp_path,
            *("enrich", "costco.com", "--json"),
            PARTNERFORGE_SANDBOX_URL=url,
            PARTNERFORGE_PROVIDERS__BUILTWITH__BREAKER_AFTER="1",
        )
    assert done.code == 0, done.err
    account = done.report["accounts"]["costco.com"]
    assert account["modules"]["technology_stack"]["status"] == "partial"
    brief = Path(account["brief"]["json"]).read_text(encoding="utf-8")
    gaps = brief[brief.index('"gaps"') :]
    assert "builtwith" in gaps
