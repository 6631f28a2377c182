"""One module for the accounts of a step: what goes wrong stays where it went wrong, and good data stays good."""

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from partnerforge_dagster.governor.context import CallContext, current
from partnerforge_dagster.models.account import Account
from partnerforge_dagster.models.modules import MODULES
from partnerforge_dagster.models.provenance import GapKind
from partnerforge_dagster.models.result import ModuleResult, Status
from partnerforge_dagster.orchestration.enrichment import Enrichment, Outcome, moment
from partnerforge_dagster.orchestration.module import Module
from partnerforge_dagster_tests.orchestration.graph import (
    COSTCO,
    PATAGONIA,
    Graph,
    close,
    failing,
    graph_in,
    settings_in,
)


def run(enrichment: Enrichment, name: str, *domains: str) -> dict[str, Outcome]:
    return asyncio.run(enrichment.run(enrichment.modules[name], domains))


def reasons(result: ModuleResult) -> list[str]:
    return [gap.reason for gap in result.gaps]


def never_ends(module: Module) -> Module:
    async def waits(account: Account, **given: object) -> ModuleResult:
        await asyncio.sleep(3600)
        raise AssertionError(account)

    return replace(module, function=waits)


# ── one account's failure ──


def test_a_bug_harms_one_account_and_no_other(graph: Graph, caplog: pytest.LogCaptureFixture) -> None:
    """A module that raises gives that account `unavailable` with the reason; the other account is complete."""
    broken = failing(graph.modules, "traffic_analysis", only_for=COSTCO)
    made = run(graph.enrichment("run", broken), "traffic_analysis", COSTCO, PATAGONIA)
    failed = made[COSTCO].result
    assert isinstance(failed, MODULES["traffic_analysis"].result)
    assert failed.status is Status.UNAVAILABLE
    assert [(gap.subject, gap.kind, gap.provider) for gap in failed.gaps] == [
        ("traffic analysis", GapKind.COULD_NOT_ASK, None)
    ]
    assert reasons(failed) == ["internal error in traffic_analysis: ZeroDivisionError: a bug in traffic_analysis"]
    assert made[PATAGONIA].result.status is Status.COMPLETE
    assert "traffic_analysis failed for costco.com" in caplog.text


def test_a_module_that_takes_too_long_is_stopped(tmp_path: Path) -> None:
    """Past `module_timeout_s` the account's result is `unavailable` and says so."""
    with graph_in(tmp_path, module_timeout_s=0.2) as graph:
        slow = {name: never_ends(module) for name, module in graph.modules.items()}
        outcome = run(graph.enrichment("run", slow), "traffic_analysis", COSTCO)[COSTCO]
    assert outcome.result.status is Status.UNAVAILABLE
    assert reasons(outcome.result) == ["traffic_analysis took longer than 0.2 s and was stopped"]
    assert 0.2 <= outcome.duration_s < 5


def test_a_provider_that_never_answers_is_stopped_with_its_module(tmp_path: Path) -> None:
    """The module's time counts over all its calls; what the call cost is in the ledger and nothing stays locked."""
    with graph_in(tmp_path, module_timeout_s=0.5, sandbox_faults="similarweb:timeout") as graph:
        made = run(graph.enrichment("run"), "traffic_analysis", COSTCO, PATAGONIA)
        asyncio.run(close(graph.clients))  # what was cancelled settles its books behind our back
        rows = graph.calls.rows("run")
    assert {outcome.result.status for outcome in made.values()} == {Status.UNAVAILABLE}
    assert {row["account"] for row in rows} == {COSTCO, PATAGONIA}
    assert "intended" not in {row["status"] for row in rows}


