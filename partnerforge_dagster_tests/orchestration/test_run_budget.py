"""A run's budget from end to end: what it does not cover is a gap that the brief names."""

from dataclasses import replace
from pathlib import Path

import dagster as dg
import pytest

from partnerforge_dagster.models.provenance import GapKind
from partnerforge_dagster.models.result import Status
from partnerforge_dagster.models.strategic_signal_brief import StrategicSignalBrief
from partnerforge_dagster.orchestration.assets_of import _max_credits
from partnerforge_dagster.orchestration.tags import MAX_CREDITS_TAG
from partnerforge_dagster_tests.orchestration.graph import COSTCO, graph_in

BUDGET = 100
"""Credits; a new account takes 255 in the sandbox."""


def test_the_brief_names_what_the_budget_did_not_cover(tmp_path: Path) -> None:
    """No credit more is spent; the brief says which flag to raise; a run without a budget fills the gaps."""
    with graph_in(tmp_path) as graph:
        made = graph.run(replace(graph.enrichment("small"), max_credits=BUDGET), [COSTCO])
        assert 0 < sum(count.credits for count in graph.calls.of_runs(["small"]).values()) <= BUDGET
        assert made["traffic_analysis", COSTCO].result.status is Status.PARTIAL
        brief = made["strategic_signal_brief", COSTCO].result
        assert isinstance(brief, StrategicSignalBrief)
        told = [row.gap for row in brief.data_gaps if "--max-credits" in row.gap.reason]
        assert {gap.kind for gap in told} == {GapKind.COULD_NOT_ASK}
        assert any(gap.provider == "similarweb" for gap in told)

        again = graph.run(graph.enrichment("whole"), [COSTCO])
        assert {outcome.result.status for outcome in again.values()} == {Status.COMPLETE}
        spent = graph.calls.of_runs(["small", "whole"])
        assert sum(count.credits for count in spent.values()) == 255


@pytest.mark.parametrize(("tag", "credits"), [(None, None), ("0", 0), ("250", 250)])
def test_the_tag_is_a_number_of_credits(tag: str | None, credits: int | None) -> None:  # noqa: A002 - the word for it
    """No tag is no budget, and 0 is one."""
    assert _max_credits(tag) == credits


@pytest.mark.parametrize("tag", ["", "-1", "1.5", "ten", "²"])
def test_a_tag_that_cannot_be_read_stops_the_step(tag: str) -> None:
    """A budget that somebody misspelt must not become none."""
    with pytest.raises(dg.Failure, match=MAX_CREDITS_TAG):
        _max_credits(tag)
