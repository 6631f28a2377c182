"""What a request runs, decided from what is stored."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnerforge_dagster.definitions import declared_modules
from partnerforge_dagster.models.account import Account
from partnerforge_dagster.models.modules import MODULES
from partnerforge_dagster.models.provenance import Gap, GapKind
from partnerforge_dagster.models.result import Status
from partnerforge_dagster.orchestration.enrichment import unavailable
from partnerforge_dagster.orchestration.selection import UnknownModule, ancestors, named_modules, stale, to_run
from partnerforge_dagster.settings import FreshDays
from partnerforge_dagster.store.results import Freshness, StoredResult

NOW = datetime(2026, 11, 16, 12, tzinfo=UTC)
modules = declared_modules()


def stored(name: str, status: Status = Status.COMPLETE, days_old: float = 0.1) -> StoredResult:
    result = unavailable(modules[name], Account(domain="costco.com", as_of=NOW), "test")
    return StoredResult(
        id=1,
        account="costco.com",
        module=name,
        run_id="run",
        stored_at=NOW - timedelta(days=days_old),
        as_of=NOW,
        status=status,
        content_hash="",
        duration_s=1.0,
        result=result.model_copy(update={"status": status}),
    )


def choose(rows: dict[str, StoredResult], asked: tuple[str, ...] | None = None, *, force: bool = False) -> set[str]:
    return set(to_run(modules, rows, asked=asked, force=force, days=FreshDays(), now=NOW))


def test_a_new_account_runs_all_fifteen_in_order() -> None:
    """Nothing is stored, so everything runs, upstream first."""
    assert to_run(modules, {}, asked=None, force=False, days=FreshDays(), now=NOW) == tuple(MODULES)


def test_when_all_is_fresh_only_the_brief_is_written() -> None:
    """Fresh modules are reused."""
    assert choose({name: stored(name) for name in MODULES}) == {"strategic_signal_brief"}


def test_what_stands_on_a_renewed_module_is_renewed() -> None:
    """A stale module takes its downstream with it, and nothing else."""
    rows = {name: stored(name) for name in MODULES} | {"strategic_context": stored("strategic_context", days_old=8)}
    assert choose(rows) == {
        "strategic_context",
        "executive_intelligence",
        "buying_committee",
        "signal_scoring",
        "strategic_signal_brief",
    }


@pytest.mark.parametrize("status", [Status.STALE, Status.UNAVAILABLE])
def test_what_was_not_good_is_tried_again(status: Status) -> None:
    """Fresh or not, a stale or unavailable result is run again."""
    rows = {name: stored(name) for name in MODULES} | {"traffic_analysis": stored("traffic_analysis", status)}
    assert choose(rows) == {"traffic_analysis", "icp_priority_mapping", "strategic_signal_brief"}


@pytest.mark.parametrize(
    ("marks", "days_old", "due"),
    [
        ({}, 0.1, True),
        ({"needs_key": True}, 0.1, False),
        ({"refused": True}, 0.1, False),
        ({"needs_key": True}, 31, True),
        ({"refused": True}, 31, True),
    ],
)
def test_a_partial_result_is_due_when_asking_may_fill_its_gap(
    marks: dict[str, bool], days_old: float, due: bool
) -> None:
    """Without a key, or refused, it ages like a complete one."""
    gap = Gap(subject="visits", kind=GapKind.COULD_NOT_ASK, provider="similarweb", reason="similarweb: no", **marks)
    partial = stored("traffic_analysis", Status.PARTIAL, days_old)
    partial = replace(partial, result=partial.result.model_copy(update={"gaps": (gap,)}))
    made = {"traffic_analysis", "icp_priority_mapping"} if due else set()
    rows = {name: stored(name) for name in MODULES} | {"traffic_analysis": partial}
    assert choose(rows) == {*made, "strategic_signal_brief"}


def test_nothing_is_stale_when_all_is_fresh() -> None:
    """Not even the brief; else what is stale with what stands on it, as when an account is enriched."""
    rows = {name: stored(name) for name in MODULES}
    assert stale(modules, Freshness(frozenset(MODULES), NOW)) == ()
    assert stale(modules, Freshness(frozenset(), NOW)) == stale(modules, None) == tuple(MODULES)
    for name in MODULES:
        old = rows | {name: stored(name, days_old=31)}
        assert set(stale(modules, Freshness(frozenset(MODULES) - {name}, NOW))) == choose(old)


def test_a_named_module_runs_with_its_missing_upstream_only() -> None:
    """Upstream that is fresh is reused."""
    rows = {"technology_stack": stored("technology_stack"), "company_context": stored("company_context")}
    assert choose(rows, ("displacement_analysis",)) == {"competitor_intelligence", "displacement_analysis"}


def test_force_runs_everything_asked_and_upstream() -> None:
    """Force counts for upstream too."""
    rows = {name: stored(name) for name in MODULES}
    assert choose(rows, ("case_study_matching",), force=True) == {
        "company_context",
        "technology_stack",
        "case_study_matching",
    }


@given(st.sets(st.sampled_from(sorted(MODULES))), st.sets(st.sampled_from(sorted(MODULES)), min_size=1))
def test_no_module_runs_without_its_upstream(fresh: set[str], asked: set[str]) -> None:
    """Whatever is stored and asked: each chosen module's needs are stored or chosen, and nothing unneeded runs."""
    rows = {name: stored(name) for name in fresh}
    chosen = choose(rows, tuple(asked))
    assert asked <= chosen
    assert chosen <= asked | ancestors(modules, asked)
    for name in chosen:
        assert all(need in rows or need in chosen for need in modules[name].needs)


def test_module_names_and_numbers_are_understood() -> None:
    """Names, M-numbers, spaces and repeats."""
    assert named_modules("traffic_analysis, M02,m3") == ("traffic_analysis", "technology_stack")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("traffic_analisys", "did you mean traffic_analysis"),
        ("weather", "the fifteen are: company_context"),
        ("M16", "'m16' is not a module"),
        (" , ", "no module is named"),
    ],
)
def test_an_unknown_module_is_refused_with_a_hint(text: str, said: str) -> None:
    """The message names the value and the near ones."""
    with pytest.raises(UnknownModule, match=said):
        named_modules(text)
