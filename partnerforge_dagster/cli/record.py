"""`partnerforge record`: an enrichment whose answers are kept in a folder.

Not for: what is kept, and how (providers/recording.py, redaction.py).
"""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from partnerforge_dagster.cli.common import domains_of, err, out
from partnerforge_dagster.cli.enrich import run_accounts
from partnerforge_dagster.cli.recording import recording_to
from partnerforge_dagster.cli.report import report_of, tell_report
from partnerforge_dagster.cli.signals import INTERRUPTED
from partnerforge_dagster.planning.priority import PRIORITIES


def record(
    domains: Annotated[
        list[str], typer.Argument(help="Domains as you have them: costco.com, https://www.etsy.com/...")
    ],
    to: Annotated[Path, typer.Option("--to", metavar="DIR", help="Folder of the recording; made where it is not.")],
    max_credits: Annotated[
        int | None, typer.Option(min=0, help="Spend at most so many credits, over all providers and accounts.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object at the end, for machines.")] = False,
) -> None:
    """Enrich accounts and keep every provider's answer in a folder, from which the same brief can be made again.

    Keys, cookies, e-mail addresses and phone numbers are taken out; executives' names stay, as the brief shows them.
    Answers that are fresh in the cache are recorded from there and not bought again. The same command goes on with a
    recording: what is in it is not asked again. Exit status as of enrich.

    [bold]Examples[/]

      partnerforge record costco.com etsy.com --to recorded

      partnerforge enrich costco.com --replay recorded
    """
    accounts = domains_of(domains)
    with recording_to(to, accounts) as deployment:
        try:
            run_ids = run_accounts(
                deployment,
                accounts,
                None,
                force=False,
                urgency=PRIORITIES["normal"],
                max_credits=max_credits,
                quiet=as_json,
            )
        except typer.Exit as ended:
            if ended.exit_code == INTERRUPTED:
                err.print(f"the same command goes on with what is in {to}", markup=False)
            raise
        report = report_of(deployment, accounts, run_ids)
    report["recording"] = _recorded(to)
    if as_json:
        typer.echo(json.dumps(report))
    else:
        tell_report(report)
        _tell(report["recording"])
    raise typer.Exit(0 if all(account["brief"] for account in report["accounts"].values()) else 1)


def _recorded(folder: Path) -> dict[str, Any]:
    from partnerforge_dagster.providers.recording import Recording

    recorded = Recording.open(folder).answers()
    return {
        "folder": str(folder.absolute()),
        "answers": sum(one.said is not None for one in recorded),
        "not_asked": sum(one.said is None for one in recorded),
    }


def _tell(recorded: dict[str, Any]) -> None:
    said = (
        f"{recorded['answers']} answers in {recorded['folder']}; {recorded['not_asked']} questions could not be asked"
    )
    out.print(said, soft_wrap=True, markup=False)
