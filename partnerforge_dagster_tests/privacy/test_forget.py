"""`partnerforge forget`, judged by the whole database and the whole folder, on SQLite and on PostgreSQL."""

import json
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import func, select

from partnerforge_dagster.models.executive_intelligence import ExecutiveIntelligence
from partnerforge_dagster.models.modules import MODULES
from partnerforge_dagster.store.database import open_engine
from partnerforge_dagster.store.results import Results
from partnerforge_dagster.store.tables import calls, spending
from partnerforge_dagster_tests import postgres
from partnerforge_dagster_tests.cli.running import Ran, environment, run, store_in
from partnerforge_dagster_tests.databases import FULL, in_ci_on
from partnerforge_dagster_tests.once import made_once
from partnerforge_dagster_tests.privacy.dump import everything, holding

KEPT, GONE = "costco.com", "gymshark.com"


@dataclass(frozen=True)
class Deployed:
    """Two accounts that were enriched in one run, in a folder or with a PostgreSQL database beside it."""

    folder: Path
    url: str | None

    def run(self, *words: str) -> Ran:
        return run(self.folder, *words, **({"PARTNERFORGE_DATABASE_URL": self.url} if self.url else {}))

    def holding(self, *spellings: str) -> dict[str, str]:
        return holding(everything(self.folder, self.url), *spellings)

    @property
    def store(self) -> str:
        return self.url or store_in(self.folder)

    def executives(self, account: str) -> list[str]:
        engine = open_engine(self.store)
        stored = Results(engine).latest(account, "executive_intelligence")
        engine.dispose()
        assert stored is not None
        assert isinstance(stored.result, ExecutiveIntelligence)
        return [executive.name for executive in stored.result.executives]

    def kept(self) -> tuple[dict[str, str], object]:
        """What the other account's results say, and what was spent, by the books and by the calls."""
        engine = open_engine(self.store)
        newest = Results(engine).latest_of([KEPT], MODULES)
        with engine.connect() as connection:
            books = connection.execute(select(spending).order_by(spending.c.provider)).all()
            rows = connection.execute(
                select(calls.c.provider, func.count(), func.sum(calls.c.credits)).group_by(calls.c.provider)
            ).all()
        engine.dispose()
        return {row.module: row.content_hash for row in newest.values()}, (books, sorted(rows))


@pytest.fixture(scope="module")
def enriched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    def make(folder: Path) -> None:
        done = run(folder, "enrich", KEPT, GONE, "--json")
        assert done.code == 0, done.err

    return made_once(tmp_path_factory, "forgetting", make)[0]


@pytest.fixture
def deployed(request: pytest.FixtureRequest, tmp_path: Path) -> Deployed:
    folder = tmp_path / "here"
    if request.param == "sqlite":
        shutil.copytree(request.getfixturevalue("enriched"), folder)
        return Deployed(folder, None)
    server: postgres.Server = request.getfixturevalue("postgres_server")
    folder.mkdir()
    made = Deployed(folder, server.empty())
    done = made.run("enrich", KEPT, GONE, "--json")
    assert done.code == 0, done.err
    return made


def spellings(name: str) -> tuple[str, ...]:
    first, last = name.split()[0], name.split()[-1]
    return (name, f"{first} {last}", f"{first}-{last}", f"{last}, {first}", f"{first}%20{last}", f"{first}+{last}")


@in_ci_on("postgresql", "deployed")
def test_a_person_is_forgotten_and_stays_so(deployed: Deployed) -> None:
    """Nowhere in the database or the folder, not after a refresh that buys everything again; others are left alone."""
    name, *others = deployed.executives(KEPT)
    assert deployed.holding(*spellings(name)), "there is something to forget"
    looked = deployed.run("forget", "--person", name, "--dry-run", "--json")
    assert looked.code == 0, looked.err
    assert looked.report["found"]["results"] > 0
    assert not any(looked.report["removed"].values())
    assert not deployed.holding("forgotten_key"), "looking changes nothing"
    assert deployed.holding(*spellings(name))

    done = deployed.run("forget", "--person", name, "--yes", "--json")
    assert done.code == 0, done.err
    assert done.report["removed"] == looked.report["found"]
    assert not any(done.report["left"].values())
    assert deployed.holding(*spellings(name)) == {}
    assert deployed.executives(KEPT) == others
    assert all(deployed.holding(other) for other in others[:3])

    again = deployed.run("forget", "--person", name.upper(), "--yes", "--json")
    assert (again.code, sum(again.report["found"].values())) == (0, 0)
    refreshed = deployed.run("enrich", KEPT, "--force", "--json")
    assert refreshed.code == 0, refreshed.err
    assert deployed.executives(KEPT) == others
    assert deployed.holding(*spellings(name)) == {}
    told = deployed.run("changes", KEPT, "--json")
    assert "executives" not in told.out


