"""`partnerforge changes`: what is different from the last good results, for people and programs.

Not for: what counts as a change (changes/), or telling somebody of it (the watcher of the alerts).
"""

import json
from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.padding import Padding
from rich.text import Text

from partnerforge_dagster import wording
from partnerforge_dagster.cli import moments
from partnerforge_dagster.cli.common import domains_of, named_or_refused, open_deployment, out
from partnerforge_dagster.models.changes import Change, Significance
from partnerforge_dagster.models.modules import MODULES

if TYPE_CHECKING:
    from partnerforge_dagster.store.changes import StoredChange

COLOURS = {Significance.ALERT: "bold red", Significance.NOTABLE: "", Significance.MINOR: "dim"}


def changes(
    domains: Annotated[list[str] | None, typer.Argument(help="Only these accounts; otherwise all.")] = None,
    since: Annotated[
        str | None, typer.Option(help="Only those found from then on: 2h, 7d, 2026-11-20, 2026-11-20T09:30.")
    ] = None,
    module: Annotated[str | None, typer.Option(help="Only these modules' (names or M01...M15).")] = None,
    alerts: Annotated[bool, typer.Option("--alerts", help="Only those that are worth an alert.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="At most so many changes, the newest.")] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object, for machines.")] = False,
) -> None:
    """Show what changed: old value, new value, when, and of a score which parts moved it and why.

    Each refresh is compared with the last good one, field by field. What is gone counts when two good answers in a row
    lack it; what could not be asked is never a change. Times are UTC.

    [bold]Examples[/]

      partnerforge changes

      partnerforge changes costco.com --since 7d

      partnerforge changes --alerts --module technology_stack,M14
    """
    from partnerforge_dagster.store.changes import Changes

    accounts = domains_of(domains) if domains else []
    modules = named_or_refused(module) or ()
    moment = moments.since(since)
    deployment = open_deployment()
    found = Changes(deployment.engine).newest(limit, accounts=accounts, modules=modules, since=moment, alerts=alerts)
    if as_json:
        typer.echo(json.dumps({"changes": [_as_json(row) for row in found]}))
    else:
        _tell(found, limit)


def _as_json(row: "StoredChange") -> dict[str, Any]:
    from partnerforge_dagster.changes import words

    about = {"id": row.id, "account": row.account, "found_at": row.found_at.isoformat(), "run_id": row.run_id}
    return {**about, **words.document(row.change)}


def _tell(found: Sequence["StoredChange"], limit: int) -> None:
    """By account and day; within them in the order of the changes."""
    if not found:
        out.print("no changes")
        return
    in_order = sorted(found, key=lambda row: (row.account, row.change.on, row.id))
    for (account, day), rows in groupby(in_order, key=lambda row: (row.account, wording.day(row.change.on))):
        out.print(Text.assemble("\n", (account, "bold"), f"  {day}"))
        for row in rows:
            _tell_one(row.change)
    if len(found) == limit:
        out.print(f"\nthe newest {limit}; --limit shows more", style="dim")


def _tell_one(change: Change) -> None:
    from partnerforge_dagster.changes import words

    colour = COLOURS[change.significance]
    mark = "! " if change.alert else "  "
    said = Text.assemble((mark, "bold red"), (words.line(change), colour))
    notes = [
        MODULES[change.module].title.lower(),
        *([wording.provider(change.source.provider)] if change.source else []),
    ]
    out.print(Padding(Text.assemble(said, (f"  {', '.join(notes)}", "dim")), (0, 0, 0, 2)))
    for move in change.moves:
        out.print(Padding(Text(words.reason(move), style="dim"), (0, 0, 0, 6)))
