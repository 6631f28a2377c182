"""`partnerforge refresh`: renew what is stale, the most decisive and most stale first, within a number of credits.

Not for: the choice itself (planning/refresh.py), or enriching accounts that have nothing yet (enrich.py).
"""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer
from rich import box
from rich.table import Table
from rich.text import Text

from partnerforge_dagster.cli import moments
from partnerforge_dagster.cli.book import Book
from partnerforge_dagster.cli.common import Deployment, err, open_deployment, out, refuse
from partnerforge_dagster.models.modules import MODULES
from partnerforge_dagster.planning.priority import PRIORITIES
from partnerforge_dagster.planning.refresh import (
    HALF_LIVES,
    Candidate,
    Decision,
    choose,
    lost,
    points,
    selections,
    shares,
)
from partnerforge_dagster.seller import load_seller
from partnerforge_dagster.wording import plural

SHOWN = 8
"""Chosen and left-out modules that a person is shown by name; all are in --json."""


def refresh(
    budget: Annotated[
        int | None, typer.Option(min=0, metavar="CREDITS", help="Spend at most so many credits, over all providers.")
    ] = None,
    older_than: Annotated[
        str | None, typer.Option(help="Only what is older than this (45d), instead of the settings' fresh_days.")
    ] = None,
    queue: Annotated[
        bool, typer.Option("--queue/--here", help="Queue it for the daemon, or run it in this process.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would be renewed, and why.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object at the end, for machines.")] = False,
) -> None:
    """Renew what is stale: the most decisive for the scores and most stale first, as far as the credits go.

    A module's worth is its points in the seller profile; what its age has cost of that, by credit, is the order.
    Accounts without any result are left to enrich.

    [bold]Examples[/]

      partnerforge refresh --budget 500 --dry-run

      partnerforge refresh --budget 500

      partnerforge refresh --older-than 45d --queue
    """
    limit = moments.age(older_than, "--older-than") if older_than is not None else None
    deployment = open_deployment()
    decisions = choose(_candidates(deployment, limit), budget)
    chosen = selections(decisions)
    if not as_json:
        _tell(decisions, budget)
    report: Mapping[str, Any] = {}
    if chosen and not dry_run:
        wanted = _runnable(chosen)
        if queue:
            report = _queue(deployment, wanted, _shares(deployment, decisions, wanted, budget), as_json=as_json)
        else:
            report = _here(deployment, wanted, budget, as_json=as_json)
    if as_json:
        typer.echo(
            json.dumps({"decisions": [_as_json(decision) for decision in decisions], "budget": budget, **report})
        )


# ── what could be renewed ──


def _candidates(deployment: Deployment, older_than: timedelta | None) -> list[Candidate]:
    """Every stale or missing module that asks providers, of every account that has been enriched."""
    from partnerforge_dagster.definitions import declared_modules
    from partnerforge_dagster.store.accounts import Accounts
    from partnerforge_dagster.store.results import Results

    now = datetime.now(UTC)
    modules, days = declared_modules(), deployment.settings.fresh_days
    asking = [name for name in MODULES if not set(modules[name].resources) <= {"seller"}]
    own = {name: timedelta(days=getattr(days, name)) for name in asking}
    limits = {name: (older_than or allowed) / timedelta(days=1) for name, allowed in own.items()}
    worth = points(load_seller(deployment.settings.seller))
    stale: dict[str, dict[str, tuple[float | None, tuple[str, ...]]]] = {}
    good = Results(deployment.engine).standing_of(Accounts(deployment.engine).all(), good=True)
    for account, stored in good.items():
        for name in asking:
            age_days = (now - stored[name].stored_at) / timedelta(days=1) if name in stored else None
            if age_days is None or age_days >= limits[name]:
                missing = tuple(need for need in modules[name].needs if need not in stored)
                stale.setdefault(account, {})[name] = (age_days, missing)
    costs = Book(deployment.settings).credits({account: list(found) for account, found in stale.items()}, now=now)
    return [
        Candidate(
            account=account,
            module=name,
            age_days=age_days,
            value=worth[name] * lost(age_days, HALF_LIVES.get(name, getattr(days, name))),
            credits=costs[account, name],
            after=missing,
        )
        for account, found in stale.items()
        for name, (age_days, missing) in found.items()
    ]


# ── renewing ──


def _here(
    deployment: Deployment, wanted: Mapping[str, Sequence[str]], budget: int | None, *, as_json: bool
) -> Mapping[str, Any]:
    from partnerforge_dagster.cli.here import run_here
    from partnerforge_dagster.cli.report import report_of, tell_report
    from partnerforge_dagster.orchestration.partitions import add_accounts
    from partnerforge_dagster.orchestration.tags import BATCH_TAG, PRIORITY_TAG

    add_accounts(deployment.instance, wanted)
    tags = {BATCH_TAG: "true", PRIORITY_TAG: str(PRIORITIES["background"])}
    run_ids = run_here(deployment, wanted, tags=tags, max_credits=budget, quiet=as_json)
    report = report_of(deployment, list(wanted), run_ids)
    if not as_json:
        tell_report(report)
    return report


