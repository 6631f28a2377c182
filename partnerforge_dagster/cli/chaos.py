"""`partnerforge chaos`: kill enrichments at random moments and see whether anything paid for was lost or bought again.

Not for: the test itself (chaos/promise.py).
"""

import json
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from partnerforge_dagster.cli.common import complain, err, out, refuse
from partnerforge_dagster.providers.sandbox.faults import Faults

if TYPE_CHECKING:
    from partnerforge_dagster.chaos.promise import Verdict
    from partnerforge_dagster.chaos.storm import Storm

ROWS = (
    ("kills", "kills", None),
    ("calls in flight at kills", "in_flight", None),
    ("requests, by the judge's log", "requests", None),
    ("calls completed", "completed", None),
    ("  of them lost", "lost", "0"),
    ("  bought twice", "bought_twice", "0"),
    ("charge unknown", "unknown", "≤ in flight"),
    ("on which ledger and judge differ", "unaccounted", "0"),
    ("briefs equal to an undisturbed run's", "briefs_equal", "all"),
    ("processes left behind", "processes_left", "0"),
    ("locks and leases left", "locks_left", "0"),
)
"""Label, figure, what is promised of it."""
SHOWN = 20
"""Offending rows in the table for people; `--json` has all."""


def chaos(
    accounts: Annotated[int, typer.Option(min=1, max=500, metavar="N", help="Accounts to enrich.")] = 6,
    kills: Annotated[int, typer.Option(min=0, max=10_000, metavar="N", help="Processes to kill.")] = 25,
    seed: Annotated[int, typer.Option(metavar="S", help="Draws the moments and the victims.")] = 1,
    database_url: Annotated[
        str | None,
        typer.Option(metavar="URL", help="A PostgreSQL database; a schema is made in it and dropped again."),
    ] = None,
    latency: Annotated[
        float, typer.Option(min=0, max=1000, metavar="F", help="Factor of the realistic seconds of an answer.")
    ] = 0.05,
    faults: Annotated[str, typer.Option(metavar="RULES", help="Faults to play as well, as in `sandbox`.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object at the end, for machines.")] = False,
) -> None:
    """Prove on this machine that nothing paid for is lost or bought again, whenever a process dies.

    Accounts are enriched in child processes against a served sandbox, killed with kill -9 at random moments and
    started again until all are complete. The sandbox's own log is the judge. It all happens in a temporary deployment
    with generous limits; yours is not touched.

    Exit status 0: the promise held; 1: it did not, and the offending rows say where; 2: bad input; 130: interrupted.

    [bold]Examples[/]

      partnerforge chaos

      partnerforge chaos --kills 200 --accounts 14 --seed 7

      partnerforge chaos --database-url postgresql://me@localhost/scratch --json
    """
    _check(database_url, faults)
    from partnerforge_dagster.chaos.deployment import ChaosFailed
    from partnerforge_dagster.chaos.promise import Plan, figures, put_to_the_test

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # whichever way it is stopped, it leaves nothing behind
    plan = Plan(_domains(accounts), kills, seed, latency, faults, database_url)
    try:
        with _bars(plan.kills, len(plan.accounts), quiet=as_json) as seen:
            verdict = put_to_the_test(plan, seen)
    except ChaosFailed as error:
        complain(str(error))
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        err.print("interrupted: its processes, store and folder are gone")
        raise typer.Exit(130) from None
    if as_json:
        typer.echo(json.dumps(figures(verdict)))
    else:
        _tell(verdict)
    raise typer.Exit(0 if verdict.kept else 1)


def _check(database_url: str | None, faults: str) -> None:
    try:
        Faults.parse(faults)
    except ValueError as error:
        refuse(str(error))
    if database_url is not None and not database_url.startswith(
        ("postgresql://", "postgres://", "postgresql+psycopg2")
    ):
        refuse("--database-url takes a PostgreSQL database; without it a SQLite file in a temporary folder is used")


def _domains(number: int) -> tuple[str, ...]:
    """The companies that the sandbox knows, then made-up ones."""
    from partnerforge_dagster.providers.sandbox.companies import known_companies
    from partnerforge_dagster.settings import SANDBOX_TODAY

    known = [company.domain for company in known_companies(SANDBOX_TODAY)]
    return tuple((known + [f"chaos-{n}.com" for n in range(number)])[:number])


@contextmanager
def _bars(kills: int, accounts: int, *, quiet: bool) -> Iterator[Any]:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("[bold]{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, disable=quiet or not err.is_terminal) as bars:
        killed = bars.add_task("kills", total=kills)
        done = bars.add_task("accounts complete", total=accounts)

        def seen(storm: "Storm") -> None:
            bars.update(killed, completed=len(storm.kills))
            bars.update(done, completed=len(storm.done))

        yield seen


def _tell(verdict: "Verdict") -> None:
    table = Table(box=None, header_style="dim")
    table.add_column("")
    table.add_column("seen", justify="right")
    table.add_column("promised", style="dim")
    for label, name, promised in ROWS:
        seen = getattr(verdict, name)
        table.add_row(label, f"{seen} of {verdict.accounts}" if name == "briefs_equal" else str(seen), promised or "")
    out.print(table)
    if verdict.kept:
        out.print("[bold green]the promise held[/]")
        return
    out.print(f"[bold red]the promise was broken[/]: {len(verdict.offences)} offending rows", soft_wrap=True)
    for offence in verdict.offences[:SHOWN]:
        out.print("  " + ", ".join(f"{key} {value}" for key, value in offence.items()), soft_wrap=True, markup=False)
    out.print(f"logs and store are left in {verdict.folder}", soft_wrap=True)
