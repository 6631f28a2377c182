"""Short transactions of prepared statements, for what every call to a provider pays for.

SQLAlchemy's execution costs 80 microseconds a statement and 150 a transaction where SQLite itself needs 7 and 35, and
the governor runs some fifteen statements for a call that is paid for. On PostgreSQL what answers nothing travels with
what comes next, as each statement alone would wait for the network.
Not for: anything that is asked less often (database.py's `write` and `connect`), or the statements (governor/).
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

from sqlalchemy import Dialect, Engine, PoolProxiedConnection
from sqlalchemy.exc import DBAPIError

from partnerforge_dagster.store.prepared import Compiled, Prepared, Row


class Transaction:
    """A transaction that is open, on SQLite: one writer at a time; it takes the lock at once, and waits for it."""

    def __init__(self, connection: PoolProxiedConnection, dialect: Dialect) -> None:
        self.dialect = dialect
        self._connection = connection
        self._cursor: Any = connection.cursor()

    def run(self, prepared: Prepared, values: Mapping[str, object]) -> None:
        """Do what answers nothing."""
        statement = prepared.on(self.dialect)
        self._cursor.execute(statement.sql, statement.bound(values))

    def row(self, prepared: Prepared, values: Mapping[str, object]) -> Row:
        """The answer's only row; None when it has none."""
        self.run(prepared, values)
        return self._first(prepared)

    def lock(self, prepared: Prepared, values: Mapping[str, object]) -> None:
        """Run what locks, where more than one can write at a time."""

    def _first(self, prepared: Prepared) -> Row:
        found = self._cursor.fetchall()
        return prepared.on(self.dialect).row(found[0], self._cursor.description) if found else None

    def begin(self, *, writes: bool, durable: bool) -> None:
        """Start."""
        known = self._connection.info
        if _USUAL not in known:
            (known[_USUAL],) = self._cursor.execute("PRAGMA synchronous").fetchone()
        self._changed = not durable and known[_USUAL] > _NORMAL
        if self._changed:
            self._cursor.execute(f"PRAGMA synchronous = {_NORMAL}")
        self._cursor.execute("BEGIN IMMEDIATE" if writes else "BEGIN")

    def outlive_the_server(self) -> None:
        """What is not durable would be lost with a database server that is killed; SQLite has none."""

    def commit(self) -> None:
        """End, and leave the connection as it was."""
        self._cursor.execute("COMMIT")
        if self._changed:
            self._cursor.execute(f"PRAGMA synchronous = {self._connection.info[_USUAL]}")


_USUAL = "partnerforge.synchronous"
_NORMAL = 1
"""https://www.sqlite.org/pragma.html#pragma_synchronous: in WAL mode a commit does not wait for the disk."""


class _OnPostgres(Transaction):
    """What answers nothing is kept back and sent with what comes next, at the latest with the COMMIT.

    psycopg2 puts the values into the text itself, so that several statements can be one message. Each statement is
    planned once for a connection, as planning costs more than running it.
    https://www.postgresql.org/docs/current/sql-prepare.html
    """

    def begin(self, *, writes: bool, durable: bool) -> None:
        self._known: dict[Compiled, str] = self._connection.info.setdefault("partnerforge.prepared", {})
        self._cursor.connection.autocommit = True  # the driver is not to send a BEGIN of its own, ours travels along
        self._unsent = [b"BEGIN" if writes else b"BEGIN READ ONLY"]
        if not durable:
            self._unsent.append(b"SET LOCAL synchronous_commit = off")

    def run(self, prepared: Prepared, values: Mapping[str, object]) -> None:
        statement = prepared.on(self.dialect)
        execute = self._known.get(statement) or self._prepare(statement)
        self._unsent.append(self._cursor.mogrify(execute, statement.bound(values)))

    def _prepare(self, statement: Compiled) -> str:
        """Tell the server; the EXECUTE that runs it, with a place for each value."""
        name = f"partnerforge_{len(self._known)}"
        places = {parameter: f"${number}" for number, parameter in enumerate(statement.parameters, 1)}
        for constant, value in statement.constants().items():  # as such they let the planner use a partial index
            places[constant] = self._cursor.mogrify("%s", (value,)).decode()
        self._unsent.append(f"PREPARE {name} AS {statement.sql % places}".encode())
        values = ", ".join(["%s"] * len(statement.parameters))
        self._known[statement] = f"EXECUTE {name}({values})" if values else f"EXECUTE {name}"
        return self._known[statement]

    def row(self, prepared: Prepared, values: Mapping[str, object]) -> Row:
        self.run(prepared, values)
        self._send()
        return self._first(prepared)

    def lock(self, prepared: Prepared, values: Mapping[str, object]) -> None:
        self.run(prepared, values)

    def outlive_the_server(self) -> None:
        self._unsent.append(b"SET LOCAL synchronous_commit TO DEFAULT")

    def commit(self) -> None:
        self._unsent.append(b"COMMIT")
        self._send()
        self._cursor.connection.autocommit = False

    def _send(self) -> None:
        unsent, self._unsent = self._unsent, []
        self._cursor.execute(b"; ".join(unsent))


_KINDS = {"sqlite": Transaction, "postgresql": _OnPostgres}


@contextmanager
def begin(engine: Engine, *, writes: bool = True, durable: bool = True) -> Iterator[Transaction]:
    """A transaction, committed at the end of the block and rolled back on an exception.

    What is not `durable` outlives a crash of ours, and not a power cut: its commit does not wait for the disk.
    Raises what SQLAlchemy would: sqlalchemy.exc.DBAPIError and its kinds.
    """
    connection, errors = engine.raw_connection(), engine.dialect.loaded_dbapi.Error
    try:
        opened = _KINDS[engine.dialect.name](connection, engine.dialect)
        opened.begin(writes=writes, durable=durable)
        yield opened
        opened.commit()
    except BaseException as error:
        with suppress(errors):
            connection.rollback()  # SQLite keeps a closed connection's transaction while somebody holds a cursor of it
        connection.invalidate()  # PostgreSQL rolls back when the connection ends, in whatever state that is
        if isinstance(error, errors):
            lost = engine.dialect.is_disconnect(error, None, None)
            raise DBAPIError.instance(None, None, error, errors, connection_invalidated=lost) from error
        raise
    finally:
        connection.close()
