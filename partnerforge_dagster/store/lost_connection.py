"""Tells a PostgreSQL that is away for a moment, as while it restarts, from every other error of a database.

Not for: what is done about it (orchestration/assets_of.py for a step; Dagster's own storages try again by themselves).
"""

import sqlite3

from sqlalchemy.exc import DBAPIError, OperationalError


def connection_lost(error: DBAPIError) -> bool:
    """Whether the server ended the connection or let none be made. A SQLite file is not away: it is locked or full."""
    if isinstance(error.orig, sqlite3.Error):
        return False
    return error.connection_invalidated or isinstance(error, OperationalError)
