"""`partnerforge chaos` as its users run it, and with a store that somebody else spoils meanwhile.

`CHAOS_KILLS=200` in the environment makes the storm on SQLite longer.
"""

import json
import os
import shutil
import signal
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, delete, inspect

from partnerforge_dagster.chaos.promise import Plan, put_to_the_test
from partnerforge_dagster.chaos.storm import Storm
from partnerforge_dagster.store.database import open_engine, write
from partnerforge_dagster.store.tables import answers
from partnerforge_dagster_tests import postgres
from partnerforge_dagster_tests.cli.running import COMMAND, environment, run, started, wait_until

KILLS = int(os.environ.get("CHAOS_KILLS", "25"))
KILL_S = 60
"""Seconds that a kill, and what is started again after it, may take on a busy machine."""
FAULTS = "builtwith:500:0.1,similarweb:error200:0.1,web_search:reset:0.1,yahoo:429:0.1"


def storm(folder: Path, *words: str, kills: int) -> dict[str, Any]:
    """The figures of a storm in which the promise held."""
    done = subprocess.run(
        [COMMAND, "chaos", "--kills", str(kills), "--json", *words],
        cwd=folder,
        env=environment(TMPDIR=str(folder)),
        capture_output=True,
        text=True,
        timeout=300 + kills * KILL_S,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    figures: dict[str, Any] = json.loads(done.stdout)
    assert list(folder.iterdir()) == [], "something is left of its deployment, or it made one here"
    assert (figures["kept"], figures["offences"], figures["kills"]) == (True, [], kills)
    assert (figures["lost"], figures["bought_twice"], figures["unaccounted"]) == (0, 0, 0)
    assert (figures["processes_left"], figures["locks_left"]) == (0, 0)
    assert figures["briefs_equal"] == figures["accounts"]
    assert figures["completed"] > 40 * figures["accounts"]
    assert figures["unknown"] <= figures["in_flight"]
    return figures


@pytest.mark.slow
@pytest.mark.timeout(600 + KILLS * KILL_S)
def test_random_kills_lose_nothing_and_buy_nothing_twice(tmp_path: Path) -> None:
    """Killed at random moments, accounts come to the briefs of an undisturbed run, and nothing is bought twice."""
    figures = storm(tmp_path, "--accounts", "4", kills=KILLS)
    assert figures["in_flight"] >= KILLS / 5, "the kills hit nothing"


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_same_holds_on_postgresql_and_with_faults(tmp_path: Path, postgres_server: postgres.Server) -> None:
    """With providers that fail as well; the database that was named is as empty afterwards as it was."""
    url = postgres_server.empty()
    storm(tmp_path, "--accounts", "1", "--database-url", url, "--faults", FAULTS, "--seed", "2", kills=4)
    engine = create_engine(url)
    assert inspect(engine).get_schema_names() == ["information_schema", "public"]
    assert inspect(engine).get_table_names() == []
    engine.dispose()


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_loss_is_found() -> None:
    """Answers that somebody deletes behind the governor's back are lost, and the verdict names each of them."""

    def spoil(storm: Storm) -> None:
        engine = open_engine(storm.deployment.store_url)
        with write(engine) as connection:
            connection.execute(delete(answers).where(answers.c.provider == "wikidata"))
        engine.dispose()

    verdict = put_to_the_test(Plan(("costco.com",), kills=0, seed=1, latency=0.0), spoil)
    assert not verdict.kept
    assert verdict.lost == sum(offence["what"] == "lost" for offence in verdict.offences) > 0
    assert {offence["provider"] for offence in verdict.offences if offence["what"] == "lost"} == {"wikidata"}
    assert verdict.folder is not None
    assert (Path(verdict.folder) / "judge.jsonl").exists()
    shutil.rmtree(verdict.folder)


@pytest.mark.slow
@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_leaves_nothing(tmp_path: Path, ending: signal.Signals) -> None:
    """Stopped in the storm, its processes, its sandbox and its folder are gone when it ends, with status 130."""

    def in_the_folder() -> list[str]:
        found = []
        for path in Path("/proc").glob("[0-9]*/environ"):
            with suppress(OSError):  # it has ended, or is somebody else's
                found += [path.parent.name] if str(tmp_path).encode() in path.read_bytes() else []
        return found

    with started(tmp_path, "chaos", "--accounts", "1", "--json", TMPDIR=str(tmp_path)) as process:
        wait_until(lambda: any(tmp_path.glob("*/stormy/enrich-*.out")), 120)
        assert len(in_the_folder()) > 1
        process.send_signal(ending)
        assert process.wait(60) == 130
    assert list(tmp_path.iterdir()) == []
    assert in_the_folder() == []


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("--database-url", "sqlite:///mine.db"), "takes a PostgreSQL database"),
        (("--faults", "nobody:down"), "'nobody' is not a provider"),
        (("--latency", "nan"), "--latency"),
        (("--accounts", "0"), "--accounts"),
    ],
)
def test_refuses(tmp_path: Path, words: tuple[str, ...], named: str) -> None:
    """Wrong options are refused before anything is started; a user's own file is never taken for the store."""
    refused = run(tmp_path, "chaos", *words)
    assert (refused.code, refused.out) == (2, "")
    assert named in refused.err
    assert list(tmp_path.iterdir()) == []
