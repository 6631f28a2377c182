"""Copies a whole store into an empty one, SQLite to PostgreSQL or any other way round, and proves that nothing is lost.

All of it is one transaction of the target: killed, refused or failed, the target is as empty as before, and the same
copy can be begun again. Every table is counted and hashed three times: as it was read, as it stands in the target, and
in the source once more at the end, so that a source which was written to meanwhile is noticed.
Not for: Dagster's own tables, or what the commands say (cli/db.py).
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, Row, Table, func, select, text

from partnerforge_dagster.store.database import migrate, write
from partnerforge_dagster.store.tables import metadata, store_info
from partnerforge_dagster.store.versions import newest, version_of

CHUNK = 500
"""Rows read and written at a time: results are some ten kilobytes each."""

Watcher = Callable[[str, int], None]
"""Called as (table, rows that are done now)."""


class CannotCopy(Exception):
    """Nothing was copied. The message says why and what to do."""


class Content(NamedTuple):
    """Of one table: how many rows, and a hash of all that is in them, whatever their order."""

    rows: int
    sha256: str


def total_rows(source: Engine) -> int:
    """Rows of all tables. Raises CannotCopy when there is no store of this version in the source."""
    with source.connect() as connection:
        _same_version(connection)
        return sum(_count(connection, table) for table in metadata.sorted_tables)


def copy_store(source: Engine, target: Engine, watch: Watcher | None = None) -> dict[str, Content]:
    """Copy every table; what was copied, by table. Raises CannotCopy, then the target is as it was."""
    migrate(target)
    with write(target) as writing:
        if writing.dialect.name == "postgresql":  # SQLite's writers are alone already
            writing.execute(text(f"LOCK TABLE {store_info.name} IN EXCLUSIVE MODE"))
        _must_be_empty(writing)
        with _snapshot(source) as reading:
            _same_version(reading)
            _must_not_be_of_another_mode(reading, writing)
            copied = {table.name: _copy(reading, writing, table, watch) for table in metadata.sorted_tables}
        _same(copied, {table.name: _content(_rows(writing, table)) for table in metadata.sorted_tables}, _DIFFERS)
        with _snapshot(source) as reading:
            _same(copied, {table.name: _content(_rows(reading, table)) for table in metadata.sorted_tables}, _CHANGED)
    return copied


_DIFFERS = "{} came out different in the target, which must not be: nothing was copied, and the source is as it was"
_CHANGED = (
    "{} of the source changed while it was read: nothing was copied; stop the daemon, the servers and all runs "
    "of that deployment, and give the same command again"
)


def _same(one: dict[str, Content], other: dict[str, Content], complaint: str) -> None:
    differing = [name for name in one if one[name] != other[name]]
    if differing:
        raise CannotCopy(complaint.format(", ".join(differing)))


def _same_version(connection: Connection) -> None:
    found, wanted = version_of(connection), newest()
    if found is None:
        raise CannotCopy("there is no store in the source; is its URL right?")
    if found != wanted:
        raise CannotCopy(
            f"the source has schema version {found} and this PartnerForge works with {wanted}: bring it there first, "
            "with PARTNERFORGE_DATABASE_URL naming the source: partnerforge db upgrade"
        )


def _must_be_empty(connection: Connection) -> None:
    full = [table.name for table in metadata.sorted_tables if table is not store_info and _count(connection, table)]
    if full:
        raise CannotCopy(
            f"the target is not empty (rows in {', '.join(full)}): nothing was copied; name a new, empty database"
        )


def _must_not_be_of_another_mode(source: Connection, target: Connection) -> None:
    """An empty store that was opened once is bound to a mode, too."""
    asked = select(store_info.c.value).where(store_info.c.key == "mode")
    mode, bound = source.execute(asked).scalar_one_or_none(), target.execute(asked).scalar_one_or_none()
    if bound is not None and bound != mode:
        raise CannotCopy(
            f"the source holds {mode or 'no'} data and the target, though empty, is a {bound} store; the two never "
            "mix: nothing was copied; name a new database"
        )


@contextmanager
def _snapshot(engine: Engine) -> Iterator[Connection]:
    """A transaction that sees the source as it was at one moment (SQLite's always do)."""
    options = {"isolation_level": "REPEATABLE READ"} if engine.dialect.name == "postgresql" else {}
    with engine.connect().execution_options(**options) as connection, connection.begin():
        yield connection


def _copy(reading: Connection, writing: Connection, table: Table, watch: Watcher | None) -> Content:
    if table is store_info:
        writing.execute(table.delete())  # its mode, which is the source's
    content = _Content()
    for rows in _chunks(reading, table):
        try:
            writing.execute(table.insert(), [row._asdict() for row in rows])
        except ValueError as error:  # PostgreSQL takes no NUL in a text
            raise CannotCopy(f"a row of {table.name} is not for this database: {error}") from error
        content.add(rows)
        if watch is not None:
            watch(table.name, len(rows))
    _go_on_counting(writing, table)
    return content.found


def _go_on_counting(connection: Connection, table: Table) -> None:
    """PostgreSQL numbers rows by a sequence, which does not see numbers that were given."""
    number = table.autoincrement_column
    if connection.dialect.name != "postgresql" or number is None:
        return
    sequence = func.pg_get_serial_sequence(table.name, number.name)
    last = select(func.coalesce(func.max(number), 0) + 1).scalar_subquery()
    connection.execute(select(func.setval(sequence, last, False)))


def _count(connection: Connection, table: Table) -> int:
    return connection.execute(select(func.count()).select_from(table)).scalar_one()


def _chunks(connection: Connection, table: Table) -> Iterator[list[Row[Any]]]:
    """All rows of the table, never all in memory."""
    with connection.execution_options(yield_per=CHUNK).execute(select(table)) as found:
        yield from (list(rows) for rows in found.partitions())


def _rows(connection: Connection, table: Table) -> Iterator[Row[Any]]:
    for rows in _chunks(connection, table):
        yield from rows


def _content(rows: Iterable[Row[Any]]) -> Content:
    content = _Content()
    content.add(rows)
    return content.found


class _Content:
    """Counts and hashes rows as they come. The hash is a sum, as two databases sort texts differently."""

    def __init__(self) -> None:
        self._rows = 0
        self._sum = 0

    def add(self, rows: Iterable[Row[Any]]) -> None:
        """More of the table."""
        for row in rows:
            digest = hashlib.sha256(repr(tuple(row)).encode("utf-8", "surrogatepass")).digest()
            self._rows += 1
            self._sum = (self._sum + int.from_bytes(digest)) % (1 << 256)

    @property
    def found(self) -> Content:
        """What there was."""
        return Content(self._rows, f"{self._sum:064x}")
