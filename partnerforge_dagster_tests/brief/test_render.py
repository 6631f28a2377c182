import json
import re
import shutil
from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest
from selectolax.lexbor import LexborHTMLParser as HTMLParser

from partnerforge_dagster.brief.compose import compose
from partnerforge_dagster.brief.missing import grouped
from partnerforge_dagster.brief.render_html import render_html
from partnerforge_dagster.brief.render_json import render_json
from partnerforge_dagster.brief.render_markdown import render_markdown
from partnerforge_dagster.models.base import Mode
from partnerforge_dagster.models.changes import Change, ChangeKind, PartMove, Significance
from partnerforge_dagster.models.provenance import Gap, GapKind
from partnerforge_dagster.models.strategic_signal_brief import BriefGap, StrategicSignalBrief
from partnerforge_dagster_tests.brief import sample

HOSTILE = "</style><script>alert('x')</script> [a](javascript:x) `*_|#\" onload=\"x"


def full() -> StrategicSignalBrief:
    """The sample's brief with three changes since last time."""
    change = Change(
        module="technology_stack",
        field="search_vendor",
        kind=ChangeKind.CHANGED,
        before="Oracle Endeca",
        after="Coveo",
        since=sample.AS_OF - timedelta(days=30),
        on=sample.AS_OF,
        significance=Significance.ALERT,
        source=sample.STACK,
    )
    moved = change.model_copy(
        update={
            "module": "signal_scoring",
            "field": "intent",
            "before": "36",
            "after": "62",
            "significance": Significance.NOTABLE,
            "source": None,
            "moves": (
                PartMove(part="events", before=18, after=40.5, reason="Three events."),
                PartMove(part="hiring", before=6, after=9.5, reason="Two roles."),
            ),
        }
    )
    minor = change.model_copy(update={"field": "cik", "significance": Significance.MINOR})
    return compose(sample.ACCOUNT, sample.RESULTS, sample.SELLER).model_copy(update={"changes": (change, moved, minor)})


def empty() -> StrategicSignalBrief:
    """A brief of which nothing could be had."""
    return compose(sample.ACCOUNT, {name: sample.unavailable(name) for name in sample.RESULTS}, sample.SELLER)


def hostile() -> StrategicSignalBrief:
    """The brief with markup and a script address wherever outside text comes in."""
    brief = full()
    gap = Gap(subject=HOSTILE, kind=GapKind.COULD_NOT_ASK, provider="builtwith", reason=HOSTILE)
    source = brief.sources[-1].model_copy(update={"url": "javascript:alert(1)", "endpoint": HOSTILE})
    parts = tuple(part.model_copy(update={"name": HOSTILE, "reason": HOSTILE}) for part in brief.scores["fit"].parts)
    statements = tuple(
        item.model_copy(update={"label": HOSTILE, "text": f"{HOSTILE}: {HOSTILE}"}) for item in brief.statements
    )
    bars = tuple(bar.model_copy(update={"name": HOSTILE}) for bar in brief.charts.technologies)
    return brief.model_copy(
        update={
            "title": HOSTILE,
            "statements": statements,
            "sources": (*brief.sources[:-1], source),
            "scores": {"fit": brief.scores["fit"].model_copy(update={"parts": parts, "most_wanted": HOSTILE})},
            "data_gaps": (BriefGap(module="technology_stack", gap=gap),),
            "changes": tuple(
                one.model_copy(
                    update={
                        "item": HOSTILE,
                        "before": HOSTILE,
                        "after": None,
                        "source": sample.STACK.model_copy(update={"url": "javascript:alert(1)"}),
                        "moves": tuple(
                            move.model_copy(update={"part": HOSTILE, "reason": HOSTILE}) for move in one.moves
                        ),
                    }
                )
                for one in brief.changes
            ),
            "charts": brief.charts.model_copy(update={"technologies": bars}),
        }
    )


@pytest.mark.parametrize("brief", [full(), empty(), hostile()], ids=["full", "empty", "hostile"])
def test_every_anchor_has_its_target_and_ids_are_unique(brief: StrategicSignalBrief) -> None:
    """Each `#…` link leads to an element of the page, and no id occurs twice."""
    page = HTMLParser(render_html(brief))
    ids = [node.attributes["id"] for node in page.css("[id]")]
    assert len(ids) == len(set(ids))
    links = {node.attributes["href"] for node in page.css('a[href^="#"]')}
    assert {str(link)[1:] for link in links} <= set(ids)
    assert bool(links) == bool(brief.statements)


