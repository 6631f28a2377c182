"""`partnerforge doctor`: what is configured, whether it works, and what to fix.

Not for: looking (doctor_deployment.py, doctor_providers.py).
"""

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from partnerforge_dagster.cli.common import checked_settings, err, out
from partnerforge_dagster.cli.doctor_findings import Finding, State
from partnerforge_dagster.settings import Settings

if TYPE_CHECKING:
    import sqlalchemy as sa

_MARKS = {
    State.OK: Text("ok", "green"),
    State.FIX: Text("fix", "bold red"),
    State.OFF: Text("off", "dim"),
    State.NOT_ASKED: Text("–", "dim"),
}


def doctor(
    offline: Annotated[bool, typer.Option("--offline", help="Ask no provider: look at this deployment only.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object, for machines.")] = False,
) -> None:
    """Check what is configured and whether it works: providers, keys, credits, database, Dagster, disk, clock.

    Providers are asked by calls that cost nothing, under the limits of the deployment; where every call is billed
    nobody is asked. Keys are never shown. A missing key is nothing to fix: what it would add is said. Nothing is
    changed. Exit status 0: nothing to fix; 1: something is; 2: a setting or the seller profile is wrong.

    [bold]Examples[/]

      partnerforge doctor

      PARTNERFORGE_MODE=live partnerforge doctor --json
    """
    settings = checked_settings()
    found = list(_findings(settings, offline=offline))
    healthy = not any(finding.state is State.FIX for finding in found)
    if as_json:
        document = {"healthy": healthy, "mode": settings.mode.value, "checks": [one.document() for one in found]}
        typer.echo(json.dumps(document))
    else:
        _tell(found)
    raise typer.Exit(0 if healthy else 1)


def _findings(settings: Settings, *, offline: bool) -> Iterator[Finding]:
    from partnerforge_dagster.cli import doctor_deployment as deployment

    yield from deployment.settings_findings(settings)
    database, engine = deployment.database_finding(settings)
    yield database
    yield from deployment.dagster_findings(settings)
    if offline:
        return
    if database.state is State.FIX:
        said = "not asked: calls are limited and noted in the database, which is not as it should be"
        yield Finding("Providers", "all", State.NOT_ASKED, said)
        return
    with err.status("asking the providers"), _books(engine) as books:
        asked, skews = _asked(settings, books)
    yield deployment.clock_finding(skews)
    yield from asked


def _asked(settings: Settings, engine: "sa.Engine") -> tuple[list[Finding], list[float]]:
    from partnerforge_dagster.cli.doctor_providers import Examination
    from partnerforge_dagster.providers.clients import build_clients

    examination = Examination(settings, engine, build_clients(settings, engine))
    return examination.findings(), examination.skews


@contextmanager
def _books(engine: "sa.Engine | None") -> "Iterator[sa.Engine]":
    """Where calls are noted: the store, or one that is thrown away where there is none yet."""
    from partnerforge_dagster.store.database import migrate, open_engine

    if engine is not None:
        yield engine
        engine.dispose()
        return
    with tempfile.TemporaryDirectory(prefix="partnerforge-") as folder:
        passing = open_engine(f"sqlite:///{Path(folder, 'calls.db')}")
        migrate(passing)
        yield passing
        passing.dispose()


def _tell(found: list[Finding]) -> None:
    """A table for each part: state, name, what was found, and under it what to do."""
    for part in dict.fromkeys(finding.part for finding in found):
        out.print(part, style="bold")
        table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
        table.add_column(width=3)
        table.add_column(no_wrap=True)
        table.add_column()
        for finding in (one for one in found if one.part == part):
            said = Text(finding.found, "" if finding.state in (State.OK, State.FIX) else "dim")
            if finding.fix:
                said.append(f"\n→ {finding.fix}", "yellow" if finding.state is State.FIX else "dim")
            table.add_row(_MARKS[finding.state], finding.name, said)
        out.print(Padding(table, (0, 0, 1, 2)))
    wrong = sum(finding.state is State.FIX for finding in found)
    out.print(Text(f"{wrong} to fix", "bold red") if wrong else Text("nothing to fix", "green"))
