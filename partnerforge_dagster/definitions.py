"""The code location: fifteen assets with checks, resources, job, schedules, sensors and executor.

The only file that sees everything.

`build_defs` takes every part as an argument, so that tests and tools assemble the same graph over other parts;
`defs` is what `dagster dev -m partnerforge_dagster.definitions` loads. Importing this file opens nothing.
"""

from collections.abc import Mapping
from datetime import datetime
from importlib import import_module
from typing import Any

import dagster as dg
import sqlalchemy as sa

from partnerforge_dagster.models.modules import MODULES
from partnerforge_dagster.orchestration import highlights
from partnerforge_dagster.orchestration.assets_of import assets_of
from partnerforge_dagster.orchestration.automation import Automation
from partnerforge_dagster.orchestration.executor import concurrent_executor
from partnerforge_dagster.orchestration.io_manager import ResultsIOManager
from partnerforge_dagster.orchestration.module import DECLARED, Module
from partnerforge_dagster.orchestration.resources import client_resources
from partnerforge_dagster.providers.clients import Clients, build_clients
from partnerforge_dagster.settings import Settings
from partnerforge_dagster.settings import settings as process_settings
from partnerforge_dagster.store.database import claim_mode, migrate, open_engine
from partnerforge_dagster.store.results import Results

__all__ = ["build_defs", "declared_modules", "defs", "enrich"]

ENRICH = "enrich"
"""The one job: all fifteen modules for the accounts of a run. Subsets are asset selections of it."""

_SHOWN = highlights.__name__
"""Importing highlights registers what each module's page shows."""


def declared_modules() -> dict[str, Module]:
    """The fifteen modules; importing a module's file declares it."""
    for name in MODULES:
        import_module(f"partnerforge_dagster.assets.{name}")
    return DECLARED


def build_defs(
    settings: Settings | None = None,
    *,
    engine: sa.Engine | None = None,
    clients: Clients | None = None,
    modules: Mapping[str, Module] | None = None,
    executor: dg.ExecutorDefinition = concurrent_executor,
    as_of: datetime | None = None,
) -> dg.Definitions:
    """The whole code location. Opens the store (and brings its tables up to date); reaches no provider.

    `as_of` is the moment of all results where it is not that of their making.
    """
    settings = settings or process_settings()
    engine = engine or open_store(settings)
    clients = clients or build_clients(settings, engine)
    modules = modules or declared_modules()
    io_manager = ResultsIOManager(Results(engine), settings.briefs)
    automation = Automation(modules, settings=settings, engine=engine)
    job = dg.define_asset_job(
        ENRICH,
        selection=dg.AssetSelection.all(),
        description="Enrich accounts: run all fifteen modules and write the brief.",
    )
    return dg.Definitions(
        assets=assets_of(modules, settings=settings, io_manager=io_manager, as_of=as_of),
        jobs=[job],
        schedules=automation.schedules(ENRICH),
        sensors=automation.sensors(),
        resources={"io_manager": io_manager, **client_resources(clients, settings)},
        executor=executor,
    )


def open_store(settings: Settings) -> sa.Engine:
    """The store's engine: tables up to date, mode claimed."""
    engine = open_engine(settings.database_url)
    migrate(engine)
    claim_mode(engine, settings.mode)
    return engine


@dg.definitions
def defs() -> dg.Definitions:
    """What `-m partnerforge_dagster.definitions` loads: the deployment that the environment describes."""
    return build_defs()


_PARTS: dict[str, Any] = {}


def work_with(**parts: Any) -> None:  # noqa: ANN401 - as build_defs takes them
    """Have this process's job made of these parts instead of the environment's: a recording's store and clients."""
    _PARTS.update(parts)


def enrich() -> dg.JobDefinition:
    """The job that the command line runs, for `dagster.reconstructable`."""
    return build_defs(**_PARTS).resolve_job_def(ENRICH)
