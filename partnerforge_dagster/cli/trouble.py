"""What the machine does to a command, in words: a full disk, a folder that cannot be written, a database that is away.

Not for: bad input (common.refuse), nor errors of our own, which keep their traceback.
"""

import re
import shutil
from pathlib import Path

from partnerforge_dagster.settings import home

ROOM = 1_000_000
"""Bytes below which a disk counts as full: SQLite then fails with whatever error comes first."""


def machine_errors() -> tuple[type[Exception], ...]:
    """Errors that are the machine's. Asked for only when something was raised: importing SQLAlchemy takes a while."""
    from sqlalchemy.exc import OperationalError

    return (OSError, OperationalError)


def explain(error: Exception) -> str:
    """One line: what failed, why, and what to do about it."""
    full = _full_disk(home().absolute())
    if full is not None:
        return f"the disk of {full} is full: nothing is half done; free some space and give the same command again"
    if isinstance(error, OSError):
        return f"{error.filename or 'input/output'}: {error.strerror or error}"
    reason = without_password(str(getattr(error, "orig", error)).strip().splitlines()[0])
    return f"the database cannot be used: {reason}; see PARTNERFORGE_DATABASE_URL and DAGSTER_HOME"


def without_password(text: str) -> str:
    """The text with the password of any URL in it replaced by ***."""
    return re.sub(r"(://[^:/@\s]*):[^@\s]*@", r"\1:***@", text)


def _full_disk(folder: Path) -> Path | None:
    there = next((path for path in (folder, *folder.parents) if path.exists()), None)
    if there is None:
        return None
    total, _used, free = shutil.disk_usage(there)
    return folder if total and free < ROOM else None  # file systems that hold no files, as /proc, say 0 of 0
