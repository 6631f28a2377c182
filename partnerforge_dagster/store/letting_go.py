"""Rows that are to go: deleted, or left without what names anybody. Without `act` they are only counted.

Not for: which rows (forgetting.py, retention.py).
"""

from sqlalchemy import ColumnElement, Connection, Table, delete, func, select, update

from partnerforge_dagster.store.tables import calls


def remove(connection: Connection, table: Table, which: ColumnElement[bool], *, act: bool) -> int:
    """The number of rows; they are gone afterwards."""
    return connection.execute(delete(table).where(which)).rowcount if act else _count(connection, table, which)


def clear(
    connection: Connection, table: Table, which: ColumnElement[bool], values: dict[str, str | None], *, act: bool
) -> int:
    """The number of rows; they have these values afterwards."""
    if act:
        return connection.execute(update(table).where(which).values(values)).rowcount
    return _count(connection, table, which)


def remove_names(connection: Connection, which: ColumnElement[bool], *, act: bool) -> int:
    """The number of calls; of each there is left what it cost, when and at which provider."""
    return clear(connection, calls, which, dict.fromkeys(("account", "question", "detail")), act=act)


def _count(connection: Connection, table: Table, which: ColumnElement[bool]) -> int:
    return connection.execute(select(func.count()).select_from(table).where(which)).scalar_one()
