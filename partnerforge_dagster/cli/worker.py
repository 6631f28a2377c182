"""`partnerforge worker`: a worker of several machines, which takes runs from the broker.

Not for: how runs get there (orchestration/celery_launcher.py), or Celery's settings (orchestration/celery_app.py).
"""

import importlib.util
import os
import sys
from typing import Annotated

import typer

from partnerforge_dagster.cli.common import checked_settings, err, prepare_home, refuse

APP = "partnerforge_dagster.orchestration.celery_app"


def worker(
    queues: Annotated[
        str, typer.Option(metavar="A,B", help="Kinds of work that this machine takes: batch, interactive, or your own.")
    ] = "batch,interactive",
    runs: Annotated[int, typer.Option(min=1, max=64, metavar="N", help="Runs at once, each in its own process.")] = 2,
) -> None:
    """Take runs from the broker and run them on this machine, until SIGTERM or Ctrl-C.

    Needs PARTNERFORGE_BROKER_URL, a PostgreSQL in PARTNERFORGE_DATABASE_URL, and the same settings and version as the
    rest of the deployment. SIGTERM lets it finish its runs first; of a killed one other workers take them over after a
    minute.

    [bold]Examples[/]

      partnerforge worker

      partnerforge worker --queues batch --runs 4
    """
    settings = checked_settings()
    if importlib.util.find_spec("dagster_celery") is None:
        refuse("Celery is not installed: pip install 'partnerforge[celery]'")
    if settings.broker_url is None:
        refuse("no broker is set: PARTNERFORGE_BROKER_URL=redis://broker-host:6379/0")
    if settings.database_url.startswith("sqlite"):
        refuse("machines cannot share a SQLite file: set PARTNERFORGE_DATABASE_URL=postgresql://user@host/database")
    names = [name.strip() for name in queues.split(",") if name.strip()]
    if not names:
        refuse(f"--queues={queues!r}: name at least one queue, such as batch")
    folder = prepare_home()
    err.print(f"worker of {', '.join(names)}: {runs} runs at once, deployment in {folder}", soft_wrap=True)
    # Gossip and mingle are talk between workers, which need none; without them a worker starts seconds sooner.
    command = ["celery", "-A", APP, "worker", "-Q", ",".join(names), "-c", str(runs), "-l", "INFO", "-P", "prefork"]
    quiet = ["--without-gossip", "--without-mingle"]
    os.execv(sys.executable, [sys.executable, "-m", *command, *quiet])  # noqa: S606 - our own interpreter
