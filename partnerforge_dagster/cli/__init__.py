"""The `partnerforge` command. One file per group of commands; this one only assembles them.

Exit codes: 0 done, 1 something asked for is missing or the machine failed, 2 bad input (nothing was done),
130 interrupted, 143 the same by SIGTERM.
Not for: doing anything itself; commands call orchestration, store and brief.
"""

import inspect
import sys
from collections.abc import Callable

import typer

from partnerforge_dagster import __version__
from partnerforge_dagster.cli import (
    accounts,
    briefs,
    calls,
    cancelling,
    changes,
    chaos,
    cleaning,
    db,
    doctor,
    enrich,
    failures,
    forgetting,
    importing,
    plan,
    record,
    refreshing,
    rescore,
    resuming,
    runs,
    sandbox,
    stats,
    status,
    trouble,
    ui,
    worker,
)
from partnerforge_dagster.cli.common import complain
from partnerforge_dagster.cli.signals import sigterm_interrupts

app = typer.Typer(
    name="partnerforge",
    help="From a company's domain to a sourced one-page sales brief.",
    epilog="Start with:  partnerforge enrich costco.com",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_show_locals=False,  # locals may hold keys
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"partnerforge {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print the version."),
) -> None:
    """Take options that stand before a command."""
    del version


def _help(command: Callable[..., None]) -> str:
    """The docstring with each paragraph in one line: typer keeps the line breaks, which fit no terminal but ours."""
    paragraphs = inspect.cleandoc(command.__doc__ or "").split("\n\n")
    return "\n\n".join(text if text.startswith(" ") else text.replace("\n", " ") for text in paragraphs)


for _command in (
    enrich.enrich,
    record.record,
    plan.plan,
    accounts.add,
    importing.import_,
    status.status,
    failures.failed,
    failures.retry_failed,
    briefs.brief,
    changes.changes,
    calls.calls,
    stats.stats,
    runs.runs,
    cancelling.cancel,
    resuming.resume,
    refreshing.refresh,
    rescore.rescore,
    accounts.export,
    cleaning.clean,
    forgetting.forget,
    doctor.doctor,
    sandbox.sandbox,
    chaos.chaos,
    ui.ui,
    worker.worker,
):
    app.command(_command.__name__.strip("_").replace("_", "-"), help=_help(_command))(_command)

_databases = typer.Typer(help="Bring the databases up to date; copy the store into another one.", no_args_is_help=True)
for _part in (db.upgrade, db.copy):
    _databases.command(_part.__name__, help=_help(_part))(_part)
app.add_typer(_databases, name="db")

app.command(name="estimate", hidden=True, help="The same as plan.")(plan.plan)


def main() -> None:
    """Run the command line. What the machine does to us ends in one line, our own mistakes in a traceback."""
    try:
        with sigterm_interrupts():
            app()
    except trouble.machine_errors() as error:
        complain(trouble.explain(error))
        sys.exit(1)
