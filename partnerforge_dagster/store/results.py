"""Module results: every one is kept, "current" is the newest good one.

Not for: deciding what is stale, or Dagster's own records of runs and materializations.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Engine, RowMapping, case, exists, func, literal, select

from partnerforge_dagster.models.changes import Change
from partnerforge_dagster.models.modules import MODULES
from partnerforge_dagster.models.result import GOOD as GOOD  # other packages have it from here
from partnerforge_dagster.models.result import ModuleResult, Status
from partnerforge_dagster.store.changes import changes_of, note_changes
from partnerforge_dagster.store.database import insert_into, write
from partnerforge_dagster.store.failures import note_failure, worth_asking_again
from partnerforge_dagster.store.tables import failures, results

VOLATILE = frozenset({"as_of", "fetched_at", "cached", "stale", "heard", "unasked"})
"""When and how a fact was had. Asking again and hearing the same changes nothing else. What could not be asked counts
by its gap."""

_ACCOUNTS_A_QUERY = 10_000
"""SQLite takes 32,766 parameters in a statement."""


@dataclass(frozen=True)
class StoredResult:
    """A result as it was stored."""

    id: int
    account: str
    module: str
    run_id: str
    stored_at: datetime
    as_of: datetime
    status: Status
    content_hash: str
    duration_s: float
    result: ModuleResult
    changes: tuple[Change, ...] = ()
    """What it changed; filled in by whoever stores it, empty where it is read again."""

    @property
    def ask_again(self) -> bool:
        """Whether asking again may give more, however young it is."""
        return worth_asking_again(self.result)


class Standing(NamedTuple):
    """How whole and how old a result is, without the result."""

    account: str
    module: str
    status: Status
    stored_at: datetime


class Freshness(NamedTuple):
    """Of one account."""

    fresh: frozenset[str]
    """Modules whose newest result need not be made again."""
    oldest: datetime
    """When the oldest of its newest results was stored."""


def content_hash(result: ModuleResult) -> str:
    """SHA-256 of what the result says, without VOLATILE keys at any depth: equal when nothing of substance changed."""
    said = json.dumps(_lasting(result.model_dump(mode="json")), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(said.encode()).hexdigest()


def _lasting(value: Any) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, dict):
        return {key: _lasting(item) for key, item in value.items() if key not in VOLATILE}
    if isinstance(value, list):
        return [_lasting(item) for item in value]
    return value


class Results:
    """Reads and writes the results of a store."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @property
    def engine(self) -> Engine:
        """The store's."""
        return self._engine

    def put(self, result: ModuleResult, *, module: str, run_id: str, duration_s: float) -> StoredResult:
        """Store a result and what it changed, or neither.

        The same content for the same account, module and run is stored once, by whoever is first.
        """
        row: dict[str, Any] = {
            "account": result.account,
            "module": module,
            "run_id": run_id,
            "stored_at": datetime.now(UTC),
            "as_of": result.as_of,
            "status": result.status.value,
            "content_hash": content_hash(result),
            "duration_s": duration_s,
            "body": result.model_dump_json(),
        }
        same = [results.c[key] == row[key] for key in ("account", "module", "run_id", "content_hash")]
        with write(self._engine) as connection:
            insert = insert_into(connection, results).values(row).on_conflict_do_nothing().returning(results.c.id)
            new = connection.execute(insert).scalar_one_or_none()
            if new is None:
                stored = _stored(connection.execute(select(results).where(*same)).mappings().one())
                return replace(stored, changes=changes_of(connection, stored.id))
            note_failure(connection, result, module=module, run_id=run_id)
            found = note_changes(connection, result, module=module, run_id=run_id, result_id=new)
        del row["body"]
        return StoredResult(**{**row, "status": result.status}, id=new, result=result, changes=found)

    def current(self, account: str, module: str) -> StoredResult | None:
        """The newest good result: complete or partial."""
        return next(iter(self._newest(account, module, 1, results.c.status.in_(GOOD))), None)

    def latest(self, account: str, module: str) -> StoredResult | None:
        """The newest result of any status."""
        return next(iter(self._newest(account, module, 1)), None)

    def history(self, account: str, module: str, limit: int = 20) -> list[StoredResult]:
        """The newest `limit` results of any status, newest first."""
        return self._newest(account, module, limit)

    def latest_of(
        self, accounts: Iterable[str], modules: Iterable[str], *, good: bool = False
    ) -> dict[tuple[str, str], StoredResult]:
        """The newest result of each pair, of any status or only a `good` one; pairs without one are left out.

        One query for up to 10,000 accounts.
        """
        asked, names = list(dict.fromkeys(accounts)), list(modules)
        found: dict[tuple[str, str], StoredResult] = {}
        for start in range(0, len(asked), _ACCOUNTS_A_QUERY):
            for stored in self._newest_each(asked[start : start + _ACCOUNTS_A_QUERY], names, good):
                found[stored.account, stored.module] = stored
        return found

    def standing_of(self, accounts: Iterable[str], *, good: bool = False) -> dict[str, dict[str, Standing]]:
        """How each account's newest results, or newest `good` ones, stand; accounts without any are left out."""
        asked = list(dict.fromkeys(accounts))
        found: dict[str, dict[str, Standing]] = {}
        columns = (results.c.account, results.c.module, results.c.status, results.c.stored_at)
        with self._engine.connect() as connection:
            for start in range(0, len(asked), _ACCOUNTS_A_QUERY):
                wanted = [results.c.account.in_(asked[start : start + _ACCOUNTS_A_QUERY])]
                newest = _newest_of(*wanted, *([results.c.status.in_(GOOD)] if good else []))
                for account, module, status, stored_at in connection.execute(select(*columns).where(newest)):
                    found.setdefault(account, {})[module] = Standing(account, module, Status(status), stored_at)
        return found

    def freshness_of(self, accounts: Iterable[str], young_since: Mapping[str, datetime]) -> dict[str, Freshness]:
        """Each account's fresh modules, by when a module's result is young enough; accounts without any are left out.

        As `fresh` (orchestration/selection.py) has it, but said by the database: a row an account and not fifteen, at a
        third of the time, on which a tick's minute depends at 100,000 accounts. And what waits for another try
        (failures.py) is left to wait.
        """
        asked = list(dict.fromkeys(accounts))
        bits = {module: 1 << place for place, module in enumerate(young_since)}
        moments = {module: literal(moment, results.c.stored_at.type) for module, moment in young_since.items()}
        mask: ColumnElement[int] = literal(0)
        if bits:
            mine = (failures.c.account == results.c.account) & (failures.c.module == results.c.module)
            again = exists().where(mine, failures.c.dismissed_at.is_(None), failures.c.next_try_at <= datetime.now(UTC))
            whole = (results.c.status == Status.COMPLETE) | ((results.c.status == Status.PARTIAL) & ~again)
            young = results.c.stored_at >= case(moments, value=results.c.module)
            mask = func.sum(case((whole & young, case(bits, value=results.c.module)), else_=0))
        columns = (results.c.account, mask, func.min(results.c.stored_at))
        found: dict[str, Freshness] = {}
        with self._engine.connect() as connection:
            for start in range(0, len(asked), _ACCOUNTS_A_QUERY):
                newest = _newest_of(results.c.account.in_(asked[start : start + _ACCOUNTS_A_QUERY]))
                query = select(*columns).where(newest).group_by(results.c.account)
                for account, fresh, oldest in connection.execute(query).all():
                    names = frozenset(module for module, bit in bits.items() if fresh & bit)
                    found[account] = Freshness(names, oldest)
        return found

    def seconds(self, accounts: list[str]) -> dict[str, float]:
        """What modules take, on average over these accounts; of each the longest run, as others had a full cache."""
        longest = func.max(results.c.duration_s).label("duration_s")
        each = select(results.c.module, longest).where(results.c.account.in_(accounts))
        table = each.group_by(results.c.account, results.c.module).subquery()
        query = select(table.c.module, func.avg(table.c.duration_s)).group_by(table.c.module)
        with self._engine.connect() as connection:
            return {module: float(seconds) for module, seconds in connection.execute(query)}

    def _newest(self, account: str, module: str, limit: int, *conditions: ColumnElement[bool]) -> list[StoredResult]:
        query = (
            select(results)
            .where(results.c.account == account, results.c.module == module, *conditions)
            .order_by(results.c.id.desc())
            .limit(limit)
        )
        with self._engine.connect() as connection:
            return [_stored(row) for row in connection.execute(query).mappings()]

    def _newest_each(self, accounts: list[str], modules: list[str], good: bool) -> list[StoredResult]:
        wanted = [results.c.account.in_(accounts), results.c.module.in_(modules)]
        if good:
            wanted.append(results.c.status.in_(GOOD))
        with self._engine.connect() as connection:
            rows = connection.execute(select(results).where(_newest_of(*wanted))).mappings()
            return [_stored(row) for row in rows]


def _newest_of(*wanted: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether a result is the newest of its account and module among those wanted."""
    newest = select(func.max(results.c.id)).where(*wanted).group_by(results.c.account, results.c.module)
    return results.c.id.in_(newest)


def _stored(row: RowMapping) -> StoredResult:
    fields = {key: value for key, value in row.items() if key != "body"}
    fields["status"] = Status(row["status"])
    return StoredResult(**fields, result=MODULES[row["module"]].result.model_validate_json(row["body"]))
