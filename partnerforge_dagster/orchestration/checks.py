"""Asset checks of every module: status, freshness, sanity.

They ride on the step that made the result, so that they cost no step of their own. A batch's check fails when any of
its accounts fails, and names those accounts.
Not for: what makes a value insane for one module (sanity.py).
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

import dagster as dg

from partnerforge_dagster.models.result import ModuleResult, Status
from partnerforge_dagster.orchestration.module import Module
from partnerforge_dagster.orchestration.sanity import doubts

MOST_NAMED = 20
"""Accounts named in a check's metadata; the count is always exact."""


def check_specs(module: Module) -> list[dg.AssetCheckSpec]:
    """The three checks of a module."""
    return [
        dg.AssetCheckSpec("status", asset=module.name, description="The result is complete: every provider answered."),
        dg.AssetCheckSpec(
            "freshness", asset=module.name, description="The result was made now, not served from the last good one."
        ),
        dg.AssetCheckSpec(
            "sanity", asset=module.name, description="Values are possible: dates, shares, amounts and their order."
        ),
    ]


def check_results(module: Module, results: Mapping[str, ModuleResult]) -> Iterator[dg.AssetCheckResult]:
    """Results of the three checks over the accounts of a step."""
    not_complete = {
        domain: f"{result.status}: {'; '.join(gap.reason for gap in result.gaps[:3])}"
        for domain, result in results.items()
        if result.status is not Status.COMPLETE
    }
    worst = any(result.status is Status.UNAVAILABLE for result in results.values())
    stale = {domain: _age(result) for domain, result in results.items() if result.status is Status.STALE}
    insane = {domain: "; ".join(found) for domain, result in results.items() if (found := doubts(result))}
    yield _verdict(module, "status", not_complete, dg.AssetCheckSeverity.ERROR if worst else dg.AssetCheckSeverity.WARN)
    yield _verdict(module, "freshness", stale, dg.AssetCheckSeverity.WARN)
    yield _verdict(module, "sanity", insane, dg.AssetCheckSeverity.WARN)


def _age(result: ModuleResult) -> str:
    age = datetime.now(UTC) - result.as_of
    return f"last good result is from {result.as_of:%Y-%m-%d} ({max(age, timedelta()).days} days ago)"


def _verdict(
    module: Module, check: str, failed: Mapping[str, str], severity: dg.AssetCheckSeverity
) -> dg.AssetCheckResult:
    named = dict(sorted(failed.items())[:MOST_NAMED])
    return dg.AssetCheckResult(
        asset_key=module.name,
        check_name=check,
        passed=not failed,
        severity=severity,
        description="; ".join(f"{domain}: {why}" for domain, why in list(named.items())[:3])[:500] or None,
        metadata={"accounts failing": len(failed), **named},
    )
