"""Takes an account or a person out of Dagster's records and files, as far as Dagster leaves them behind.

Dagster's own API deletes runs and partitions. It cannot wipe one partition's events (`wipe_asset_partitions` is not
implemented for the storages that come with it), nor change a run of several accounts: there the rows themselves are
deleted or rewritten. This is the one exception to "nothing rewrites the event log", and decision 0013 says why.
Leans on private names of Dagster, as executor.py does: minor version pinned, behaviour tested.
Not for: PartnerForge's own tables (store/forgetting.py).
"""

import json
import re
import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, closing
from typing import NamedTuple

import dagster as dg
from dagster._core.storage.event_log.schema import AssetKeyTable, SqlEventLogStorageMetadata, SqlEventLogStorageTable
from dagster._core.storage.event_log.sql_event_log import SqlEventLogStorage
from dagster._core.storage.runs import SqlRunStorage
from dagster._core.storage.runs.schema import RunStorageSqlMetadata
from dagster._core.storage.schedules.schema import ScheduleStorageSqlMetadata
from dagster._core.storage.schedules.sql_schedule_storage import SqlScheduleStorage
from sqlalchemy import Connection, MetaData, Select, String, Table, delete, func, inspect, or_, select, update

from partnerforge_dagster.models.work import UNFINISHED
from partnerforge_dagster.orchestration.partitions import ACCOUNT
from partnerforge_dagster.orchestration.work import Work, Works
from partnerforge_dagster.privacy.bodies import text_without
from partnerforge_dagster.privacy.names import Forgotten
from partnerforge_dagster.settings import home

FORGOTTEN = "forgotten.invalid"
"""In place of a domain, in records that tell of other accounts' work too."""

EVENTS = "events"
EVENTS_OF_RUN = "run's events"
"""SQLite keeps a run's events in a file of its own, besides."""

_TEXT_LARGEST = 50_000_000
"""Bytes of a log file that is looked into."""

Change = Callable[[str], str]
"""What becomes of a text; itself where there is nothing to do."""


class _Part(NamedTuple):
    """One of Dagster's databases, or the part of one."""

    name: str
    tables: MetaData
    open: Callable[[], AbstractContextManager[Connection]]


def under_way(instance: dg.DagsterInstance, account: str | None) -> list[Work]:
    """Runs and backfills that have not ended, of all accounts or of one: they could bring back what is forgotten."""
    works = Works(instance)
    found = [*works.runs(states=UNFINISHED), *works.backfills(states=UNFINISHED)]
    return [work for work in found if account is None or account in work.accounts]


def forget_account(instance: dg.DagsterInstance, domain: str, *, act: bool) -> Counter[str]:
    """Runs of it alone go with their logs; of others its events, and its name in what is left; then its partition."""
    found: Counter[str] = Counter()
    runs = [run for run in Works(instance).runs() if domain in run.accounts]
    alone = [run.id for run in runs if run.accounts == (domain,)]
    shared = [run.id for run in runs if run.accounts != (domain,)]
    found["runs"] = len(alone)
    if act:
        for run_id in alone:
            instance.delete_run(run_id)
            shutil.rmtree(home() / "storage" / run_id, ignore_errors=True)
    for part in _parts(instance, shared):
        with part.open() as connection:
            found["events"] += _delete_events(connection, part.tables, domain, act=act)
            if act and part.name == EVENTS:
                _show_others(connection, domain)
            rest = _rewrite(connection, part.tables, _without_domain(domain), domain, others=domain, act=act)
            found["other records"] += rest
    found["log files"] = _rewrite_files(shared, _without_domain(domain), act=act)
    if domain in instance.get_dynamic_partitions(ACCOUNT):
        found["partitions"] = 1
        if act:
            instance.delete_dynamic_partition(ACCOUNT, domain)
    return found


def forget_person(
    instance: dg.DagsterInstance, forgotten: Forgotten, last_name: str, account: str | None, *, act: bool
) -> Counter[str]:
    """The name is taken out of events, tags, ticks and logs; nothing else of them changes."""
    found: Counter[str] = Counter()
    runs = [run.id for run in Works(instance).runs() if account is None or account in run.accounts]
    near = last_name.lower() if last_name.isascii() else None

    def change(text: str) -> str:
        return text_without(text, forgotten)

    for part in _parts(instance, runs):
        with part.open() as connection:
            only = account if part.name in (EVENTS, EVENTS_OF_RUN) else None
            found[part.name] += _rewrite(connection, part.tables, change, near, only=only, act=act)
    found["log files"] = _rewrite_files(runs, change, act=act)
    return found


def _without_domain(domain: str) -> Change:
    spelt = r"\\*\.".join(map(re.escape, domain.split(".")))  # Markdown in Dagster's metadata escapes dots
    whole = re.compile(rf"(?<![A-Za-z0-9-])(?:[a-z0-9-]+\\*\.)*{spelt}(?![A-Za-z0-9-]|\.[A-Za-z0-9])", re.IGNORECASE)
    return lambda text: whole.sub(FORGOTTEN, text)


