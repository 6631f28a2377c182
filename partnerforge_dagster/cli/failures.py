"""`partnerforge failed` and `retry-failed`: the dead-letter list, for people and programs.

Not for: what counts as a failure and when it is due (store/failures.py), or work that was broken off (resuming.py).
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from itertools import groupby
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.padding import Padding
from rich.text import Text

from partnerforge_dagster.cli import moments
from partnerforge_dagster.cli.common import Deployment, domains_of, err, named_or_refused, open_deployment, out, refuse
from partnerforge_dagster.cli.report import report_of, tell_report

if TYPE_CHECKING:
    from partnerforge_dagster.store.failures import Failure

ACCOUNTS_SHOWN = 50

Domains = Annotated[list[str] | None, typer.Argument(help="Only these accounts; otherwise all.")]
Module = Annotated[str | None, typer.Option(help="Only these modules (names or M01...M15).")]
Reason = Annotated[str | None, typer.Option(help="Only those whose reason has these words in it.")]
Since = Annotated[str | None, typer.Option(help="Only those that failed last from then on: 2h, 7d, 2026-11-20.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object, for machines.")]


def failed(
    domains: Domains = None,
    module: Module = None,
    reason: Reason = None,
    since: Since = None,
    dismissed: Annotated[bool, typer.Option("--dismissed", help="Those that were dismissed instead.")] = False,
    dismiss: Annotated[bool, typer.Option("--dismiss", help="Take these accounts off the list; needs --why.")] = False,
    why: Annotated[str | None, typer.Option(help="Why they are dismissed, for whoever asks later.")] = None,
    as_json: AsJson = False,
) -> None:
    """List what failed and has not come right since: account, modules, reason, and when it is tried again.

    A failure leaves the list when its module completes, or when it is dismissed; a dismissed one comes back when it
    fails for another reason.

    [bold]Examples[/]

      partnerforge failed

      partnerforge failed --reason "HTTP 401" --since 2d

      partnerforge failed costco.com --dismiss --why "left the market"
    """
    if dismiss:
        _dismiss(
            domains or [], named_or_refused(module), why, other=(reason, since, dismissed or None), as_json=as_json
        )
        return
    if why is not None:
        refuse("--why goes with --dismiss")
    found = _listed(open_deployment(), domains, module, reason, since, dismissed=dismissed)
    if as_json:
        typer.echo(json.dumps({"failures": _as_json(found)}))
    else:
        _tell(found, "nothing was dismissed" if dismissed else "nothing has failed")


def retry_failed(
    domains: Domains = None,
    module: Module = None,
    reason: Reason = None,
    since: Since = None,
    queue: Annotated[
        bool, typer.Option("--queue/--here", help="Queue it for the daemon, or run it in this process.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Run the failed modules again, and what stands on them, for just the accounts they failed for.

    Answers that were had before are taken from the cache. Exit status 1: something has failed again.

    [bold]Examples[/]

      partnerforge retry-failed

      partnerforge retry-failed --module technology_stack --reason builtwith

      partnerforge retry-failed --since 1d --queue
    """
    from partnerforge_dagster.definitions import declared_modules
    from partnerforge_dagster.orchestration.selection import with_dependents

    deployment = open_deployment()
    found = _listed(deployment, domains, module, reason, since)
    modules = declared_modules()
    selections = {
        account: with_dependents(modules, [failure.module for failure in group])
        for account, group in groupby(found, key=lambda failure: failure.account)
    }
    if queue:
        _queue(deployment, selections, as_json=as_json)
    elif not selections:
        _say_nothing(as_json)
    else:
        _retry(deployment, found, selections, as_json=as_json)


def _listed(
    deployment: Deployment,
    domains: list[str] | None,
    module: str | None,
    reason: str | None,
    since: str | None,
    *,
    dismissed: bool = False,
) -> "list[Failure]":
    from partnerforge_dagster.store.failures import Failures

    return Failures(deployment.engine).listed(
        domains_of(domains) if domains else None,
        modules=named_or_refused(module),
        reason=reason,
        since=moments.since(since),
        dismissed=dismissed,
    )


# ── dismissing ──


