"""Plans: limits, budgets, time, and how near they come to what a run then does."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnerforge_dagster.definitions import declared_modules
from partnerforge_dagster.models.modules import MODULES
from partnerforge_dagster.planning.habits import Habit, habits, newest_askings, prices
from partnerforge_dagster.planning.measured import MEASURED
from partnerforge_dagster.planning.need import Need, Needs, need_of
from partnerforge_dagster.planning.plan import RUN_S, Plan, critical_path, plan, seconds_of
from partnerforge_dagster.settings_providers import Providers
from partnerforge_dagster.store.calls import Asked, CallCount
from partnerforge_dagster_tests.orchestration.graph import COSTCO, NOBODY, PATAGONIA, graph_in

EVERYTHING = tuple(MODULES)
ROW = Asked("a.com", "technology_stack", "r1", "builtwith", "domain", "k1", ok=True, credits=1, answered_at=None)


def need(modules: tuple[str, ...], *rows: Asked, fresh: bool = True, usual: Mapping[str, tuple[Habit, ...]]) -> Needs:
    """What modules need after these calls, whose answers are all fresh or all old."""
    askings = {module: asking for (_, module), asking in newest_askings(rows).items()}
    return need_of(modules, askings, price=prices(rows), habits=usual, fresh=lambda row: fresh and row.ok)


def planned(needs: Needs, *, per_minute: int = 60, budget: int | None = None, max_credits: int | None = None) -> Plan:
    """A plan of one module for one account, of which 5 credits are spent this month."""
    limits = Providers().named()
    limits["builtwith"] = limits["builtwith"].model_copy(update={"per_minute": per_minute, "credits_a_month": budget})
    return plan(
        {"a.com": ("technology_stack",)},
        [needs],
        providers=limits,
        spent={"builtwith": 5},
        upstream={"technology_stack": ()},
        module_seconds={"technology_stack": 15.0},
        accounts_a_run=5,
        max_credits=max_credits,
    )


# ── what was measured ──


def test_the_table_is_what_modules_ask_in_the_sandbox(tmp_path: Path) -> None:
    """Counted again for the company of the table, every module asks what the table says."""
    with graph_in(tmp_path) as graph:
        graph.run(graph.enrichment("r"), [COSTCO])
        assert {m: set(h) for m, h in habits(graph.calls.asked([COSTCO])).items()} == {
            module: set(habit) for module, habit in MEASURED.items()
        }


@pytest.mark.parametrize("domain", [PATAGONIA, "fresh-and-new.com"])
def test_a_plan_for_a_new_company_comes_true(tmp_path: Path, domain: str) -> None:
    """Of paid providers exactly so many calls and credits are made as were expected; of free ones about so many."""
    expected = need_of(EVERYTHING, {}, price={}, habits=MEASURED, fresh=lambda _: False)
    with graph_in(tmp_path) as graph:
        graph.run(graph.enrichment("r"), [domain])
        counts: dict[str, CallCount] = graph.calls.of_runs(["r"])
    for provider in ("builtwith", "similarweb", "web_search"):
        assert (expected[provider].calls, expected[provider].credits) == (
            counts[provider].made,
            counts[provider].credits,
        )
    made = sum(count.made for count in counts.values())
    assert made == pytest.approx(sum(each.calls for each in expected.values()), rel=0.25)


def test_what_a_run_asked_is_known_for_the_next_one(tmp_path: Path) -> None:
    """After a run everything is in the cache; when the answers have aged, the same is paid for again."""
    with graph_in(tmp_path) as graph:
        graph.run(graph.enrichment("r"), [NOBODY])
        rows = graph.calls.asked([NOBODY])
        counts = graph.calls.of_runs(["r"])
    cached = need(EVERYTHING, *rows, usual={})
    again = need(EVERYTHING, *rows, fresh=False, usual={})
    assert sum(each.calls for each in cached.values()) == 0
    for provider in ("builtwith", "similarweb", "web_search"):
        assert (again[provider].calls, again[provider].credits) == (counts[provider].made, counts[provider].credits)


# ── known questions and habits ──


def test_one_question_of_two_modules_is_paid_once() -> None:
    """The second asker finds the first one's answer, whoever of them paid last time."""
    other = replace_row(module="company_context", credits=0)
    assert need(("company_context", "technology_stack"), other, ROW, fresh=False, usual={}) == {
        "builtwith": Need(calls=1, credits=1)
    }