def _parts(instance: dg.DagsterInstance, run_ids: Iterable[str]) -> Iterator[_Part]:
    events, runs, schedules = instance.event_log_storage, instance.run_storage, instance.schedule_storage
    if not isinstance(events, SqlEventLogStorage) or not isinstance(runs, SqlRunStorage):
        raise TypeError(f"cannot forget in a {type(events).__name__}")
    yield _Part(EVENTS, SqlEventLogStorageMetadata, events.index_connection)
    if events.is_run_sharded:
        for run_id in run_ids:
            yield _Part(EVENTS_OF_RUN, SqlEventLogStorageMetadata, lambda of=run_id: events.run_connection(of))  # type: ignore[misc]
    yield _Part("runs and backfills", RunStorageSqlMetadata, runs.connect)
    if isinstance(schedules, SqlScheduleStorage):
        yield _Part("ticks", ScheduleStorageSqlMetadata, schedules.connect)


def _delete_events(connection: Connection, tables: MetaData, domain: str, *, act: bool) -> int:
    """Of one partition: materializations and checks, with their tags."""
    found = 0
    for table in _there(connection, tables):
        if "partition" not in table.c or table.name not in ("event_logs", "asset_check_executions"):
            continue
        which = table.c.partition == domain
        found += connection.execute(select(func.count()).select_from(table).where(which)).scalar_one()
        if act:
            if table is SqlEventLogStorageTable:
                _delete_tags(connection, tables, select(table.c.id).where(which))
            connection.execute(delete(table).where(which))
    return found


def _show_others(connection: Connection, domain: str) -> None:
    """Each asset keeps a copy of its last materialization: where that was this account's, of the last that is left."""
    events, assets = SqlEventLogStorageTable, AssetKeyTable
    of_account = assets.c.last_materialization.contains(json.dumps(domain), autoescape=True)
    for key in connection.execute(select(assets.c.asset_key).where(of_account)).scalars().all():
        made = events.c.dagster_event_type == dg.DagsterEventType.ASSET_MATERIALIZATION.value
        left = select(events.c.event, events.c.run_id).where(events.c.asset_key == key, made)
        event, run_id = connection.execute(left.order_by(events.c.id.desc())).first() or (None, None)
        shown = {"last_materialization": event, "last_run_id": run_id}
        connection.execute(update(assets).where(assets.c.asset_key == key).values(shown))


def _delete_tags(connection: Connection, tables: MetaData, events: Select[tuple[int]]) -> None:
    for table in _there(connection, tables):
        if table.name == "asset_event_tags":
            connection.execute(delete(table).where(table.c.event_id.in_(events)))


def _rewrite(
    connection: Connection,
    tables: MetaData,
    change: Change,
    near: str | None,
    *,
    act: bool,
    only: str | None = None,
    others: str | None = None,
) -> int:
    """Rows whose texts were changed. `near` is a part of every text that may need it; None looks at all.

    Of events that belong to a partition: those of `only`, or all but those of accounts that are not `others`.
    """
    found = 0
    for table in _there(connection, tables):
        texts = [column for column in table.columns if isinstance(column.type, String)]
        if not texts:
            continue
        query = select(table.c.id, *texts)
        if near is not None:
            query = query.where(or_(*(func.lower(column).contains(near, autoescape=True) for column in texts)))
        if "partition" in table.c and table.name in ("event_logs", "asset_check_executions"):
            mine = only if only is not None else others
            if mine is not None:
                query = query.where(or_(table.c.partition.is_(None), table.c.partition == mine))
        for row in connection.execute(query).mappings().all():
            said = {column.name: row[column.name] for column in texts if row[column.name]}
            changed: dict[str, str | None] = {name: change(text) for name, text in said.items() if change(text) != text}
            if table is AssetKeyTable and "cached_status_data" in changed:
                changed["cached_status_data"] = None  # which partitions are there: Dagster makes it anew
            if changed:
                found += 1
                if act:
                    connection.execute(update(table).where(table.c.id == row["id"]).values(changed))
    return found


def _there(connection: Connection, tables: MetaData) -> list[Table]:
    """Tables that this database has; of Dagster's, one kind of storage does not have all."""
    names = set(inspect(connection).get_table_names())
    return [table for table in tables.sorted_tables if table.name in names]


def _rewrite_files(run_ids: Iterable[str], change: Change, *, act: bool) -> int:
    """What steps and their processes printed."""
    found = 0
    for folder in (home() / "storage" / run_id for run_id in run_ids):
        for path in (path for path in folder.rglob("*") if path.is_file()):
            if path.stat().st_size > _TEXT_LARGEST:
                continue
            text = path.read_text(encoding="utf-8", errors="surrogateescape")
            changed = change(text)
            if changed != text:
                found += 1
                if act:
                    path.write_text(changed, encoding="utf-8", errors="surrogateescape")
    return found


def compact() -> None:
    """Have Dagster's SQLite files overwrite what is deleted. PostgreSQL's own vacuum does it there."""
    for folder in (home() / "history", home() / "schedules"):
        for path in folder.rglob("*.db"):
            with closing(sqlite3.connect(path, timeout=60, isolation_level=None)) as connection:
                connection.execute("VACUUM")
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