@pytest.mark.parametrize("brief", [full(), empty(), hostile()], ids=["full", "empty", "hostile"])
def test_the_page_is_self_contained_and_runs_nothing(brief: StrategicSignalBrief) -> None:
    """No script, handler, frame, form or outside resource; links leave only for http and https."""
    html = render_html(brief)
    page = HTMLParser(html)
    assert page.css("script, iframe, object, embed, link, img, form, base") == []
    assert "@import" not in page.css_first("style").text()
    assert "url(" not in page.css_first("style").text()
    for node in page.css("*"):
        assert not [name for name in node.attributes if name.startswith("on") or name == "src"]
    assert all(re.match(r"#|https?://", str(node.attributes["href"])) for node in page.css("a[href]"))


def test_hostile_text_is_shown_and_not_obeyed() -> None:
    """Markup in a title arrives as letters: readable, in place, and the page keeps its one style sheet."""
    page = HTMLParser(render_html(hostile()))
    assert page.css_first("h1").text() == HOSTILE
    assert len(page.css("style")) == 1
    assert len(page.css("main")) == 1
    assert HOSTILE in page.css_first(".statement .text").text()


def test_every_statement_shows_its_sources_and_what_they_are() -> None:
    """A statement's numbers are links that name provider, endpoint and time; the list repeats it with the address."""
    brief = full()
    page = HTMLParser(render_html(brief))
    for item in brief.statements:
        node = page.css_first(f'[id="{item.id}"]')
        links = node.css(".cites a")
        assert links[0].text() == str(item.sources[0])
        assert (node.css_first(".tag") is not None) == (item.kind == "inference")
    tip = page.css_first('a[href="#source-2"]').attributes["title"]
    assert tip == "BuiltWith domain, fetched 15 Nov 2026, 03:30 UTC, from the cache"
    listed = page.css_first("#source-2")
    assert listed.css_first("a").attributes["href"] == sample.STACK.url
    assert listed.css_first(".note").text() == "cached"


def test_a_stale_source_is_marked() -> None:
    """What is older than it should be says so in the list."""
    brief = full()
    old = brief.sources[0].model_copy(update={"stale": True})
    page = HTMLParser(render_html(brief.model_copy(update={"sources": (old, *brief.sources[1:])})))
    assert page.css_first("#source-1 .stale").text() == "stale"
    assert page.css("#source-3 .stale") == []


def test_sandbox_is_shown_plainly_and_live_is_not_called_so() -> None:
    """A sandbox brief has a banner and the word in its header; a live one has neither."""
    sandbox = HTMLParser(render_html(full()))
    assert sandbox.css_first(".banner").text().startswith("SANDBOX")
    assert sandbox.css_first("header .watermark").text() == "SANDBOX"
    live = full().model_copy(update={"mode": Mode.LIVE})
    assert "SANDBOX" not in render_html(live)
    assert "SANDBOX" in render_markdown(full())
    assert "SANDBOX" not in render_markdown(live)


def test_scores_show_their_band_parts_and_what_would_move_them() -> None:
    """Each part has its points and reason, an unknown one is marked, and the most wanted one is named."""
    page = HTMLParser(render_html(full()))
    fit = page.css(".score")[0]
    assert fit.css_first("svg").attributes["aria-label"] == "84 of 100, between 80 and 90"
    assert len(fit.css(".parts li")) == 9
    unknown = fit.css_first(".parts li.unknown")
    assert unknown.css_first(".points").text() == "unknown, expected 4.0 of 10"
    assert fit.css_first(".wanted").text() == "Would move it most: technology spend"


def test_gaps_of_one_cause_share_a_row() -> None:
    """Three figures lost to one failure are one row with three subjects."""
    rows = tuple(
        BriefGap(
            module="traffic_analysis",
            gap=Gap(subject=subject, kind=GapKind.COULD_NOT_ASK, provider="similarweb", reason="similarweb: HTTP 503"),
        )
        for subject in ("visits", "rank", "countries")
    )
    brief = full().model_copy(update={"data_gaps": rows})
    table = HTMLParser(render_html(brief)).css(".gaps tr")
    assert [row.text(separator="|", strip=True) for row in table] == [
        "Traffic analysis|could not ask|visits, rank, countries|similarweb: HTTP 503"
    ]
    assert "- **Traffic analysis**, could not ask: visits, rank, countries (similarweb: HTTP 503)" in render_markdown(
        brief
    )


def test_one_cause_at_many_domains_is_one_row() -> None:
    """What could not be asked about several competitors is one row that names them all."""
    rows = tuple(
        BriefGap(
            module="competitor_intelligence",
            gap=Gap(
                subject=f"{what} of {domain}",
                kind=GapKind.COULD_NOT_ASK,
                provider=provider,
                reason=f"{provider}: HTTP 503",
            ),
        )
        for what, domain, provider in (
            ("stack", "a.example", "builtwith"),
            ("visits", "a.example", "similarweb"),
            ("stack", "b.example", "builtwith"),
        )
    )
    found = [(row.subjects, row.reason) for row in grouped(rows)]
    assert found == [
        ("stack of a.example, b.example", "builtwith: HTTP 503"),
        ("visits of a.example", "similarweb: HTTP 503"),
    ]