def test_the_newest_run_tells_what_is_asked() -> None:
    """What a module asked in an older run only, it does not ask any more."""
    newer = replace_row(run_id="r2", question="k2", credits=4)
    assert need(("technology_stack",), ROW, newer, fresh=False, usual={}) == {"builtwith": Need(1, 4, 0)}


def test_after_a_failure_the_habit_counts_less_what_is_there() -> None:
    """A module that was cut short is expected to ask what it usually does, except what the cache already answers."""
    usual = {"technology_stack": (Habit("builtwith", "domain", 2, 2), Habit("builtwith", "trust", 1, 1))}
    refused = replace_row(question="k2", endpoint="trust", ok=False, credits=0)
    assert need(("technology_stack",), ROW, refused, usual=usual) == {"builtwith": Need(calls=2, credits=2, cached=1)}


def test_a_shared_question_is_paid_by_whoever_is_there() -> None:
    """Without the module that usually asks first the other one pays; with it, or its answer, nobody pays twice."""
    first, second = (Habit("p", "e", 1, 3),), (Habit("p", "e", 0, 0, 1, 3),)
    usual = {"company_context": first, "technology_stack": second}
    assert need(("technology_stack",), usual=usual) == {"p": Need(1, 3, 0)}
    assert need(("company_context", "technology_stack"), usual=usual) == {"p": Need(1, 3, 1)}
    answered = replace_row(module="company_context", provider="p", endpoint="e")
    assert need(("technology_stack",), answered, usual=usual) == {"p": Need(0, 0, 1)}


def test_habits_are_averages_over_accounts_without_failures() -> None:
    """Two accounts count, the third one's failed asking does not."""
    rows = [
        replace_row(account="a.com", credits=1),
        replace_row(account="b.com", question="k2", credits=3),
        replace_row(account="b.com", question="k3", credits=0),
        replace_row(account="c.com", question="k4", ok=False),
    ]
    assert habits(rows) == {"technology_stack": (Habit("builtwith", "domain", 1.5, 2.0),)}


def replace_row(**changes: object) -> Asked:
    """ROW with changes."""
    return ROW._replace(**changes)  # type: ignore[arg-type]  # names are checked by _replace itself


# ── limits, budgets, time ──


def test_time_is_the_limits_or_the_modules_own() -> None:
    """Few calls leave at once and the module's own time counts; past a minute's number the provider binds."""
    few, many = planned({"builtwith": Need(calls=30)}), planned({"builtwith": Need(calls=301)})
    assert (few.binds, few.seconds) == (None, 15.0 + RUN_S)
    assert many.binds == "builtwith"
    assert 300 <= many.seconds - RUN_S < 310


def test_budgets_that_would_be_passed_are_named() -> None:
    """The month's budget counts what is spent already, the run's does not; to the last credit both suffice."""
    needs = {"builtwith": Need(calls=10, credits=10)}
    assert planned(needs, budget=15, max_credits=10).passes == []
    assert planned(needs, budget=14, max_credits=9).passes == ["builtwith", "run"]
    assert planned({"builtwith": Need(cached=10)}, budget=0, max_credits=0).passes == []


@given(st.integers(0, 2000), st.integers(1, 600))
def test_no_minute_has_more_calls_than_are_allowed(calls: int, per_minute: int) -> None:
    """The time for n calls is never shorter than the limit lets, and never longer than a minute more."""
    least = (calls - 1) // per_minute * 60.0 if calls else 0.0
    assert least <= seconds_of(calls, per_minute) <= 1.01 * least + 61


def test_the_critical_path_is_the_longest_chain() -> None:
    """Modules that need each other add up, those side by side do not; one that does not run takes no time."""
    upstream = {name: module.needs for name, module in declared_modules().items()}
    seconds = {"company_context": 10.0, "technology_stack": 15.0, "competitor_intelligence": 20.0}
    assert critical_path(tuple(seconds), upstream, seconds) == 35.0
    assert critical_path(("competitor_intelligence",), upstream, seconds) == 20.0
    assert critical_path((), upstream, seconds) == 0.0


def test_runs_take_neighbours_with_the_same_modules() -> None:
    """Seven accounts with all modules and one with a few are three runs of at most five."""
    selections = {f"{n}.com": EVERYTHING for n in range(7)} | {"x.com": EVERYTHING[:2], "y.com": ()}
    upstream = {name: module.needs for name, module in declared_modules().items()}
    found = plan(
        selections,
        [],
        providers=Providers().named(),
        spent={},
        upstream=upstream,
        module_seconds={},
        accounts_a_run=5,
    )
    assert found.runs == 3
    assert replace(found, runs=0).credits == 0