def test_at_most_so_many_accounts_are_under_way(tmp_path: Path) -> None:
    """`accounts_at_once` bounds a step, and every account has its turn."""
    under_way, seen = 0, []

    async def counts(account: Account, **given: object) -> ModuleResult:
        nonlocal under_way
        under_way += 1
        seen.append(under_way)
        await asyncio.sleep(0.02)
        under_way -= 1
        raise ValueError

    with graph_in(tmp_path, accounts_at_once=2) as graph:
        modules = {name: replace(module, function=counts) for name, module in graph.modules.items()}
        domains = [f"shop-{number}.com" for number in range(6)]
        made = run(graph.enrichment("run", modules), "traffic_analysis", *domains)
    assert list(made) == domains
    assert max(seen) == 2
    assert len(seen) == 6


# ── good data stays ──


def test_a_failed_refresh_serves_the_last_good_result_as_stale(graph: Graph) -> None:
    """The facts and the date of the last good result, its gaps and why it could not be renewed."""
    good = graph.run(graph.enrichment("good"), [PATAGONIA], ["traffic_analysis"])["traffic_analysis", PATAGONIA].result
    broken = failing(graph.modules, "traffic_analysis")
    for attempt in ("second", "third"):
        made = graph.run(graph.enrichment(attempt, broken), [PATAGONIA], ["traffic_analysis"])
        served = made["traffic_analysis", PATAGONIA].result
        assert served == good.model_copy(update={"status": Status.STALE, "gaps": served.gaps})
        assert served.gaps[:-1] == good.gaps
        assert reasons(served)[-1].startswith("internal error in traffic_analysis")
    current_row = graph.results.current(PATAGONIA, "traffic_analysis")
    assert current_row is not None
    assert (current_row.run_id, current_row.result) == ("good", good)


def test_a_stand_in_replaces_nothing_better(graph: Graph) -> None:
    """What only makes do is kept where there is nothing else, and gives way to the last good result."""

    def making_do(module: Module) -> Module:
        async def stands_in(account: Account, **given: object) -> ModuleResult:
            whole = await module.function(account, **given)
            return whole.model_copy(update={"status": Status.PARTIAL, "months": None, "made_do": True})

        return replace(module, function=stands_in)

    names = ["traffic_analysis"]
    modules = {**graph.modules, "traffic_analysis": making_do(graph.modules["traffic_analysis"])}
    for attempt in ("first", "second"):
        made = graph.run(graph.enrichment(attempt, modules), [COSTCO], names)["traffic_analysis", COSTCO]
        assert (made.result.status, made.result.made_do) == (Status.PARTIAL, True)
    good = graph.run(graph.enrichment("good"), [COSTCO], names)["traffic_analysis", COSTCO].result
    assert good.status is Status.COMPLETE
    served = graph.run(graph.enrichment("away", modules), [COSTCO], names)["traffic_analysis", COSTCO].result
    assert served == good.model_copy(update={"status": Status.STALE, "gaps": served.gaps})


def test_a_good_result_ends_the_staleness(graph: Graph) -> None:
    """After a failed refresh the next good one is served as it is."""
    names = ["traffic_analysis"]
    graph.run(graph.enrichment("good"), [COSTCO], names)
    graph.run(graph.enrichment("bad", failing(graph.modules, *names)), [COSTCO], names)
    again = graph.run(graph.enrichment("again"), [COSTCO], names)["traffic_analysis", COSTCO].result
    assert again.status is Status.COMPLETE


def test_staleness_is_handed_on(graph: Graph) -> None:
    """What stands on a stale result is stale itself."""
    names = ["company_context", "technology_stack", "case_study_matching"]
    graph.run(graph.enrichment("good"), [COSTCO], names)
    broken = graph.enrichment("bad", failing(graph.modules, "technology_stack"))
    made = graph.run(broken, [COSTCO], names)
    assert made["company_context", COSTCO].result.status is Status.COMPLETE
    assert made["case_study_matching", COSTCO].result.status is Status.STALE


# ── upstream ──


def counting(graph: Graph) -> tuple[dict[str, Module], Counter[tuple[str, str]]]:
    """The registry, and how often each of its modules is called for which account."""
    called: Counter[tuple[str, str]] = Counter()

    def counted(module: Module) -> Module:
        async def counts(account: Account, **given: object) -> ModuleResult:
            called[module.name, account.domain] += 1
            return await module.function(account, **given)

        return replace(module, function=counts)

    return {name: counted(module) for name, module in graph.modules.items()}, called


