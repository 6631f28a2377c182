"""`partnerforge enrich`: run modules for accounts and write their briefs.

Not for: what is run (orchestration/selection.py), or running it (here.py).
"""

import json
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from partnerforge_dagster.cli.common import Deployment, domains_of, named_or_refused, open_deployment, refuse
from partnerforge_dagster.cli.recording import replaying
from partnerforge_dagster.cli.report import report_of, tell_report
from partnerforge_dagster.models.modules import BRIEF
from partnerforge_dagster.planning.priority import BadPriority, priority_of


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
    replay: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Take every answer from this recording: no calls, no cost, the same brief."),
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

      partnerforge enrich costco.com --replay recorded
    """
    accounts = domains_of(domains)
    urgency = priority_or_refused(priority)
    asked = named_or_refused(modules)
    with replaying(replay) if replay else nullcontext(open_deployment()) as deployment:
        run_ids = run_accounts(
            deployment, accounts, asked, force=force, urgency=urgency, max_credits=max_credits, quiet=as_json
        )
        report = report_of(deployment, accounts, run_ids)
    if as_json:
        typer.echo(json.dumps(report))
    else:
        tell_report(report)
    with_brief = all(account["brief"] for account in report["accounts"].values())
    raise typer.Exit(0 if with_brief or (asked and BRIEF not in asked) else 1)


def priority_or_refused(text: str) -> int:
    """The number of `--priority`."""
    try:
        return priority_of(text)
    except BadPriority as error:
        refuse(str(error))


def run_accounts(
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
