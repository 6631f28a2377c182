"""What to renew for a number of credits: laws of the choice."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnerforge_dagster.models.modules import MODULES
from partnerforge_dagster.planning.refresh import (
    DISPLACEMENT_FROM,
    FIT_FROM,
    HALF_LIVES,
    SHOWN,
    Candidate,
    choose,
    lost,
    order,
    points,
    selections,
    shares,
)
from partnerforge_dagster.seller import load_seller
from partnerforge_dagster.seller_scores import INTENT_SOURCES, DisplacementWeights, FitWeights

ASKING = list(MODULES)[:9]

candidates = st.lists(
    st.builds(
        Candidate,
        account=st.sampled_from(["a.com", "b.com", "c.com"]),
        module=st.sampled_from(ASKING),
        age_days=st.none() | st.floats(1, 900),
        value=st.floats(0, 120),
        credits=st.integers(0, 40),
        after=st.sampled_from([(), ("company_context",), ("company_context", "technology_stack")]),
    ).filter(lambda one: one.module not in one.after),
    unique_by=lambda one: (one.account, one.module),
    max_size=20,
)
budgets = st.integers(0, 300)


@given(candidates, budgets)
def test_a_budget_is_never_passed(some: list[Candidate], budget: int) -> None:
    """What was chosen costs no more, and every candidate is decided about once, with a reason."""
    decisions = choose(some, budget)
    assert sum(decision.candidate.credits for decision in decisions if decision.chosen) <= budget
    assert [decision.candidate for decision in decisions] == order(some)
    assert all(decision.why for decision in decisions)


@given(candidates, budgets, st.integers(0, 100))
def test_a_larger_budget_loses_nothing_but_to_something_better(some: list[Candidate], budget: int, more: int) -> None:
    """In the order of the candidates, the first whose lot changes is one more taken."""
    small, large = choose(some, budget), choose(some, budget + more)
    changed = [(before.chosen, after.chosen) for before, after in zip(small, large, strict=True)]
    first = next((pair for pair in changed if pair[0] != pair[1]), None)
    assert first in (None, (False, True))


@given(candidates)
def test_without_a_budget_everything_is_chosen(some: list[Candidate]) -> None:
    """And with one that covers all."""
    assert all(decision.chosen for decision in choose(some, None))
    assert all(decision.chosen for decision in choose(some, sum(one.credits for one in some)))


@given(candidates, budgets)
def test_what_costs_nothing_is_always_chosen(some: list[Candidate], budget: int) -> None:
    """Unless it stands on something that is left out."""
    for decision in choose(some, budget):
        if decision.candidate.credits == 0 and not decision.chosen:
            assert decision.why.startswith("stands on")


@given(candidates, budgets)
def test_nothing_is_made_before_what_it_stands_on(some: list[Candidate], budget: int) -> None:
    """Of an account, a module comes after the missing ones that it needs, and is left out with them."""
    chosen = set()
    mine = {(one.account, one.module) for one in some}
    for decision in choose(some, budget):
        one = decision.candidate
        if decision.chosen:
            needs = {(one.account, name) for name in one.after} & mine
            assert needs <= chosen
            chosen.add((one.account, one.module))
    assert selections(choose(some, budget)).keys() == {account for account, _ in chosen}


@given(candidates)
def test_the_order_is_by_value_a_credit(some: list[Candidate]) -> None:
    """Where nothing stands on anything."""
    free = [Candidate(one.account, one.module, one.age_days, one.value, one.credits) for one in some]
    assert all(before.density >= after.density for before, after in pairwise(order(free)))
    assert order(free) == order(reversed(free))


@given(st.floats(0, 5_000), st.floats(0, 5_000), st.floats(1, 800))
def test_what_is_older_has_lost_more(younger: float, more: float, half_life: float) -> None:
    """From nothing to everything, a half after one half-life; what is not there has lost all."""
    assert 0 <= lost(younger, half_life) <= lost(younger + more, half_life) <= lost(None, half_life) == 1
    assert lost(half_life, half_life) == pytest.approx(0.5)


def test_executives_fade_over_two_years() -> None:
    """A third of a year costs them a tenth of their worth, and other modules most of theirs."""
    assert lost(120, HALF_LIVES["executive_intelligence"]) == pytest.approx(0.108, abs=0.001)
    assert lost(120, 30) > 0.9


def test_every_part_of_the_scores_is_read_from_a_module() -> None:
    """A part that is added to a score has to be placed here, too."""
    assert set(FIT_FROM) == set(FitWeights.model_fields)
    assert set(DISPLACEMENT_FROM) == set(DisplacementWeights.model_fields)
    assert {*FIT_FROM.values(), *DISPLACEMENT_FROM.values(), *INTENT_SOURCES, *HALF_LIVES} <= set(MODULES)


def test_points_are_those_of_the_profile() -> None:
    """Three scores of a hundred points, and a few for every module that the brief shows."""
    found = points(load_seller(None))
    assert sum(found.values()) == pytest.approx(300 + SHOWN * len(MODULES))
    assert found["technology_stack"] == max(found.values())
    assert found["buying_committee"] == SHOWN


@given(st.lists(st.integers(0, 50), max_size=10), st.integers(0, 100))
def test_shares_cover_the_costs_and_stay_within_the_budget(costs: list[int], spare: int) -> None:
    """The whole is never more than the budget, and no part less than its cost."""
    budget = sum(costs) + spare
    parts = shares(costs, budget)
    assert sum(parts) <= budget
    assert all(part >= cost for part, cost in zip(parts, costs, strict=True))
