"""`partnerforge runs`: what was asked of Dagster, on a real deployment."""

from partnerforge_dagster.models.modules import MODULES
from partnerforge_dagster_tests.cli.conftest import Deployed
from partnerforge_dagster_tests.cli.running import run


def test_a_run_is_listed_with_what_it_did(deployed: Deployed) -> None:
    """Accounts, modules, state, calls and credits of the run, which are those that `enrich` told."""
    listed = run(deployed.folder, "runs", "--status", "done", "--json")
    assert listed.code == 0, listed.err
    row = listed.report["runs"][-1]
    assert row["id"] in deployed.first.report["run_ids"]
    assert (row["kind"], row["state"], row["reason"], row["backfill"]) == ("run", "done", None, None)
    assert set(row["accounts"]) <= {"costco.com", "sallybeauty.com"}
    assert row["modules"] == list(MODULES)
    told = deployed.first.report["calls"].values()
    runs = [one for one in listed.report["runs"] if one["id"] in deployed.first.report["run_ids"]]
    assert sum(one["calls"] for one in runs) == sum(count["made"] for count in told)
    assert sum(one["credits"] for one in runs) == sum(count["credits"] for count in told)
    assert row["seconds"] > 0


def test_the_table_fits_eighty_columns(deployed: Deployed) -> None:
    """No line is wider than the terminal, and a run's id is there to be copied."""
    shown = run(deployed.folder, "runs")
    assert max(map(len, shown.out.splitlines())) <= 80
    assert deployed.first.report["run_ids"][0][:8] in shown.out


def test_what_does_not_match_is_not_listed(deployed: Deployed) -> None:
    """A state that no run has, and a moment that lies ahead."""
    assert run(deployed.folder, "runs", "--status", "failed", "--json").report == {"runs": []}
    assert "no such run" in run(deployed.folder, "runs", "--since", "2999-01-01").out
    assert run(deployed.folder, "runs", "--since", "yesterday").code == 2
