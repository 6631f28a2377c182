"""The module decorator refuses at import what would fail in a run."""

import pytest

from partnerforge_dagster.models.account import Account
from partnerforge_dagster.models.modules import MODULES
from partnerforge_dagster.models.strategic_context import StrategicContext
from partnerforge_dagster.models.traffic_analysis import TrafficAnalysis
from partnerforge_dagster.orchestration.module import module


def test_all_fifteen_are_declared_by_their_files() -> None:
    """File name, function name and asset name are one, and every need is a module of an earlier or the same wave."""
    from partnerforge_dagster.definitions import declared_modules

    declared = declared_modules()
    assert list(MODULES) == sorted(declared, key=lambda name: declared[name].spec.number)
    for name, found in declared.items():
        assert found.function.__module__ == f"partnerforge_dagster.assets.{name}"
        assert all(MODULES[need].wave <= found.spec.wave for need in found.needs)
        assert found.description, f"{name} has no docstring"


NEEDS = {
    "company_context": set(),
    "technology_stack": set(),
    "traffic_analysis": set(),
    "financial_profile": set(),
    "competitor_intelligence": {"company_context", "technology_stack"},
    "hiring_signals": {"company_context"},
    "strategic_context": {"company_context"},
    "investor_intelligence": {"company_context", "financial_profile"},
    "executive_intelligence": {"company_context", "strategic_context"},
    "buying_committee": {"company_context", "hiring_signals", "executive_intelligence"},
    "displacement_analysis": {"technology_stack", "competitor_intelligence"},
    "case_study_matching": {"company_context", "technology_stack"},
    "icp_priority_mapping": {
        "company_context",
        "technology_stack",
        "traffic_analysis",
        "financial_profile",
        "competitor_intelligence",
    },
    "signal_scoring": {"hiring_signals", "strategic_context", "investor_intelligence"},
    "strategic_signal_brief": set(MODULES) - {"strategic_signal_brief"},
}
"""The table in the product's specification."""


@pytest.mark.parametrize("name", MODULES)
def test_a_module_needs_what_the_specification_says(name: str) -> None:
    """The graph is the specified one, argument by argument."""
    from partnerforge_dagster.definitions import declared_modules

    assert set(declared_modules()[name].needs) == NEEDS[name]


def test_an_unknown_name_is_refused() -> None:
    """The message lists the fifteen."""

    async def weather(account: Account) -> TrafficAnalysis:
        raise AssertionError(account)

    with pytest.raises(ValueError, match="'weather' is not a module; the fifteen are: company_context"):
        module(weather)


def test_a_wrong_record_is_refused() -> None:
    """A module returns the record of its name."""

    async def traffic_analysis(account: Account) -> StrategicContext:
        raise AssertionError(account)

    with pytest.raises(ValueError, match="must be annotated to return TrafficAnalysis"):
        module(traffic_analysis)


def test_a_first_argument_that_is_not_account_is_refused() -> None:
    """A module is about one account."""

    async def traffic_analysis(domain: str) -> TrafficAnalysis:
        raise AssertionError(domain)

    with pytest.raises(ValueError, match="first argument must be `account`"):
        module(traffic_analysis)
