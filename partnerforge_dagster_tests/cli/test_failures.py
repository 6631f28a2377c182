"""`partnerforge failed` and `retry-failed`: a batch of which some accounts fail, and what is done about it."""

import json
import subprocess
import sys
from collections import Counter
from dataclasses import astuple, dataclass
from pathlib import Path

import pytest
from sqlalchemy import select

from partnerforge_dagster.settings_providers import Providers
from partnerforge_dagster.store.database import open_engine
from partnerforge_dagster.store.tables import results
from partnerforge_dagster_tests.cli import buggy
from partnerforge_dagster_tests.cli.running import Ran, environment, run, sandbox, store_in
from partnerforge_dagster_tests.databases import BOTH, FULL
from partnerforge_dagster_tests.once import made_once
from partnerforge_dagster_tests.postgres import Server

ACCOUNTS = [f"company-{number}.com" for number in range(20)]
REFUSED, GARBLED, BUGGY = "company-3.com", "company-7.com", "company-12.com"
FAILED = {REFUSED, GARBLED, BUGGY}
FAULTS = f"similarweb@{REFUSED}:unauthorized,builtwith@{GARBLED}:html"
ROOMY = {f"PARTNERFORGE_PROVIDERS__{name.upper()}__PER_MINUTE": "100000" for name in Providers.model_fields}
"""Limits that no test waits for."""


@dataclass(frozen=True)
class Batch:
    """A deployment in which a batch of twenty has run, three of which failed."""

    folder: Path
    url: str
    """Of its database."""
    first: Ran

    def run(self, *words: str, **settings: str) -> Ran:
        """Give a command there."""
        return run(self.folder, *words, PARTNERFORGE_DATABASE_URL=self.url, **ROOMY, **settings)

    def failed(self, *words: str) -> dict[str, set[str]]:
        """Modules on the list by account."""
        found: dict[str, set[str]] = {}
        for row in self.run("failed", *words, "--json").report["failures"]:
            found.setdefault(row["account"], set()).add(row["module"])
        return found

    def rows(self) -> Counter[tuple[str, str]]:
        """Stored results by account and module."""
        engine = open_engine(self.url)
        with engine.connect() as connection:
            found = connection.execute(select(results.c.account, results.c.module)).all()
        engine.dispose()
        return Counter((account, module) for account, module in found)

    def answered(self, log: str) -> set[str]:
        """Fingerprints of the questions that the sandbox answered as it should."""
        lines = [json.loads(line) for line in (self.folder / log).read_text(encoding="utf-8").splitlines()]
        good = [line for line in lines if line.get("status") == 200 and "fault" not in line]
        return {line["question"] for line in good if "question" in line}