def test_missing_upstream_is_made_once_for_all_who_need_it(graph: Graph) -> None:
    """Two modules of one run and two accounts: each upstream module is called once an account, stored and told."""
    modules, called = counting(graph)
    enrichment = graph.enrichment("run", modules)

    async def both() -> list[dict[str, Outcome]]:
        wanted = (modules["displacement_analysis"], modules["case_study_matching"])
        return await asyncio.gather(*(enrichment.run(module, [COSTCO, PATAGONIA]) for module in wanted))

    displacement, stories = asyncio.run(both())
    upstream = ("company_context", "technology_stack", "competitor_intelligence")
    assert called == {
        (name, domain): 1
        for name in (*upstream, "displacement_analysis", "case_study_matching")
        for domain in (COSTCO, PATAGONIA)
    }
    for domain in (COSTCO, PATAGONIA):
        told = [name for made in (displacement, stories) for name, _ in made[domain].upstream]
        assert sorted(told) == sorted(upstream)
        for name in upstream:
            assert [row.run_id for row in graph.results.history(domain, name)] == ["run"]
        assert stories[domain].result.status is Status.COMPLETE


def test_upstream_is_told_in_the_order_of_its_making(graph: Graph) -> None:
    """What a result rests on comes before it."""
    outcome = run(graph.enrichment("run"), "displacement_analysis", COSTCO)[COSTCO]
    made = [name for name, _ in outcome.upstream]
    for place, name in enumerate(made):
        assert set(graph.modules[name].needs) <= set(made[:place])


def test_stored_upstream_is_used_as_it_is(graph: Graph) -> None:
    """An earlier run's result is not made again."""
    graph.run(graph.enrichment("first"), [COSTCO], ["company_context", "technology_stack"])
    modules, called = counting(graph)
    outcome = run(graph.enrichment("second", modules), "case_study_matching", COSTCO)[COSTCO]
    assert called == {("case_study_matching", COSTCO): 1}
    assert outcome.upstream == ()


def test_an_earlier_failure_of_upstream_is_tried_again(graph: Graph) -> None:
    """The next run calls a module that was unavailable, and stands on what it says now."""
    graph.run(graph.enrichment("bad", failing(graph.modules, "company_context")), [COSTCO], ["company_context"])
    outcome = run(graph.enrichment("next"), "strategic_context", COSTCO)[COSTCO]
    assert [(name, result.status) for name, result in outcome.upstream] == [("company_context", Status.COMPLETE)]
    assert outcome.result.status is Status.COMPLETE


def test_a_failure_of_this_run_is_final(graph: Graph) -> None:
    """Seven modules that stand on a failed one do not each try it again."""
    broken = failing(graph.modules, "technology_stack")
    graph.run(graph.enrichment("run", broken), [COSTCO], ["company_context", "technology_stack"])
    modules, called = counting(graph)
    outcome = run(graph.enrichment("run", modules), "case_study_matching", COSTCO)[COSTCO]
    assert called == {("case_study_matching", COSTCO): 1}
    assert outcome.result.status is Status.PARTIAL


# ── the critical module ──

DEPENDENTS = (
    "competitor_intelligence",
    "hiring_signals",
    "strategic_context",
    "investor_intelligence",
    "executive_intelligence",
    "buying_committee",
    "case_study_matching",
    "icp_priority_mapping",
)


