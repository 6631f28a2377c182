"""`partnerforge stats`: the whole of a deployment at one look."""

from pathlib import Path

from partnerforge_dagster.models.modules import MODULES
from partnerforge_dagster.orchestration.backfills import request
from partnerforge_dagster.settings import Settings
from partnerforge_dagster_tests.cli.conftest import Deployed
from partnerforge_dagster_tests.cli.running import instance_in, run


def test_a_deployment_without_work_says_so(deployed: Deployed) -> None:
    """What was done and spent, which is what `enrich` and `calls` tell; nothing waits."""
    told = run(deployed.folder, "stats", "--json", PARTNERFORGE_PROVIDERS__BUILTWITH__CREDITS_A_MONTH="1000")
    assert told.code == 0, told.err
    found = told.report
    assert found["last_hour"] == found["today"] == {"done": 2, "failed": 0}
    assert found["backlog"] == {"accounts": 0, "seconds": None, "binds": None, "seconds_at_rate": None}
    assert found["queue"]["by_priority"] == {}
    spent = {name: count["credits"] for name, count in deployed.first.report["calls"].items() if count["credits"]}
    assert {name: one["credits"] for name, one in found["spend"].items()} == spent
    assert found["spend"]["builtwith"]["budget"] == 1000


def test_the_picture_fits_eighty_columns(deployed: Deployed) -> None:
    """No line is wider than the terminal; a budget that is passed is shown as such."""
    shown = run(deployed.folder, "stats", PARTNERFORGE_PROVIDERS__SIMILARWEB__CREDITS_A_MONTH="100")
    assert max(map(len, shown.out.splitlines())) <= 80
    assert "nothing to do" in shown.out
    (similarweb,) = [line for line in shown.out.splitlines() if "similarweb" in line]
    assert int(similarweb.split()[-1].removesuffix("%")) > 100


def test_what_waits_is_counted_by_priority_with_the_provider_that_binds(tmp_path: Path) -> None:
    """Batches that no daemon has touched wait whole; SimilarWeb's minute decides about cold accounts."""
    run(tmp_path, "add", "first.com")
    with instance_in(tmp_path / ".partnerforge") as instance:
        for priority, count in ((10, 3), (0, 40), (-10, 7), (4, 2)):
            wanted = {f"p{priority}-{number}.com".replace("p-", "m"): tuple(MODULES) for number in range(count)}
            request(instance, wanted, settings=Settings(), priority=priority)
    found = run(tmp_path, "stats", "--json").report
    assert found["queue"]["by_priority"] == {"critical": 3, "7 of 10": 2, "normal": 40, "background": 7}
    assert (found["queue"]["accounts"], found["running"]) == (52, {"runs": 0, "accounts": 0})
    backlog = found["backlog"]
    assert (backlog["accounts"], backlog["binds"], backlog["seconds_at_rate"]) == (52, "similarweb", None)
    assert 52 * 22 <= backlog["seconds"] < 2 * 52 * 22  # an account asks it 22 questions, and it takes one a second
    assert "52 to go: about" in run(tmp_path, "stats").out


def test_watching_is_for_people(deployed: Deployed) -> None:
    """Machines ask again."""
    refused = run(deployed.folder, "stats", "--watch", "--json")
    assert (refused.code, "exclude each other" in refused.err) == (2, True)
