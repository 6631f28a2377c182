"""A database that is away for a moment is no failure of an account: the step tries again.

Not for: a PostgreSQL that restarts under a batch (hosts/test_hosts.py).
"""

import sqlite3
from dataclasses import replace
from pathlib import Path

import dagster as dg
import pytest
from sqlalchemy.exc import DBAPIError, OperationalError

from partnerforge_dagster.definitions import declared_modules
from partnerforge_dagster.models.account import Account
from partnerforge_dagster.models.result import ModuleResult, Status
from partnerforge_dagster.orchestration import assets_of
from partnerforge_dagster.store.database import open_engine
from partnerforge_dagster.store.lost_connection import connection_lost
from partnerforge_dagster_tests.orchestration.deployment import deployment_in
from partnerforge_dagster_tests.orchestration.graph import COSTCO
from partnerforge_dagster_tests.orchestration.services import free_port
from partnerforge_dagster_tests.postgres import Server

PLAIN = "traffic_analysis"


def test_a_step_tries_again_when_its_database_was_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its result is the undisturbed one, the run a success, and no account counts as failed."""
    monkeypatch.setattr(assets_of, "AWAY_S", 1)
    plain = declared_modules()[PLAIN]
    nobody = open_engine(f"postgresql://nobody@127.0.0.1:{free_port()}/nothing")
    asked: list[str] = []

    async def away_at_first(account: Account, **given: object) -> ModuleResult:
        asked.append(account.domain)
        if len(asked) == 1:
            nobody.connect()
        return await plain.function(account, **given)

    modules = {**declared_modules(), PLAIN: replace(plain, function=away_at_first)}
    with deployment_in(tmp_path, modules=modules) as deployment:
        run = deployment.batch(COSTCO, only=[PLAIN])
        result = deployment.results.latest(COSTCO, PLAIN)
        retried = deployment.instance.all_logs(run.run_id, of_type=dg.DagsterEventType.STEP_UP_FOR_RETRY)
    assert run.status is dg.DagsterRunStatus.SUCCESS
    assert asked == [COSTCO] * 2
    assert result is not None
    assert result.status is Status.COMPLETE
    assert len(retried) == 1


def test_what_counts_as_away(postgres_server: Server) -> None:
    """A server that is not there, and one that ends the session; not a wrong statement, nor a locked SQLite file."""
    found = {}
    for name, url in (("nobody", f"postgresql://me@127.0.0.1:{free_port()}/x"), ("server", postgres_server.empty())):
        engine = open_engine(url)
        for statement in ("SELECT pg_terminate_backend(pg_backend_pid())", "SELECT nothing"):
            with pytest.raises(DBAPIError) as raised, engine.connect() as connection:
                connection.exec_driver_sql(statement)
            found[name, statement.split("(")[0]] = connection_lost(raised.value)
        engine.dispose()
    assert found == {
        ("nobody", "SELECT pg_terminate_backend"): True,
        ("nobody", "SELECT nothing"): True,
        ("server", "SELECT pg_terminate_backend"): True,
        ("server", "SELECT nothing"): False,
    }
    assert not connection_lost(OperationalError("", {}, sqlite3.OperationalError("database is locked")))
