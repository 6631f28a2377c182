"""`partnerforge db`: the databases of a deployment brought up to date, and a store copied into another database.

Not for: how a store is copied (store/copying.py) or which database is used (settings.py).
"""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from pydantic import TypeAdapter, ValidationError
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from partnerforge_dagster.cli.common import checked_settings, err, out, prepare_home, refuse
from partnerforge_dagster.cli.signals import INTERRUPTED
from partnerforge_dagster.cli.trouble import without_password
from partnerforge_dagster.models.base import Mode
from partnerforge_dagster.settings import DatabaseUrl

if TYPE_CHECKING:
    import sqlalchemy as sa

    from partnerforge_dagster.store.copying import Content

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object, for machines.")]


def upgrade(as_json: AsJson = False) -> None:
    """Bring PartnerForge's tables and Dagster's to the version of this program, and tell from which to which.

    Also makes every account of the store known to Dagster. Doing it again changes nothing. On a server: once on a new
    database, and before the services of a new version start.

    [bold]Example[/]

      partnerforge db upgrade
    """
    settings = checked_settings()
    prepare_home()
    from partnerforge_dagster.orchestration import instance as dagster
    from partnerforge_dagster.orchestration.partitions import add_accounts
    from partnerforge_dagster.store.accounts import Accounts
    from partnerforge_dagster.store.database import open_engine

    engine = open_engine(settings.database_url)
    moves = [("partnerforge", *_upgrade_store(engine, settings.mode))]
    with dagster.open_instance() as instance:
        before = dagster.versions(instance)
        dagster.upgrade(instance, lambda line: err.print(line, markup=False))
        after = dagster.versions(instance)
        moves += [(old.part, old.found, new.found) for old, new in zip(before, after, strict=True)]
        known = len(add_accounts(instance, Accounts(engine).all()))
    if as_json:
        versions = {part: {"from": old, "to": new} for part, old, new in moves}
        typer.echo(json.dumps({"versions": versions, "accounts_made_known": known}))
        return
    table = Table("tables of", "from version", "to version", box=None, pad_edge=False)
    for part, old, new in moves:
        table.add_row(part, old or "none", "the same" if old == new else new)
    out.print(table)
    if known:
        out.print(f"{known:,} accounts of the store were made known to Dagster")


def _upgrade_store(engine: "sa.Engine", mode: Mode) -> tuple[str | None, str | None]:
    from partnerforge_dagster.store.database import WrongMode, check_mode, claim_mode, migrate
    from partnerforge_dagster.store.versions import version_of

    with engine.connect() as connection:
        before = version_of(connection)
    try:
        if before is not None:
            check_mode(engine, mode)
        migrate(engine)
        claim_mode(engine, mode)
    except WrongMode as error:
        refuse(str(error))
    with engine.connect() as connection:
        return before, version_of(connection)


def copy(
    source: Annotated[str, typer.Option("--from", metavar="URL", help="The store to copy; it is only read.")],
    target: Annotated[
        str | None, typer.Option("--to", metavar="URL", help="A new, empty database; else PARTNERFORGE_DATABASE_URL.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Copy a whole store into another database, SQLite to PostgreSQL or any other way round.

    Rows and contents of every table are compared in the end, and printed. The copy is there as a whole or not at all:
    after a kill the same command begins again. Stop daemon, servers and runs first: a source that is written to
    meanwhile is refused. Runs and pages of Dagster are not copied; its accounts come back with `db upgrade`.

    [bold]Example[/]

      partnerforge db copy --from sqlite:///.partnerforge/partnerforge.db --to postgresql://me@db-host/partnerforge
    """
    settings = checked_settings()
    addresses = [_address("--from", source), _address("--to", target or settings.database_url)]
    if addresses[0] == addresses[1]:
        refuse("--from and --to are the same database")
    file = addresses[0].database
    if addresses[0].get_backend_name() == "sqlite" and not (file and Path(file).is_file()):
        refuse(f"--from: there is no file {file!r}")
    from partnerforge_dagster.store.copying import CannotCopy, total_rows
    from partnerforge_dagster.store.database import WrongMode, check_mode, open_engine

    reading, writing = (open_engine(address.render_as_string(hide_password=False)) for address in addresses)
    try:
        rows = total_rows(reading)
        check_mode(reading, settings.mode)
        copied = _copy(reading, writing, rows, quiet=as_json)
    except (CannotCopy, WrongMode) as error:
        refuse(str(error))
    _tell(copied, addresses[1], as_json=as_json)


def _address(option: str, url: str) -> "sa.URL":
    import sqlalchemy as sa

    try:
        return sa.make_url(TypeAdapter(DatabaseUrl).validate_python(url))
    except ValidationError as error:
        reason = error.errors()[0]["msg"].removeprefix("Value error, ")
        refuse(f"{option}={without_password(url)!r}: {reason}")


def _copy(reading: "sa.Engine", writing: "sa.Engine", rows: int, *, quiet: bool) -> "dict[str, Content]":
    """With a bar on a terminal. Ctrl-C leaves the target as it was."""
    from partnerforge_dagster.store.copying import copy_store

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err, disable=quiet or not err.is_terminal, transient=True) as bar:
        task = bar.add_task("rows", total=rows)
        try:
            return copy_store(reading, writing, lambda table, rows: bar.update(task, advance=rows, description=table))
        except KeyboardInterrupt:
            err.print("interrupted: nothing was copied; the same command begins again")
            raise typer.Exit(INTERRUPTED) from None


def _tell(copied: "dict[str, Content]", target: "sa.URL", *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({"tables": {name: content._asdict() for name, content in copied.items()}}))
        return
    table = Table("table", "rows", "SHA-256 of both", box=None, pad_edge=False)
    for name, content in copied.items():
        table.add_row(name, f"{content.rows:,}", content.sha256[:16])
    out.print(table)
    url = target.render_as_string(hide_password=True)
    out.print(
        f"copied, the same in both; go on with PARTNERFORGE_DATABASE_URL={url}\nand, once: partnerforge db upgrade",
        soft_wrap=True,
        markup=False,
    )
