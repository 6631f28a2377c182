"""`partnerforge enrich`: run modules for accounts and write their briefs.

Not for: what is run (orchestration/selection.py), or running it (here.py).
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from partnerforge_dagster.cli.common import Deployment, domains_of, open_deployment, out, refuse
from partnerforge_dagster.planning.priority import BadPriority, priority_of

if TYPE_CHECKING:
    from partnerforge_dagster.store.results import StoredResult


def enrich(
    domains: Annotated[
        list[str], typer.Argument(help="Domains as you have them: costco.com, https://www.etsy.com/...")
    ],
    modules: Annotated[
        str | None,
        typer.Option(help="Only these modules, comma separated (names or M01...M15), with what they need."),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Run everything and buy fresh answers, cached or not.")
    ] = False,
    priority: Annotated[
        str, typer.Option(help="critical, high, normal, low, background, or 1 (lowest) to 10 (highest).")
    ] = "normal",
    max_credits: Annotated[
        int | None, typer.Option(min=0, help="Spend at most so many credits, over all providers and accounts.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object at the end, for machines.")] = False,
) -> None:
    """Enrich accounts: gather facts, score them, write the one-page brief.

    What is fresh is reused; what is stale, failed or new is run. Exit status 0: every account has a brief (gaps
    included, and named in it); 1: an account has none; 2: bad input, nothing was done.

    [bold]Examples[/]

      partnerforge enrich costco.com

      partnerforge enrich costco.com sallybeauty.com --json

      partnerforge enrich etsy.com --modules technology_stack,M03

      partnerforge enrich costco.com --force        [dim]# buys every answer again[/]

      partnerforge enrich costco.com --max-credits 50
    """
    accounts = domains_of(domains)
    urgency = priority_or_refused(priority)
    asked = named_or_refused(modules)
    deployment = open_deployment()
    run_ids = _run(deployment, accounts, asked, force=force, urgency=urgency, max_credits=max_credits, quiet=as_json)
    report = report_of(deployment, accounts, run_ids)
    if as_json:
        typer.echo(json.dumps(report))
    else:
        tell_report(report)
    with_brief = all(account["brief"] for account in report["accounts"].values())
    raise typer.Exit(0 if with_brief or (asked and "strategic_signal_brief" not in asked) else 1)


def priority_or_refused(text: str) -> int:
    """The number of `--priority`."""
    try:
        return priority_of(text)
    except BadPriority as error:
        refuse(str(error))


def named_or_refused(text: str | None) -> tuple[str, ...] | None:
    """The modules of `--modules`; None is all of them."""
    if text is None:
        return None
    from partnerforge_dagster.orchestration.selection import UnknownModule, named_modules

    try:
        return named_modules(text)
    except UnknownModule as error:
        refuse(str(error))


def _run(
    deployment: Deployment,
    accounts: list[str],
    asked: tuple[str, ...] | None,
    *,
    force: bool,
    urgency: int,
    max_credits: int | None,
    quiet: bool,
) -> list[str]:
    """Make the partitions, decide per account what to run, run it. Returns run ids."""
    from partnerforge_dagster.cli.here import run_here
    from partnerforge_dagster.definitions import declared_modules
    from partnerforge_dagster.orchestration.partitions import add_accounts
    from partnerforge_dagster.orchestration.selection import to_run
    from partnerforge_dagster.orchestration.tags import FORCE_TAG, PRIORITY_TAG
    from partnerforge_dagster.store.accounts import Accounts
    from partnerforge_dagster.store.results import Results

    Accounts(deployment.engine).add(accounts)
    add_accounts(deployment.instance, accounts)
    modules = declared_modules()
    stored = Results(deployment.engine).latest_of(accounts, list(modules))
    now = datetime.now(UTC)
    selections = {
        account: to_run(
            modules,
            {module: row for (owner, module), row in stored.items() if owner == account},
            asked=asked,
            force=force,
            days=deployment.settings.fresh_days,
            now=now,
        )
        for account in accounts
    }
    tags = {PRIORITY_TAG: str(urgency), **({FORCE_TAG: "true"} if force else {})}
    return run_here(deployment, selections, tags=tags, max_credits=max_credits, quiet=quiet)


def report_of(deployment: Deployment, accounts: list[str], run_ids: list[str]) -> dict[str, Any]:
    """The object that `--json` prints (SPEC section 11)."""
    from partnerforge_dagster.models.modules import MODULES
    from partnerforge_dagster.store.calls import Calls
    from partnerforge_dagster.store.results import Results

    stored = Results(deployment.engine).latest_of(accounts, list(MODULES))
    return {
        "accounts": {
            account: _account(deployment, {m: stored.get((account, m)) for m in MODULES}) for account in accounts
        },
        "calls": {name: count._asdict() for name, count in Calls(deployment.engine).of_runs(run_ids).items()},
        "run_ids": run_ids,
    }


def _account(deployment: Deployment, rows: Mapping[str, "StoredResult | None"]) -> dict[str, Any]:
    from partnerforge_dagster.brief.files import write_brief
    from partnerforge_dagster.models.result import Status
    from partnerforge_dagster.models.strategic_signal_brief import StrategicSignalBrief

    row = rows["strategic_signal_brief"]
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
