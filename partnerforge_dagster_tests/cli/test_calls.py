"""`partnerforge calls`: the ledger as people and programs see it."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert

from partnerforge_dagster.cli.calls import CallStatus
from partnerforge_dagster.governor.ledger import status_of
from partnerforge_dagster.models.failures import CircuitOpen, NotRecorded, ProviderError
from partnerforge_dagster.store.database import open_engine, write
from partnerforge_dagster.store.tables import calls
from partnerforge_dagster_tests.cli.conftest import Deployed
from partnerforge_dagster_tests.cli.running import run, store_in


def widest(text: str) -> int:
    """Columns of the longest line."""
    return max(map(len, text.splitlines()))


def test_every_word_of_the_ledger_can_be_asked_for() -> None:
    """The statuses are those that the ledger writes, one for each kind of failure and those without one.

    A replay has no ledger, so what is not in its recording is no status.
    """

    def kinds(base: type[ProviderError]) -> Iterator[type[ProviderError]]:
        for kind in base.__subclasses__():
            yield kind
            yield from kinds(kind)

    failures = {
        status_of(kind("p", "d", retry_after=1.0) if kind is CircuitOpen else kind("p", "d"))
        for kind in kinds(ProviderError)
    }
    others = {"ok", "intended", "charge_unknown", "cancelled"}
    assert set(CallStatus) == failures - {status_of(NotRecorded("p", "d"))} | others


def test_the_newest_calls_fit_a_terminal(deployed: Deployed) -> None:
    """At 80 columns no line is longer; who asked, what for, how it ended and the price are there."""
    told = run(deployed.folder, "calls", "--account", "costco.com", "--module", "M05", "--provider", "builtwith")
    assert told.code == 0, told.err
    assert widest(told.out) <= 80
    row = told.out.index("builtwith domain")
    assert all(word in told.out[row:] for word in ("ok", "10", "costco.com  M05", "1 try"))
    assert deployed.first.report["run_ids"][0][:8] in told.out
    assert "more with --limit" in run(deployed.folder, "calls", "--limit", "3").out


def test_calls_for_programs(deployed: Deployed) -> None:
    """--json has the ledger's rows; their credits and requests are those that enrich reported."""
    run_id = deployed.first.report["run_ids"][0]
    rows = json.loads(run(deployed.folder, "calls", "--run", run_id, "--limit", "9999", "--json").out)["calls"]
    for provider, count in deployed.first.report["calls"].items():
        own = [row for row in rows if row["provider"] == provider]
        assert sum(row["credits"] for row in own) == count["credits"]
        assert sum(row["tries"] for row in own) == count["made"]
    assert rows == sorted(rows, key=lambda row: row["asked_at"], reverse=True)


def test_spend_by_provider_account_and_month(deployed: Deployed) -> None:
    """The sums of the ledger by month, provider and account, beside the budget; what is free is left out."""
    spend = run(deployed.folder, "calls", "--spend", "--json").report["spend"]
    assert {row["provider"] for row in spend} == {"builtwith", "similarweb", "web_search"}
    assert {row["account"] for row in spend} == {"costco.com", "sallybeauty.com"}
    for provider in ("builtwith", "similarweb", "web_search"):
        total = sum(row["credits"] for row in spend if row["provider"] == provider)
        assert total == deployed.first.report["calls"][provider]["credits"]
    told = run(
        deployed.folder, "calls", "--spend", "--limit", "1", PARTNERFORGE_PROVIDERS__BUILTWITH__CREDITS_A_MONTH="4321"
    )
    assert widest(told.out) <= 80
    assert "4321" in told.out
    assert "and 1 more" in told.out


def test_unknown_charges_are_listed_and_explained(tmp_path: Path) -> None:
    """What a killed process left is shown with what it means and what happens next, even when nobody called since."""
    assert "no call whose charge is unknown" in run(tmp_path, "calls", "--unknown").out
    engine = open_engine(store_in(tmp_path))
    ended = datetime.now(UTC) - timedelta(minutes=1)
    row = {"endpoint": "domain", "asked_at": ended, "month": f"{ended:%Y-%m}", "tries": 1, "credits": 7}
    same = {"waited_s": 0.0, "took_s": 0.0, "cached": False, "stale": False, "provider": "builtwith"}
    with write(engine) as connection:
        connection.execute(insert(calls).values(id="lost", status="intended", expires_at=ended, **row, **same))
        connection.execute(insert(calls).values(id="fine", status="ok", **row, **same))
    engine.dispose()
    told = run(tmp_path, "calls", "--unknown")
    assert widest(told.out) <= 80
    words = " ".join(told.out.split())
    assert "may have billed it" in words
    assert "asked again" in words
    assert "counted against the budgets" in words
    assert [row["id"] for row in run(tmp_path, "calls", "--unknown", "--json").report["calls"]] == ["lost"]


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("--provider", "bw"), "'bw' is not a provider; they are: builtwith"),
        (("--since", "yesterday"), "--since 'yesterday' is no moment; give 30min"),
        (("--module", "hiring"), "did you mean hiring_signals"),
        (("--account", "127.0.0.1"), "is an IP address"),
        (("--unknown", "--status", "ok"), "exclude each other"),
    ],
)
def test_bad_filters_are_refused(tmp_path: Path, words: tuple[str, ...], reason: str) -> None:
    """A filter that cannot mean anything is named with what is allowed, and no deployment is made."""
    refused = run(tmp_path, "calls", *words)
    assert (refused.code, refused.out) == (2, "")
    assert reason in refused.err
    assert not (tmp_path / ".partnerforge").exists()
