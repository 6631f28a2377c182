"""The `partnerforge` command. One file per group of commands; this one only assembles them.

Exit codes: 0 done, 1 done but something asked for is missing, 2 bad input (nothing was done), 130 interrupted.
Not for: doing anything itself; commands call orchestration, store and brief.
"""

import typer

from partnerforge_dagster import __version__
from partnerforge_dagster.cli import accounts, briefs, enrich, sandbox, ui

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


app.command()(enrich.enrich)
app.command()(accounts.add)
app.command()(accounts.status)
app.command()(briefs.brief)
app.command()(accounts.export)
app.command()(sandbox.sandbox)
app.command()(ui.ui)


def main() -> None:
    """Run the command line."""
    app()
