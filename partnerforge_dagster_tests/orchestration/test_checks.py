"""The three checks over the accounts of a step: who fails, how badly, and what the page says of it."""

from datetime import UTC, datetime, timedelta

import dagster as dg

from partnerforge_dagster.models.company_context import CompanyContext
from partnerforge_dagster.models.result import ModuleResult, Status
from partnerforge_dagster.orchestration.checks import MOST_NAMED, check_results, check_specs
from partnerforge_dagster_tests.orchestration.graph import COSTCO, PATAGONIA, Graph
from partnerforge_dagster_tests.scoring.records import fact, result, unasked, unavailable

GOOD = result(CompanyContext)
PARTIAL = result(CompanyContext, Status.PARTIAL, [unasked("industry")])
NOTHING = unavailable(CompanyContext)


def checked(graph: Graph, results: dict[str, ModuleResult]) -> dict[str, dg.AssetCheckResult]:
    found = list(check_results(graph.modules["company_context"], results))
    assert {one.asset_key for one in found} == {dg.AssetKey("company_context")}
    return {str(one.check_name): one for one in found}


def test_the_results_are_those_that_were_declared(answered: Graph) -> None:
    """The same three names."""
    declared = {spec.name for spec in check_specs(answered.modules["company_context"])}
    assert set(checked(answered, {COSTCO: GOOD})) == declared == {"status", "freshness", "sanity"}


def test_complete_accounts_pass_all_three(answered: Graph) -> None:
    """Nothing is failing, nothing is said."""
    for found in checked(answered, {COSTCO: GOOD, PATAGONIA: GOOD}).values():
        assert found.passed
        assert found.metadata["accounts failing"].value == 0
        assert found.description is None


def test_a_partial_account_is_a_warning_that_names_it(answered: Graph) -> None:
    """Only the status check fails, and only that account is named, with the reason."""
    found = checked(answered, {COSTCO: GOOD, PATAGONIA: PARTIAL})
    assert not found["status"].passed
    assert found["status"].severity is dg.AssetCheckSeverity.WARN
    assert found["status"].metadata["accounts failing"].value == 1
    assert found["status"].metadata[PATAGONIA].value == "partial: builtwith: HTTP 500"
    assert COSTCO not in found["status"].metadata
    assert found["status"].description == f"{PATAGONIA}: partial: builtwith: HTTP 500"
    assert found["freshness"].passed
    assert found["sanity"].passed


def test_one_unavailable_account_makes_it_an_error(answered: Graph) -> None:
    """The worst account decides."""
    found = checked(answered, {COSTCO: PARTIAL, PATAGONIA: NOTHING})["status"]
    assert found.severity is dg.AssetCheckSeverity.ERROR
    assert found.metadata["accounts failing"].value == 2


def test_a_stale_account_fails_freshness_and_says_its_age(answered: Graph) -> None:
    """The day of the last good result and how many days ago that was."""
    made = datetime.now(UTC) - timedelta(days=12, minutes=1)
    old = GOOD.model_copy(update={"status": Status.STALE, "as_of": made})
    found = checked(answered, {COSTCO: old})
    assert not found["freshness"].passed
    assert found["freshness"].metadata[COSTCO].value == f"last good result is from {made:%Y-%m-%d} (12 days ago)"
    assert not found["status"].passed
    assert found["status"].severity is dg.AssetCheckSeverity.WARN


def test_an_insane_account_fails_sanity(answered: Graph) -> None:
    """With all doubts in one line; the status is untouched."""
    found = checked(answered, {COSTCO: result(CompanyContext, founded=fact(3000), employees=fact(0))})
    assert not found["sanity"].passed
    assert found["sanity"].metadata[COSTCO].value == "founded in 3000; 0 employees"
    assert found["status"].passed


def test_a_large_batch_names_some_and_counts_all(answered: Graph) -> None:
    """The event row does not grow with the batch."""
    many = {f"shop-{number:03d}.com": PARTIAL for number in range(MOST_NAMED + 30)}
    found = checked(answered, many)["status"]
    assert found.metadata["accounts failing"].value == MOST_NAMED + 30
    assert len(found.metadata) == MOST_NAMED + 1
    assert len(found.description or "") <= 500
