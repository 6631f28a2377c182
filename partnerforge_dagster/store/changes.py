"""What changed, as rows: written in the transaction that stores the result, so neither lost nor doubled.

A result that is stored already (a step that runs again after a crash) is not compared again: its changes were
committed with it. A result that was not committed left no change behind either.
Not for: what counts as a change (changes/).
"""

import zlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Connection, Engine, RowMapping, Select, func, select, text, update

from partnerforge_dagster.changes.beliefs import Baseline
from partnerforge_dagster.changes.compare import compare
from partnerforge_dagster.changes.rules import RULES
from partnerforge_dagster.models.changes import Change
from partnerforge_dagster.models.result import GOOD, ModuleResult
from partnerforge_dagster.store.database import insert_into
from partnerforge_dagster.store.tables import baselines, changes, results

_ORDER_LOCK = 0x7046_0003
"""Key of the PostgreSQL advisory lock under which ids are given out, so that they become visible in their order: who
reads on from the last id that he saw would else miss one that was given out before and committed after."""

_CHUNK = 500
"""Values in one IN."""


@dataclass(frozen=True)
class StoredChange:
    """A change as it was stored. Ids grow in the order in which changes become visible."""

    id: int
    account: str
    run_id: str
    result_id: int
    found_at: datetime
    change: Change


def note_changes(
    connection: Connection, result: ModuleResult, *, module: str, run_id: str, result_id: int
) -> tuple[Change, ...]:
    """Compare a result that `connection` has just stored, and keep what changed and what is believed now."""
    rules = RULES[module]
    if not rules:
        return ()
    before = _baseline(connection, result.account, module)
    after, found = compare(module, rules, before, result)
    if after != before:
        connection.execute(
            update(baselines)
            .where(baselines.c.account == result.account, baselines.c.module == module)
            .values(body=zlib.compress(after.model_dump_json(exclude_defaults=True).encode()))
        )
    if found:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ORDER_LOCK})
        rows = [_row(change, result, run_id, result_id) for change in found]
        connection.execute(insert_into(connection, changes), rows)
    return found


def changes_of(connection: Connection, result_id: int) -> tuple[Change, ...]:
    """What a result changed."""
    query = select(changes.c.body).where(changes.c.result_id == result_id).order_by(changes.c.id)
    return tuple(Change.model_validate_json(body) for body in connection.execute(query).scalars())


def _baseline(connection: Connection, account: str, module: str) -> Baseline | None:
    """What is believed, locked until the transaction ends: of two runs of one account each compares with the other."""
    query = (
        select(baselines.c.body)
        .where(baselines.c.account == account, baselines.c.module == module)
        .with_for_update()  # SQLite has one writer at a time anyway
    )
    body = connection.execute(query).scalar_one_or_none()
    if body is None:
        new = insert_into(connection, baselines).values(account=account, module=module, body=b"")
        connection.execute(new.on_conflict_do_nothing())
        body = connection.execute(query).scalar_one()
    return Baseline.model_validate_json(zlib.decompress(body)) if body else None


def _row(change: Change, result: ModuleResult, run_id: str, result_id: int) -> dict[str, object]:
    return {
        "account": result.account,
        "module": change.module,
        "run_id": run_id,
        "result_id": result_id,
        "field": change.field,
        "item": change.key,
        "alert": change.alert,
        "found_at": datetime.now(UTC),
        "body": change.model_dump_json(exclude_defaults=True),
    }


class Changes:
    """Reads the changes of a store."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def after(self, change_id: int, *, alerts: bool = False, limit: int = 1_000) -> list[StoredChange]:
        """Changes, or only those worth an alert, with an id above this one, oldest first: a watcher's next batch."""
        return self._read(_which(change_id, alerts=alerts).order_by(changes.c.id).limit(limit))

    def newest_id(self) -> int:
        """The newest change's id; 0 when there is none. A new watcher starts here."""
        with self._engine.connect() as connection:
            return connection.execute(select(func.max(changes.c.id))).scalar_one() or 0

    def since_last(self, account: str, module: str, run_id: str) -> list[StoredChange]:
        """Changes of an account since its last good result of `module` in another run, oldest first; none without one.

        Of another run, so that a step that is run again after a crash says the same.
        """
        mine = (results.c.account == account) & (results.c.module == module) & (results.c.run_id != run_id)
        with self._engine.connect() as connection:
            last = select(func.max(results.c.id)).where(mine, results.c.status.in_(GOOD))
            result_id = connection.execute(last).scalar_one()
        if result_id is None:
            return []
        query = select(changes).where(changes.c.account == account, changes.c.result_id > result_id)
        return self._read(query.order_by(changes.c.id))

    def newest(
        self,
        limit: int,
        *,
        accounts: Sequence[str] = (),
        modules: Collection[str] = (),
        since: datetime | None = None,
        alerts: bool = False,
    ) -> list[StoredChange]:
        """The newest changes, newest first; no accounts or no modules means all of them. `since` is when found."""
        query = _which(None, alerts=alerts, modules=modules, since=since).order_by(changes.c.id.desc()).limit(limit)
        asked = list(dict.fromkeys(accounts))
        if not asked:
            return self._read(query)
        found = [
            row
            for start in range(0, len(asked), _CHUNK)
            for row in self._read(query.where(changes.c.account.in_(asked[start : start + _CHUNK])))
        ]
        return sorted(found, key=lambda row: -row.id)[:limit]

    def _read(self, query: Select[tuple[object, ...]]) -> list[StoredChange]:
        with self._engine.connect() as connection:
            return [_stored(row) for row in connection.execute(query).mappings()]


def _which(
    above: int | None, *, alerts: bool, modules: Collection[str] = (), since: datetime | None = None
) -> Select[tuple[object, ...]]:
    conditions: list[ColumnElement[bool]] = []
    if above is not None:
        conditions.append(changes.c.id > above)
    if alerts:
        conditions.append(changes.c.alert)
    if modules:
        conditions.append(changes.c.module.in_(list(modules)))
    if since is not None:
        conditions.append(changes.c.found_at >= since)
    return select(changes).where(*conditions)


def _stored(row: RowMapping) -> StoredChange:
    return StoredChange(
        id=row["id"],
        account=row["account"],
        run_id=row["run_id"],
        result_id=row["result_id"],
        found_at=row["found_at"],
        change=Change.model_validate_json(row["body"]),
    )
