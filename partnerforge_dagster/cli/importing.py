"""`partnerforge import`: accounts from a file or from standard input.

Not for: what a line means (account_files.py) or how accounts get in (orchestration/importing.py).
"""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from partnerforge_dagster.cli.common import Deployment, complain, err, open_deployment, out, refuse

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from partnerforge_dagster.account_files import BadLine, GoodLine
    from partnerforge_dagster.orchestration.importing import Imported

STANDARD_INPUT = "-"
SHOWN = 5
"""Bad lines that a person is shown; all are in the report."""


def import_(
    file: Annotated[str, typer.Argument(help="A CSV or JSON lines file; - reads standard input.", metavar="FILE")],
    report: Annotated[
        Path | None, typer.Option(help="Where bad lines are listed (CSV). Otherwise FILE.rejected.csv.")
    ] = None,
    enrich: Annotated[
        bool, typer.Option("--enrich", help="Queue what is new or stale of these accounts for the daemon.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object, for machines.")] = False,
) -> None:
    """Import accounts from a file: CSV with or without a header, JSON lines, or a domain a line.

    The column is found by its name (domain, website, url, account) or by what is in it. Good lines are taken, bad ones
    listed with number, value and reason. Importing twice does nothing. Exit status 1: some lines were bad; 2: nothing
    could be read.

    [bold]Examples[/]

      partnerforge import accounts.csv

      partnerforge import crm-export.jsonl --report bad.csv --json

      cut -f3 leads.tsv | partnerforge import -
    """
    content, name = _content(file)
    lines = _lines(content, name)
    where = _report_of(name, report)
    deployment = open_deployment()
    imported = _import(deployment, lines, content.count(b"\n") + (not content.endswith(b"\n")), quiet=as_json)
    _report(imported, where, always=report is not None)
    if not as_json:
        _tell(imported, where)
    queued = _queue(deployment, imported) if enrich else []
    if as_json:
        told = _as_json(imported, where if imported.bad or report else None)
        typer.echo(json.dumps({**told, "backfills": queued}))
    elif enrich:
        out.print(
            f"queued as {len(queued)} {'batch' if len(queued) == 1 else 'batches'}" if queued else "nothing is stale"
        )
    raise typer.Exit(2 if not imported.accounts else 1 if imported.bad else 0)


def _content(file: str) -> tuple[bytes, str]:
    """The bytes, and the file's name (empty for standard input)."""
    from partnerforge_dagster.account_files import content_of

    if file == STANDARD_INPUT:
        return content_of(sys.stdin.buffer), ""
    try:
        with Path(file).open("rb") as opened:
            return content_of(opened), file
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        refuse(f"cannot read {file!r}: {getattr(error, 'strerror', None) or error}")


def _lines(content: bytes, name: str) -> "Iterator[GoodLine | BadLine]":
    from partnerforge_dagster.account_files import UnreadableFile, lines_of

    try:
        return lines_of(content, name)
    except UnreadableFile as error:
        refuse(f"{repr(name) if name else 'standard input'} {error}")


def _report_of(name: str, report: Path | None) -> Path | None:
    """Where bad lines are listed; nowhere for standard input when nobody says where."""
    from partnerforge_dagster.orchestration.importing import report_beside

    where = report or (report_beside(Path(name)) if name else None)
    if where is not None and not where.parent.is_dir():
        refuse(f"cannot write {str(where)!r}: there is no folder {str(where.parent)!r}; make it first")
    return where


def _import(deployment: Deployment, lines: "Iterator[GoodLine | BadLine]", total: int, *, quiet: bool) -> "Imported":
    """With a bar on a terminal. Ctrl-C keeps the chunks that are in."""
    from partnerforge_dagster.orchestration.importing import import_lines

    columns = (TextColumn("lines"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err, disable=quiet or not err.is_terminal, transient=True) as bar:
        task = bar.add_task("", total=total)
        try:
            return import_lines(
                lines, deployment.engine, deployment.instance, watch=lambda number: bar.update(task, completed=number)
            )
        except KeyboardInterrupt:
            err.print("interrupted: what is in stays in; the same command again takes the rest")
            raise typer.Exit(130) from None


def _queue(deployment: Deployment, imported: "Imported") -> list[str]:
    from partnerforge_dagster.definitions import declared_modules
    from partnerforge_dagster.orchestration.backfills import QueueFull
    from partnerforge_dagster.orchestration.importing import request_stale

    settings, engine, instance = deployment.settings, deployment.engine, deployment.instance
    try:
        return request_stale(imported.accounts, declared_modules(), engine=engine, instance=instance, settings=settings)
    except QueueFull as full:
        refuse(f"the accounts are in, but {full}", code=1)


def _report(imported: "Imported", where: Path | None, *, always: bool) -> None:
    """List the bad lines; a list of an earlier import of the same file is taken away when there are none now."""
    from partnerforge_dagster.orchestration.importing import write_report

    if where is None:
        return
    try:
        if imported.bad or always:
            write_report(where, imported.bad)
        else:
            where.unlink(missing_ok=True)
    except OSError as error:
        _explain(imported.bad)
        refuse(f"the accounts are in, but {str(where)!r} cannot be written: {error.strerror or error}", code=1)


def _tell(imported: "Imported", where: Path | None) -> None:
    _explain(imported.bad[:SHOWN] if where else imported.bad)
    if imported.bad and where:
        err.print(f"{len(imported.bad):,} bad lines are listed in {where}", soft_wrap=True, markup=False)
    counts = {
        "added": imported.new,
        "known already": len(imported.accounts) - imported.new,
        "repeated": imported.repeated,
        "bad": len(imported.bad),
    }
    out.print(", ".join(f"{count:,} {what}" for what, count in counts.items()))


def _explain(bad: "Sequence[BadLine]") -> None:
    for line in bad:
        value = line.value if len(line.value) <= 80 else f"{line.value[:77]}..."
        complain(f"line {line.number}: {value!r} {line.reason}")


def _as_json(imported: "Imported", where: Path | None) -> dict[str, object]:
    return {
        "accounts": len(imported.accounts),
        "new": imported.new,
        "known": len(imported.accounts) - imported.new,
        "repeated": imported.repeated,
        "bad": len(imported.bad),
        "bad_lines": [line._asdict() for line in imported.bad],
        "report": str(where) if where else None,
    }
