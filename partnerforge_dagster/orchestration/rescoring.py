"""Scores stored results once more under any seller profile, without a call: the three scoring modules take no client.

What other modules found out with the help of the profile (which technologies are looked for at competitors) is taken
as it is stored.
Not for: the rules (scoring/), or comparing two scorings (scoring/moving.py).
"""

from collections.abc import Mapping

from partnerforge_dagster.models.account import Account
from partnerforge_dagster.models.displacement_analysis import DisplacementAnalysis
from partnerforge_dagster.models.icp_priority_mapping import IcpPriorityMapping
from partnerforge_dagster.models.result import ModuleResult
from partnerforge_dagster.models.signal_scoring import SignalScoring
from partnerforge_dagster.orchestration.enrichment import unavailable
from partnerforge_dagster.orchestration.module import Module
from partnerforge_dagster.scoring.moving import Scored
from partnerforge_dagster.seller import Seller

SCORING = ("icp_priority_mapping", "signal_scoring", "displacement_analysis")


def stands_on(modules: Mapping[str, Module]) -> list[str]:
    """The modules whose results the scores are made of."""
    return list(dict.fromkeys(need for name in SCORING for need in modules[name].needs))


async def scored(modules: Mapping[str, Module], results: Mapping[str, ModuleResult], seller: Seller) -> Scored:
    """One account's scores, from its stored results, as of the newest of them; what is missing is unavailable."""
    newest = max(results.values(), key=lambda result: result.as_of)
    account = Account(domain=newest.account, as_of=newest.as_of, mode=newest.mode)
    found = Scored()
    for name in SCORING:
        upstream = {
            need: results.get(need) or unavailable(modules[need], account, "never run") for need in modules[name].needs
        }
        match await modules[name].function(account, **upstream, seller=seller):
            case IcpPriorityMapping(fit=fit, tier=tier):
                found = found.model_copy(update={"fit": fit, "tier": tier})
            case SignalScoring(intent=intent):
                found = found.model_copy(update={"intent": intent})
            case DisplacementAnalysis(score=score):
                found = found.model_copy(update={"displacement": score})
    return found
