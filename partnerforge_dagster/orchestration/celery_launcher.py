"""A run launcher that sends whole runs to workers on other machines, each kind of work to a queue of its own.

dagster-celery's own launcher, but for three things: the queue follows from what kind of work a run is; whether a run
lives is told by its signs of life, because Celery's results know nothing of a machine that is gone; and while the
broker is away a run goes back to Dagster's queue instead of failing.
Leans on private names of Dagster, as executor.py does: minor version pinned, behaviour tested.
Not for: the workers (celery_app.py), or what happens to a dead run; that is `run_retries` in dagster.yaml.
"""

import time
from collections.abc import Mapping
from typing import Any, Self

import dagster as dg
from dagster._core.errors import DagsterUserCodeUnreachableError
from dagster._core.launcher import CheckRunHealthResult, LaunchRunContext
from dagster._serdes import ConfigurableClassData
from dagster_celery.launcher import CeleryRunLauncher
from dagster_celery.tags import DAGSTER_CELERY_QUEUE_TAG
from kombu.exceptions import OperationalError

from partnerforge_dagster.orchestration.celery_app import CONFIG
from partnerforge_dagster.orchestration.run_launcher import DEAD_AFTER, DEAD_AFTER_S, health
from partnerforge_dagster.orchestration.tags import ALIVE_TAG, is_batch
from partnerforge_dagster.settings import Settings

INTERACTIVE, BATCH = "interactive", "batch"
"""Queues. Any other one is named by a run's tag `dagster-celery/queue`."""


def queue_of(tags: Mapping[str, str]) -> str:
    """Where a run goes: what its tag says, else by the kind of work."""
    return tags.get(DAGSTER_CELERY_QUEUE_TAG) or (BATCH if is_batch(tags) else INTERACTIVE)


class WatchedCeleryRunLauncher(CeleryRunLauncher):
    """Named in dagster.yaml; PARTNERFORGE_BROKER_URL names the broker."""

    def __init__(self, dead_after_seconds: int = DEAD_AFTER_S, inst_data: ConfigurableClassData | None = None) -> None:
        self._dead_after_s = dead_after_seconds
        broker = Settings().broker_url
        if broker is None:
            raise ValueError("PARTNERFORGE_BROKER_URL is not set, and dagster.yaml has runs sent to workers through it")
        super().__init__(default_queue=INTERACTIVE, broker=broker, config_source=CONFIG, inst_data=inst_data)

    @classmethod
    def config_type(cls) -> dict[str, Any]:
        """What dagster.yaml may say."""
        return DEAD_AFTER

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]) -> Self:
        """Dagster's way to make one from dagster.yaml."""
        return cls(**config_value, inst_data=inst_data)

    def launch_run(self, context: LaunchRunContext) -> None:
        """Send the run to its queue. Raises DagsterUserCodeUnreachableError, the one error after which Dagster puts a
        run back into its queue, while the broker cannot be reached.
        """
        run = context.dagster_run
        # The sign of life from here on: a machine that dies while it starts the run has given none itself.
        tags = {DAGSTER_CELERY_QUEUE_TAG: queue_of(run.tags), ALIVE_TAG: str(round(time.time()))}
        self._instance.add_run_tags(run.run_id, tags)
        try:
            super().launch_run(context._replace(dagster_run=run.with_tags({**run.tags, **tags})))
        except OperationalError as error:
            raise DagsterUserCodeUnreachableError(f"the broker cannot be reached: {error}") from error

    def terminate(self, run_id: str) -> bool:
        """Mark the run: our executor looks there every second, on whatever machine (cancelling.py)."""
        run = self._instance.get_run_by_id(run_id)
        if run is None or run.is_finished:
            return False
        self._instance.report_run_canceling(run)
        return True

    @property
    def supports_resume_run(self) -> bool:
        """No: `run_retries` starts a new run, which does only what is missing."""
        return False

    def check_run_worker_health(self, run: dg.DagsterRun) -> CheckRunHealthResult:
        """Whether the run lives."""
        return health(self._instance, run, self._dead_after_s)

    def get_run_worker_debug_info(self, run: dg.DagsterRun, include_container_logs: bool | None = True) -> str | None:
        """Nothing: there are no Celery results to ask."""
        del run, include_container_logs
        return None
