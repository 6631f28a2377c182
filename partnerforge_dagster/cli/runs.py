"""`partnerforge runs`: what was asked of Dagster and what became of it, as a table that fits 80 columns, and as JSON.

Not for: single calls (calls.py), how accounts stand (status.py), or the queue as a whole (stats.py).
"""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer
from rich import box
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from partnerforge_dagster.cli import moments
from partnerforge_dagster.cli.common import Deployment, open_deployment, out
from partnerforge_dagster.models.modules import MODULES
from partnerforge_dagster.models.work import State
from partnerforge_dagster.wording import plural

if TYPE_CHECKING:
    from partnerforge_dagster.orchestration.work import Work
    from partnerforge_dagster.store.calls import CallCount


COLOURS = {"done": "green", "failed": "red", "running": "cyan", "canceling": "yellow", "canceled": "yellow"}


class Row(NamedTuple):
    """One run or backfill with what it asked of providers and why it failed."""

    work: "Work"
    calls: "CallCount"
    reason: str | None


def runs(
    status: Annotated[State | None, typer.Option(help="Only those that stand so.")] = None,
    since: Annotated[str | None, typer.Option(help="Only those asked for from then on: 2h, 7d, 2026-11-20.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, the newest.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object, for machines.")] = False,
) -> None:
    """List runs and backfills, newest first: accounts, modules, state, time, calls, credits, why one failed.

    A backfill is a batch; the daemon makes runs of it. Times are UTC.

    [bold]Examples[/]

      partnerforge runs

      partnerforge runs --status failed --since 7d
    """
    moment = moments.since(since)
    rows = _rows(open_deployment(), status, moment, limit)
    if as_json:
        typer.echo(json.dumps({"runs": [_as_json(row) for row in rows]}))
    elif not rows:
        out.print("no such run" if status or since else "no run yet; begin with: partnerforge enrich costco.com")
    else:
        _tell(rows, limit)


def _rows(deployment: Deployment, status: State | None, since: datetime | None, limit: int) -> list[Row]:
    from partnerforge_dagster.orchestration.work import Kind, Works
    from partnerforge_dagster.store.calls import CallCount, Calls

    works = Works(deployment.instance)
    states = [status] if status else None
    found = [
        *works.backfills(states=states, since=since, limit=limit),
        *works.runs(states=states, since=since, limit=limit),
    ]
    newest = sorted(found, key=lambda work: work.created_at, reverse=True)[:limit]
    run_ids = {
        work.id: [run.id for run in works.runs(backfill_id=work.id)] if work.kind is Kind.BACKFILL else [work.id]
        for work in newest
    }
    counts = Calls(deployment.engine).by_run([run_id for ids in run_ids.values() for run_id in ids])

    def count(work: "Work") -> "CallCount":
        each = [counts[run_id] for run_id in run_ids[work.id] if run_id in counts]
        return CallCount(*(sum(column) for column in zip(*each, strict=True))) if each else CallCount(0, 0, 0)

    return [Row(work, count(work), works.reason(work)) for work in newest]


def _seconds(work: "Work") -> float | None:
    """How long it took, or has taken until now; None before it has begun."""
    if work.started_at is None:
        return None
    return ((work.ended_at or datetime.now(UTC)) - work.started_at).total_seconds()


def _as_json(row: Row) -> Mapping[str, Any]:
    work, seconds = row.work, _seconds(row.work)
    moments_of = {"created_at": work.created_at, "started_at": work.started_at, "ended_at": work.ended_at}
    return {
        "id": work.id,
        "kind": work.kind.value,
        "backfill": work.backfill_id,
        "state": work.state.value,
        "priority": work.priority,
        "accounts": list(work.accounts),
        "modules": list(work.modules),
        **{name: moment and moment.isoformat() for name, moment in moments_of.items()},
        "seconds": None if seconds is None else round(seconds, 1),
        "calls": row.calls.made,
        "cached": row.calls.cached,
        "credits": row.calls.credits,
        "reason": row.reason,
    }


def _tell(rows: Sequence[Row], limit: int) -> None:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("asked")
    table.add_column("run", no_wrap=True)
    table.add_column("accounts", overflow="fold")
    table.add_column("state", no_wrap=True)
    for name in ("took", "calls", "credits"):
        table.add_column(name, justify="right", no_wrap=True)
    for row in rows:
        work, seconds = row.work, _seconds(row.work)
        table.add_row(
            f"{work.created_at:%m-%d %H:%M}",
            Text.assemble(work.id[:8], "\n", (f"of {work.backfill_id[:8]}" if work.backfill_id else work.kind, "dim")),
            Text.assemble(_whom(work), "\n", (_what(work), "dim")),
            Text(work.state.value, COLOURS.get(work.state.value, "")),
            "" if seconds is None else _took(seconds),
            str(row.calls.made),
            str(row.calls.credits),
        )
    out.print(table)
    for row in rows:
        if row.reason:
            out.print(Padding(Text.assemble((row.work.id[:8], "red"), "  ", row.reason), (0, 0, 0, 1)))
    if len(rows) == limit:
        out.print(Text(f" the newest {limit}; more with --limit", "dim"))


def _whom(work: "Work") -> str:
    return work.accounts[0] if len(work.accounts) == 1 else plural(len(work.accounts), "account")


def _what(work: "Work") -> str:
    count = len(work.modules)
    return "all modules" if count == len(MODULES) else work.modules[0] if count == 1 else plural(count, "module")


def _took(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes:02d} min"
    return f"{minutes} min {rest:02d} s" if minutes else f"{seconds:.1f} s"
