"""Small jobs that exercise one habit of Dagster each, for test_executor.py; at module level to reconstruct."""

import asyncio
import threading
import time
from collections.abc import Iterator

import dagster as dg

from partnerforge_dagster.orchestration.event_loop import event_loop
from partnerforge_dagster.orchestration.executor import concurrent_executor

SLEEP_S = 1.0
SETUPS: list[str] = []
HOOKED: list[str] = []
TOGETHER = threading.Barrier(3, timeout=20)


@dg.op
def waits_in_a_thread() -> None:
    """Passes only when two other steps run at the same time."""
    TOGETHER.wait()


@dg.op
async def waits_in_a_coroutine() -> None:
    """The same, as Dagster's own async op."""
    await asyncio.to_thread(TOGETHER.wait)


@dg.op
def waits_on_the_shared_loop(context: dg.OpExecutionContext) -> None:
    """The same, on the loop that modules share."""
    event_loop().run(asyncio.to_thread(TOGETHER.wait), owner=context.run.run_id)


@dg.job(executor_def=concurrent_executor)
def together() -> None:
    """Three steps that end only when all three run at once."""
    waits_in_a_thread()
    waits_in_a_coroutine()
    waits_on_the_shared_loop()


@dg.op(out={"taken": dg.Out(is_required=False), "left": dg.Out(is_required=False)})
def forks() -> Iterator[dg.Output[int]]:
    """Takes one branch."""
    yield dg.Output(1, "taken")


@dg.op
def after(value: int) -> int:
    """Stands on one branch."""
    return value


@dg.job(executor_def=concurrent_executor)
def skips() -> None:
    """One branch is taken, the other skipped."""
    taken, left = forks()
    after.alias("after_taken")(taken)
    after.alias("after_left")(after.alias("next_left")(left))


@dg.op
def breaks() -> int:
    """Fails."""
    raise dg.Failure("broken on purpose")


@dg.op
def works() -> int:
    """Works, later than the failure."""
    time.sleep(0.3)
    return 1


@dg.job(executor_def=concurrent_executor)
def one_branch_fails() -> None:
    """The other branch goes on."""
    after.alias("after_broken")(breaks())
    after.alias("after_working")(works())


@dg.op(retry_policy=dg.RetryPolicy(max_retries=2, delay=0.5))
def works_the_third_time(context: dg.OpExecutionContext) -> int:
    """Fails twice."""
    if context.retry_number < 2:
        raise RuntimeError("not yet")
    return context.retry_number


@dg.job(executor_def=concurrent_executor)
def retries() -> None:
    """A policy with a delay."""
    works_the_third_time()


@dg.op(pool="narrow", retry_policy=dg.RetryPolicy(max_retries=1, delay=0.1))
def uses_the_pool(context: dg.OpExecutionContext) -> None:
    """Notes how many are inside; the first try of each fails, inside the pool."""
    with _INSIDE_LOCK:
        INSIDE.append(INSIDE[-1] + 1)
    time.sleep(0.2)
    with _INSIDE_LOCK:
        INSIDE.append(INSIDE[-1] - 1)
    if context.retry_number == 0:
        raise RuntimeError("first try")


INSIDE = [0]
_INSIDE_LOCK = threading.Lock()


@dg.job(executor_def=concurrent_executor)
def pooled() -> None:
    """Four steps of which a pool lets one in at a time."""
    for number in range(4):
        uses_the_pool.alias(f"pooled_{number}")()


@dg.success_hook
def notes_success(context: dg.HookContext) -> None:
    """Notes which step it was called for."""
    HOOKED.append(context.op.name)


@dg.job(executor_def=concurrent_executor, hooks={notes_success})
def hooked() -> None:
    """A hook after each step that succeeds."""
    after(works())


@dg.resource
def counted(_: dg.InitResourceContext) -> Iterator[str]:
    """Counts its own set-ups."""
    SETUPS.append("up")
    yield "resource"
    SETUPS.append("down")


@dg.op(required_resource_keys={"counted"})
def uses_resource(context: dg.OpExecutionContext) -> str:
    """Uses it."""
    return str(context.resources.counted)


@dg.job(executor_def=concurrent_executor, resource_defs={"counted": counted})
def resourced() -> None:
    """Three steps, one resource."""
    for number in range(3):
        uses_resource.alias(f"resourced_{number}")()


@dg.asset(check_specs=[dg.AssetCheckSpec("gate", asset="gated", blocking=True)])
def gated() -> Iterator[dg.Output[int] | dg.AssetCheckResult]:
    """Its blocking check fails."""
    yield dg.Output(1)
    yield dg.AssetCheckResult(check_name="gate", passed=False)


@dg.asset
def beyond(gated: int) -> int:
    """Must not run."""
    return gated


@dg.op
def never_ends(context: dg.OpExecutionContext) -> None:
    """Waits on the shared loop for an hour."""
    event_loop().run(asyncio.sleep(3600), owner=context.run.run_id)


@dg.job(executor_def=concurrent_executor)
def endless() -> None:
    """Two steps that must be stopped."""
    never_ends.alias("never_1")()
    never_ends.alias("never_2")()


def blocked() -> dg.JobDefinition:
    """The job over the blocking check."""
    return dg.Definitions(
        assets=[gated, beyond],
        jobs=[dg.define_asset_job("blocked", dg.AssetSelection.all())],
        executor=concurrent_executor,
    ).resolve_job_def("blocked")
