"""`partnerforge plan`: what `enrich` would do, before it does it. Asks no provider and writes nothing.

Not for: the arithmetic (planning/).
"""

import json
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich import box
from rich.table import Table
from rich.text import Text

from partnerforge_dagster.cli.book import Book
from partnerforge_dagster.cli.common import checked_settings, named_or_refused, out
from partnerforge_dagster.cli.domain_lists import domains_in
from partnerforge_dagster.models.modules import MODULES
from partnerforge_dagster.settings import Settings

if TYPE_CHECKING:
    from partnerforge_dagster.planning.plan import Plan


def plan(
    domains: Annotated[list[str], typer.Argument(help="Domains, or files of accounts as `import` reads them.")],
    modules: Annotated[str | None, typer.Option(help="Only these modules, as for enrich.")] = None,
    force: Annotated[bool, typer.Option("--force", help="As if every answer were bought again.")] = False,
    max_credits: Annotated[int | None, typer.Option(min=0, help="Say whether so many credits would be enough.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object, for machines.")] = False,
) -> None:
    """Tell what enrich would do: modules, calls and credits by provider, time, budgets. Nothing is asked or written.

    What modules will ask is taken from what they asked before; for an account that is new, from what they asked about
    others. Retries come on top.

    [bold]Examples[/]

      partnerforge plan costco.com

      partnerforge plan accounts.csv --max-credits 5000

      partnerforge plan costco.com --force --json
    """
    accounts = domains_in(domains)
    asked = named_or_refused(modules)
    found = _planned(checked_settings(), accounts, asked, force=force, max_credits=max_credits)
    if as_json:
        typer.echo(json.dumps(_as_json(found)))
    else:
        _tell(found)


def _planned(
    settings: Settings, accounts: list[str], asked: tuple[str, ...] | None, *, force: bool, max_credits: int | None
) -> "Plan":
    """Read the store, if there is one, and plan."""
    from partnerforge_dagster.definitions import declared_modules
    from partnerforge_dagster.orchestration.selection import to_run
    from partnerforge_dagster.planning.plan import plan as planned

    declared, book = declared_modules(), Book(settings)
    now = datetime.now(UTC)
    stored = book.results(accounts)
    selections = {
        account: to_run(declared, stored.get(account, {}), asked=asked, force=force, days=settings.fresh_days, now=now)
        for account in accounts
    }
    return planned(
        selections,
        book.needs(selections, force=force, now=now),
        providers=settings.providers.named(),
        spent=book.spent(f"{now:%Y-%m}"),
        upstream={name: module.needs for name, module in declared.items()},
        module_seconds=book.module_seconds(),
        accounts_a_run=settings.accounts_a_run,
        max_credits=max_credits,
    )


# ── what is told ──


def _as_json(found: "Plan") -> dict[str, Any]:
    return {
        "accounts": {account: list(modules) for account, modules in found.accounts.items()},
        "providers": {
            name: {
                "calls": provider.calls,
                "credits": provider.credits,
                "cached": provider.cached,
                "seconds": round(provider.seconds, 1),
                "spent_this_month": provider.spent,
                "credits_a_month": provider.budget,
            }
            for name, provider in found.providers.items()
        },
        "calls": sum(provider.calls for provider in found.providers.values()),
        "credits": found.credits,
        "runs": found.runs,
        "seconds": round(found.seconds, 1),
        "binds": found.binds,
        "over_budget": found.passes,
    }


def _tell(found: "Plan") -> None:
    chosen = Counter(tuple(modules) for modules in found.accounts.values())
    for modules, count in chosen.most_common():
        names = ", ".join(modules) if len(modules) < len(MODULES) else "all fifteen modules"
        out.print(f"{count} {'account' if count == 1 else 'accounts'}: {names or 'nothing to run'}")
    table = Table("provider", box=box.SIMPLE_HEAD)
    for name in ("calls", "credits", "cached", "limits take", "month's budget"):
        table.add_column(name, justify="right")
    for name, provider in found.providers.items():
        budget = "" if provider.budget is None else f"{provider.spent} of {provider.budget} spent"
        shown = Text(budget, "red" if provider.over else "")
        takes = _duration(provider.seconds) if provider.calls else ""
        table.add_row(name, str(provider.calls), str(provider.credits), str(provider.cached), takes, shown)
    if found.providers:
        out.print(table)
    calls = sum(provider.calls for provider in found.providers.values())
    out.print(f"{calls} calls, {found.credits} credits, in {found.runs} {'run' if found.runs == 1 else 'runs'}")
    why = f"{found.binds}'s limits decide that" if found.binds else "the modules' own time decides that"
    out.print(f"about {_duration(found.seconds)}; {why}" if found.runs else "no time")
    for name in found.passes:
        words = f"--max-credits {found.max_credits}" if name == "run" else f"this month's budget of {name}"
        out.print(f"[red]{words} would be passed[/]: what it does not cover is left out, and the briefs name it")


def _duration(seconds: float) -> str:
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{max(seconds, 1):.0f} s"
