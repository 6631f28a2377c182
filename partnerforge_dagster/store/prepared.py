"""Statements that are compiled once for each database and then run on the driver's own cursor (transaction.py).

Not for: statements that are run seldom, which SQLAlchemy's own `execute` is good for.
"""

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from sqlalchemy import ColumnElement, Dialect, Executable, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql import ClauseElement
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.selectable import ReturnsRows

Inserter = Callable[[Table], sqlite.Insert]
"""SQLite's or PostgreSQL's `insert`: what is used of them here, ON CONFLICT and RETURNING, is the same."""

Build = Callable[[Inserter], Executable]
"""Makes a statement with SQLite's or PostgreSQL's `insert`."""

Row = Any
"""A named tuple of the columns asked for, or None."""

_INSERTERS: dict[str, Inserter] = {"sqlite": sqlite.insert, "postgresql": cast(Inserter, postgresql.insert)}


class Prepared:
    """A statement, compiled when a database first needs it. `columns` are those that an INSERT or UPDATE sets."""

    def __init__(self, statement: Executable | Build, *columns: str) -> None:
        self._statement = statement
        self._columns = columns or None
        self._compiled: dict[str, _Compiled] = {}

    def on(self, dialect: Dialect) -> "_Compiled":
        """As the database takes it."""
        compiled = self._compiled.get(dialect.name)
        if compiled is None:
            said = self._statement
            statement = said if isinstance(said, Executable) else said(_INSERTERS[dialect.name])
            compiled = self._compiled[dialect.name] = _Compiled(statement, self._columns, dialect)
        return compiled


class _Compiled:
    """SQL, how its values are handed over, and how its rows are read."""

    def __init__(self, statement: Executable, columns: Sequence[str] | None, dialect: Dialect) -> None:
        compiled = cast(SQLCompiler, cast(ClauseElement, statement).compile(dialect=dialect, column_keys=columns))
        self.sql = str(compiled)
        self._in_order = compiled.positiontup
        self._constants = {name: bound.value for bound, name in compiled.bind_names.items() if not bound.required}
        self._to_database = {
            name: _or_same(bound.type.dialect_impl(dialect).bind_processor(dialect))
            for bound, name in compiled.bind_names.items()
        }
        self._types = [column.type.dialect_impl(dialect) for column in _columns(statement)]
        self._row: Any = namedtuple("Row", [column.key or "" for column in _columns(statement)])  # type: ignore[misc]
        self._dialect = dialect
        self._from_database: list[tuple[int, Callable[[Any], Any]]] | None = None

    def bound(self, values: Mapping[str, object]) -> Sequence[object] | dict[str, object]:
        """The values as the driver takes them; KeyError for one that is missing."""
        all_of_them = {**self._constants, **values}
        if self._in_order is None:
            return {name: convert(all_of_them[name]) for name, convert in self._to_database.items()}
        return [self._to_database[name](all_of_them[name]) for name in self._in_order]

    def row(self, read: Sequence[Any], described: Sequence[Sequence[Any]]) -> Row:
        """A row as Python means it; `described` is the cursor's description, which says how the driver answers."""
        if self._from_database is None:
            converters = [
                one.result_processor(self._dialect, said[1]) for one, said in zip(self._types, described, strict=True)
            ]
            self._from_database = [(place, convert) for place, convert in enumerate(converters) if convert is not None]
        values = list(read)
        for place, convert in self._from_database:
            values[place] = convert(values[place])
        return self._row._make(values)


def _columns(statement: Executable) -> Sequence[ColumnElement[Any]]:
    return list(statement.exported_columns) if isinstance(statement, ReturnsRows) else []


def _or_same(convert: Callable[[Any], Any] | None) -> Callable[[Any], Any]:
    return convert or (lambda value: value)
