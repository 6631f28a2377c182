"""`cancel`, SIGTERM and `resume` with real processes; the store and the sandbox's log are the judges."""

import json
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dagster as dg
from sqlalchemy import Engine, func, select

from partnerforge_dagster.models.modules import MODULES
from partnerforge_dagster.store.calls import Calls
from partnerforge_dagster.store.database import open_engine
from partnerforge_dagster.store.results import Results
from partnerforge_dagster.store.tables import flights, leases
from partnerforge_dagster_tests.cli.running import instance_in, run, sandbox, started, wait_until

ACCOUNTS = ("costco.com", "etsy.com")
AT_ONCE = 3
"""Of SimilarWeb: what is under way when the run is stopped fills it."""
WITHOUT_SIMILARWEB = 7
"""Modules of an account that end while SimilarWeb hangs, at least."""


@dataclass(frozen=True)
class Hanging:
    """An `enrich` of two accounts that waits for SimilarWeb, which does not answer."""

    folder: Path
    log: Path
    settings: dict[str, str]
    process: subprocess.Popen[str]
    engine: Engine

    def stored(self) -> set[tuple[str, str]]:
        return set(Results(self.engine).latest_of(ACCOUNTS, MODULES))

    def taken(self) -> int:
        """Slots at providers and claims on questions that nobody else could have now."""
        live = leases.c.ended_at.is_(None) & (leases.c.expires_at > datetime.now(UTC))
        with self.engine.connect() as connection:
            slots = connection.execute(select(func.count()).select_from(leases).where(live)).scalar_one()
            return slots + connection.execute(select(func.count()).select_from(flights)).scalar_one()

    def run_states(self) -> list[dg.DagsterRunStatus]:
        with instance_in(self.folder / ".partnerforge") as instance:
            return [run.status for run in instance.get_runs()]


@contextmanager
def hanging(folder: Path) -> Iterator[Hanging]:
    log, store = folder / "requests.jsonl", folder / ".partnerforge" / "partnerforge.db"
    with sandbox(folder, "--log", str(log), "--faults", "similarweb:slow:1:100") as (_process, url):
        settings = {"PARTNERFORGE_SANDBOX_URL": url, "PARTNERFORGE_PROVIDERS__SIMILARWEB__AT_ONCE": str(AT_ONCE)}
        with started(folder, "enrich", *ACCOUNTS, **settings) as process:
            wait_until(lambda: most_at_once(log) == AT_ONCE)
            engine = open_engine(f"sqlite:///{store}")
            stage = Hanging(folder, log, settings, process, engine)
            wait_until(lambda: len(stage.stored()) >= WITHOUT_SIMILARWEB)
            yield stage
            engine.dispose()


def similarweb(log: Path) -> list[dict[str, Any]]:
    rows = [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []
    return [row for row in rows if row["provider"] == "similarweb"]


def most_at_once(log: Path) -> int:
    """The highest number of SimilarWeb requests under way together, as its server tells it."""
    most = now = 0
    for line in similarweb(log):
        now += 1 if line["event"] == "request" else -1
        most = max(most, now)
    return most


def test_cancel_from_another_terminal_frees_the_slots_and_resume_runs_the_rest(tmp_path: Path) -> None:
    """`enrich` ends with 130, its slots are free in seconds for the next one, and only what is missing is run again."""
    with hanging(tmp_path) as stage:
        before = stage.stored()
        canceled = run(tmp_path, "cancel", "etsy.com", "--json")
        assert canceled.code == 0, canceled.err
        assert canceled.report["canceled"]["accounts"] == sorted(ACCOUNTS)
        assert stage.process.wait(10) == 130
        assert "partnerforge resume" in stage.process.communicate()[1]
        wait_until(lambda: stage.taken() == 0, seconds=5)
        assert stage.run_states() == [dg.DagsterRunStatus.CANCELED]
        unknown = Calls(stage.engine).rows(status="charge_unknown")
        assert {row["provider"] for row in unknown} == {"similarweb"}
        assert len(unknown) == AT_ONCE
        asked = len(similarweb(stage.log))
        with started(tmp_path, "enrich", "sallybeauty.com", **stage.settings):
            wait_until(lambda: len(similarweb(stage.log)) >= asked + AT_ONCE, seconds=25)  # a lease lasts 35
        assert most_at_once(stage.log) == AT_ONCE
    resumed = run(tmp_path, "resume", "costco.com", "etsy.com", "--json")
    assert resumed.code == 0, resumed.err
    modules = resumed.report["accounts"]["etsy.com"]["modules"]
    assert {module["status"] for module in modules.values()} == {"complete"}
    again = {(row["account"], row["module"]) for row in Calls(stage.engine).rows(resumed.report["run_ids"][0])}
    finished = {(account, module) for account, module in before if module != "competitor_intelligence"}
    assert again.isdisjoint(finished)
    assert run(tmp_path, "resume", "costco.com", "etsy.com", "--json").report["run_ids"] == []


def test_sigterm_to_enrich_is_like_an_interrupt(tmp_path: Path) -> None:
    """Exit status 143 within seconds, the run is canceled, nothing stays taken."""
    with hanging(tmp_path) as stage:
        began = time.monotonic()
        stage.process.send_signal(signal.SIGTERM)
        _out, err = stage.process.communicate(timeout=20)
        assert time.monotonic() - began < 10
        assert stage.process.returncode == 143, err
        assert "interrupted" in err
        wait_until(lambda: stage.taken() == 0, seconds=5)
        assert stage.run_states() == [dg.DagsterRunStatus.CANCELED]


def test_a_run_whose_process_died_is_canceled_all_the_same(tmp_path: Path) -> None:
    """Nobody answers, so it is marked after a while and says so; resuming it takes that step first."""
    with hanging(tmp_path) as stage:
        stage.process.kill()
        stage.process.wait()
        (run_id,) = [row["run_id"] for row in Calls(stage.engine).newest(1)]
        early = run(tmp_path, "resume", run_id)
        assert (early.code, f"partnerforge cancel {run_id}" in early.err) == (1, True)
        canceled = run(tmp_path, "cancel", run_id[:8], "--json")
        assert (canceled.code, canceled.report["canceled"]["dead"]) == (0, [run_id])
        assert stage.run_states() == [dg.DagsterRunStatus.CANCELED]
