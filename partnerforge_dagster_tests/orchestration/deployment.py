"""Definitions over a new store in a real Dagster instance, both in one folder.

Runs go through Dagster's in-process executor, one step after the other: what is tested is the graph.
Not for: the executor (test_executor.py) or the graph without Dagster (graph.py).
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dagster as dg

from partnerforge_dagster.definitions import ENRICH, build_defs, open_store
from partnerforge_dagster.models.modules import MODULES
from partnerforge_dagster.orchestration.module import Module
from partnerforge_dagster.orchestration.partitions import add_accounts
from partnerforge_dagster.providers.clients import build_clients
from partnerforge_dagster.store.calls import CallCount, Calls
from partnerforge_dagster.store.results import Results
from partnerforge_dagster_tests.orchestration.graph import settings_in


@dataclass(frozen=True)
class Deployment:
    """Definitions over a store, and the Dagster instance they run in."""

    instance: dg.DagsterInstance
    definitions: dg.Definitions
    results: Results
    calls: Calls
    briefs: Path

    def run(
        self, *domains: str, only: Sequence[str] | None = None, raise_on_error: bool = True, **tags: str
    ) -> dg.ExecuteInProcessResult:
        """Run the job for accounts that stand together in the partitions' order; tags without their prefix."""
        add_accounts(self.instance, domains)
        place = {
            "dagster/asset_partition_range_start": domains[0],
            "dagster/asset_partition_range_end": domains[-1],
        }
        return self.definitions.resolve_job_def(ENRICH).execute_in_process(
            instance=self.instance,
            asset_selection=[dg.AssetKey(name) for name in only or MODULES],
            raise_on_error=raise_on_error,
            partition_key=domains[0] if len(domains) == 1 else None,
            tags={
                **({} if len(domains) == 1 else place),
                **{f"partnerforge/{name}": value for name, value in tags.items()},
            },
        )

    def materialized(self, module: str, domain: str) -> list[dg.EventLogRecord]:
        """The materializations of one partition, newest first."""
        wanted = dg.AssetRecordsFilter(dg.AssetKey(module), asset_partitions=[domain])
        return list(self.instance.fetch_materializations(wanted, limit=100).records)

    def made_by(self, result: dg.ExecuteInProcessResult) -> dict[str, CallCount]:
        """Calls of a run by provider."""
        return self.calls.of_runs([result.run_id])


@contextmanager
def deployment_in(folder: Path, *, modules: Mapping[str, Module] | None = None, **changes: Any) -> Iterator[Deployment]:
    """A new deployment; `changes` are settings."""
    settings = settings_in(folder, **changes)
    engine = open_store(settings)
    definitions = build_defs(settings, engine=engine, clients=build_clients(settings, engine), modules=modules)
    with dg.instance_for_test(temp_dir=str(folder)) as instance:
        yield Deployment(instance, definitions, Results(engine), Calls(engine), settings.briefs)
    engine.dispose()