def test_without_company_context_nothing_that_depends_on_it_runs(graph: Graph) -> None:
    """Its dependents ask nobody and say why; the others run; the brief is written all the same."""
    made = graph.run(graph.enrichment("run", failing(graph.modules, "company_context")), [COSTCO])
    for name in DEPENDENTS:
        result = made[name, COSTCO].result
        assert result.status is Status.UNAVAILABLE
        assert reasons(result) == ["not run: company_context is unavailable"]
    asked = {row["module"] for row in graph.calls.rows()}
    assert asked == {"technology_stack", "traffic_analysis", "financial_profile"}
    brief = made["strategic_signal_brief", COSTCO].result
    assert brief.status is Status.PARTIAL
    assert brief.statements  # type: ignore[attr-defined]  # the registry says which record it is


def test_the_dependents_are_those_of_the_graph(graph: Graph) -> None:
    """Every module with company_context among its needs, except the brief."""
    assert set(DEPENDENTS) | {"strategic_signal_brief"} == {
        name for name, module in graph.modules.items() if "company_context" in module.needs
    }


def test_a_stale_company_context_will_do(graph: Graph) -> None:
    """After one good run its failure stops nobody."""
    graph.run(graph.enrichment("good"), [COSTCO], ["company_context"])
    broken = graph.enrichment("bad", failing(graph.modules, "company_context"))
    made = graph.run(broken, [COSTCO], ["company_context", "strategic_context"])
    assert made["company_context", COSTCO].result.status is Status.STALE
    assert made["strategic_context", COSTCO].result.status is Status.STALE
    assert {row["module"] for row in graph.calls.rows("bad")} == {"strategic_context"}


# ── on whose behalf ──


def test_a_second_run_pays_nothing_unless_forced(graph: Graph) -> None:
    """The cache answers the second run; `force` buys every answer again."""
    names = ["company_context", "traffic_analysis", "strategic_context"]
    runs = {"first": False, "second": False, "forced": True}
    for run_id, force in runs.items():
        graph.run(graph.enrichment(run_id, force=force), [COSTCO], names)
    made = {run_id: {p: c.made for p, c in graph.calls.of_runs([run_id]).items()} for run_id in runs}
    assert all(made["first"].values())
    assert not any(made["second"].values())
    # The session of Yahoo is no answer and is kept.
    assert made["forced"].keys() == made["first"].keys()
    assert all(made["forced"].values())


def test_the_ledger_knows_account_module_and_run_of_every_call(graph: Graph) -> None:
    """Each row has the account, the module and the run on whose behalf it was asked."""
    graph.run(graph.enrichment("run"), [COSTCO, PATAGONIA], ["company_context", "traffic_analysis"])
    rows = graph.calls.rows()
    on_behalf = {(row["account"], row["module"], row["run_id"]) for row in rows if row["endpoint"] not in SESSION}
    assert on_behalf == {
        (domain, name, "run") for domain in (COSTCO, PATAGONIA) for name in ("company_context", "traffic_analysis")
    }


SESSION = {"cookie", "crumb"}
"""Yahoo's session belongs to no account."""


@pytest.mark.parametrize("interactive", [True, False])
def test_a_module_runs_in_its_call_context(graph: Graph, interactive: bool) -> None:
    """What the governor's queue and ledger read: account, module, run, force and urgency; nothing is left behind."""
    seen: list[CallContext] = []

    async def notes(account: Account, **given: object) -> ModuleResult:
        seen.append(current())
        raise ValueError

    modules = {name: replace(module, function=notes) for name, module in graph.modules.items()}
    run(graph.enrichment("run", modules, force=True, interactive=interactive), "traffic_analysis", COSTCO)
    (asked,) = seen
    assert (asked.account, asked.module, asked.run_id) == (COSTCO, "traffic_analysis", "run")
    assert (asked.force, asked.interactive) == (True, interactive)
    assert current() == CallContext()


def test_results_of_the_sandbox_have_the_sandbox_date(tmp_path: Path) -> None:
    """Noon of `sandbox_today`, or the clock when that is `now`: modules never read it."""
    assert moment(settings_in(tmp_path)) == datetime(2026, 11, 16, 12, tzinfo=UTC)
    moving = moment(settings_in(tmp_path, sandbox_today="now"))
    assert abs(datetime.now(UTC) - moving) < timedelta(minutes=1)
