"""What a step tells Dagster of its accounts: who came through, who failed and why.

A module that failed for an account is not materialized there, so that the pages show exactly those partitions as
failed. The step then fails, naming them, after everything was stored; the executor goes on with what stands on it.
Leans on private names of Dagster, as executor.py does: minor version pinned, behaviour tested.
Not for: making the results (enrichment.py).
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import uuid4

import dagster as dg
from dagster._core.definitions.source_asset import SYSTEM_METADATA_KEY_SOURCE_ASSET_OBSERVATION
from dagster._core.events import DagsterEvent, DagsterEventBatchMetadata

from partnerforge_dagster.models.modules import BRIEF
from partnerforge_dagster.models.result import ModuleResult, Status
from partnerforge_dagster.models.strategic_signal_brief import StrategicSignalBrief
from partnerforge_dagster.orchestration.checks import check_results
from partnerforge_dagster.orchestration.enrichment import Outcome
from partnerforge_dagster.orchestration.metadata import metadata_of
from partnerforge_dagster.orchestration.module import Module
from partnerforge_dagster.store.results import GOOD, content_hash

UNSEEN = {SYSTEM_METADATA_KEY_SOURCE_ASSET_OBSERVATION: True}
"""Metadata of an output of which Dagster makes no materialization. A private habit of Dagster: minor version pinned,
behaviour tested."""
REASONS = 3
"""Reasons told of an account; they are enough to go on."""

# Dagster stores events as the batches they are reported in only where its environment allows it; of up to so many.
os.environ.setdefault("DAGSTER_EVENT_BATCH_SIZE", "100")


def step_events(context: dg.AssetExecutionContext, module: Module, outcomes: Mapping[str, Outcome]) -> Iterator[Any]:
    """Events of a step that has its outcomes. Raises Failure when an account failed.

    The output comes first: it stores all outcomes. Of one account's output Dagster makes the materialization; the
    accounts of a batch are materialized here one by one, because Dagster would put one data version on all of them.
    """
    failed = {domain: reasons(outcome.result) for domain, outcome in outcomes.items() if not _good(outcome.result)}
    if len(outcomes) == 1 and not failed:
        yield _output(context, module, outcomes)
    else:
        yield dg.Output(outcomes, metadata=UNSEEN)
        good = {domain: outcome for domain, outcome in outcomes.items() if domain not in failed}
        _report(context, [_materialized(module, domain, outcome) for domain, outcome in good.items()])
    yield from _upstream(module, outcomes)
    yield from check_results(module, {domain: outcome.result for domain, outcome in outcomes.items()})
    if failed:
        raise _failure(module, failed, len(outcomes))


def reasons(result: ModuleResult) -> str:
    """Why there is no new good result; of a stale one not the gaps that it had when it was good."""
    upstream = [row.gap for row in result.data_gaps] if isinstance(result, StrategicSignalBrief) else []
    gaps = [*result.gaps, *upstream]
    told = dict.fromkeys(gap.reason for gap in (reversed(gaps) if result.status is Status.STALE else gaps))
    return "; ".join(list(told)[:REASONS]) or str(result.status)


def _good(result: ModuleResult) -> bool:
    return result.status in GOOD


def _upstream(module: Module, outcomes: Mapping[str, Outcome]) -> Iterator[dg.AssetMaterialization]:
    """Modules that had to be made first are materialized, too, and say for whom."""
    for domain, outcome in outcomes.items():
        for name, result in outcome.upstream:
            if _good(result):
                tags = {"partnerforge/made_for": module.name}
                yield _materialization(name, domain, content_hash(result), metadata_of(result), tags)


def _output(
    context: dg.AssetExecutionContext, module: Module, outcomes: Mapping[str, Outcome]
) -> dg.Output[Mapping[str, Outcome]]:
    ((domain, outcome),) = outcomes.items()
    context.add_asset_metadata(
        metadata_of(outcome.result, outcome.duration_s, outcome.changes), asset_key=module.name, partition_key=domain
    )
    # The content hash, so that an unchanged result does not make everything downstream stale.
    return dg.Output(outcomes, data_version=dg.DataVersion(outcome.version))


def _materialization(
    name: str, domain: str, version: str, metadata: Mapping[str, Any], tags: Mapping[str, str]
) -> dg.AssetMaterialization:
    return dg.AssetMaterialization(
        asset_key=name,
        partition=domain,
        metadata=metadata,
        tags={"dagster/data_version": version, **tags},
    )


def _materialized(module: Module, domain: str, outcome: Outcome) -> dg.AssetMaterialization:
    metadata = metadata_of(outcome.result, outcome.duration_s, outcome.changes)
    return _materialization(module.name, domain, outcome.version, metadata, {})


def _report(context: dg.AssetExecutionContext, materializations: Sequence[dg.AssetMaterialization]) -> None:
    """What `context.log_event` does with each, as one batch: stored one by one they are a seventh of a run's CPU."""
    step = context.get_step_execution_context()
    batch = str(uuid4())
    last = len(materializations) - 1
    for place, materialization in enumerate(materializations):
        part = DagsterEventBatchMetadata(batch, is_end=place == last)
        context.op_execution_context._events.append(DagsterEvent.asset_materialization(step, materialization, part))


def _failure(module: Module, failed: Mapping[str, str], of: int) -> dg.Failure:
    """Its metadata are the reasons by account: launch.py and the run's page read them there."""
    what = "brief" if module.name == BRIEF else f"new {module.spec.title.lower()}"
    named = "; ".join(f"{domain}: {reason}" for domain, reason in failed.items())
    return dg.Failure(f"no {what} for {len(failed)} of {of} accounts: {named}", metadata=failed, allow_retries=False)
