"""What a command that ran modules reports: scores, what is missing, where the briefs are; for people and as JSON.

Not for: progress while they run (progress.py), or how accounts stand at any other time (status.py).
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from partnerforge_dagster.cli.common import Deployment, out
from partnerforge_dagster.models.modules import BRIEF, MODULES

if TYPE_CHECKING:
    from partnerforge_dagster.store.results import StoredResult


def report_of(deployment: Deployment, accounts: list[str], run_ids: list[str]) -> dict[str, Any]:
    """The object that `--json` prints (SPEC section 11)."""
    from partnerforge_dagster.store.calls import Calls
    from partnerforge_dagster.store.results import Results

    stored = Results(deployment.engine).latest_of(accounts, list(MODULES))
    return {
        "accounts": {
            account: _account(deployment, {m: stored.get((account, m)) for m in MODULES}) for account in accounts
        },
        "calls": {name: count._asdict() for name, count in Calls(deployment.ledger).of_runs(run_ids).items()},
        "run_ids": run_ids,
    }


def _account(deployment: Deployment, rows: Mapping[str, "StoredResult | None"]) -> dict[str, Any]:
    from partnerforge_dagster.brief.files import write_brief
    from partnerforge_dagster.models.result import Status
    from partnerforge_dagster.models.strategic_signal_brief import StrategicSignalBrief

    row = rows[BRIEF]
    brief = row.result if row is not None and row.status is not Status.UNAVAILABLE else None
    files = write_brief(brief, deployment.settings.briefs) if isinstance(brief, StrategicSignalBrief) else None
    scores = brief.scores if isinstance(brief, StrategicSignalBrief) else {}
    return {
        "status": (brief.status if brief else Status.UNAVAILABLE).value,
        "modules": {
            name: {"status": row.status.value, "duration_s": round(row.duration_s, 3)}
            for name, row in rows.items()
            if row is not None
        },
        "brief": {name: str(path) for name, path in files._asdict().items()} if files else None,
        "scores": {
            name: score.model_dump(include={"value", "floor", "ceiling", "most_wanted"}) if score else None
            for name, score in scores.items()
        },
    }


def _band(score: dict[str, Any]) -> str:
    """How far off the score may be; nothing where every part is known."""
    low, high = f"{score['floor']:.0f}", f"{score['ceiling']:.0f}"
    return "" if low == high else f" ({low}–{high})"


def tell_report(report: dict[str, Any]) -> None:
    """The report for people: scores, what is missing, where the brief is."""
    for domain, account in report["accounts"].items():
        scores = "  ".join(
            f"{name} [bold]{score['value']:.0f}[/]{_band(score)}" for name, score in account["scores"].items() if score
        )
        missing = [
            f"{name}: {module['status']}"
            for name, module in account["modules"].items()
            if module["status"] != "complete"
        ]
        out.print(f"\n[bold]{domain}[/]  {account['status']}  {scores}")
        if missing:
            out.print(f"  [yellow]not complete[/]  {', '.join(missing)}")
        if account["brief"]:
            for kind, path in account["brief"].items():
                out.print(f"  {kind:<9} {path}", soft_wrap=True)
        else:
            out.print("  [red]no brief[/]: `partnerforge status` says why")
    calls = report["calls"]
    made, cached, spent = (sum(count[key] for count in calls.values()) for key in ("made", "cached", "credits"))
    out.print(f"\n{made} calls made, {cached} answered from the cache, {spent} credits", style="dim")
