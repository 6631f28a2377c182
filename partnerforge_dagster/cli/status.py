"""`partnerforge status`: how accounts stand, as tables that fit 80 columns, and as JSON.

Not for: how a status comes about (orchestration/enrichment.py).
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich import box
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from partnerforge_dagster.cli.common import domains_of, open_deployment, out
from partnerforge_dagster.models.modules import BRIEF, MODULES

if TYPE_CHECKING:
    from partnerforge_dagster.models.provenance import Gap
    from partnerforge_dagster.store.results import StoredResult

COLOURS = {"complete": "green", "partial": "yellow", "stale": "yellow", "unavailable": "red"}
NOTHING_THERE_SHOWN = 3
"""Of a module's answers "asked, nothing there", how many a person is shown; what could not be asked is shown whole."""


def status(
    domains: Annotated[list[str] | None, typer.Argument(help="Only these; otherwise every account.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object, for machines.")] = False,
) -> None:
    """Show how accounts stand: every module's status and age, and why something is missing.

    A module is complete, partial (some providers failed), stale (last good data) or unavailable. Exit status 1: one
    of the accounts that are asked for is not known.

    [bold]Examples[/]

      partnerforge status

      partnerforge status costco.com
    """
    from partnerforge_dagster.cli.accounts import results_of

    asked = domains_of(domains or [])
    rows = results_of(open_deployment(), asked)
    if as_json:
        typer.echo(json.dumps({account: _as_json(modules) for account, modules in rows.items()}))
    elif asked:
        for account, modules in rows.items():
            out.print(_one(account, modules))
            _print_gaps(modules)
    else:
        out.print(_all(rows) if rows else "no account yet; begin with: partnerforge enrich costco.com")


def _as_json(modules: Mapping[str, "StoredResult"]) -> dict[str, dict[str, object]]:
    return {
        name: {
            "status": row.status.value,
            "stored_at": row.stored_at.isoformat(),
            "run_id": row.run_id,
            "gaps": [gap.model_dump(mode="json") for gap in row.result.gaps],
        }
        for name, row in modules.items()
    }


def _all(rows: Mapping[str, Mapping[str, "StoredResult"]]) -> Table:
    table = Table("account", "complete", "brief", "made", "not complete", box=box.SIMPLE_HEAD)
    for account, modules in rows.items():
        brief = modules.get(BRIEF)
        complete = sum(row.status.value == "complete" for row in modules.values())
        rest = ", ".join(f"{name} {row.status.value}" for name, row in modules.items() if row.status != "complete")
        table.add_row(
            account,
            f"{complete} of {len(MODULES)}",
            _coloured(brief.status.value) if brief else Text("none", "dim"),
            _ago(brief.stored_at) if brief else "",
            Text(rest, "dim"),
        )
    return table


def _one(account: str, modules: Mapping[str, "StoredResult"]) -> Table:
    table = Table("", "module", "status", "made", "took", title=account, title_justify="left", box=box.SIMPLE_HEAD)
    for name, spec in MODULES.items():
        row = modules.get(name)
        shown = (
            (_coloured(row.status.value), _ago(row.stored_at), f"{row.duration_s:.1f} s")
            if row
            else (Text("never run", "dim"), "", "")
        )
        table.add_row(f"M{spec.number:02d}", name, *shown)
    return table


def _print_gaps(modules: Mapping[str, "StoredResult"]) -> None:
    """Under the table and not in it: reasons are sentences, and a column of them would be ten characters wide."""
    told = {name: row.result.gaps for name, row in modules.items() if row.result.gaps}
    if told:
        out.print("What is missing, and why", style="bold")
    for name, gaps in told.items():
        out.print(f"  {name}")
        for line in _gap_lines(gaps):
            out.print(Padding(line, (0, 0, 0, 4)))


def _gap_lines(gaps: tuple["Gap", ...]) -> list[Text]:
    """What could not be asked first: asking again may fill it."""
    from partnerforge_dagster.models.provenance import GapKind

    failed = [gap for gap in gaps if gap.kind is GapKind.COULD_NOT_ASK]
    empty = [gap for gap in gaps if gap.kind is not GapKind.COULD_NOT_ASK]
    lines = [Text(f"{gap.subject}: {gap.reason}", "yellow") for gap in failed]
    lines += [Text(f"{gap.subject}: {gap.reason}", "dim") for gap in empty[:NOTHING_THERE_SHOWN]]
    if len(empty) > NOTHING_THERE_SHOWN:
        lines.append(Text(f"and {len(empty) - NOTHING_THERE_SHOWN} more of that kind; --json lists all", "dim"))
    return lines


def _coloured(status: str) -> Text:
    return Text(status, COLOURS[status])


def _ago(moment: datetime) -> str:
    seconds = max((datetime.now(UTC) - moment).total_seconds(), 0)
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds / size:.0f} {unit} ago"
    return "just now"
