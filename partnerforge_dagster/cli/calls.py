"""`partnerforge calls`: the ledger of provider calls, for people and programs.

Not for: what a run would spend (plan.py), or writing the ledger (governor/ledger.py).
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from itertools import groupby
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich import box
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from partnerforge_dagster.cli import moments
from partnerforge_dagster.cli.common import domains_of, named_or_refused, open_deployment, out, refuse
from partnerforge_dagster.models.modules import MODULES
from partnerforge_dagster.settings_providers import Providers

if TYPE_CHECKING:
    from partnerforge_dagster.store.calls import Spend, Which

Row = Mapping[str, Any]


class CallStatus(StrEnum):
    """What became of a call: the ledger's words."""

    OK = "ok"
    INTENDED = "intended"
    CHARGE_UNKNOWN = "charge_unknown"
    CANCELLED = "cancelled"
    UNREACHABLE = "unreachable"
    RATE_LIMITED = "rate_limited"
    REFUSED = "refused"
    NOT_CONFIGURED = "not_configured"
    OVER_BUDGET = "over_budget"
    CIRCUIT_OPEN = "circuit_open"
    BAD_ANSWER = "bad_answer"


COLOURS = {"ok": "green", "intended": "cyan", "charge_unknown": "magenta"}
UNKNOWN = (
    "charge_unknown: the request left, and its process died or was stopped before the answer was written down, so the "
    "provider may have billed it. Its credits stay counted against the budgets. The question is asked again when a "
    "module needs the answer; nothing has to be done here. Compare with the provider's own bill when it matters."
)


def calls(
    provider: Annotated[str | None, typer.Option(help="Only this provider's, such as builtwith.")] = None,
    account: Annotated[str | None, typer.Option(help="Only those about this account.")] = None,
    module: Annotated[str | None, typer.Option(help="Only these modules' (names or M01...M15).")] = None,
    run: Annotated[str | None, typer.Option(help="Only this run's; the beginning of its id is enough.")] = None,
    status: Annotated[CallStatus | None, typer.Option(help="Only those that ended so.")] = None,
    unknown: Annotated[
        bool, typer.Option("--unknown", help="Only those that may have been billed for nothing.")
    ] = False,
    since: Annotated[
        str | None, typer.Option(help="Only those from then on: 2h, 7d, 2026-11-20, 2026-11-20T09:30.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many lines, the newest.")] = 20,
    spend: Annotated[bool, typer.Option("--spend", help="Credits by provider, month and account instead.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object, for machines.")] = False,
) -> None:
    """Show the calls to providers, newest first: what was asked for whom, how it ended, what it cost.

    A call is a question. One that the cache answered made no request and cost nothing. Times are UTC.

    [bold]Examples[/]

      partnerforge calls --account costco.com

      partnerforge calls --unknown

      partnerforge calls --spend --provider builtwith
    """
    from partnerforge_dagster.store.calls import Calls

    if unknown and status not in (None, CallStatus.CHARGE_UNKNOWN):
        refuse(f"--unknown and --status {status} exclude each other; give one of them")
    which: Which = {
        "provider": _provider(provider),
        "account": domains_of([account])[0] if account is not None else None,
        "modules": named_or_refused(module),
        "run_id": run,
        "status": CallStatus.CHARGE_UNKNOWN.value if unknown else status and status.value,
        "since": moments.since(since),
    }
    deployment = open_deployment()
    ledger = Calls(deployment.engine)
    if spend:
        budgets = {name: found.credits_a_month for name, found in deployment.settings.providers.named().items()}
        _tell_spend(ledger.spend(**which), budgets, limit, as_json=as_json)
    else:
        _tell_calls(ledger.newest(limit, **which), limit, unknown=unknown, as_json=as_json)


# ── what is asked for ──


def _provider(text: str | None) -> str | None:
    names = list(Providers.model_fields)
    if text is not None and text not in names:
        refuse(f"{text!r} is not a provider; they are: {', '.join(names)}")
    return text


# ── the calls ──


def _tell_calls(rows: Sequence[Row], limit: int, *, unknown: bool, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({"calls": list(rows)}, default=datetime.isoformat))
        return
    if not rows:
        out.print("no call whose charge is unknown" if unknown else "no such call")
        return
    out.print(_table(rows))
    failed = Counter(f"{row['status']}  {row['detail']}" for row in rows if row["detail"])
    for words, times in failed.most_common():
        out.print(Padding(Text(f"{times} × {words}", "yellow"), (0, 0, 0, 1)))
    if any(row["status"] == CallStatus.CHARGE_UNKNOWN for row in rows):
        out.print(Padding(Text(UNKNOWN, "magenta"), (1, 0, 0, 1)))
    if len(rows) == limit:
        out.print(Text(f" the newest {limit}; more with --limit", "dim"))


def _table(rows: Sequence[Row]) -> Table:
    """Two lines a call: at 80 columns its nine values do not fit on one."""
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for name in ("asked", "question", "status"):
        table.add_column(name, no_wrap=name != "question", overflow="fold")
    for name in ("waited", "took", "credits"):
        table.add_column(name, justify="right", no_wrap=True)
    for row in rows:
        module = MODULES.get(row["module"] or "")
        whom = f"{row['account'] or '–'}  {f'M{module.number:02d}' if module else '–'}"
        table.add_row(
            Text.assemble(f"{row['asked_at']:%m-%d %H:%M:%S}\n", ((row["run_id"] or "–")[:8], "dim")),
            Text.assemble(f"{row['provider']} {row['endpoint']}\n", (whom, "dim")),
            Text.assemble((row["status"], COLOURS.get(row["status"], "yellow")), "\n", (_how(row), "dim")),
            f"{row['waited_s']:.1f} s",
            f"{row['took_s']:.1f} s",
            str(row["credits"]),
        )
    return table


def _how(row: Row) -> str:
    """Where the answer is from: the network, the cache, or the cache though it is too old."""
    tries = f"{row['tries']} {'try' if row['tries'] == 1 else 'tries'}" if row["tries"] else ""
    cached = "stale" if row["stale"] else "cached" if row["cached"] else ""
    return ", ".join(filter(None, (tries, cached)))


# ── the spend ──


def _tell_spend(spent: Sequence["Spend"], budgets: Mapping[str, int | None], limit: int, *, as_json: bool) -> None:
    """Dearest first; each provider has credits of its own kind, so they are never added up over providers."""
    if as_json:
        typer.echo(json.dumps({"spend": [row._asdict() for row in spent]}))
        return
    if not spent:
        out.print("nothing was spent")
        return
    table = Table("month", "provider", "account", box=box.SIMPLE_HEAD)
    table.add_column("credits", justify="right")
    table.add_column("budget", justify="right")
    by_month = sorted(spent, key=lambda row: (row.month, row.provider, row.credits), reverse=True)
    for (month, provider), rows in groupby(by_month, key=lambda row: (row.month, row.provider)):
        accounts = list(rows)
        budget = budgets.get(provider)
        total = sum(row.credits for row in accounts)
        table.add_row(
            month, provider, Text("all", "bold"), Text(str(total), "bold"), "" if budget is None else str(budget)
        )
        for row in accounts[:limit]:
            table.add_row("", "", row.account or "–", str(row.credits), "")
        if len(accounts) > limit:
            rest = sum(row.credits for row in accounts[limit:])
            table.add_row("", "", Text(f"and {len(accounts) - limit} more", "dim"), str(rest), "")
    out.print(table)
