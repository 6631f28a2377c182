"""Dagster's own run launcher, which also knows whether a run still lives.

Dagster's notices a run's process that dies under a living code server (within a second), and nothing else: after a
reboot, or when code server and run die together, a run would stand as started for as long as it may take, holding a
place in the queue. Our executor gives a sign of life every few seconds, wherever the run is; run monitoring asks here.
Leans on private names of Dagster, as executor.py does: minor version pinned, behaviour tested.
Not for: what happens to a dead run; that is `run_retries` in dagster.yaml.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Self

import dagster as dg
from dagster._core.launcher import CheckRunHealthResult, DefaultRunLauncher, WorkerStatus
from dagster._serdes import ConfigurableClassData

from partnerforge_dagster.orchestration.tags import ALIVE_TAG

DEAD_AFTER_S = 60


DEAD_AFTER = {"dead_after_seconds": dg.Field(dg.IntSource, is_required=False, default_value=DEAD_AFTER_S)}
"""What dagster.yaml may say of it: without a sign for so long a run is dead; clocks agree to less."""


def health(instance: dg.DagsterInstance, run: dg.DagsterRun, dead_after_s: float) -> CheckRunHealthResult:
    """Whether a run that has started gives signs of life. One that never gave any is another executor's."""
    record = instance.get_run_record_by_id(run.run_id)
    if record is None or ALIVE_TAG not in record.dagster_run.tags:
        return CheckRunHealthResult(WorkerStatus.RUNNING)
    # The time of the record's last change and not the tag's: a retried run inherits the tag of its parent.
    silent_s = (datetime.now(UTC) - record.update_timestamp).total_seconds()
    if silent_s <= dead_after_s:
        return CheckRunHealthResult(WorkerStatus.RUNNING)
    return CheckRunHealthResult(WorkerStatus.NOT_FOUND, f"no sign of life for {silent_s:.0f} s")


class WatchedRunLauncher(DefaultRunLauncher):
    """Named in dagster.yaml: runs are processes of the code server's machine."""

    def __init__(self, dead_after_seconds: int = DEAD_AFTER_S, inst_data: ConfigurableClassData | None = None) -> None:
        self._dead_after_s = dead_after_seconds
        super().__init__(inst_data)

    @classmethod
    def config_type(cls) -> dict[str, Any]:
        """What dagster.yaml may say."""
        return DEAD_AFTER

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]) -> Self:
        """Dagster's way to make one from dagster.yaml."""
        return cls(**config_value, inst_data=inst_data)

    @property
    def supports_check_run_worker_health(self) -> bool:
        """Yes."""
        return True

    def check_run_worker_health(self, run: dg.DagsterRun) -> CheckRunHealthResult:
        """Whether the run lives."""
        return health(self._instance, run, self._dead_after_s)
