"""`partnerforge plan`: what `enrich` would do, before it does it. Asks no provider and writes nothing.

Not for: the arithmetic (planning/).
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich import box
from rich.table import Table
from rich.text import Text

from partnerforge_dagster.cli.common import checked_settings, out, refuse
from partnerforge_dagster.cli.domain_lists import domains_in
from partnerforge_dagster.cli.enrich import named_or_refused
from partnerforge_dagster.models.base import Mode
from partnerforge_dagster.models.modules import MODULES
from partnerforge_dagster.providers.sandbox.latency import MODULE_SECONDS, Latency
from partnerforge_dagster.settings import Settings

if TYPE_CHECKING:
    import sqlalchemy as sa

    from partnerforge_dagster.planning.need import Needs
    from partnerforge_dagster.planning.plan import Plan
    from partnerforge_dagster.store.calls import Asked
    from partnerforge_dagster.store.results import StoredResult

LEARNT_FROM = 20
"""Accounts whose calls tell what modules usually ask."""
AT_ONCE = 500
"""Accounts whose calls are in memory together."""


def plan(
    domains: Annotated[
        list[str], typer.Argument(help="Domains, or files with one domain a line (of CSV the first column).")
    ],
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

    declared, book = declared_modules(), _Book(settings)
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


class _Book:
    """What the store says, read only; a store that is not there says nothing."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._engine = _existing(settings)

    def results(self, accounts: list[str]) -> dict[str, dict[str, "StoredResult"]]:
        """The newest results by account and module."""
        from partnerforge_dagster.store.results import Results

        found: dict[str, dict[str, StoredResult]] = {}
        if self._engine is not None:
            for (account, module), row in Results(self._engine).latest_of(accounts, list(MODULES)).items():
                found.setdefault(account, {})[module] = row
        return found

    def needs(self, selections: Mapping[str, Sequence[str]], *, force: bool, now: datetime) -> list["Needs"]:
        """What each account needs."""
        from partnerforge_dagster.planning.habits import habits, newest_askings, prices
        from partnerforge_dagster.planning.measured import MEASURED
        from partnerforge_dagster.planning.need import need_of

        ages = {name: timedelta(seconds=p.cache_s) for name, p in self._settings.providers.named().items()}

        def fresh(row: "Asked") -> bool:
            return not force and row.answered_at is not None and row.answered_at > now - ages[row.provider]

        usual = {**MEASURED, **habits(self._asked(self._asked_lately()))}
        silent = _without_key(self._settings)
        found: list[Needs] = []
        accounts = list(selections)
        for start in range(0, len(accounts), AT_ONCE):
            rows = self._asked(accounts[start : start + AT_ONCE])
            price, askings = prices(rows), newest_askings(rows)
            for account in accounts[start : start + AT_ONCE]:
                own = {module: asking for (owner, module), asking in askings.items() if owner == account}
                need = need_of(selections[account], own, price=price, habits=usual, fresh=fresh)
                found.append({name: part for name, part in need.items() if name not in silent})
        return found

    def spent(self, month: str) -> dict[str, int]:
        """Credits of the month by provider."""
        from partnerforge_dagster.store.calls import Calls

        return Calls(self._engine).spent(month) if self._engine is not None else {}

    def module_seconds(self) -> dict[str, float]:
        """What modules take: as they did, or else as the design assumes, times the sandbox's latency."""
        from partnerforge_dagster.planning.measured import MEASURED
        from partnerforge_dagster.store.results import Results

        inside = self._settings.mode is Mode.SANDBOX and self._settings.sandbox_url is None
        factor = Latency.parse(self._settings.sandbox_latency).factor if inside else 1.0
        assumed = {module: MODULE_SECONDS[module] * factor for module in MEASURED}
        seen = Results(self._engine).seconds(self._asked_lately()) if self._engine is not None else {}
        return {**assumed, **seen}

    def _asked(self, accounts: list[str]) -> list["Asked"]:
        from partnerforge_dagster.store.calls import Calls

        return Calls(self._engine).asked(accounts) if self._engine is not None else []

    def _asked_lately(self) -> list[str]:
        from partnerforge_dagster.store.calls import Calls

        return Calls(self._engine).asked_lately(LEARNT_FROM) if self._engine is not None else []


def _existing(settings: Settings) -> "sa.Engine | None":
    """The store's engine, when there is a store; it is neither made nor brought up to date here."""
    import sqlalchemy as sa

    from partnerforge_dagster.store.database import WrongMode, check_mode, open_engine

    address = sa.make_url(settings.database_url)
    if address.get_backend_name() == "sqlite" and not Path(address.database or "").is_file():
        return None
    engine = open_engine(settings.database_url)
    tables = sa.inspect(engine)
    if not tables.has_table("calls"):
        return None
    if all(column["name"] != "question" for column in tables.get_columns("calls")):
        refuse("the store was made by an earlier version; bring it up to date with: partnerforge status", code=1)
    try:
        check_mode(engine, settings.mode)
    except WrongMode as error:
        refuse(str(error))
    return engine


def _without_key(settings: Settings) -> set[str]:
    """Paid providers that are left out in live mode, as nobody has a key for them."""
    given = settings.providers
    keys = {
        "builtwith": (given.builtwith.api_key,),
        "similarweb": (given.similarweb.api_key,),
        "web_search": (given.web_search.api_key, given.web_search.serper_api_key, given.web_search.tavily_api_key),
    }
    return {name for name, one_of in keys.items() if settings.mode is Mode.LIVE and not any(one_of)}


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
