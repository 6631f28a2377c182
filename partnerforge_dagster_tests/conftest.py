"""Fixtures for all tests: new stores on SQLite and on a real PostgreSQL.

A test that takes `engine`, `store_url` or `database_url` runs on both, but for the slow ones that databases.py shares
out. Where no PostgreSQL is installed, its half is skipped.
"""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from sqlalchemy import Engine

from partnerforge_dagster.store.database import migrate, open_engine
from partnerforge_dagster_tests import postgres

settings.register_profile("patient", deadline=None)  # a busy machine is no failure
settings.load_profile("patient")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # Started in the background of a shell: the commands that tests interrupt would inherit it and never hear of it.
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def postgres_programs() -> Path:
    """The folder of PostgreSQL's programs."""
    bindir = postgres.programs()
    if bindir is None:
        pytest.skip("no PostgreSQL found: set PG_BIN, install postgresql, or install the dev dependencies")
    return bindir


@pytest.fixture(scope="session")
def postgres_server(postgres_programs: Path) -> Iterator[postgres.Server]:
    """One server for all tests of the process."""
    with postgres.server(postgres_programs) as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a new store with the newest schema."""
    if request.param == "postgresql":
        server: postgres.Server = request.getfixturevalue("postgres_server")
        return server.store()
    url = f"sqlite:///{tmp_path / 'store.db'}"
    engine = open_engine(url)
    migrate(engine)
    engine.dispose()
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The URL of a new, empty database for a whole deployment in `tmp_path / "home"`, which is this process's, too."""
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "home"))
    if request.param == "postgresql":
        server: postgres.Server = request.getfixturevalue("postgres_server")
        url = server.empty()
    else:
        url = f"sqlite:///{tmp_path / 'home' / 'partnerforge.db'}"
    monkeypatch.setenv("PARTNERFORGE_DATABASE_URL", url)
    return url


@pytest.fixture
def engine(store_url: str) -> Iterator[Engine]:
    """An engine on a new store."""
    opened = open_engine(store_url)
    yield opened
    opened.dispose()
