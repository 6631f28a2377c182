"""Who was asked, who says otherwise, and what keys would add."""

import json
from datetime import UTC, datetime

import pytest

from partnerforge_dagster.brief.compose import compose
from partnerforge_dagster.brief.render_html import render_html
from partnerforge_dagster.brief.render_json import render_json
from partnerforge_dagster.brief.render_markdown import render_markdown
from partnerforge_dagster.key_gains import KEY_GAINS
from partnerforge_dagster.models.account import Account
from partnerforge_dagster.models.base import Mode
from partnerforge_dagster.models.company_context import CompanyContext
from partnerforge_dagster.models.provenance import (
    Disagreement,
    Fact,
    Gap,
    GapKind,
    Outcome,
    Source,
    WaterfallStep,
)
from partnerforge_dagster.models.result import Status
from partnerforge_dagster.models.strategic_signal_brief import StrategicSignalBrief
from partnerforge_dagster.models.traffic_analysis import TrafficAnalysis
from partnerforge_dagster.seller import load_seller

AT = datetime(2026, 11, 16, 12, tzinfo=UTC)
ACCOUNT = Account(domain="acme.com", as_of=AT, mode=Mode.LIVE)


def source(provider: str, endpoint: str) -> Source:
    return Source(provider=provider, endpoint=endpoint, url=f"https://{provider}.example/", fetched_at=AT)


YAHOO, WIKIDATA, TRANCO = source("yahoo", "profile"), source("wikidata", "entity"), source("tranco", "rank")
COMPANY = CompanyContext(
    account="acme.com",
    as_of=AT,
    mode=Mode.LIVE,
    status=Status.COMPLETE,
    employees=Fact(value=1200, sources=(YAHOO,)),
    disagreements=(
        Disagreement(subject="employees", stated="1,200", stated_by=YAHOO, other="<b>900</b>", other_by=WIKIDATA),
    ),
)
TRAFFIC = TrafficAnalysis(
    account="acme.com",
    as_of=AT,
    mode=Mode.LIVE,
    status=Status.PARTIAL,
    global_rank=Fact(value=4711, sources=(TRANCO,)),
    steps=(
        WaterfallStep(subject="global rank", provider="similarweb", outcome=Outcome.NO_KEY, reason="similarweb: no"),
        WaterfallStep(subject="global rank", provider="tranco", outcome=Outcome.ANSWERED),
    ),
    gaps=(
        Gap(
            subject="visits by month",
            kind=GapKind.COULD_NOT_ASK,
            provider="similarweb",
            reason="similarweb: no key is set",
            needs_key=True,
        ),
    ),
)


@pytest.fixture(scope="module")
def brief() -> StrategicSignalBrief:
    """Of two modules."""
    return compose(ACCOUNT, {"company_context": COMPANY, "traffic_analysis": TRAFFIC}, load_seller(None))


def test_json_has_them_beside_the_keys_that_programs_rely_on(brief: StrategicSignalBrief) -> None:
    """A disagreement cites both of its sources by number."""
    document = json.loads(render_json(brief))
    (key,) = document["missing_keys"]
    assert (key["provider"], key["subjects"]) == ("similarweb", ["visits by month"])
    assert key["variables"] == ["PARTNERFORGE_PROVIDERS__SIMILARWEB__API_KEY"]
    (fall,) = document["waterfalls"]
    assert [(step["provider"], step["outcome"]) for step in fall["steps"]] == [
        ("similarweb", "no_key"),
        ("tranco", "answered"),
    ]
    (one,) = document["disagreements"]
    provider = {row["n"]: row["provider"] for row in document["sources"]}
    assert (provider[one["stated_by"]], provider[one["other_by"]]) == ("yahoo", "wikidata")
    assert [gap["subject"] for gap in document["gaps"] if gap["needs_key"]] == ["visits by month"]


def test_page_and_markdown_tell_the_gain_of_a_key_instead_of_its_gaps(brief: StrategicSignalBrief) -> None:
    """What a key would fill is told once, with the key; hostile text stays text."""
    gain = next(gain for gain in KEY_GAINS if gain.provider == "similarweb")
    page, text = render_html(brief), render_markdown(brief)
    for told in (page, text):
        assert "What a key would add" in told
        assert gain.adds[1:60] in told
        assert "no key is set" not in told
        assert "SimilarWeb: no key; Tranco: answered" in told
        assert "Tranco rank" in told
        assert "<b>900</b>" not in told
    assert "Where sources disagree" in page


def test_nothing_is_said_of_keys_where_none_is_missing() -> None:
    """Nor of waterfalls or disagreements: the page is as it was."""
    whole = compose(ACCOUNT, {"company_context": COMPANY.model_copy(update={"disagreements": ()})}, load_seller(None))
    page = render_html(whole)
    assert "What a key would add" not in page
    assert "Where sources disagree" not in page
    assert "Who was asked" not in page
