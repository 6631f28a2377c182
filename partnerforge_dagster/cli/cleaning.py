"""`partnerforge clean`: let go of what nobody needs any more, and of what is past the time that it may be kept.

Not for: which runs those are (orchestration/cleaning.py), or which rows (store/retention.py).
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
    """Delete old runs from Dagster's log, once everything that they made has been made again, and expired rows.

    A run that holds the newest result of some account stays, however old. Stored answers, replaced results, changes and
    the ledger's names are kept as long as PARTNERFORGE_RETENTION__… says (docs/privacy.md); what is current stays, and
    so does what calls cost. Breaking it off does no harm; again goes on.

    [bold]Examples[/]

      partnerforge clean --dry-run

      partnerforge clean --older-than 30d
    """
    from rich.progress import track

    from partnerforge_dagster.orchestration.cleaning import superseded
    from partnerforge_dagster.store.retention import expire, expired

    now = datetime.now(UTC)
    before = now - age(older_than, "--older-than")
    deployment = open_deployment()
    instance = deployment.instance
    runs = superseded(instance, before)
    if not dry_run:
        for run_id in track(runs, "deleting runs", console=err, disable=as_json or not runs):
            instance.delete_run(run_id)
    let_go = expired if dry_run else expire
    rows = let_go(deployment.engine, deployment.settings.retention, now)
    if as_json:
        deleted = 0 if dry_run else len(runs)
        typer.echo(json.dumps({"deleted": deleted, "superseded": len(runs), "expired": dict(rows)}))
    else:
        runs_text = f"{len(runs)} {'run' if len(runs) == 1 else 'runs'} older than {older_than}"
        out.print(f"{runs_text} {'would be' if dry_run else 'were'} deleted; what they made has been made again since")
        kept = deployment.settings.retention
        for table, count in rows.items():
            days = getattr(kept, f"{table}_days")
            done = "would be" if dry_run else "were"
            what = "calls would lose" if dry_run else "calls lost"
            text = f"{count} {what} their account" if table == "calls" else f"{count} {table} {done} deleted"
            out.print(f"{text}: older than {days:g} days")
