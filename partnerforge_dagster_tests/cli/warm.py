"""Runs commands in forks of a process that has imported the libraries already: that is two thirds of what they take.

PartnerForge itself is not among them: it is imported anew in every fork, in the environment that it runs in.
Not for: commands that are signalled or watched while they run, which are started as users start them (running.py).
"""

import json
import os
import signal
import subprocess
import sys
import time
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from threading import Lock

LIBRARIES = (
    "dagster",
    "dagster._core.storage.base_storage",
    "dagster._core.storage.event_log",
    "dagster._core.storage.runs",
    "alembic.command",
    "httpx",
    "pydantic_settings",
    "rich.progress",
    "sqlalchemy.dialects.postgresql",
    "sqlalchemy.dialects.sqlite",
    "structlog",
    "tldextract",
    "typer",
)
LATE = "late"
_turn = Lock()


def run_warm(words: tuple[str, ...], folder: Path, environment: dict[str, str], output: Path, timeout_s: float) -> int:
    """The exit code; what it printed is in `output`, in the files `out` and `err`. Raises TimeoutError."""
    with _turn:
        server = _server()
        assert server.stdin is not None
        assert server.stdout is not None
        server.stdin.write(json.dumps([words, str(folder), environment, str(output), timeout_s]) + "\n")
        server.stdin.flush()
        ended = server.stdout.readline().strip()
    if ended == LATE:
        raise TimeoutError(f"partnerforge {' '.join(words)} took more than {timeout_s:g} s")
    return int(ended)


@lru_cache
def _server() -> subprocess.Popen[str]:
    """Ends with this process, which holds the other end of its standard input."""
    return subprocess.Popen(
        [sys.executable, "-m", __name__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    )


def _serve() -> None:
    for name in LIBRARIES:
        import_module(name)
    while line := sys.stdin.readline():
        words, folder, environment, output, timeout_s = json.loads(line)
        child = os.fork()
        if child == 0:
            _become(words, folder, environment, Path(output))
            return
        print(_ended(child, timeout_s), flush=True)


def _become(words: list[str], folder: str, environment: dict[str, str], output: Path) -> None:
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["partnerforge", *words]
    for number, path, flags in (
        (0, os.devnull, os.O_RDONLY),
        (1, output / "out", os.O_WRONLY | os.O_CREAT),
        (2, output / "err", os.O_WRONLY | os.O_CREAT),
    ):
        opened = os.open(path, flags)
        os.dup2(opened, number)
        os.close(opened)
    from partnerforge_dagster.cli import main

    main()


def _ended(child: int, timeout_s: float) -> str:
    end = time.monotonic() + timeout_s
    while time.monotonic() < end:
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            return str(os.waitstatus_to_exitcode(status))
        time.sleep(0.005)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return LATE


if __name__ == "__main__":
    _serve()
