"""Makes Dagster assets of modules: partitioned by account, grouped by wave, with checks and metadata.

Everything that is the same for fifteen modules is here; everything that differs is in the module's own file.
Not for: running a module (enrichment.py).
"""

import warnings
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import dagster as dg
from sqlalchemy.exc import DBAPIError

from partnerforge_dagster.orchestration.backfills import batch_runs
from partnerforge_dagster.orchestration.checks import check_specs
from partnerforge_dagster.orchestration.enrichment import Enrichment
from partnerforge_dagster.orchestration.event_loop import event_loop
from partnerforge_dagster.orchestration.io_manager import ResultsIOManager
from partnerforge_dagster.orchestration.module import Module
from partnerforge_dagster.orchestration.partitions import account_partitions
from partnerforge_dagster.orchestration.step_events import step_events
from partnerforge_dagster.orchestration.tags import FORCE_TAG, MAX_CREDITS_TAG, is_batch
from partnerforge_dagster.settings import Settings
from partnerforge_dagster.store.lost_connection import connection_lost

# Both are marked beta; the minor version is pinned, and the warnings would greet every user.
warnings.filterwarnings("ignore", message="Parameter `(backfill_policy|data_version)`", category=dg.BetaWarning)

OWNER = "team:partner-sales"

AWAY_TRIES, AWAY_S = 6, 10
"""How often, and after how many seconds, a step tries again whose database was away: a restart takes less."""


def assets_of(
    modules: Mapping[str, Module],
    *,
    settings: Settings,
    io_manager: ResultsIOManager,
    as_of: datetime | None = None,
) -> list[dg.AssetsDefinition]:
    """An asset for every module. Results are made as of now, or of the moment that is given (a recording's)."""
    return [_asset_of(module, modules, settings, io_manager, as_of) for module in modules.values()]


def _asset_of(
    module: Module,
    modules: Mapping[str, Module],
    settings: Settings,
    io_manager: ResultsIOManager,
    as_of: datetime | None,
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
        freshness_policy=_freshness(getattr(settings.fresh_days, module.name)),
        required_resource_keys=set(tools),
        output_required=False,
    )
    def compute(context: dg.AssetExecutionContext) -> Iterator[Any]:
        enrichment = Enrichment(
            modules=modules,
            settings=_shared(settings, context),
            results=io_manager.results,
            tools={name: getattr(context.resources, name) for name in tools},
            run_id=context.run.run_id,
            force=context.run.tags.get(FORCE_TAG) == "true",
            interactive=not is_batch(context.run.tags),
            max_credits=_max_credits(context.run.tags.get(MAX_CREDITS_TAG)),
            as_of=as_of,
        )
        try:
            work = enrichment.run(module, context.partition_keys)
            outcomes = event_loop().run(work, owner=context.run.run_id)
        except DBAPIError as error:
            if not connection_lost(error):
                raise
            # Not a failure of an account: what was bought is in the cache, and nobody would start the run again.
            raise dg.RetryRequested(max_retries=AWAY_TRIES, seconds_to_wait=AWAY_S) from error
        yield from step_events(context, module, outcomes)

    return compute


def _shared(settings: Settings, context: dg.AssetExecutionContext) -> Settings:
    """What a run may do at once: in a batch its part of what all batches may do together."""
    if not is_batch(context.run.tags):
        return settings
    part = max(1, settings.accounts_at_once // batch_runs(context.instance))
    return settings.model_copy(update={"accounts_at_once": part})


def _freshness(days: float) -> dg.FreshnessPolicy:
    """A warning when the newest result of any account is older than it may be, a failure at twice that age.

    Dagster keeps one policy an asset and not one a partition; which accounts are stale, `partnerforge status` says.
    """
    due = timedelta(seconds=max(60, round(days * 86_400)))  # Dagster takes no shorter window and no part of a second
    return dg.FreshnessPolicy.time_window(fail_window=2 * due, warn_window=due)


def _max_credits(tag: str | None) -> int | None:
    """A budget that cannot be read must not become none."""
    if tag is None:
        return None
    if not (tag.isascii() and tag.isdigit()):
        raise dg.Failure(f"run tag {MAX_CREDITS_TAG}={tag!r} is not a whole number of credits", allow_retries=False)
    return int(tag)


def _tools(module: Module, modules: Mapping[str, Module]) -> list[str]:
    """Resource keys of the module and of everything upstream, which it may have to make first."""
    keys = dict.fromkeys(module.resources)
    for need in module.needs:
        keys.update(dict.fromkeys(_tools(modules[need], modules)))
    return list(keys)


def _kinds(module: Module) -> set[str]:
    """At most three, as Dagster shows them: where the module's facts come from, else what it is."""
    own = [name for name in module.resources if name not in ("seller", "waterfalls")]
    return set(own[:2]) | {"python"} if own else {"python", "scoring"}
