"""What to renew for a number of credits: the most decisive and most stale first, as credits go furthest. Pure.

The law: candidates stand in an order that no budget changes (`order`), and each is taken when it still fits. So the
budget is never passed, and with a larger one the first candidate of the order whose lot changes is one more taken:
nothing is lost but to something better.
Not for: what a candidate costs (need.py) or running what was chosen (cli/refreshing.py).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from partnerforge_dagster.models.modules import MODULES
from partnerforge_dagster.seller import Seller

HALF_LIVES: Final[Mapping[str, float]] = {"executive_intelligence": 730.0}
"""Days after which half of what a module's result says has passed, where that is known: of executives in office, half
are still there after about two years. Others have the age up to which they count as fresh."""

FIT_FROM: Final = {
    "industry": "company_context",
    "commerce_platform": "technology_stack",
    "visits": "traffic_analysis",
    "search_share": "traffic_analysis",
    "revenue": "financial_profile",
    "growth": "traffic_analysis",
    "technology_spend": "technology_stack",
    "partner_technology": "technology_stack",
    "competitors_using_seller": "competitor_intelligence",
}
"""The module that each part of the fit score is read from."""
DISPLACEMENT_FROM: Final = {
    "incumbent_ease": "technology_stack",
    "entrenchment": "technology_stack",
    "competitor_pressure": "competitor_intelligence",
    "recent_change": "technology_stack",
    "partner_technology": "technology_stack",
}
"""The same of the displacement score; the intent score's parts are modules themselves."""
SHOWN: Final = 10.0
"""Points of a module for being in the brief, be it in a score or not."""


def points(seller: Seller) -> dict[str, float]:
    """How decisive each module is: the points of the three scores that are read from it, and SHOWN."""
    found = dict.fromkeys(MODULES, SHOWN)
    weights = [
        *((FIT_FROM[part], weight) for part, weight in seller.fit.weights.model_dump().items()),
        *((DISPLACEMENT_FROM[part], weight) for part, weight in seller.displacement.weights.model_dump().items()),
        *seller.intent.sources.items(),
    ]
    for module, weight in weights:
        found[module] += weight
    return found


def lost(age_days: float | None, half_life_days: float) -> float:
    """The share of a result's worth that has gone with its age; all of it where there is no result."""
    return 1.0 if age_days is None else 1.0 - 0.5 ** (max(0.0, age_days) / half_life_days)


@dataclass(frozen=True)
class Candidate:
    """One module of one account that could be renewed."""

    account: str
    module: str
    age_days: float | None
    """Of its newest good result; None when there is none."""
    value: float
    """Its points times what is lost of its worth."""
    credits: int
    """What renewing it costs at most, as far as is known."""
    after: tuple[str, ...] = ()
    """Modules of the account without any good result that it stands on: it cannot be made before them."""

    @property
    def density(self) -> float:
        """Value a credit; what costs nothing comes before all that costs."""
        return self.value / self.credits if self.credits else float("inf")


@dataclass(frozen=True)
class Decision:
    """What became of a candidate."""

    candidate: Candidate
    chosen: bool
    why: str


def order(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Most value a credit first, of equals the most valuable, and nothing before what it stands on."""
    place = {name: number for number, name in enumerate(MODULES)}  # topological
    by_account = sorted(candidates, key=lambda one: (one.account, place[one.module]))
    ranked: list[tuple[float, float, str, int, Candidate]] = []
    for account, some in groupby(by_account, key=lambda one: one.account):
        densities: dict[str, float] = {}
        values: dict[str, float] = {}
        for one in some:
            before = [name for name in one.after if name in densities]
            densities[one.module] = min([one.density, *(densities[name] for name in before)])
            values[one.module] = min([one.value, *(values[name] for name in before)])
            ranked.append((-densities[one.module], -values[one.module], account, place[one.module], one))
    return [row[-1] for row in sorted(ranked, key=lambda row: row[:-1])]


def choose(candidates: Iterable[Candidate], budget: int | None) -> list[Decision]:
    """Decide about each candidate, in order; None is no budget."""
    spent = 0
    taken: set[tuple[str, str]] = set()
    decisions: list[Decision] = []
    ranked = order(candidates)
    possible = {(one.account, one.module) for one in ranked}
    for one in ranked:
        needs = [(one.account, name) for name in one.after if (one.account, name) in possible]
        missing = [name for account, name in needs if (account, name) not in taken]
        left = None if budget is None else budget - spent
        if missing:
            decisions.append(Decision(one, False, f"stands on {', '.join(missing)}"))
        elif left is not None and one.credits > left:
            decisions.append(Decision(one, False, f"{left} left"))
        else:
            spent += one.credits
            taken.add((one.account, one.module))
            decisions.append(Decision(one, True, "fits" if one.credits else "costs nothing"))
    return decisions


def selections(decisions: Iterable[Decision]) -> dict[str, tuple[str, ...]]:
    """The chosen modules by account, in the order of the table."""
    chosen: dict[str, set[str]] = {}
    for decision in decisions:
        if decision.chosen:
            chosen.setdefault(decision.candidate.account, set()).add(decision.candidate.module)
    return {account: tuple(name for name in MODULES if name in names) for account, names in sorted(chosen.items())}


def shares(costs: Sequence[int], budget: int) -> list[int]:
    """A budget divided among parts by their costs, which fit into it: none gets less than it costs, all no more."""
    spare, total = budget - sum(costs), sum(costs)
    return [cost + (spare * cost // total if total else 0) for cost in costs]
