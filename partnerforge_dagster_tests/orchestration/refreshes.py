"""Refresh after refresh over the sandbox without Dagster, on a clock that is moved: the cache runs out, days go by.

Not for: one refresh (graph.py).
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, delete

from partnerforge_dagster.definitions import declared_modules, open_store
from partnerforge_dagster.models.changes import Change
from partnerforge_dagster.models.modules import MODULES
from partnerforge_dagster.providers.clients import build_clients
from partnerforge_dagster.settings import SANDBOX_TODAY, Settings
from partnerforge_dagster.store.database import write
from partnerforge_dagster.store.tables import answers
from partnerforge_dagster_tests.governor.fakes import FastClock
from partnerforge_dagster_tests.orchestration.graph import Graph, Made, close, settings_in, unhurried

SPEED = 200.0
"""Waits before retries are so much shorter than they are."""
AN_AGE_S = 40 * 86_400.0
"""Longer than any answer stays fresh."""


@dataclass
class Refreshes:
    """A store, and its refreshes one after the other."""

    settings: Settings
    engine: Engine
    clock: FastClock
    numbers: "count[int]"

    def refresh(
        self,
        domains: Sequence[str],
        *,
        today: date = SANDBOX_TODAY,
        faults: str = "",
        names: Sequence[str] = tuple(MODULES),
        cached: bool = False,
        forgetful: bool = False,
    ) -> Made:
        """Run the modules, upstream first, on that day of the sandbox; every answer is fetched anew unless `cached`.

        `forgetful` has no old answers to serve as stale, so that what cannot be asked is a gap.
        """
        if not cached:
            self.clock.jump(AN_AGE_S)
        if forgetful:
            with write(self.engine) as connection:
                connection.execute(delete(answers))
        settings = self.settings.model_copy(update={"sandbox_today": today, "sandbox_faults": faults})
        clients = build_clients(settings, self.engine, self.clock)
        graph = Graph(settings, self.engine, clients, declared_modules())
        enrichment = graph.enrichment(f"run {next(self.numbers)}")
        return graph.run(enrichment, domains, names, closing=lambda: close(clients))


@contextmanager
def refreshes_in(folder: Path, **changes: Any) -> Iterator[Refreshes]:
    """Refreshes over a new store; `changes` are settings."""
    providers = unhurried(per_minute=10_000_000, timeout_s=1.0, breaker_open_s=1.0, claim_s=86_400.0)
    settings = settings_in(folder, **{"providers": providers, "accounts_at_once": 40, **changes})
    engine = open_store(settings)
    try:
        yield Refreshes(settings, engine, FastClock(SPEED), count(1))
    finally:
        engine.dispose()


def changes_in(made: Made) -> list[Change]:
    """All changes of a refresh."""
    return [change for outcome in made.values() for change in outcome.changes]
