"""Whatever fails, there is a valid brief that says so: every module, every pair of modules, every provider.

The graph runs module by module for costco.com as the steps of a run do, over answers that are cached once a session.
Not for: what one module makes of one failed provider (tests/assets).
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import combinations
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser

from partnerforge_dagster.brief.render_html import render_html
from partnerforge_dagster.brief.render_json import render_json
from partnerforge_dagster.brief.render_markdown import render_markdown
from partnerforge_dagster.models.modules import BRIEF, MODULES
from partnerforge_dagster.models.provenance import Gap, GapKind
from partnerforge_dagster.models.result import ModuleResult, Status
from partnerforge_dagster.models.strategic_signal_brief import StrategicSignalBrief
from partnerforge_dagster.orchestration.selection import ancestors
from partnerforge_dagster.settings_providers import Providers
from partnerforge_dagster.store.database import migrate, open_engine
from partnerforge_dagster.store.results import Results
from partnerforge_dagster_tests.orchestration.graph import COSTCO, Graph, failing, graph_in, unhurried

UPSTREAM = [name for name in MODULES if name != BRIEF]


@contextmanager
def new_results(folder: Path) -> Iterator[Results]:
    """A store without any good result that could be served instead."""
    engine = open_engine(f"sqlite:///{folder / 'results.db'}")
    migrate(engine)
    yield Results(engine)
    engine.dispose()


def brief_without(names: tuple[str, ...], graph: Graph, whole: dict[tuple[str, str], ModuleResult], folder: Path):
    """The brief of a first run in which these modules fail: what stands on none of them is as in a whole run."""
    with new_results(folder) as results:
        struck = [name for name in MODULES if name in names or ancestors(graph.modules, [name]) & set(names)]
        for name in UPSTREAM:
            if name not in struck:
                results.put(whole[name, COSTCO], module=name, run_id="run", duration_s=0.1)
        enrichment = graph.enrichment("run", failing(graph.modules, *names), results=results)
        return graph.run(enrichment, [COSTCO], struck)[BRIEF, COSTCO].result


def assert_valid(brief: StrategicSignalBrief) -> None:
    """It survives storing, cites only what it lists, and renders in all three forms."""
    assert StrategicSignalBrief.model_validate_json(brief.model_dump_json()) == brief
    page = LexborHTMLParser(render_html(brief))
    targets = {node.attributes["id"] for node in page.css("[id^=source-]")}
    links = {str(node.attributes["href"]).removeprefix("#") for node in page.css("a[href^='#source-']")}
    assert links <= targets
    assert len(targets) == len(brief.sources)
    said = json.loads(render_json(brief))
    listed = {source["n"] for source in said["sources"]}
    assert len(said["statements"]) == len(brief.statements) > 0
    for statement in said["statements"]:
        assert statement["sources"]
        assert set(statement["sources"]) <= listed


def assert_names(brief: StrategicSignalBrief, names: tuple[str, ...]) -> None:
    """Each failed module is named in the gaps, with the reason, in the record and in all that is rendered of it."""
    html, markdown = LexborHTMLParser(render_html(brief)).text(), render_markdown(brief)
    in_json = {(gap["module"], gap["reason"]) for gap in flat(json.loads(render_json(brief))["gaps"])}
    for name in names:
        reasons = {row.gap.reason for row in brief.data_gaps if row.module == name}
        assert f"internal error in {name}: ZeroDivisionError: a bug in {name}" in reasons or (
            "not run: company_context is unavailable" in reasons
        )
        assert reasons <= {reason for module, reason in in_json if module == name}
        assert MODULES[name].title in html
        assert MODULES[name].title in markdown
        assert {row.module: row.status for row in brief.modules}[name] is Status.UNAVAILABLE


def flat(gaps: list[dict]) -> list[dict]:
    """The gaps of the JSON, wherever it keeps the module's name."""
    return [{**gap.get("gap", gap), "module": gap["module"]} for gap in gaps]


CASES = [*((name,) for name in MODULES), *combinations(MODULES, 2)]


@pytest.mark.parametrize("names", CASES, ids="+".join)
def test_any_one_or_two_modules_may_fail(
    names: tuple[str, ...], answered: Graph, whole: dict[tuple[str, str], ModuleResult], tmp_path: Path
) -> None:
    """A valid brief whose gaps name the failed modules; when the brief itself fails there is none, and it says why."""
    brief = brief_without(names, answered, whole, tmp_path)
    assert isinstance(brief, StrategicSignalBrief)
    if BRIEF in names:
        assert brief.status is Status.UNAVAILABLE
        assert [gap.reason for gap in brief.gaps] == [
            "internal error in strategic_signal_brief: ZeroDivisionError: a bug in strategic_signal_brief"
        ]
        assert not brief.statements
        return
    assert brief.status is Status.PARTIAL
    assert_valid(brief)
    assert_names(brief, names)


def test_there_are_15_single_and_105_paired_failures() -> None:
    """None is left out."""
    assert len(CASES) == len({frozenset(case) for case in CASES}) == 15 + 105


def test_nothing_failed_leaves_no_module_behind(whole: dict[tuple[str, str], ModuleResult]) -> None:
    """What the failures are compared with: fifteen complete modules and a brief of them."""
    assert {result.status for (_, domain), result in whole.items() if domain == COSTCO} == {Status.COMPLETE}
    brief = whole[BRIEF, COSTCO]
    assert isinstance(brief, StrategicSignalBrief)
    assert_valid(brief)


