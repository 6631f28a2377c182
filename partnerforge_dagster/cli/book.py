"""What the store says that a plan stands on, read only.

Not for: the arithmetic (planning/).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING

from partnerforge_dagster.cli.common import refuse
from partnerforge_dagster.key_gains import missing_keys
from partnerforge_dagster.models.base import Mode
from partnerforge_dagster.models.modules import MODULES
from partnerforge_dagster.providers.sandbox.latency import MODULE_SECONDS, Latency
from partnerforge_dagster.settings import Settings

if TYPE_CHECKING:
    import sqlalchemy as sa

    from partnerforge_dagster.planning.habits import Asking
    from partnerforge_dagster.planning.need import Needs
    from partnerforge_dagster.store.calls import Asked
    from partnerforge_dagster.store.results import StoredResult

LEARNT_FROM = 20
"""Accounts whose calls tell what modules usually ask."""
AT_ONCE = 500
"""Accounts whose calls are in memory together."""


class Book:
    """A store that is not there says nothing."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._engine = _existing(settings)

    def results(self, accounts: list[str]) -> dict[str, dict[str, "StoredResult"]]:
        """The newest results by account and module."""
        from partnerforge_dagster.store.results import Results

        found: dict[str, dict[str, StoredResult]] = {}
        if self._engine is not None:
            for (account, module), row in Results(self._engine).latest_of(accounts, list(MODULES)).items():
                found.setdefault(account, {})[module] = row
        return found

    def needs(self, selections: Mapping[str, Sequence[str]], *, force: bool, now: datetime) -> list["Needs"]:
        """What each account needs."""
        silent = _left_out(self._settings)
        return [
            {name: part for name, part in need(selections[account]).items() if name not in silent}
            for account, need in self._reckoners(list(selections), force=force, now=now)
        ]

    def credits(self, selections: Mapping[str, Sequence[str]], *, now: datetime) -> dict[tuple[str, str], int]:
        """What each module of each account costs by itself; together they may share questions and cost less."""
        silent = _left_out(self._settings)
        return {
            (account, module): ceil(sum(part.credits for name, part in need([module]).items() if name not in silent))
            for account, need in self._reckoners(list(selections), force=False, now=now)
            for module in selections[account]
        }

    def _reckoners(
        self, accounts: Sequence[str], *, force: bool, now: datetime
    ) -> Iterator[tuple[str, Callable[[Sequence[str]], "Needs"]]]:
        """For each account a function that tells what modules of it need."""
        from partnerforge_dagster.planning.habits import habits, newest_askings, prices
        from partnerforge_dagster.planning.measured import MEASURED
        from partnerforge_dagster.planning.need import need_of

        ages = {name: timedelta(seconds=p.cache_s) for name, p in self._settings.providers.named().items()}

        def fresh(row: "Asked") -> bool:
            return not force and row.answered_at is not None and row.answered_at > now - ages[row.provider]

        usual = {**MEASURED, **habits(self._asked(self._asked_lately()))}
        for start in range(0, len(accounts), AT_ONCE):
            rows = self._asked(list(accounts[start : start + AT_ONCE]))
            price, askings = prices(rows), newest_askings(rows)
            own: dict[str, dict[str, Asking]] = {}
            for (account, module), asking in askings.items():
                own.setdefault(account, {})[module] = asking
            for account in accounts[start : start + AT_ONCE]:
                asked = own.get(account, {})
                yield account, partial(need_of, askings=asked, price=price, habits=usual, fresh=fresh)

    def spent(self, month: str) -> dict[str, int]:
        """Credits of the month by provider."""
        from partnerforge_dagster.store.calls import Calls

        return Calls(self._engine).spent(month) if self._engine is not None else {}

    def module_seconds(self) -> dict[str, float]:
        """What modules take: as they did, or else as the design assumes, times the sandbox's latency."""
        from partnerforge_dagster.planning.measured import MEASURED
        from partnerforge_dagster.store.results import Results

        inside = self._settings.mode is Mode.SANDBOX and self._settings.sandbox_url is None
        factor = Latency.parse(self._settings.sandbox_latency).factor if inside else 1.0
        assumed = {module: MODULE_SECONDS[module] * factor for module in MEASURED}
        seen = Results(self._engine).seconds(self._asked_lately()) if self._engine is not None else {}
        return {**assumed, **seen}

    def _asked(self, accounts: list[str]) -> list["Asked"]:
        from partnerforge_dagster.store.calls import Calls

        return Calls(self._engine).asked(accounts) if self._engine is not None else []

    def _asked_lately(self) -> list[str]:
        from partnerforge_dagster.store.calls import Calls

        return Calls(self._engine).asked_lately(LEARNT_FROM) if self._engine is not None else []


def _existing(settings: Settings) -> "sa.Engine | None":
    """The store's engine, when there is a store; it is neither made nor brought up to date here."""
    import sqlalchemy as sa

    from partnerforge_dagster.store.database import WrongMode, check_mode, open_engine

    address = sa.make_url(settings.database_url)
    if address.get_backend_name() == "sqlite" and not Path(address.database or "").is_file():
        return None
    engine = open_engine(settings.database_url)
    tables = sa.inspect(engine)
    if not tables.has_table("calls"):
        return None
    if all(column["name"] != "question" for column in tables.get_columns("calls")):
        refuse("the store was made by an earlier version; bring it up to date with: partnerforge status", code=1)
    try:
        check_mode(engine, settings.mode)
    except WrongMode as error:
        refuse(str(error))
    return engine


def _left_out(settings: Settings) -> set[str]:
    """Providers that live mode does not ask: nobody has a key for them, or something else is wanting."""
    from partnerforge_dagster.providers.clients import why_left_out

    without_key = {gain.provider for gain in missing_keys(settings) if not gain.asked_without}
    return without_key | {name for name in settings.providers.named() if why_left_out(settings, name)}
