"""The fifteen modules over the sandbox without Dagster: real clients, governor and SQLite store in a folder.

A module is made to fail by `dataclasses.replace(module, function=...)` in the registry that is passed on, a provider
by the sandbox's faults.
Not for: Dagster runs (deployment.py).
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from partnerforge_dagster.definitions import declared_modules, open_store
from partnerforge_dagster.models.account import Account
from partnerforge_dagster.models.modules import MODULES
from partnerforge_dagster.models.result import ModuleResult
from partnerforge_dagster.orchestration.enrichment import Enrichment, Outcome
from partnerforge_dagster.orchestration.module import Module
from partnerforge_dagster.providers.clients import Clients, build_clients
from partnerforge_dagster.seller import load_seller
from partnerforge_dagster.settings import Settings
from partnerforge_dagster.settings_providers import Providers
from partnerforge_dagster.store.calls import Calls
from partnerforge_dagster.store.results import Results

COSTCO = "costco.com"
PATAGONIA = "patagonia.com"
SALLY = "sallybeauty.com"
NOBODY = "nothing-here.com"
"""Two listed companies around a private one, and one of which no provider knows anything."""


Made = dict[tuple[str, str], Outcome]
"""Outcomes by module and domain."""


def unhurried(**changes: Any) -> Providers:
    """Providers whose limits no test waits for; `changes` go to every one of them."""
    roomy: dict[str, Any] = {"per_minute": 100_000, "at_once": 50, **changes}
    named = Providers().named()
    return Providers(**{name: provider.model_copy(update=roomy) for name, provider in named.items()})


def settings_in(folder: Path, **changes: Any) -> Settings:
    """Settings of a deployment in `folder`, in sandbox mode."""
    url = f"sqlite:///{folder / 'partnerforge.db'}"
    return Settings(**{"database_url": url, "briefs": folder / "briefs", "providers": unhurried(), **changes})


@dataclass(frozen=True)
class Graph:
    """A store and clients, and what runs modules over them."""

    settings: Settings
    engine: Engine
    clients: Clients
    modules: Mapping[str, Module]

    @property
    def results(self) -> Results:
        """The stored results."""
        return Results(self.engine)

    @property
    def calls(self) -> Calls:
        """The ledger."""
        return Calls(self.engine)

    def enrichment(
        self, run_id: str, modules: Mapping[str, Module] | None = None, *, results: Results | None = None, **flags: bool
    ) -> Enrichment:
        """One run's Enrichment, over other `modules` or another store's `results` when given."""
        tools = {field.name: getattr(self.clients, field.name) for field in fields(self.clients)}
        return Enrichment(
            modules=modules or self.modules,
            settings=self.settings,
            results=results or self.results,
            tools={**tools, "seller": load_seller(self.settings.seller), "waterfalls": self.settings.waterfalls},
            run_id=run_id,
            **flags,
        )

    def run(
        self,
        enrichment: Enrichment,
        domains: Sequence[str],
        names: Sequence[str] = tuple(MODULES),
        *,
        closing: Callable[[], Awaitable[None]] | None = None,
    ) -> Made:
        """Run modules one after the other, upstream first; `closing` what is to be closed at the end."""

        async def session() -> Made:
            made: Made = {}
            try:
                for name in names:
                    outcomes = await enrichment.run(enrichment.modules[name], domains)
                    made.update({(name, domain): outcome for domain, outcome in outcomes.items()})
            finally:
                if closing:
                    await closing()
            return made

        return asyncio.run(session())


@contextmanager
def graph_in(folder: Path, **changes: Any) -> Iterator[Graph]:
    """A graph over a new store; `changes` are settings."""
    settings = settings_in(folder, **changes)
    engine = open_store(settings)
    clients = build_clients(settings, engine)
    try:
        yield Graph(settings, engine, clients, declared_modules())
    finally:
        asyncio.run(close(clients))
        engine.dispose()


async def close(clients: Clients) -> None:
    """Close every client."""
    for field in fields(clients):
        await getattr(clients, field.name).http.aclose()


def failing(modules: Mapping[str, Module], *names: str, only_for: str | None = None) -> dict[str, Module]:
    """The registry with these modules broken by a bug, for one domain or for all."""

    def broken(module: Module) -> Module:
        async def fails(account: Account, **given: object) -> ModuleResult:
            if only_for in (None, account.domain):
                raise ZeroDivisionError(f"a bug in {module.name}")
            return await module.function(account, **given)

        return replace(module, function=fails)

    return {name: broken(module) if name in names else module for name, module in modules.items()}
