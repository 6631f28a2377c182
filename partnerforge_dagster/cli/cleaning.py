"""`partnerforge clean`: delete Dagster's records of runs that nobody needs any more.

Not for: which those are (orchestration/cleaning.py).
"""

import json
from datetime import UTC, datetime
from typing import Annotated

import typer

from partnerforge_dagster.cli.common import err, open_deployment, out
from partnerforge_dagster.cli.moments import age


def clean(
    older_than: Annotated[str, typer.Option(metavar="AGE", help="Only runs older than this: 90d, 12h.")] = "90d",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be deleted, and delete nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object, for machines.")] = False,
) -> None:
    """Delete old runs from Dagster's log, once everything that they made has been made again.

    Results, changes, briefs and the ledger of calls are kept: they lie in PartnerForge's own tables. A run that holds
    the newest result of some account stays, however old. Breaking it off does no harm; again goes on.

    [bold]Examples[/]

      partnerforge clean --dry-run

      partnerforge clean --older-than 30d
    """
    from rich.progress import track

    from partnerforge_dagster.orchestration.cleaning import superseded

    before = datetime.now(UTC) - age(older_than, "--older-than")
    instance = open_deployment().instance
    runs = superseded(instance, before)
    if not dry_run:
        for run_id in track(runs, "deleting runs", console=err, disable=as_json or not runs):
            instance.delete_run(run_id)
    if as_json:
        typer.echo(json.dumps({"deleted": 0 if dry_run else len(runs), "superseded": len(runs)}))
    else:
        runs_text = f"{len(runs)} {'run' if len(runs) == 1 else 'runs'} older than {older_than}"
        out.print(f"{runs_text} {'would be' if dry_run else 'were'} deleted; what they made has been made again since")
