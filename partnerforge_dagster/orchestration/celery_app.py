"""The Celery application of workers on several machines; who sends runs to them uses the same settings.

A task is a whole run. `partnerforge worker` starts a worker with it; celery_launcher.py sends.
Not for: which queue a run goes to (celery_launcher.py), or what a run is (Dagster's own task of dagster-celery).
"""

import logging
from typing import Any

from celery import Celery
from celery.signals import after_setup_logger
from dagster_celery.make_app import make_app
from dagster_celery.tasks import create_execute_job_task

from partnerforge_dagster.settings import settings

CONFIG: dict[str, Any] = {
    # Acknowledged when it begins: a run that dies with its worker is taken over by the sign of life of runs, and not
    # once more an hour later by the broker.
    "task_acks_late": False,
    # A worker takes a run only when it has a process for it: what it held in hand would be lost with it.
    "worker_prefetch_multiplier": 1,
    "worker_disable_prefetch": True,
    # Results are in Dagster's event log.
    "task_ignore_result": True,
    # Workers and senders outlive a restart of the broker, and of everything at once.
    "broker_connection_retry_on_startup": True,
    "broker_connection_max_retries": None,
    "worker_cancel_long_running_tasks_on_connection_loss": False,
    "broker_transport_options": {"socket_connect_timeout": 5, "socket_keepalive": True, "health_check_interval": 10},
    # Pandas and Dagster keep some memory of every run.
    "worker_max_tasks_per_child": 100,
    # What a run says goes where it always goes, and not through Celery's log as a warning.
    "worker_redirect_stdouts": False,
}

CHATTY = ("alembic", "httpx")
"""Loggers that tell every statement and every request; the ledger has those."""


def application(broker_url: str | None) -> Celery:
    """An application on this broker that knows how to run a run."""
    made: Celery = make_app({"broker": broker_url, "backend": None, "config_source": CONFIG})  # type: ignore[no-untyped-call]
    create_execute_job_task(made)
    return made


@after_setup_logger.connect  # type: ignore[untyped-decorator]  # Celery has no types
def _quieten(**_: object) -> None:
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)


app = application(settings().broker_url)