@pytest.fixture(scope="module", params=BOTH if FULL else ["sqlite"])
def batch(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Batch:
    """After a batch that this process may spoil."""
    if request.param == "postgresql":
        server: Server = request.getfixturevalue("postgres_server")
        folder, url = tmp_path_factory.mktemp("batch"), server.empty()
        return Batch(folder, url, enrich_all(folder, url))
    folder, first = made_once(tmp_path_factory, "batch", lambda new: astuple(enrich_all(new, store_in(new))))
    return Batch(folder, store_in(folder), Ran(*first))


def enrich_all(folder: Path, url: str) -> Ran:
    """Two accounts whose provider fails, and one whose module has a bug, among twenty."""
    with sandbox(folder, "--faults", FAULTS, "--log", "first.jsonl") as (_process, served):
        words = [sys.executable, "-m", buggy.__name__, "hiring_signals", BUGGY, "enrich", *ACCOUNTS]
        settings = environment(PARTNERFORGE_SANDBOX_URL=served, PARTNERFORGE_DATABASE_URL=url, **ROOMY)
        done = subprocess.run(words, cwd=folder, env=settings, capture_output=True, text=True, timeout=240)
    return Ran(done.returncode, done.stdout, done.stderr)


@pytest.mark.slow
def test_seventeen_are_complete_and_three_are_named(batch: Batch) -> None:
    """By the command that ran them and by `failed`, with module and reason; every account has a brief."""
    assert batch.first.code == 0, batch.first.err
    status = batch.run("status", "--json").report
    complete = {
        account for account, modules in status.items() if {m["status"] for m in modules.values()} == {"complete"}
    }
    assert complete == set(ACCOUNTS) - FAILED
    told = batch.first.out.split("\n\n")
    assert {part.split()[0] for part in told if "not complete" in part} == FAILED
    failed = batch.failed()
    assert set(failed) == FAILED
    assert "traffic_analysis" in failed[REFUSED]
    assert {"company_context", "technology_stack"} <= failed[GARBLED]
    assert failed[BUGGY] == {"hiring_signals"}
    people = batch.run("failed").out
    assert "internal error in hiring_signals: ZeroDivisionError" in " ".join(people.split())
    assert max(map(len, people.splitlines())) <= 80


@pytest.mark.slow
def test_the_list_is_filtered(batch: Batch) -> None:
    """By account, module, reason and time."""
    assert set(batch.failed(REFUSED, ACCOUNTS[0])) == {REFUSED}
    assert batch.failed("--module", "M06", "--reason", "zerodivision", "--since", "1h") == {BUGGY: {"hiring_signals"}}
    assert batch.failed("--since", "2099-01-01") == {}


@pytest.mark.slow
def test_dismissing_and_retrying(batch: Batch) -> None:
    """The dismissed are listed apart and not tried again; of the others just what failed and what stands on it.

    Results of no other account or module are added, and no question that was answered is asked again.
    """
    assert batch.run("failed", ACCOUNTS[0], "--dismiss", "--why", "x").code == 1
    done = batch.run("failed", GARBLED, "--dismiss", "--why", "left the market", "--json")
    assert {row["account"] for row in done.report["dismissed"]} == {GARBLED}
    assert set(batch.failed()) == FAILED - {GARBLED}
    assert "left the market" in batch.run("failed", "--dismissed").out
    before = batch.rows()
    with sandbox(batch.folder, "--log", "second.jsonl") as (_process, url):
        done = batch.run("retry-failed", "--json", PARTNERFORGE_SANDBOX_URL=url)
    assert done.code == 0, done.err
    added = batch.rows() - before
    assert {account for account, _ in added} == {REFUSED, BUGGY}
    assert {module for account, module in added if account == BUGGY} == {
        "hiring_signals", "buying_committee", "signal_scoring", "strategic_signal_brief",
    }  # fmt: skip
    assert "company_context" not in {module for account, module in added if account == REFUSED}
    assert set(done.report["accounts"]) == {REFUSED, BUGGY}
    assert {account["status"] for account in done.report["accounts"].values()} == {"complete"}
    assert done.report["failed"] == []
    assert batch.answered("second.jsonl")
    assert not batch.answered("first.jsonl") & batch.answered("second.jsonl")
    assert batch.failed() == {}


@pytest.mark.slow
def test_what_fails_again_is_exit_status_1(tmp_path: Path) -> None:
    """It stays on the list with one more try, and is named; the daemon can be asked instead of this process."""
    faults = {"PARTNERFORGE_SANDBOX_FAULTS": "similarweb@etsy.com:unauthorized"}
    run(tmp_path, "enrich", "etsy.com", "--modules", "traffic_analysis", **faults)
    again = run(tmp_path, "retry-failed", "--module", "M03", **faults)
    assert again.code == 1
    assert " failures have come right" in again.out
    assert "2 tries since" in again.out
    queued = run(tmp_path, "retry-failed", "--queue", "--json").report
    assert queued["accounts"] == ["etsy.com"]
    assert len(queued["backfills"]) == 1
    cured = run(tmp_path, "retry-failed", "--json")
    assert cured.code == 0
    assert cured.report["failed"] == []
    assert run(tmp_path, "retry-failed").out == "nothing has failed\n"


@pytest.mark.parametrize(
    "words",
    [
        ["--dismiss"],
        ["costco.com", "--dismiss"],
        ["costco.com", "--dismiss", "--why", " "],
        ["--dismiss", "--why", "x"],
        ["costco.com", "--why", "x"],
        ["costco.com", "--dismiss", "--why", "x", "--reason", "y"],
        ["--since", "yesterday"],
        ["--module", "hiring"],
        ["nope"],
    ],
    ids=" ".join,
)
def test_half_an_order_does_nothing(tmp_path: Path, words: list[str]) -> None:
    """Dismissing needs accounts and a reason and no other filter; bad values are refused."""
    assert run(tmp_path, "failed", *words).code == 2
