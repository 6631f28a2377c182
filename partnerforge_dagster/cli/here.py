"""Running what was selected in this process, with a picture of it, for every command that can.

Not for: what is selected (the commands), how it is run (orchestration/launch.py) or the picture (progress.py).
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import typer
from rich.markup import escape

from partnerforge_dagster.cli.common import Deployment, err
from partnerforge_dagster.cli.signals import INTERRUPTED

if TYPE_CHECKING:
    from partnerforge_dagster.orchestration.launch import Batch, Launch, Watcher


def run_here(
    deployment: Deployment,
    selections: Mapping[str, Sequence[str]],
    *,
    tags: Mapping[str, str],
    max_credits: int | None,
    quiet: bool,
) -> list[str]:
    """Run the modules of each account, whose partitions exist. Returns run ids; exits with 130 when broken off."""
    import dagster as dg

    from partnerforge_dagster import definitions
    from partnerforge_dagster.cli.progress import Progress
    from partnerforge_dagster.orchestration.launch import Launch, RunCanceled, batches
    from partnerforge_dagster.orchestration.partitions import ACCOUNT

    order = deployment.instance.get_dynamic_partitions(ACCOUNT)
    work = batches(order, selections, deployment.settings.accounts_a_run)
    launch = Launch(
        deployment.instance, dg.reconstructable(definitions.enrich), max_runtime_s=deployment.settings.run_timeout_s
    )
    with Progress(selections, quiet=quiet) as progress:
        try:
            run_ids = _launch(deployment, launch, work, tags, max_credits, progress.watch)
        except KeyboardInterrupt:
            err.print(
                "interrupted: running modules were cancelled; what was finished is kept; go on: partnerforge resume"
            )
            raise typer.Exit(INTERRUPTED) from None
        except RunCanceled as canceled:
            err.print(f"run {canceled} was canceled: what was finished is kept; go on: partnerforge resume {canceled}")
            raise typer.Exit(INTERRUPTED) from None
    for account, reason in launch.failures.items():
        err.print(f"[bold red]{account}: not everything came through[/]  {escape(reason)}", soft_wrap=True)
    return run_ids


def _launch(
    deployment: Deployment,
    launch: "Launch",
    work: Sequence["Batch"],
    tags: Mapping[str, str],
    max_credits: int | None,
    watch: "Watcher",
) -> list[str]:
    """Run every batch. A budget is the whole command's: each run gets what the runs before it have left."""
    from partnerforge_dagster.orchestration.tags import MAX_CREDITS_TAG
    from partnerforge_dagster.store.calls import Calls

    if max_credits is None:
        return launch.run(work, tags=tags, watch=watch)
    run_ids: list[str] = []
    for batch in work:
        spent = sum(count.credits for count in Calls(deployment.ledger).of_runs(run_ids).values())
        left = {MAX_CREDITS_TAG: str(max(0, max_credits - spent))}
        run_ids += launch.run([batch], tags={**tags, **left}, watch=watch)
    return run_ids