Part = tuple[Mapping[str, Sequence[str]], Mapping[str, str]]
"""Accounts with their modules, and the tags of their runs."""


def _shares(
    deployment: Deployment, decisions: Sequence[Decision], wanted: Mapping[str, Sequence[str]], budget: int | None
) -> list[Part]:
    """A budget is a run's: each run gets its share in a backfill of its own, all together the whole."""
    from partnerforge_dagster.orchestration.launch import batches
    from partnerforge_dagster.orchestration.partitions import ACCOUNT, add_accounts
    from partnerforge_dagster.orchestration.tags import MAX_CREDITS_TAG

    if budget is None:
        return [(wanted, {})]
    costs = dict.fromkeys(wanted, 0)
    for decision in decisions:
        if decision.chosen:
            costs[decision.candidate.account] += decision.candidate.credits
    add_accounts(deployment.instance, wanted)
    order = deployment.instance.get_dynamic_partitions(ACCOUNT)
    work = batches(order, wanted, deployment.settings.accounts_a_run)
    limits = shares([sum(costs[account] for account in batch.domains) for batch in work], budget)
    return [
        ({account: wanted[account] for account in batch.domains}, {MAX_CREDITS_TAG: str(limit)})
        for batch, limit in zip(work, limits, strict=True)
    ]


def _queue(
    deployment: Deployment, wanted: Mapping[str, Sequence[str]], parts: Sequence[Part], *, as_json: bool
) -> Mapping[str, Any]:
    from partnerforge_dagster.orchestration.backfills import QueueFull, request, room

    if room(deployment.instance, deployment.settings) < len(wanted):
        refuse(f"{plural(len(wanted), 'account')} would pass the queue's bound: nothing was queued; see stats", code=1)
    ids: list[str] = []
    try:
        for some, tags in parts:
            ids += request(
                deployment.instance,
                some,
                settings=deployment.settings,
                priority=PRIORITIES["background"],
                tags=tags,
            )
    except QueueFull as full:  # somebody else was quicker
        err.print(f"[yellow]{len(ids)} of {len(parts)} backfills queued[/]: {full}", soft_wrap=True)
    if not as_json:
        out.print(f"{plural(len(wanted), 'account')} queued in {plural(len(ids), 'backfill')}")
    return {"backfills": ids}


def _runnable(chosen: Mapping[str, Sequence[str]]) -> dict[str, Sequence[str]]:
    """With what stands on the renewed modules and asks nobody."""
    from partnerforge_dagster.definitions import declared_modules
    from partnerforge_dagster.orchestration.selection import with_readers

    return {account: with_readers(declared_modules(), names) for account, names in chosen.items()}


# ── what is told ──


def _as_json(decision: Decision) -> Mapping[str, Any]:
    one = decision.candidate
    return {
        "account": one.account,
        "module": one.module,
        "age_days": None if one.age_days is None else round(one.age_days, 2),
        "value": round(one.value, 2),
        "credits": one.credits,
        "chosen": decision.chosen,
        "why": decision.why,
    }


def _tell(decisions: Sequence[Decision], budget: int | None) -> None:
    if not decisions:
        out.print("nothing is stale")
        return
    out.print(_by_module(decisions))
    for title, chosen in (("renewed first", True), ("left out", False)):
        some = [decision for decision in decisions if decision.chosen is chosen]
        if some:
            out.print(_rows(title, some[:SHOWN], with_why=not chosen))
        if len(some) > SHOWN:
            out.print(Text(f" and {len(some) - SHOWN} more; --json has all", "dim"))
    spent = sum(decision.candidate.credits for decision in decisions if decision.chosen)
    limit = "" if budget is None else f" of {budget:,}"
    taken = sum(decision.chosen for decision in decisions)
    out.print(f"{taken:,} of {plural(len(decisions), 'stale module')} for {spent:,}{limit} credits")


def _by_module(decisions: Sequence[Decision]) -> Table:
    table = Table("module", box=box.SIMPLE_HEAD, padding=(0, 2, 0, 0))
    for name in ("stale", "renewed", "left out", "credits"):
        table.add_column(name, justify="right")
    for name in MODULES:
        mine = [decision for decision in decisions if decision.candidate.module == name]
        taken = [decision for decision in mine if decision.chosen]
        if mine:
            spent = sum(decision.candidate.credits for decision in taken)
            row = (len(mine), len(taken), len(mine) - len(taken), spent)
            table.add_row(name, *(f"{number:,}" for number in row))
    return table


def _rows(title: str, decisions: Sequence[Decision], *, with_why: bool) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 2, 0, 0), title=title, title_justify="left", title_style="bold")
    table.add_column("account", overflow="fold")
    table.add_column("module", no_wrap=True)
    for name in ("age", "value", "credits"):
        table.add_column(name, justify="right", no_wrap=True)
    if with_why:
        table.add_column("why")
    for decision in decisions:
        one = decision.candidate
        age = "none" if one.age_days is None else f"{one.age_days:.0f} d"
        why = [Text(decision.why, "dim")] if with_why else []
        table.add_row(one.account, one.module, age, f"{one.value:.0f}", str(one.credits), *why)
    return table
