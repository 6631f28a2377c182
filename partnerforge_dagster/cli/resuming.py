"""`partnerforge resume`: go on with work that was canceled, failed or died, where it stopped.

Not for: what a piece of work still owes (orchestration/selection.py) or another try of failed modules (failures.py).
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from partnerforge_dagster.cli import moments
from partnerforge_dagster.cli.common import Deployment, open_deployment, out, refuse
from partnerforge_dagster.cli.named_work import accounts_among, by_id, is_account

if TYPE_CHECKING:
    from datetime import datetime

    from partnerforge_dagster.orchestration.work import Work, Works


class Rest(NamedTuple):
    """What several pieces of work owe that may share runs."""

    selections: Mapping[str, Sequence[str]]
    tags: Mapping[str, str]
    priority: int
    max_credits: int | None


def resume(
    what: Annotated[
        list[str] | None, typer.Argument(metavar="ID|DOMAIN...", help="Runs, backfills (ids) or accounts.")
    ] = None,
    since: Annotated[str, typer.Option(help="Without an id: work asked for from then on: 2h, 7d, 2026-11-20.")] = "7d",
    queue: Annotated[
        bool, typer.Option("--queue/--here", help="Queue it for the daemon, or run it in this process.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object at the end, for machines.")] = False,
) -> None:
    """Go on with canceled, failed or died work: only the modules without a good result since it was asked for.

    Without an argument all such work of the last seven days. Priority, --force and the rest of a budget are kept.

    [bold]Examples[/]

      partnerforge resume

      partnerforge resume 4f1c2a9b --queue

      partnerforge resume costco.com
    """
    words = list(dict.fromkeys(what or []))
    asked = accounts_among(words)
    deployment = open_deployment()
    rests = _rests(deployment, _chosen(deployment, words, asked, since))
    accounts = list(dict.fromkeys(account for rest in rests for account in rest.selections))
    if queue:
        backfills = [backfill_id for rest in rests for backfill_id in _queue(deployment, rest)]
        _told(as_json, {"accounts": accounts, "backfills": backfills}, f"{len(accounts)} accounts queued")
        return
    if not rests:
        _told(as_json, {"accounts": {}, "calls": {}, "run_ids": []}, "nothing is left to do")
        return
    _run(deployment, rests, accounts, as_json=as_json)


def _told(as_json: bool, report: Mapping[str, object], words: str) -> None:
    if as_json:
        typer.echo(json.dumps(report))
    else:
        out.print(words if report["accounts"] else "nothing is left to do")


def _run(deployment: Deployment, rests: Sequence[Rest], accounts: list[str], *, as_json: bool) -> None:
    from partnerforge_dagster.cli.here import run_here
    from partnerforge_dagster.cli.report import report_of, tell_report
    from partnerforge_dagster.orchestration.tags import PRIORITY_TAG

    run_ids: list[str] = []
    for rest in rests:
        tags = {**rest.tags, PRIORITY_TAG: str(rest.priority)}
        run_ids += run_here(deployment, rest.selections, tags=tags, max_credits=rest.max_credits, quiet=as_json)
    report = report_of(deployment, accounts, run_ids)
    if as_json:
        typer.echo(json.dumps(report))
    else:
        tell_report(report)
    raise typer.Exit(0 if all(account["brief"] for account in report["accounts"].values()) else 1)


def _queue(deployment: Deployment, rest: Rest) -> list[str]:
    from partnerforge_dagster.orchestration.backfills import QueueFull, request
    from partnerforge_dagster.orchestration.tags import MAX_CREDITS_TAG

    budget = {MAX_CREDITS_TAG: str(rest.max_credits)} if rest.max_credits is not None else {}
    try:
        return request(
            deployment.instance,
            rest.selections,
            settings=deployment.settings,
            priority=rest.priority,
            tags={**rest.tags, **budget},
        )
    except QueueFull as full:
        refuse(str(full), code=1)


# ── what is owed ──


def _chosen(deployment: Deployment, words: list[str], asked: list[str], since: str) -> "list[tuple[Work, set[str]]]":
    """The ended work that is meant and those of its accounts that are meant, oldest first."""
    from partnerforge_dagster.orchestration.work import Works

    works = Works(deployment.instance)
    named = by_id(works, (word for word in words if not is_account(word)))
    _refuse_what_goes_on(works, named)
    meant = [(work, set(work.accounts)) for work in named]
    ended = _ended(works, moments.since(since)) if asked or not words else []
    meant += [(work, set(work.accounts) & set(asked or work.accounts)) for work in ended]
    return sorted(meant, key=lambda pair: pair[0].created_at)


def _ended(works: "Works", since: "datetime | None") -> "list[Work]":
    """What was canceled or failed; of a backfill's runs the backfill itself speaks."""
    from partnerforge_dagster.models.work import UNFINISHED, State

    ended = (State.CANCELED, State.FAILED)
    backfills = [
        work
        for work in works.backfills(states=(*ended, State.CANCELING), since=since)
        if not works.runs(backfill_id=work.id, states=UNFINISHED)
    ]
    known = {work.id for work in works.backfills(since=since)}
    return [*backfills, *(run for run in works.runs(states=ended, since=since) if run.backfill_id not in known)]


def _refuse_what_goes_on(works: "Works", named: "list[Work]") -> None:
    from partnerforge_dagster.models.work import UNFINISHED, State
    from partnerforge_dagster.orchestration.work import Kind

    for work in named:
        runs = [work] if work.kind is Kind.RUN else works.runs(backfill_id=work.id, states=UNFINISHED)
        if any(run.state in UNFINISHED for run in runs) or work.state is State.RUNNING:
            refuse(
                f"{work.kind} {work.id} goes on; if its process has died, say so with: partnerforge cancel {work.id}", 1
            )


def _rests(deployment: Deployment, meant: "Iterable[tuple[Work, set[str]]]") -> list[Rest]:
    """What is owed; work of one priority and without a budget goes together."""
    from partnerforge_dagster.definitions import declared_modules
    from partnerforge_dagster.orchestration.selection import left_over
    from partnerforge_dagster.orchestration.tags import FORCE_TAG
    from partnerforge_dagster.store.results import Results

    modules, results = declared_modules(), Results(deployment.engine)
    taken: dict[str, set[str]] = {}
    together: dict[tuple[bool, int, str | None], dict[str, tuple[str, ...]]] = {}
    budgets: dict[str | None, int] = {}
    for work, accounts in meant:
        apart = work.id if work.max_credits is not None else None
        if work.max_credits is not None:
            budgets[apart] = max(0, work.max_credits - _spent(deployment, work))
        selections = together.setdefault((work.force, work.priority, apart), {})
        good = results.standing_of(sorted(accounts), good=True)
        for account in accounts:
            owed = left_over(modules, good.get(account, {}), asked=work.modules, since=work.created_at)
            new = set(owed) - taken.setdefault(account, set())
            if new:
                both = new | set(selections.get(account, ()))
                selections[account] = tuple(name for name in modules if name in both)
                taken[account] |= new
    return [
        Rest(selections, {FORCE_TAG: "true"} if force else {}, priority, budgets.get(apart))
        for (force, priority, apart), selections in together.items()
        if selections
    ]


def _spent(deployment: Deployment, work: "Work") -> int:
    from partnerforge_dagster.orchestration.work import Kind, Works
    from partnerforge_dagster.store.calls import Calls

    run_ids = [work.id]
    if work.kind is Kind.BACKFILL:
        run_ids = [run.id for run in Works(deployment.instance).runs(backfill_id=work.id)]
    return sum(count.credits for count in Calls(deployment.engine).of_runs(run_ids).values())
