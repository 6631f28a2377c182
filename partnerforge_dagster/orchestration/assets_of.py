"""Makes the Dagster asset of a module: partitioned by account, grouped by wave, with checks and metadata.

Everything that is the same for fifteen modules is here; everything that differs is in the module's own file.
Not for: running a module (enrichment.py).
"""

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import dagster as dg

from partnerforge_dagster.orchestration.checks import check_results, check_specs
from partnerforge_dagster.orchestration.enrichment import Enrichment, Outcome
from partnerforge_dagster.orchestration.event_loop import event_loop
from partnerforge_dagster.orchestration.metadata import metadata_of
from partnerforge_dagster.orchestration.module import DECLARED, Module
from partnerforge_dagster.orchestration.partitions import account_partitions
from partnerforge_dagster.settings import Settings
from partnerforge_dagster.store.results import Results, content_hash

FORCE_TAG = "partnerforge/force"
"""Run tag: `true` buys fresh answers even where the cache has some."""
BATCH_TAG = "partnerforge/batch"
"""Run tag: `true` lets interactive work go first in the governor's queue."""
OWNER = "team:partner-sales"


def asset_of(module: Module, *, settings: Settings, results: Results) -> dg.AssetsDefinition:
    """The asset of one module."""

    @dg.asset(
        name=module.name,
        # `deps` and not inputs: the upstream rows are one query of the step; as inputs they are two events and four
        # queries an edge, which costs the brief more time than writing it.
        deps=list(module.needs),
        partitions_def=account_partitions,
        backfill_policy=dg.BackfillPolicy.multi_run(max_partitions_per_run=settings.accounts_a_run),
        group_name=f"wave_{module.spec.wave}",
        kinds=_kinds(module),
        owners=[OWNER],
        tags={"module": f"M{module.spec.number:02d}"},
        description=module.description,
        metadata={"record": module.spec.result.__name__},
        check_specs=check_specs(module),
        required_resource_keys=set(_tools(module)),
        output_required=False,
    )
    def compute(context: dg.AssetExecutionContext) -> Iterator[Any]:
        enrichment = Enrichment(
            settings=settings,
            results=results,
            tools={name: getattr(context.resources, name) for name in _tools(module)},
            run_id=context.run.run_id,
            force=context.run.tags.get(FORCE_TAG) == "true",
            interactive=context.run.tags.get(BATCH_TAG) != "true",
        )
        work = enrichment.run(module, context.partition_keys)
        outcomes = event_loop().run(work, owner=context.run.run_id)
        yield from _events(context, module, outcomes)

    return compute


def _events(context: dg.AssetExecutionContext, module: Module, outcomes: dict[str, Outcome]) -> Iterator[Any]:
    for domain, outcome in outcomes.items():
        for name, result in outcome.upstream:
            yield dg.AssetMaterialization(
                asset_key=name,
                partition=domain,
                metadata=metadata_of(result),
                tags={"dagster/data_version": content_hash(result), "partnerforge/made_for": module.name},
            )
        context.add_asset_metadata(
            metadata_of(outcome.result, outcome.duration_s), asset_key=module.name, partition_key=domain
        )
    yield dg.Output(outcomes, data_version=_data_version(outcomes))
    yield from check_results(module, {domain: outcome.result for domain, outcome in outcomes.items()})


def _data_version(outcomes: dict[str, Outcome]) -> dg.DataVersion:
    """The content hash, so that an unchanged result does not make everything downstream stale."""
    hashes = [content_hash(outcome.result) for outcome in outcomes.values()]
    return dg.DataVersion(hashes[0] if len(hashes) == 1 else sha256("".join(hashes).encode()).hexdigest())


def _tools(module: Module) -> list[str]:
    """Resource keys of the module and of everything upstream, which it may have to make first."""
    keys = dict.fromkeys(module.resources)
    for need in module.needs:
        keys.update(dict.fromkeys(_tools(DECLARED[need])))
    return list(keys)


def _kinds(module: Module) -> set[str]:
    """At most three, as Dagster shows them: where the module's facts come from, else what it is."""
    own = [name for name in module.resources if name != "seller"]
    return set(own[:2]) | {"python"} if own else {"python", "scoring"}
