"""`partnerforge changes` over a store in which a company's search vendor and stack have changed."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from partnerforge_dagster.definitions import open_store
from partnerforge_dagster.store.results import Results
from partnerforge_dagster_tests.changes.stacks import STACK, stack
from partnerforge_dagster_tests.changes.test_scores import scored
from partnerforge_dagster_tests.cli.running import run
from partnerforge_dagster_tests.orchestration.graph import settings_in


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A deployment: an alert, a technology and a score's move."""
    folder = tmp_path_factory.mktemp("deployment")
    engine = open_store(settings_in(folder / ".partnerforge"))
    results = Results(engine)
    for number, found in enumerate([stack(0, search="Algolia"), stack(30, "Hotjar", search="Coveo")]):
        results.put(found, module=STACK, run_id=f"run {number}", duration_s=1.0)
    shares = [{"hiring": 0.2, "events": share, "investor": 0.5} for share in (0.4, 0.6)]
    for number, share in enumerate(shares):
        results.put(scored(share, months=number), module="signal_scoring", run_id=f"run {number}", duration_s=1.0)
    engine.dispose()
    return folder


def fields(folder: Path, *words: str) -> Sequence[str]:
    """The fields that a command lists as changed."""
    return [row["field"] for row in run(folder, "changes", *words, "--json").report["changes"]]


def test_people_read_what_changed_and_why_a_score_moved(folder: Path) -> None:
    """Old and new value, alerts marked, and the parts that moved a score."""
    said = run(folder, "changes", "costco.com", COLUMNS="200").out
    assert "! Search vendor: Algolia → Coveo  technology stack, BuiltWith" in said
    assert "Technology Hotjar: – → live (Widget)" in said
    scores = run(folder, "changes", "--module", "M14", COLUMNS="200").out
    assert "Intent score: 36.5 → 45.5" in scores
    assert "Events +9 (18 to 27): events gives 0.60." in scores


def test_programs_get_every_field(folder: Path) -> None:
    """The newest first, each with all that is known of it."""
    (newest,) = run(folder, "changes", "--limit", "1", "--json").report["changes"]
    assert (newest["field"], newest["before"], newest["after"], newest["kind"]) == ("intent", "36.5", "45.5", "changed")
    assert [move["points"] for move in newest["moves"]] == [9.0]
    assert newest["alert"] is True
    assert {"id", "account", "module", "key", "since", "on", "source", "found_at", "run_id"} <= set(newest)


def test_every_filter_leaves_out_what_it_should(folder: Path) -> None:
    """By account, module, weight and time."""
    assert fields(folder, "costco.com") == ["technologies", "search_vendor"]
    assert fields(folder, "costco.com", "--alerts") == ["search_vendor"]
    assert fields(folder, "--module", "signal_scoring") == ["intent"]
    assert fields(folder, "etsy.com") == []
    assert fields(folder, "--since", "1h") == fields(folder)
    assert fields(folder, "--since", "2099-01-01") == []


def test_nothing_changed_is_an_answer(folder: Path) -> None:
    """No changes is no failure."""
    ran = run(folder, "changes", "etsy.com")
    assert (ran.code, ran.out.strip()) == (0, "no changes")


@pytest.mark.parametrize("words", [["--module", "nonsense"], ["--since", "yesterday"], ["not a domain"]])
def test_bad_input_is_refused(folder: Path, words: list[str]) -> None:
    """Exit status 2, and the value is named."""
    ran = run(folder, "changes", *words)
    assert ran.code == 2
    assert words[-1] in ran.err
