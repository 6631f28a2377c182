"""`partnerforge add`, `status` and `export`: the accounts and how they stand.

Not for: reading files of accounts (a command of its own) or running anything (enrich.py).
"""

import json
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from partnerforge_dagster.cli.common import Deployment, domains_of, err, open_deployment, out, refuse
from partnerforge_dagster.models.modules import MODULES

if TYPE_CHECKING:
    import pandas as pd

    from partnerforge_dagster.store.results import StoredResult

COLOURS = {"complete": "green", "partial": "yellow", "stale": "yellow", "unavailable": "red"}


def add(
    domains: Annotated[
        list[str], typer.Argument(help="Domains as you have them: costco.com, https://www.etsy.com/...")
    ],
) -> None:
    """Add accounts, so that they can be materialized in the Dagster UI. Adding one twice does nothing.

    [bold]Example[/]

      partnerforge add costco.com www.sallybeauty.com
    """
    from partnerforge_dagster.orchestration.partitions import add_accounts
    from partnerforge_dagster.store.accounts import Accounts

    accounts = domains_of(domains)
    deployment = open_deployment()
    added = Accounts(deployment.engine).add(accounts)
    add_accounts(deployment.instance, accounts)
    out.print(f"{len(added.new)} added, {len(added.known)} known already")


def status(
    domains: Annotated[list[str] | None, typer.Argument(help="Only these; otherwise every account.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object, for machines.")] = False,
) -> None:
    """Show how accounts stand: every module's status and age, and why something is missing.

    [bold]Examples[/]

      partnerforge status

      partnerforge status costco.com
    """
    asked = domains_of(domains or [])
    deployment = open_deployment()
    rows = _rows(deployment, asked)
    if as_json:
        typer.echo(json.dumps({account: _brief_status(modules) for account, modules in rows.items()}))
    elif asked:
        for account, modules in rows.items():
            out.print(_one(account, modules))
    else:
        out.print(_all(rows) if rows else "no account yet: partnerforge enrich costco.com")


class Format(StrEnum):
    """Formats of the accounts table."""

    CSV = "csv"
    PARQUET = "parquet"


def export(
    file: Annotated[Path, typer.Argument(help="Where to write: accounts.csv or accounts.parquet.")],
    kind: Annotated[Format | None, typer.Option("--format", help="Otherwise taken from the file's ending.")] = None,
) -> None:
    """Write the accounts table: one row an account with scores, tier and freshness.

    [bold]Examples[/]

      partnerforge export accounts.csv

      partnerforge export accounts.parquet
    """
    chosen = kind or next((f for f in Format if file.suffix.lower() == f".{f.value}"), None)
    if chosen is None:
        refuse(f"{str(file)!r} ends in neither .csv nor .parquet; say which with --format")
    table = accounts_frame(open_deployment())
    part = file.with_name(f".{file.name}.part")
    try:
        if chosen is Format.CSV:
            table.to_csv(part, index=False)
        else:
            table.to_parquet(part, index=False)
        part.replace(file)
    except OSError as error:
        part.unlink(missing_ok=True)
        refuse(f"cannot write {str(file)!r}: {error}")
    err.print(f"{len(table)} accounts written to {file}", soft_wrap=True)


def accounts_frame(deployment: Deployment) -> "pd.DataFrame":
    """The accounts table as pandas."""
    from partnerforge_dagster.brief.accounts_table import accounts_table

    rows = _rows(deployment, [])
    return accounts_table({account: {m: row.result for m, row in modules.items()} for account, modules in rows.items()})


def _rows(deployment: Deployment, asked: list[str]) -> dict[str, dict[str, "StoredResult"]]:
    from partnerforge_dagster.store.accounts import Accounts
    from partnerforge_dagster.store.results import Results

    known = Accounts(deployment.engine)
    for domain in asked:
        if domain not in known:
            refuse(f"{domain!r} is not an account yet: partnerforge enrich {domain}", code=1)
    accounts = asked or known.all()
    stored = Results(deployment.engine).latest_of(accounts, list(MODULES))
    return {a: {m: stored[(a, m)] for m in MODULES if (a, m) in stored} for a in accounts}


def _brief_status(modules: dict[str, "StoredResult"]) -> dict[str, dict[str, object]]:
    return {
        name: {
            "status": row.status.value,
            "stored_at": row.stored_at.isoformat(),
            "run_id": row.run_id,
            "gaps": [gap.model_dump(mode="json") for gap in row.result.gaps],
        }
        for name, row in modules.items()
    }


def _coloured(status: str) -> str:
    return f"[{COLOURS[status]}]{status}[/]"


def _ago(moment: datetime) -> str:
    seconds = max((datetime.now(UTC) - moment).total_seconds(), 0)
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds / size:.0f} {unit} ago"
    return "just now"


def _one(account: str, modules: dict[str, "StoredResult"]) -> Table:
    table = Table("module", "status", "made", "took", "missing and why", title=account, title_justify="left")
    for name, spec in MODULES.items():
        row = modules.get(name)
        if row is None:
            table.add_row(f"M{spec.number:02d} {name}", "[dim]never run[/]", "", "", "")
            continue
        gaps = "\n".join(f"{gap.subject}: {gap.reason}" for gap in row.result.gaps)
        table.add_row(
            f"M{spec.number:02d} {name}",
            _coloured(row.status.value),
            _ago(row.stored_at),
            f"{row.duration_s:.1f} s",
            f"[dim]{gaps}[/]",
        )
    return table


def _all(rows: dict[str, dict[str, "StoredResult"]]) -> Table:
    table = Table("account", "modules complete", "brief", "made", "not complete")
    for account, modules in rows.items():
        brief = modules.get("strategic_signal_brief")
        complete = sum(row.status.value == "complete" for row in modules.values())
        rest = ", ".join(f"{name} {row.status.value}" for name, row in modules.items() if row.status != "complete")
        table.add_row(
            account,
            f"{complete} of {len(MODULES)}",
            _coloured(brief.status.value) if brief else "[dim]none[/]",
            _ago(brief.stored_at) if brief else "",
            f"[dim]{rest}[/]",
        )
    return table