@in_ci_on("sqlite", "deployed")
def test_an_account_is_forgotten_and_what_it_cost_is_not(deployed: Deployed) -> None:
    """Its run was another account's, too: that one stays as it was."""
    before = deployed.kept()
    assert deployed.holding("gymshark")
    done = deployed.run("forget", GONE, "--yes", "--json")
    assert done.code == 0, done.err
    assert not any(done.report["left"].values())
    assert done.report["removed"]["results"] == len(MODULES)
    assert deployed.holding("gymshark") == {}
    assert deployed.kept() == before

    again = deployed.run("forget", GONE, "--yes", "--json")
    assert (again.code, sum(again.report["found"].values())) == (0, 0)
    status = deployed.run("status", "--json")
    assert KEPT in status.out
    assert GONE not in status.out
    reused = deployed.run("enrich", KEPT, "--json")
    assert reused.code == 0
    assert all(calls["made"] == 0 for calls in reused.report["calls"].values()), "nothing of it was lost"
    back = deployed.run("enrich", GONE, "--json")
    assert back.code == 0, back.err


_DIE = """
import importlib, os, signal, sys
module, _, name = sys.argv[1].rpartition(".")
place = importlib.import_module(module)
real = getattr(place, name)

def dying(*arguments, **named):
    if named.get("act", True):
        os.kill(os.getpid(), signal.SIGKILL)
    return real(*arguments, **named)

setattr(place, name, dying)
sys.argv = ["partnerforge", *sys.argv[2:]]
from partnerforge_dagster.cli import main
main()
"""
DAGSTERS, OURS = "partnerforge_dagster.orchestration.forgetting", "partnerforge_dagster.store.forgetting"
STEPS = 4 if FULL else 2


@pytest.mark.slow
@pytest.mark.parametrize(
    "place",
    [f"{OURS}.forget_account", f"{DAGSTERS}._show_others", f"{DAGSTERS}._rewrite_files", f"{OURS}.compact"][:STEPS],
)
def test_an_account_half_forgotten_is_forgotten_by_the_same_command(enriched: Path, tmp_path: Path, place: str) -> None:
    """Killed before one of its steps."""
    _killed(enriched, tmp_path / "here", place, ("forget", GONE, "--yes"), ("gymshark",))


@pytest.mark.slow
@pytest.mark.parametrize(
    "place",
    [
        f"{OURS}._rewrite_baseline",
        f"{DAGSTERS}._rewrite",
        "partnerforge_dagster.cli.forgetting._clean_briefs",
        f"{DAGSTERS}.compact",
    ][:STEPS],
)
def test_a_person_half_forgotten_is_forgotten_by_the_same_command(enriched: Path, tmp_path: Path, place: str) -> None:
    """Killed before one of its steps."""
    name = Deployed(enriched, None).executives(KEPT)[0]
    _killed(enriched, tmp_path / "here", place, ("forget", "--person", name, "--yes"), spellings(name))


def _killed(enriched: Path, folder: Path, place: str, words: tuple[str, ...], gone: tuple[str, ...]) -> None:
    shutil.copytree(enriched, folder)
    died = subprocess.run(
        [sys.executable, "-c", _DIE, place, *words], cwd=folder, env=environment(), capture_output=True
    )
    assert died.returncode == -signal.SIGKILL, died.stderr
    here = Deployed(folder, None)
    done = here.run(*words, "--json")
    assert done.code == 0, done.err
    assert not any(done.report["left"].values())
    assert here.holding(*gone) == {}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "say whom to forget"),
        (("costco.com", "--person", "Jane Doe"), "say whom to forget"),
        (("--person", "Madonna"), "not a full name"),
        (("costco.com", "--account", "etsy.com"), "--account goes with --person"),
        (("not a domain",), "not a domain"),
        (("costco.com", "--json"), "--json asks nobody"),
        (("costco.com",), "nobody can be asked here"),
    ],
)
def test_bad_input_changes_nothing(tmp_path: Path, words: tuple[str, ...], told: str) -> None:
    done = run(tmp_path, "forget", *words)
    assert done.code == 2
    assert told in " ".join(done.err.split())


def test_an_account_that_nobody_knows(tmp_path: Path) -> None:
    """There is nothing to do, which is what was asked for."""
    done = run(tmp_path, "forget", "costco.com", "--yes")
    assert done.code == 0, done.err
    assert "nothing is kept about costco.com" in done.out
    assert json.loads(run(tmp_path, "forget", "costco.com", "--dry-run", "--json").out)["found"]["results"] == 0
