"""Makes Dagster assets of modules: partitioned by account, grouped by wave, with checks and metadata.

Everything that is the same for fifteen modules is here; everything that differs is in the module's own file.
Not for: running a module (enrichment.py).
"""

import warnings
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any

import dagster as dg

from partnerforge_dagster.models.result import ModuleResult, Status
from partnerforge_dagster.models.strategic_signal_brief import StrategicSignalBrief
from partnerforge_dagster.orchestration.checks import check_results, check_specs
from partnerforge_dagster.orchestration.enrichment import BRIEF, Enrichment, Outcome
from partnerforge_dagster.orchestration.event_loop import event_loop
from partnerforge_dagster.orchestration.io_manager import ResultsIOManager
from partnerforge_dagster.orchestration.metadata import metadata_of
from partnerforge_dagster.orchestration.module import Module
from partnerforge_dagster.orchestration.partitions import account_partitions
from partnerforge_dagster.orchestration.tags import BATCH_TAG, FORCE_TAG, MAX_CREDITS_TAG
from partnerforge_dagster.settings import Settings
from partnerforge_dagster.store.results import content_hash

# Both are marked beta; the minor version is pinned, and the warnings would greet every user.
warnings.filterwarnings("ignore", message="Parameter `(backfill_policy|data_version)`", category=dg.BetaWarning)

OWNER = "team:partner-sales"


def assets_of(
    modules: Mapping[str, Module], *, settings: Settings, io_manager: ResultsIOManager
) -> list[dg.AssetsDefinition]:
    """An asset for every module."""
    return [_asset_of(module, modules, settings, io_manager) for module in modules.values()]


def _asset_of(
    module: Module, modules: Mapping[str, Module], settings: Settings, io_manager: ResultsIOManager
) -> dg.AssetsDefinition:
    tools = _tools(module, modules)

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
        required_resource_keys=set(tools),
        output_required=False,
    )
    def compute(context: dg.AssetExecutionContext) -> Iterator[Any]:
        enrichment = Enrichment(
            modules=modules,
            settings=settings,
            results=io_manager.results,
            tools={name: getattr(context.resources, name) for name in tools},
            run_id=context.run.run_id,
            force=context.run.tags.get(FORCE_TAG) == "true",
            interactive=context.run.tags.get(BATCH_TAG) != "true",
            max_credits=_max_credits(context.run.tags.get(MAX_CREDITS_TAG)),
        )
        work = enrichment.run(module, context.partition_keys)
        outcomes = event_loop().run(work, owner=context.run.run_id)
        yield from _upstream_events(module, outcomes)
        without_brief = [d for d, o in outcomes.items() if o.result.status is Status.UNAVAILABLE]
        if module.name == BRIEF and without_brief:
            yield from _brief_events(context, io_manager, outcomes)
            raise _no_brief(outcomes, without_brief)
        yield from _output_events(context, module, outcomes)

    return compute


def _max_credits(tag: str | None) -> int | None:
    """A budget that cannot be read must not become none."""
    if tag is None:
        return None
    if not (tag.isascii() and tag.isdigit()):
        raise dg.Failure(f"run tag {MAX_CREDITS_TAG}={tag!r} is not a whole number of credits", allow_retries=False)
    return int(tag)


def _upstream_events(module: Module, outcomes: Mapping[str, Outcome]) -> Iterator[dg.AssetMaterialization]:
    """Modules that had to be made first are materialized, too, and say for whom."""
    for domain, outcome in outcomes.items():
        for name, result in outcome.upstream:
            yield _materialization(name, domain, result, None, {"partnerforge/made_for": module.name})


def _output_events(context: dg.AssetExecutionContext, module: Module, outcomes: dict[str, Outcome]) -> Iterator[Any]:
    """The step's output, which Dagster turns into a materialization for each account, and the checks."""
    for domain, outcome in outcomes.items():
        context.add_asset_metadata(
            metadata_of(outcome.result, outcome.duration_s), asset_key=module.name, partition_key=domain
        )
    yield dg.Output(outcomes, data_version=_data_version(outcomes))
    yield from check_results(module, {domain: outcome.result for domain, outcome in outcomes.items()})


def _brief_events(
    context: dg.AssetExecutionContext, io_manager: ResultsIOManager, outcomes: Mapping[str, Outcome]
) -> Iterator[dg.AssetMaterialization]:
    """Keep everything and materialize the accounts that have a brief; without an output the others show as failed."""
    io_manager.keep(BRIEF, context.run.run_id, outcomes)
    for domain, outcome in outcomes.items():
        if outcome.result.status is not Status.UNAVAILABLE:
            yield _materialization(BRIEF, domain, outcome.result, outcome.duration_s, {})


def _no_brief(outcomes: Mapping[str, Outcome], domains: Sequence[str]) -> dg.Failure:
    reasons = {domain: "; ".join(_reasons(outcomes[domain].result)) for domain in domains}
    named = "; ".join(f"{domain}: {reason}" for domain, reason in reasons.items())
    return dg.Failure(f"no brief for {len(domains)} of {len(outcomes)} accounts: {named}", metadata=reasons)


def _reasons(brief: ModuleResult) -> list[str]:
    """Why there is none: its own failure, else what its modules could not ask; three are enough to go on."""
    upstream = [row.gap for row in brief.data_gaps] if isinstance(brief, StrategicSignalBrief) else []
    return list(dict.fromkeys(gap.reason for gap in [*brief.gaps, *upstream]))[:3]


def _materialization(
    name: str, domain: str, result: ModuleResult, duration_s: float | None, tags: Mapping[str, str]
) -> dg.AssetMaterialization:
    return dg.AssetMaterialization(
        asset_key=name,
        partition=domain,
        metadata=metadata_of(result, duration_s),
        tags={"dagster/data_version": content_hash(result), **tags},
    )


def _data_version(outcomes: Mapping[str, Outcome]) -> dg.DataVersion:
    """The content hash, so that an unchanged result does not make everything downstream stale."""
    hashes = [content_hash(outcome.result) for outcome in outcomes.values()]
    return dg.DataVersion(hashes[0] if len(hashes) == 1 else sha256("".join(hashes).encode()).hexdigest())


def _tools(module: Module, modules: Mapping[str, Module]) -> list[str]:
    """Resource keys of the module and of everything upstream, which it may have to make first."""
    keys = dict.fromkeys(module.resources)
    for need in module.needs:
        keys.update(dict.fromkeys(_tools(modules[need], modules)))
    return list(keys)


def _kinds(module: Module) -> set[str]:
    """At most three, as Dagster shows them: where the module's facts come from, else what it is."""
    own = [name for name in module.resources if name != "seller"]
    return set(own[:2]) | {"python"} if own else {"python", "scoring"}
