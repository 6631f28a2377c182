"""`partnerforge refresh`: what is stale is renewed within a budget, which the ledger judges."""

import re
from pathlib import Path

import pytest

from partnerforge_dagster.models.modules import MODULES
from partnerforge_dagster.orchestration.tags import MAX_CREDITS_TAG
from partnerforge_dagster.settings import FreshDays
from partnerforge_dagster.settings_providers import Providers
from partnerforge_dagster.store.calls import Calls
from partnerforge_dagster.store.database import open_engine
from partnerforge_dagster.store.results import Results
from partnerforge_dagster_tests.cli.conftest import Deployed
from partnerforge_dagster_tests.cli.running import instance_in, run, store_in
from partnerforge_dagster_tests.once import made_once

ACCOUNTS = ["costco.com", "etsy.com"]
AGED = {
    **{f"PARTNERFORGE_FRESH_DAYS__{name.upper()}": "1e-9" for name in FreshDays.model_fields},
    **{f"PARTNERFORGE_PROVIDERS__{name.upper()}__CACHE_S": "1e-3" for name in Providers.model_fields},
}
"""Everything is stale, and no stored answer fresh."""
BUDGET = 60


@pytest.fixture(scope="module")
def enriched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two accounts in a deployment of their own."""

    def make(folder: Path) -> None:
        done = run(folder, "enrich", *ACCOUNTS, "--json")
        assert done.code == 0, done.err

    return made_once(tmp_path_factory, "refreshing", make)[0]


def test_what_is_fresh_is_left_alone(deployed: Deployed) -> None:
    """Nothing is asked, and it says so."""
    told = run(deployed.folder, "refresh", "--json")
    assert (told.code, told.report) == (0, {"decisions": [], "budget": None})
    assert "nothing is stale" in run(deployed.folder, "refresh").out


def test_a_dry_run_tells_what_is_chosen_and_why(enriched: Path) -> None:
    """The table fits a terminal, names what is left out with the reason, and nothing is bought."""
    engine = open_engine(store_in(enriched))
    before = len(Calls(engine).rows())
    told = run(enriched, "refresh", "--budget", str(BUDGET), "--dry-run", **AGED)
    assert told.code == 0, told.err
    assert max(map(len, told.out.splitlines())) <= 80
    assert "left out" in told.out
    assert re.search(r" \d+ left *$", told.out, re.MULTILINE)
    assert len(Calls(engine).rows()) == before


def test_a_budget_is_kept_and_only_what_was_chosen_is_renewed(enriched: Path) -> None:
    """The ledger says what was spent, the store what was renewed: the chosen, and what stands on it and is free."""
    engine = open_engine(store_in(enriched))
    before = Results(engine).latest_of(ACCOUNTS, MODULES)
    told = run(enriched, "refresh", "--budget", str(BUDGET), "--json", **AGED)
    assert told.code == 0, told.err
    decisions = told.report["decisions"]
    assert {(one["account"], one["module"]) for one in decisions} == {
        (account, module) for account in ACCOUNTS for module in list(MODULES)[:9]
    }
    spent = Calls(engine).of_runs(told.report["run_ids"])
    assert 0 < sum(count.credits for count in spent.values()) <= BUDGET
    after = Results(engine).latest_of(ACCOUNTS, MODULES)
    renewed = {pair for pair, row in after.items() if row.id != before[pair].id}
    chosen = {(one["account"], one["module"]) for one in decisions if one["chosen"]}
    left_out = {(one["account"], one["module"]) for one in decisions} - chosen
    assert left_out
    assert chosen <= renewed
    assert not left_out & renewed
    assert {(account, "strategic_signal_brief") for account, _ in chosen} <= renewed


def test_a_queued_refresh_divides_the_budget_among_its_runs(enriched: Path) -> None:
    """A backfill for each run, and all their budgets together are no more than the whole."""
    told = run(enriched, "refresh", "--budget", "1000", "--queue", "--json", PARTNERFORGE_ACCOUNTS_A_RUN="1", **AGED)
    assert told.code == 0, told.err
    with instance_in(enriched / ".partnerforge") as instance:
        backfills = [instance.get_backfill(backfill_id) for backfill_id in told.report["backfills"]]
        limits = [int(backfill.tags[MAX_CREDITS_TAG]) for backfill in backfills if backfill]
    assert len(limits) == len(ACCOUNTS)
    assert sum(limits) <= 1000
    assert all(limits)


def test_bad_ages_are_refused(deployed: Deployed) -> None:
    """With the value, and what to give instead."""
    refused = run(deployed.folder, "refresh", "--older-than", "a month")
    assert (refused.code, "'a month' is no length of time; give 30min, 2h or 7d" in refused.err) == (2, True)