def test_charts_are_well_formed_and_absent_without_data() -> None:
    """The page's drawings parse as XML; a brief without series draws none of them."""
    drawings = re.findall(r"<svg.*?</svg>", render_html(full()), re.DOTALL)
    assert len(drawings) == 5
    assert all(ET.fromstring(drawing).tag.endswith("svg") for drawing in drawings)
    assert "<svg" not in render_html(empty())


def test_markdown_keeps_every_statement_with_its_numbers() -> None:
    """Each statement is one list line with its numbers, each source one numbered line."""
    brief = full()
    lines = render_markdown(brief).splitlines()
    assert sum(line.startswith("- ") and line.endswith("\\]") for line in lines) >= len(brief.statements)
    assert "- **Revenue**: $3.4 bn in fiscal 2025 \\[5\\]" in lines
    assert f"2. BuiltWith domain, 15 Nov 2026, 03:30 UTC, cached, <{sample.STACK.url}>" in lines
    assert "- **!** **Search vendor**: Oracle Endeca → Coveo (16 Nov 2026, BuiltWith)" in lines
    assert "- **Intent score**: 36 → 62 (16 Nov 2026)" in lines
    assert "  - Events +22.5 (18 to 40.5): Three events." in lines
    assert "| fit | 84 | 80 to 90 | technology spend |" in lines


def test_markdown_escapes_markup_and_drops_script_addresses() -> None:
    """Neither HTML nor Markdown in outside text comes alive."""
    text = render_markdown(hostile())
    assert "<script" not in text
    assert "[a](javascript" not in text
    assert "\\[a\\](javascript:x)" in text
    assert "<javascript:" not in text


def test_json_has_the_keys_that_outside_programs_rely_on() -> None:
    """The keys of SPEC section 11, with statements, sources and gaps shaped as it says."""
    brief = full()
    document = json.loads(render_json(brief))
    assert list(document)[:8] == ["account", "as_of", "mode", "statements", "sources", "scores", "gaps", "changes"]
    assert document["account"] == sample.DOMAIN
    assert document["as_of"] == "2026-11-16T09:30:00Z"
    assert document["mode"] == "sandbox"
    assert all(set(item) == {"id", "section", "text", "kind", "sources"} for item in document["statements"])
    assert {item["kind"] for item in document["statements"]} == {"fact", "inference"}
    keys = {"n", "provider", "endpoint", "url", "fetched_at", "cached", "stale"}
    assert all(set(source) == keys for source in document["sources"])
    listed = {source["n"] for source in document["sources"]}
    assert all(set(item["sources"]) <= listed for item in document["statements"])
    assert set(document["scores"]) == {"fit", "intent", "displacement"}
    assert all(set(part["sources"]) <= listed for part in document["scores"]["fit"]["parts"])
    assert document["gaps"][0]["module"] == "technology_stack"
    assert json.loads(render_json(empty()))["scores"] == {"fit": None, "intent": None, "displacement": None}


@pytest.mark.parametrize("render", [render_html, render_markdown, render_json])
def test_a_brief_read_back_from_the_store_renders_to_the_same_bytes(render) -> None:
    """The same brief gives the same bytes, also after a round trip through JSON."""
    brief = full()
    again = StrategicSignalBrief.model_validate_json(brief.model_dump_json())
    assert render(brief).encode() == render(again).encode()


@pytest.mark.browser
@pytest.mark.skipif(shutil.which("chromium") is None, reason="no chromium: apt-get install chromium; CI has it")
@pytest.mark.parametrize("brief", [full(), empty(), hostile()], ids=["full", "empty", "hostile"])
def test_a_browser_shows_it_on_a_phone_and_prints_it_on_two_sheets(brief: StrategicSignalBrief, tmp_path) -> None:
    """At 390 px nothing is wider than the screen, A4 takes two sheets at most, and nothing else is requested."""
    from playwright.sync_api import sync_playwright

    file = tmp_path / "brief.html"
    file.write_text(render_html(brief), encoding="utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 390, "height": 800})
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(file.as_uri())
        width = page.evaluate("document.documentElement.scrollWidth")
        sheets = len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True)))
        browser.close()
    assert width <= 390
    assert sheets <= 2 or brief.title == HOSTILE
    assert asked == [file.as_uri()]