def _dismiss(
    domains: list[str],
    modules: tuple[str, ...] | None,
    why: str | None,
    *,
    other: Iterable[object],
    as_json: bool,
) -> None:
    from partnerforge_dagster.store.failures import Failures

    if not domains or not (why or "").strip():
        refuse('name the accounts and say why: partnerforge failed DOMAIN... --dismiss --why "left the market"')
    if any(option is not None for option in other):
        refuse("--dismiss takes accounts and --module, and no --reason, --since or --dismissed")
    done = Failures(open_deployment().engine).dismiss(domains_of(domains), str(why).strip(), modules=modules)
    if as_json:
        typer.echo(json.dumps({"dismissed": _as_json(done)}))
    else:
        for account, group in groupby(done, key=lambda failure: failure.account):
            out.print(f"dismissed  {account}  {', '.join(failure.module for failure in group)}", soft_wrap=True)
    if not done:
        refuse("nothing has failed for these accounts, so nothing was dismissed", code=1)


# ── trying again ──


def _queue(deployment: Deployment, selections: Mapping[str, Sequence[str]], *, as_json: bool) -> None:
    from partnerforge_dagster.orchestration.backfills import QueueFull, request

    try:
        ids = request(deployment.instance, selections, settings=deployment.settings)
    except QueueFull as full:
        refuse(str(full), code=1)
    if as_json:
        typer.echo(json.dumps({"accounts": list(selections), "backfills": ids}))
    else:
        out.print(f"{len(selections)} accounts queued" if selections else "nothing has failed")


def _say_nothing(as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({"accounts": {}, "calls": {}, "run_ids": [], "failed": []}))
    else:
        out.print("nothing has failed")


def _retry(
    deployment: Deployment,
    found: "Sequence[Failure]",
    selections: Mapping[str, Sequence[str]],
    *,
    as_json: bool,
) -> None:
    from partnerforge_dagster.cli.here import run_here
    from partnerforge_dagster.store.failures import Failures

    run_ids = run_here(deployment, selections, tags={}, max_credits=None, quiet=as_json)
    tried = {(account, module) for account, modules in selections.items() for module in modules}
    left = [row for row in Failures(deployment.engine).listed(selections) if (row.account, row.module) in tried]
    report = report_of(deployment, list(selections), run_ids)
    if as_json:
        typer.echo(json.dumps({**report, "failed": _as_json(left)}))
    else:
        tell_report(report)
        again = {(row.account, row.module) for row in left}
        cured = sum((failure.account, failure.module) not in again for failure in found)
        out.print(f"{cured} of {len(found)} failures have come right")
        _tell(left, "")
    raise typer.Exit(1 if left else 0)


# ── showing ──


def _as_json(failures: "Iterable[Failure]") -> list[dict[str, Any]]:
    return [
        {key: value.isoformat() if isinstance(value, datetime) else value for key, value in asdict(failure).items()}
        for failure in failures
    ]


def _tell(failures: "Sequence[Failure]", nothing: str) -> None:
    """Account by account; modules that failed for one reason in one line."""
    if not failures and nothing:
        out.print(nothing)
    by_account = [(account, list(group)) for account, group in groupby(failures, key=lambda row: row.account)]
    for account, rows in by_account[:ACCOUNTS_SHOWN]:
        out.print(Text.assemble((account, "bold"), "  ", (_when(rows), "dim")))
        reasons: dict[str, list[str]] = {}
        for row in rows:
            reasons.setdefault(row.reason, []).append(row.module)
        for reason, modules in reasons.items():
            line = Text.assemble((", ".join(modules), "red"), ": ", reason)
            out.print(Padding(line, (0, 0, 0, 2)))
    if len(by_account) > ACCOUNTS_SHOWN:
        err.print(f"and {len(by_account) - ACCOUNTS_SHOWN} more accounts; --json lists all", style="dim")


def _when(rows: "Sequence[Failure]") -> str:
    if rows[0].dismissed_at is not None:
        return f"dismissed {rows[0].dismissed_at:%Y-%m-%d %H:%M}: {rows[0].dismissal}"
    tries = max(row.tries for row in rows)
    first, due = min(row.first_at for row in rows), min(row.next_try_at for row in rows)
    minutes = max(0, round((due - datetime.now(UTC)).total_seconds() / 60))
    then = f"in {minutes} min" if minutes < 120 else f"at {due:%Y-%m-%d %H:%M}"
    return f"{tries} {'try' if tries == 1 else 'tries'} since {first:%Y-%m-%d %H:%M}, next {then}"
