"""`partnerforge add` and `export`: the accounts, and the table of them.

Not for: how each one stands (status.py), reading files of accounts, or running anything (enrich.py).
"""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from partnerforge_dagster.cli.common import Deployment, domains_of, err, open_deployment, out, refuse
from partnerforge_dagster.models.modules import MODULES

if TYPE_CHECKING:
    import pandas as pd

    from partnerforge_dagster.store.results import StoredResult


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


class Format(StrEnum):
    """Formats of the accounts table."""

    CSV = "csv"
    PARQUET = "parquet"


def export(
    file: Annotated[Path, typer.Argument(help="Where to write: accounts.csv or accounts.parquet.")],
    kind: Annotated[Format | None, typer.Option("--format", help="Otherwise taken from the file's ending.")] = None,
) -> None:
    """Write the accounts table: one row an account with scores, tier and freshness.

    An existing file is replaced, whole or not at all.

    [bold]Examples[/]

      partnerforge export accounts.csv

      partnerforge export accounts.parquet
    """
    chosen = kind or next((f for f in Format if file.suffix.lower() == f".{f.value}"), None)
    if chosen is None:
        refuse(f"{str(file)!r} ends in neither .csv nor .parquet; say which with --format csv or --format parquet")
    if not file.parent.is_dir():
        refuse(f"cannot write {str(file)!r}: there is no folder {str(file.parent)!r}; make it first")
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
        refuse(f"cannot write {str(file)!r}: {error.strerror or error}")
    err.print(f"{len(table)} {'account' if len(table) == 1 else 'accounts'} written to {file}", soft_wrap=True)


def accounts_frame(deployment: Deployment) -> "pd.DataFrame":
    """The accounts table as pandas."""
    from partnerforge_dagster.brief.accounts_table import accounts_table

    rows = results_of(deployment, [])
    return accounts_table({account: {m: row.result for m, row in modules.items()} for account, modules in rows.items()})


def results_of(deployment: Deployment, asked: list[str]) -> dict[str, dict[str, "StoredResult"]]:
    """Newest results by account and module, of these accounts or of all; refuses accounts that are not known."""
    from partnerforge_dagster.store.accounts import Accounts
    from partnerforge_dagster.store.results import Results

    known = Accounts(deployment.engine)
    unknown = [domain for domain in asked if domain not in known]
    if unknown:
        names = " ".join(unknown)
        refuse(f"not an account yet: {', '.join(unknown)}; make it one with: partnerforge enrich {names}", code=1)
    accounts = asked or known.all()
    stored = Results(deployment.engine).latest_of(accounts, list(MODULES))
    return {a: {m: stored[(a, m)] for m in MODULES if (a, m) in stored} for a in accounts}
