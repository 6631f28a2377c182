"""Everything that a deployment keeps, as text: all rows of all tables, unpacked, and all files.

Not for: what must or must not be in it (the tests).
"""

import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from sqlalchemy import MetaData, create_engine, select

SQLITE = b"SQLite format 3\0"


def everything(folder: Path, url: str | None = None) -> dict[str, str]:
    """By where it is: files of the folder, rows of its SQLite files, and of the database at `url`."""
    found: dict[str, str] = {}
    # All of them first: SQLite removes what lies beside a file when that is opened and closed.
    files = {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
    for path, data in files.items():
        found[f"{path.relative_to(folder)} (raw)"] = data.decode("latin-1")
        if data.startswith(SQLITE):
            found[str(path.relative_to(folder))] = "\n".join(_sqlite(path))
        else:
            found[str(path.relative_to(folder))] = data.decode("utf-8", "replace")
    if url is not None:
        engine = create_engine(url)
        tables = MetaData()
        tables.reflect(engine)
        with engine.connect() as connection:
            for table in tables.sorted_tables:
                rows = connection.execute(select(table)).all()
                found[table.name] = "\n".join(_text(value) for row in rows for value in row)
        engine.dispose()
    return found


def _sqlite(path: Path) -> Iterator[str]:
    with closing(sqlite3.connect(path)) as connection:
        for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            for row in connection.execute(f'SELECT * FROM "{table}"').fetchall():
                yield "\t".join([f"[{table}]", *map(_text, row)])


def _text(value: object) -> str:
    if isinstance(value, bytes | memoryview):
        data = bytes(value)
        try:
            return zlib.decompress(data).decode("utf-8", "replace")
        except zlib.error:
            return data.decode("utf-8", "replace")
    return str(value)


def holding(found: dict[str, str], *spellings: str) -> dict[str, str]:
    """Where one of the spellings is, in whatever case, with a little of what stands around it."""
    hits = {}
    for where, text in found.items():
        lowered = text.lower()
        for place in (lowered.find(spelling.lower()) for spelling in spellings):
            if place >= 0:
                hits[where] = text[max(0, place - 200) : place + 120]
    return hits
