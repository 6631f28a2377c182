"""The accounts table: one row per account with scores, tier and freshness, as a typed pandas frame.

Not for: reading results from the store or writing files (cli, api).
"""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from partnerforge_dagster.brief.sections.headline import NEXT
from partnerforge_dagster.models.company_context import CompanyContext
from partnerforge_dagster.models.displacement_analysis import DisplacementAnalysis
from partnerforge_dagster.models.financial_profile import FinancialProfile
from partnerforge_dagster.models.icp_priority_mapping import IcpPriorityMapping
from partnerforge_dagster.models.provenance import Fact
from partnerforge_dagster.models.result import ModuleResult
from partnerforge_dagster.models.scores import Score
from partnerforge_dagster.models.signal_scoring import SignalScoring
from partnerforge_dagster.models.strategic_signal_brief import StrategicSignalBrief
from partnerforge_dagster.models.technology_stack import TechnologyStack
from partnerforge_dagster.models.traffic_analysis import TrafficAnalysis

_TIME = "datetime64[us, UTC]"
COLUMNS: dict[str, str] = {
    "account": "string",
    "name": "string",
    "tier": "string",
    "fit": "Float64",
    "fit_floor": "Float64",
    "fit_ceiling": "Float64",
    "intent": "Float64",
    "intent_floor": "Float64",
    "intent_ceiling": "Float64",
    "displacement": "Float64",
    "displacement_floor": "Float64",
    "displacement_ceiling": "Float64",
    "status": "string",
    "oldest_as_of": _TIME,
    "newest_as_of": _TIME,
    "search_vendor": "string",
    "commerce_platform": "string",
    "visits_a_month": "Float64",
    "revenue": "Float64",
    "revenue_currency": "string",
    "next_action": "string",
}
"""Columns in order with their pandas types. Scores are 0 to 100, revenue is in major units of its currency."""


def accounts_table(rows: Mapping[str, Mapping[str, ModuleResult]]) -> pd.DataFrame:
    """Results by domain and module -> one row each, best fit first, unknown fit last, then by intent and domain.

    What is not known is NA, never 0. An account without any result has its domain and nothing else.
    """
    frame = pd.DataFrame([_row(domain, results) for domain, results in rows.items()], columns=list(COLUMNS))
    return (
        frame.astype(COLUMNS)
        .sort_values(["fit", "intent", "account"], ascending=[False, False, True], na_position="last")
        .reset_index(drop=True)
    )


def _row(domain: str, results: Mapping[str, ModuleResult]) -> dict[str, Any]:
    row: dict[str, Any] = {"account": domain, **_freshness(results)}
    for result in results.values():
        row |= _columns(result)
    return row


def _freshness(results: Mapping[str, ModuleResult]) -> dict[str, Any]:
    moments = [result.as_of for result in results.values()]
    return {"oldest_as_of": min(moments), "newest_as_of": max(moments)} if moments else {}


def _columns(result: ModuleResult) -> dict[str, Any]:
    """What one module's result gives to the row."""
    match result:
        case CompanyContext():
            return {"name": result.name}
        case TechnologyStack():
            return {
                "search_vendor": _value(result.search_vendor),
                "commerce_platform": _value(result.commerce_platform),
            }
        case TrafficAnalysis():
            return {"visits_a_month": result.latest_visits}
        case FinancialProfile(revenue=Fact(value=money)):
            return {"revenue": money.amount, "revenue_currency": money.currency}
        case IcpPriorityMapping():
            return {"tier": result.tier, **_score("fit", result.fit)}
        case SignalScoring():
            return _score("intent", result.intent)
        case DisplacementAnalysis():
            return _score("displacement", result.score)
        case StrategicSignalBrief():
            return {"status": result.status, "next_action": _next_action(result)}
        case _:
            return {}


def _value(fact: Fact[str] | None) -> str | None:
    return fact.value if fact else None


def _score(name: str, score: Score | None) -> dict[str, Any]:
    if score is None:
        return {}
    return {name: score.value, f"{name}_floor": score.floor, f"{name}_ceiling": score.ceiling}


def _next_action(brief: StrategicSignalBrief) -> str | None:
    said = (item.text.removeprefix(f"{NEXT}: ") for item in brief.statements if item.label == NEXT)
    return next(said, None)
