"""Definitions over a new store in a real Dagster instance, both in one folder.

Runs go through Dagster's in-process executor, one step after the other: what is tested is the graph. `batch` goes
through ours, which goes on after a step that failed for some accounts.
Not for: the executor (test_executor.py) or the graph without Dagster (graph.py).
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dagster as dg
from dagster._core.definitions.job_base import InMemoryJob
from dagster._core.definitions.partitions.context import partition_loading_context
from dagster._core.execution.api import execute_run
from dagster._core.storage.partition_status_cache import get_and_update_asset_status_cache_value

from partnerforge_dagster.definitions import ENRICH, build_defs, open_store
from partnerforge_dagster.models.modules import MODULES
from partnerforge_dagster.orchestration.module import Module
from partnerforge_dagster.orchestration.partitions import account_partitions, add_accounts
from partnerforge_dagster.orchestration.tags import FIRST_TAG, LAST_TAG, PARTITION_TAG
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

    def batch(self, *domains: str, only: Sequence[str] | None = None, **tags: str) -> dg.DagsterRun:
        """Run the job through our own executor; the run's last state."""
        add_accounts(self.instance, domains)
        selection = frozenset(dg.AssetKey(name) for name in only or MODULES)
        job = self.definitions.resolve_job_def(ENRICH).get_subset(asset_selection=selection)
        place = {FIRST_TAG: domains[0], LAST_TAG: domains[-1]} if len(domains) > 1 else {PARTITION_TAG: domains[0]}
        run = self.instance.create_run_for_job(job, tags={**place, **tags}, asset_selection=selection)
        execute_run(InMemoryJob(job), run, self.instance)
        ended = self.instance.get_run_by_id(run.run_id)
        assert ended is not None
        return ended

    def statuses(self, module: str) -> tuple[set[str], set[str]]:
        """Accounts that the UI shows as materialized and as failed."""
        cache = get_and_update_asset_status_cache_value(self.instance, dg.AssetKey(module), account_partitions)
        assert cache is not None
        with partition_loading_context(dynamic_partitions_store=self.instance):
            failed = cache.deserialize_failed_partition_subsets(account_partitions)
            done = cache.deserialize_materialized_partition_subsets(account_partitions)
            return set(done.get_partition_keys()), set(failed.get_partition_keys())

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
