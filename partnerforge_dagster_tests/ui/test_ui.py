"""A seller's way through the Dagster UI: add an account, materialize, read the result."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from partnerforge_dagster_tests.cli.running import run
from partnerforge_dagster_tests.ui.conftest import UI

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(600)]

ACCOUNT = "patagonia.com"
CHECKS = ("status", "freshness", "sanity")
WAIT_MS = 60_000
"""The page fills itself in after it is there; a count taken at once is a count of nothing on a busy machine."""


def launch(page: Any, button: str) -> None:
    """Press a materialize button and launch one run of all accounts; upstream may be missing, which modules make."""
    page.get_by_role("button", name=button).click()
    dialog = page.locator(".dagster-dialog")
    confirm, everything = (dialog.get_by_role("button", name=name, exact=True) for name in ("Confirm", "All"))
    confirm.or_(everything).wait_for()
    if confirm.is_visible():
        confirm.click()
    everything.click()
    page.get_by_role("button", name="Launch 1 run").click()
    page.get_by_text("Launched run").wait_for()


def shown(page: Any, ui: UI, module: str, key: str) -> Any:
    """The cell beside a metadata key on the account's page of a module."""
    page.goto(f"{ui.url}/assets/{module}?view=partitions&partition={ACCOUNT}")
    key_cell = page.locator(":scope > td:first-child", has_text=re.compile(f"^{re.escape(key)}$"))
    return page.locator("tr").filter(has=key_cell).locator("> td:nth-child(2)")


def assert_drawn(cell: Any) -> None:
    """The cell holds a picture that the browser could draw, in place and not behind a click."""
    image = cell.locator("img")
    image.wait_for()
    assert image.evaluate("image => image.decode().then(() => image.naturalWidth)") > 100


def assert_checks_passed(page: Any, ui: UI, module: str) -> None:
    """All three checks are listed as succeeded."""
    for check in CHECKS:
        page.goto(f"{ui.url}/assets/{module}?view=checks&checkDetail={check}")
        page.get_by_text("Passed", exact=True).first.wait_for()
    expect(page.get_by_text("Succeeded", exact=True)).to_have_count(len(CHECKS), timeout=WAIT_MS)


def test_one_module_and_the_whole_graph_are_materialized_and_read(ui: UI, page: Any) -> None:
    """One module alone makes what it needs; the whole graph then ends in a brief that can be read in the page."""
    assert run(ui.folder, "add", ACCOUNT).code == 0

    page.goto(f"{ui.url}/assets/displacement_analysis?view=partitions&partition={ACCOUNT}")
    assert ui.finished(lambda: launch(page, "Materialize…"))[1] == "SUCCESS"
    assert shown(page, ui, "displacement_analysis", "status").inner_text() == "complete"
    assert shown(page, ui, "displacement_analysis", "mode").inner_text() == "SANDBOX"
    score = float(shown(page, ui, "displacement_analysis", "displacement score").inner_text())
    assert 0 < score <= 100
    assert_drawn(shown(page, ui, "displacement_analysis", "displacement chart"))
    assert_checks_passed(page, ui, "displacement_analysis")

    page.goto(f"{ui.url}/asset-groups")
    run_id, status = ui.finished(lambda: launch(page, "Materialize all…"))
    assert status == "SUCCESS"
    page.goto(f"{ui.url}/runs/{run_id}")
    page.get_by_text("15 assets").wait_for()
    assert_drawn(shown(page, ui, "traffic_analysis", "visits by month"))
    assert float(shown(page, ui, "strategic_signal_brief", "displacement score").inner_text()) == score
    shown(page, ui, "strategic_signal_brief", "preview").get_by_text("[Show Markdown]").click()
    preview = page.locator(".dagster-dialog")
    preview.get_by_role("heading", name="Patagonia (patagonia.com)").wait_for()
    expect(preview.get_by_text("SANDBOX")).to_have_count(1, timeout=WAIT_MS)
    expect(preview.get_by_role("heading", name="Why now")).to_be_visible(timeout=WAIT_MS)
    assert preview.get_by_role("link").first.get_attribute("href").startswith("https://")
    assert_checks_passed(page, ui, "strategic_signal_brief")