def test_when_the_brief_fails_the_last_one_is_served_as_stale(
    answered: Graph, whole: dict[tuple[str, str], ModuleResult], tmp_path: Path
) -> None:
    """The older brief stays, says that it is stale, and why no new one could be written."""
    last = whole[BRIEF, COSTCO]
    with new_results(tmp_path) as results:
        for name in MODULES:
            results.put(whole[name, COSTCO], module=name, run_id="last", duration_s=0.1)
        enrichment = answered.enrichment("run", failing(answered.modules, BRIEF), results=results)
        served = answered.run(enrichment, [COSTCO], [BRIEF])[BRIEF, COSTCO].result
    assert isinstance(served, StrategicSignalBrief)
    kept = {"status": Status.STALE, "gaps": served.gaps, "data_gaps": served.data_gaps}
    assert served == last.model_copy(update=kept)
    assert "a bug in strategic_signal_brief" in served.gaps[-1].reason
    assert served.data_gaps[-1].gap == served.gaps[-1], "readers see the gaps of all modules, not the brief's own"
    assert_valid(served)


# ── providers ──

KILLED = [
    "builtwith:down",
    "similarweb:500",
    "yahoo:unauthorized",
    "sec_edgar:html",
    "web_search:truncated",
    "job_boards:timeout",
    "wikidata:429",
    "web_page:reset",
    "dns:error200",
]
"""Every provider once, every habit of failing once."""

IMPATIENT = unhurried(breaker_after=1, timeout_s=0.3)
"""One failure opens the breaker, so that the tries after the second are not waited for."""


def gaps_of(results: dict[str, ModuleResult]) -> list[Gap]:
    return [gap for result in results.values() for gap in result.gaps]


@pytest.mark.parametrize("fault", KILLED)
def test_any_provider_may_be_gone(fault: str, tmp_path: Path) -> None:
    """A valid brief with a gap that says it could not be asked; nowhere is it said to have nothing."""
    provider = fault.partition(":")[0]
    with graph_in(tmp_path, sandbox_faults=fault, providers=IMPATIENT) as graph:
        made = graph.run(graph.enrichment("run"), [COSTCO])
    results = {name: outcome.result for (name, _), outcome in made.items()}
    brief = results[BRIEF]
    assert isinstance(brief, StrategicSignalBrief)
    assert brief.status is Status.PARTIAL
    assert_valid(brief)
    own = [row.gap for row in brief.data_gaps if row.gap.provider == provider]
    assert own
    assert {gap.kind for gap in own} == {GapKind.COULD_NOT_ASK}
    for gap in gaps_of(results):
        assert gap.kind is not GapKind.NOTHING_THERE or provider not in gap.reason, gap
    assert provider not in {source.provider for source in brief.sources}
    assert any(f"{provider}: " in gap["reason"] for gap in flat(json.loads(render_json(brief))["gaps"]))


STAND_INS = {"gdelt", "tranco", "common_crawl"}
"""Asked only where another one cannot be, or has nothing: alone they leave no gap."""


def test_every_provider_is_killed_once() -> None:
    """The list above is whole."""
    assert {fault.partition(":")[0] for fault in KILLED} == set(Providers.model_fields) - STAND_INS


def test_with_everything_down_there_is_no_brief_and_nobody_is_said_to_have_nothing(tmp_path: Path) -> None:
    """All that can be said is who could not be asked."""
    faults = ",".join(f"{provider}:down" for provider in Providers.model_fields)
    with graph_in(tmp_path, sandbox_faults=faults, providers=IMPATIENT) as graph:
        made = graph.run(graph.enrichment("run"), [COSTCO])
    results = {name: outcome.result for (name, _), outcome in made.items()}
    assert {result.status for result in results.values()} == {Status.UNAVAILABLE}
    assert GapKind.NOTHING_THERE not in {gap.kind for gap in gaps_of(results)}
    brief = results[BRIEF]
    assert isinstance(brief, StrategicSignalBrief)
    assert {row.module for row in brief.data_gaps} == set(UPSTREAM)
    assert not brief.statements


def test_after_an_outage_the_last_good_answers_are_served(tmp_path: Path) -> None:
    """A good run, then everything down: the brief is stale and still has all its statements."""
    with graph_in(tmp_path, providers=unhurried(cache_s=0.01)) as graph:
        good = graph.run(graph.enrichment("good"), [COSTCO])[BRIEF, COSTCO].result
    faults = ",".join(f"{provider}:down" for provider in Providers.model_fields)
    impatient = unhurried(breaker_after=1, timeout_s=0.3, cache_s=0.01)
    with graph_in(tmp_path, sandbox_faults=faults, providers=impatient) as graph:
        later = graph.run(graph.enrichment("later"), [COSTCO])[BRIEF, COSTCO].result
    assert isinstance(good, StrategicSignalBrief)
    assert isinstance(later, StrategicSignalBrief)
    assert later.status is Status.STALE
    assert [s.text for s in later.statements] == [s.text for s in good.statements]
    assert all(source.stale for source in later.sources)
    assert_valid(later)
