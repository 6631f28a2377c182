"""Statements that are compiled once for each database and then run on the driver's own cursor (transaction.py).

Not for: statements that are run seldom, which SQLAlchemy's own `execute` is good for.
"""

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Dialect, Executable, Float, String, Table, bindparam, literal
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import ClauseElement
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.selectable import ReturnsRows

from partnerforge_dagster.store.tables import UtcDateTime

Inserter = Callable[[Table], sqlite.Insert]
"""SQLite's or PostgreSQL's `insert`: what is used of them here, ON CONFLICT and RETURNING, is the same."""

Build = Callable[[Inserter], Executable]
"""Makes a statement with SQLite's or PostgreSQL's `insert`."""

Row = Any
"""A named tuple of the columns asked for, or None."""

_INSERTERS: dict[str, Inserter] = {"sqlite": sqlite.insert, "postgresql": cast(Inserter, postgresql.insert)}


class Moment(FunctionElement[datetime]):
    """The moment that is handed in as `name`; when that is None, PostgreSQL's own clock, and so many seconds later.

    SQLite has no clock of its own: there the moment must be handed in. `later_s` are seconds, or the name under which
    they are handed in. PostgreSQL reads its clock once for each Moment in a statement, and can use an index with it.
    https://www.postgresql.org/docs/current/functions-datetime.html: `now()` would be the transaction's start.
    """

    type = UtcDateTime()
    inherit_cache = False

    def __init__(self, name: str, later_s: float | str = 0.0) -> None:
        self.handed_in = bindparam(name, type_=UtcDateTime())
        self.later_s = bindparam(later_s, type_=Float()) if isinstance(later_s, str) else literal(later_s)
        super().__init__()


class Month(FunctionElement[str]):
    """The month that is handed in as `name`, `2026-11`; when that is None, UTC's by PostgreSQL's own clock."""

    type = String()
    inherit_cache = False

    def __init__(self, name: str) -> None:
        self.handed_in = bindparam(name, type_=String())
        super().__init__()


@compiles(Moment, "postgresql")
def _moment_on_postgres(moment: Moment, compiler: SQLCompiler, **_: object) -> str:
    handed_in, later = compiler.process(moment.handed_in), compiler.process(moment.later_s)
    return f"(SELECT coalesce({handed_in}, clock_timestamp() + make_interval(secs => {later})))"


@compiles(Month, "postgresql")
def _month_on_postgres(month: Month, compiler: SQLCompiler, **_: object) -> str:
    handed_in = compiler.process(month.handed_in)
    return f"(SELECT coalesce({handed_in}, to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM')))"


@compiles(Moment, "sqlite")
@compiles(Month, "sqlite")
def _on_sqlite(handed_in: Moment | Month, compiler: SQLCompiler, **_: object) -> str:
    return compiler.process(handed_in.handed_in)


class Prepared:
    """A statement, compiled when a database first needs it. `columns` are those that an INSERT or UPDATE sets."""

    def __init__(self, statement: Executable | Build, *columns: str) -> None:
        self._statement = statement
        self._columns = columns or None
        self._compiled: dict[str, Compiled] = {}

    def on(self, dialect: Dialect) -> "Compiled":
        """As the database takes it."""
        compiled = self._compiled.get(dialect.name)
        if compiled is None:
            said = self._statement
            statement = said if isinstance(said, Executable) else said(_INSERTERS[dialect.name])
            compiled = self._compiled[dialect.name] = Compiled(statement, self._columns, dialect)
        return compiled


class Compiled:
    """SQL, how its values are handed over, and how its rows are read."""

    def __init__(self, statement: Executable, columns: Sequence[str] | None, dialect: Dialect) -> None:
        compiled = cast(SQLCompiler, cast(ClauseElement, statement).compile(dialect=dialect, column_keys=columns))
        self.sql = str(compiled)
        self._in_order = compiled.positiontup
        self._constants = {name: bound.value for bound, name in compiled.bind_names.items() if not bound.required}
        self.parameters = [name for name in dict.fromkeys(compiled.bind_names.values()) if name not in self._constants]
        """Names of the values that differ from run to run."""
        self._to_database = {
            name: _or_same(bound.type.dialect_impl(dialect).bind_processor(dialect))
            for bound, name in compiled.bind_names.items()
        }
        self._types = [column.type.dialect_impl(dialect) for column in _columns(statement)]
        self._row: Any = namedtuple("Row", [column.key or "" for column in _columns(statement)])  # type: ignore[misc]
        self._dialect = dialect
        self._from_database: list[tuple[int, Callable[[Any], Any]]] | None = None

    def bound(self, values: Mapping[str, object]) -> Sequence[object]:
        """The values in the order of the statement's places; KeyError for one that is missing."""
        all_of_them = {**self._constants, **values}
        if self._in_order is None:
            return [self._to_database[name](all_of_them[name]) for name in self.parameters]
        converted = {name: convert(all_of_them[name]) for name, convert in self._to_database.items()}
        return [converted[name] for name in self._in_order]  # a value may have several places

    def constants(self) -> dict[str, object]:
        """The values that are the same in every run, as the driver takes them, by name."""
        return {name: self._to_database[name](value) for name, value in self._constants.items()}

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
