"""`partnerforge db`: versions told and brought up to date; an enriched store moved to PostgreSQL, where all goes on.

Not for: every way in which a copy is refused (store/test_copying.py).
"""

import shutil
from pathlib import Path

from alembic.command import downgrade
from alembic.config import Config
from sqlalchemy import create_engine, inspect

from partnerforge_dagster.store.versions import newest
from partnerforge_dagster_tests.cli.conftest import Deployed
from partnerforge_dagster_tests.cli.running import run, store_in
from partnerforge_dagster_tests.postgres import Server

DAGSTER = ("dagster runs", "dagster events", "dagster schedules")


def test_upgrade_tells_from_which_version_to_which(tmp_path: Path) -> None:
    """A new deployment gets the newest; tables of an older version get there; a second time nothing changes."""
    first = run(tmp_path, "db", "upgrade", "--json")
    assert first.code == 0, first.err
    assert first.report["versions"]["partnerforge"] == {"from": None, "to": newest()}
    wanted = {part: first.report["versions"][part]["to"] for part in DAGSTER}
    engine = create_engine(store_in(tmp_path))
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", "partnerforge_dagster:store/migrations")
        config.attributes["connection"] = connection
        downgrade(config, "0005")
    engine.dispose()
    engine = create_engine(f"sqlite:///{tmp_path / '.partnerforge' / 'history' / 'runs.db'}")
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '7e2f3204cf8e'")
    engine.dispose()
    second = run(tmp_path, "db", "upgrade", "--json")
    assert second.code == 0, second.err
    moved = second.report["versions"]
    assert moved["partnerforge"] == {"from": "0005", "to": newest()}
    assert moved["dagster runs"] == {"from": "7e2f3204cf8e", "to": wanted["dagster runs"]}
    again = run(tmp_path, "db", "upgrade")
    assert again.code == 0, again.err
    assert again.out.count("the same") == 4


def test_a_deployment_moves_to_postgresql(deployed: Deployed, tmp_path: Path, postgres_server: Server) -> None:
    """The copy names every table with rows and hash; with the new URL alone everything is there, and nothing is bought
    again."""
    url = postgres_server.empty()
    shutil.copytree(deployed.folder / ".partnerforge" / "briefs", tmp_path / ".partnerforge" / "briefs")
    copied = run(tmp_path, "db", "copy", "--from", store_in(deployed.folder), "--to", url)
    assert copied.code == 0, copied.err
    engine = create_engine(url)
    tables = set(inspect(engine).get_table_names()) - {"partnerforge_version"}
    engine.dispose()
    assert len(tables) >= 12
    assert all(f"\n{table} " in copied.out for table in tables)
    assert "the same in both" in copied.out
    moved = {"PARTNERFORGE_DATABASE_URL": url}
    upgraded = run(tmp_path, "db", "upgrade", "--json", **moved)
    assert upgraded.report["accounts_made_known"] == 2
    enriched = run(tmp_path, "enrich", "costco.com", "sallybeauty.com", "--json", **moved)
    assert enriched.code == 0, enriched.err
    assert sum(calls["made"] for calls in enriched.report["calls"].values()) == 0
    scores = {domain: account["scores"] for domain, account in enriched.report["accounts"].items()}
    assert scores == {domain: account["scores"] for domain, account in deployed.first.report["accounts"].items()}


def test_copy_refuses(deployed: Deployed, tmp_path: Path) -> None:
    """Bad addresses, the other mode, no file: exit status 2, the option and what to do; no password is printed."""
    mine, new = store_in(deployed.folder), f"sqlite:///{tmp_path / 'new.db'}"
    for words, settings, said in (
        (("--from", "oracle://me:secret@host/db"), {}, "--from='oracle://me:***@host/db'"),
        (("--from", mine, "--to", mine), {}, "are the same database"),
        (("--from", f"sqlite:///{tmp_path / 'none.db'}", "--to", new), {}, "there is no file"),
        (("--from", mine, "--to", new), {"PARTNERFORGE_MODE": "live"}, "set PARTNERFORGE_MODE=sandbox"),
    ):
        refused = run(tmp_path, "db", "copy", *words, **settings)
        assert (refused.code, refused.out) == (2, ""), refused
        assert said in refused.err
        assert "secret" not in refused.err
