"""`partnerforge cancel`: stop runs and backfills.

Not for: how they are stopped (orchestration/cancelling.py).
"""

import json
from typing import TYPE_CHECKING, Annotated

import typer

from partnerforge_dagster.cli.common import err, open_deployment, out, refuse
from partnerforge_dagster.cli.named_work import accounts_among, by_id, is_account

if TYPE_CHECKING:
    from partnerforge_dagster.orchestration.cancelling import Canceled
    from partnerforge_dagster.orchestration.work import Work, Works


def cancel(
    what: Annotated[
        list[str] | None, typer.Argument(metavar="ID|DOMAIN...", help="Runs, backfills (ids) or accounts.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Everything that is queued or running.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object, for machines.")] = False,
) -> None:
    """Stop runs and backfills within seconds, whichever process runs them. What was finished is kept.

    An account stops the runs that it is in, with the other accounts of those runs. Go on with: partnerforge resume.

    [bold]Examples[/]

      partnerforge cancel 4f1c2a9b

      partnerforge cancel costco.com

      partnerforge cancel --all
    """
    from partnerforge_dagster.orchestration.cancelling import cancel as stop
    from partnerforge_dagster.orchestration.work import Kind, Works

    words = list(dict.fromkeys(what or []))
    if bool(words) == every:
        refuse("say what to stop: ids of runs or backfills, accounts, or --all")
    asked = accounts_among(words)
    deployment = open_deployment()
    works = Works(deployment.instance)
    chosen = _open(works) if every else _chosen(works, words, asked)
    backfills = [work.id for work in chosen if work.kind is Kind.BACKFILL]
    done = stop(deployment.instance, [work.id for work in chosen if work.kind is Kind.RUN], backfills)
    if as_json:
        accounts = sorted({account for work in chosen for account in work.accounts})
        report = {"runs": list(done.stopped), "dead": list(done.dead), "backfills": backfills, "accounts": accounts}
        typer.echo(json.dumps({"canceled": report}))
    else:
        _tell(chosen, done, asked)


def _open(works: "Works") -> "list[Work]":
    """Everything that has not ended; of a backfill's runs nobody need be told."""
    from partnerforge_dagster.models.work import UNFINISHED

    backfills = works.backfills(states=UNFINISHED)
    known = {backfill.id for backfill in backfills}
    return [*backfills, *(run for run in works.runs(states=UNFINISHED) if run.backfill_id not in known)]


def _chosen(works: "Works", words: list[str], asked: list[str]) -> "list[Work]":
    """What is named and has not ended; that something named has ended is told and is no error."""
    from partnerforge_dagster.models.work import OVER

    named = by_id(works, (word for word in words if not is_account(word)))
    for work in named:
        if work.state in OVER:
            err.print(f"{work.kind} {work.id} had ended: {work.state}", style="dim", soft_wrap=True)
    chosen = [work for work in named if work.state not in OVER]
    for account in asked:
        chosen += _with(works, account)
    return list({work.id: work for work in chosen}.values())


def _with(works: "Works", account: str) -> "list[Work]":
    """The runs that an account is in, and the backfills of it alone."""
    from partnerforge_dagster.models.work import UNFINISHED

    runs = [run for run in works.runs(states=UNFINISHED) if account in run.accounts]
    backfills = [work for work in works.backfills(states=UNFINISHED) if account in work.accounts]
    shared = [work for work in backfills if len(work.accounts) > 1]
    found = [*runs, *(work for work in backfills if work not in shared)]
    if not found and shared:
        ids = " ".join(work.id for work in shared)
        others = len({other for work in shared for other in work.accounts}) - 1
        refuse(f"{account} waits in a backfill with {others} others; stop it whole: partnerforge cancel {ids}", code=1)
    if not found:
        refuse(f"nothing is queued or running for {account}", code=1)
    return found


def _tell(chosen: "list[Work]", done: "Canceled", asked: list[str]) -> None:
    if not chosen:
        out.print("nothing is queued or running")
        return
    for work in chosen:
        count = len(work.accounts)
        whom = work.accounts[0] if count == 1 else f"{count} accounts"
        out.print(f"canceled  {work.kind} {work.id}  {whom}", soft_wrap=True)
    others = sorted({account for work in chosen for account in work.accounts} - set(asked))
    if asked and others:
        out.print(f"in the same runs, and stopped with them: {', '.join(others)}")
    for run_id in done.dead:
        out.print(f"run {run_id}: its process was dead already", style="yellow", soft_wrap=True)
    out.print(f"go on with: partnerforge resume {' '.join(work.id for work in chosen)}", style="dim", soft_wrap=True)
