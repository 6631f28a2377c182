"""`partnerforge ui`: the Dagster UI over this deployment."""

import os
import socket
import sys
from typing import Annotated

import typer

from partnerforge_dagster.cli.common import checked_settings, err, prepare_home, refuse

KEPT = {"DAGSTER_BACKFILL_RETRY_DEFINITION_CHANGED_ERROR": "1"}
"""Without it Dagster's daemon ends a backfill, and cancels its runs, when it looks while the code server restarts."""


def ui(
    port: Annotated[int, typer.Option(min=1, max=65535, metavar="PORT", help="Port on 127.0.0.1.")] = 3000,
) -> None:
    """Open the Dagster UI over this deployment: graph, runs, checks, metadata, the materialize button. Ctrl-C ends it.

    It is `dagster dev` with DAGSTER_HOME set; web server and daemon in one.
    """
    checked_settings()
    _must_be_free(port)
    folder = prepare_home()
    if not (folder / "history").exists():
        _make_the_instance()
    err.print(f"Dagster UI on http://127.0.0.1:{port}, deployment in {folder}", soft_wrap=True)
    os.environ.update(KEPT)
    command = ["dagster", "dev", "-m", "partnerforge_dagster.definitions", "-h", "127.0.0.1", "-p", str(port)]
    os.execv(sys.executable, [sys.executable, "-m", *command])  # noqa: S606 - our own interpreter and fixed words


def _make_the_instance() -> None:
    """Make Dagster's tables in a new DAGSTER_HOME here, under the lock: its own processes do so all at once."""
    from partnerforge_dagster.orchestration.instance import open_instance

    open_instance().dispose()


def _must_be_free(port: int) -> None:
    """Refuse a taken port now: Dagster would start its other processes first and then fail at length."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            refuse(f"cannot listen on port {port}: {error.strerror}; take another with --port")
