"""Runs a command in a process that has imported the libraries already: that is two thirds of what a command takes.

PartnerForge itself is not among them: it is imported anew in every process, in the environment that it runs in.
Not for: commands that are signalled or watched while they run, which are started as users start them (running.py).
"""

import multiprocessing
import os
import sys
from pathlib import Path

LIBRARIES = [
    "dagster",
    "dagster._core.storage.base_storage",
    "dagster._core.storage.event_log",
    "dagster._core.storage.runs",
    "alembic.command",
    "httpx",
    "pydantic_settings",
    "rich.progress",
    "sqlalchemy.dialects.sqlite",
    "structlog",
    "tldextract",
    "typer",
]
_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(LIBRARIES)


def run_warm(words: tuple[str, ...], folder: Path, environment: dict[str, str], output: Path, timeout_s: float) -> int:
    """The exit code; standard output and error are in `output`'s files `out` and `err`. Raises TimeoutError."""
    process = _context.Process(target=_command, args=(words, folder, environment, output))
    process.start()
    process.join(timeout_s)
    if process.exitcode is None:
        process.kill()
        process.join()
        raise TimeoutError(f"partnerforge {' '.join(words)} took more than {timeout_s:g} s")
    return process.exitcode


def _command(words: tuple[str, ...], folder: Path, environment: dict[str, str], output: Path) -> None:
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["partnerforge", *words]
    sys.stdin = open(os.devnull)  # noqa: SIM115 - as long as the process
    for number, name in ((1, "out"), (2, "err")):
        with (output / name).open("wb") as file:
            os.dup2(file.fileno(), number)
    sys.stdout, sys.stderr = open(1, "w", closefd=False), open(2, "w", closefd=False)  # noqa: SIM115
    from partnerforge_dagster.cli import main

    main()
