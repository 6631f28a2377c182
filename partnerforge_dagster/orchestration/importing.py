"""Imports files of accounts: rows of the store and Dagster's partitions, chunk by chunk, and a report of bad lines.

Each chunk is a transaction of either database. Whatever breaks an import off, the same import again ends as one that
was never broken off: what is there is left as it is.
Not for: reading lines (account_files.py), or which files of a folder (planning/dropped_files.py).
"""

import csv
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NamedTuple

import dagster as dg
from sqlalchemy import Engine

from partnerforge_dagster.account_files import REJECTED, BadLine, GoodLine, UnreadableFile, content_of, lines_of
from partnerforge_dagster.orchestration.backfills import request
from partnerforge_dagster.orchestration.module import Module
from partnerforge_dagster.orchestration.partitions import ACCOUNT, CHUNK, add_accounts
from partnerforge_dagster.orchestration.selection import stale, young_since
from partnerforge_dagster.planning.dropped_files import Cursor, found_in, look
from partnerforge_dagster.settings import Settings
from partnerforge_dagster.store.accounts import Accounts
from partnerforge_dagster.store.results import Results

TICK_S: Final = 20.0
"""Seconds after which no further dropped file is begun: Dagster gives up on a sensor's tick after a minute."""

LONGEST_VALUE: Final = 500
"""Characters of a bad line that a report shows."""


@dataclass(frozen=True)
class Imported:
    """What an import came to."""

    accounts: tuple[str, ...]
    """All that the lines name, each once, in their order."""
    new: int
    """How many of them were not known before."""
    repeated: int
    """Lines that name an account which a line before them names."""
    bad: tuple[BadLine, ...]


def import_lines(
    lines: Iterable[GoodLine | BadLine],
    engine: Engine,
    instance: dg.DagsterInstance,
    *,
    watch: Callable[[int], None] | None = None,
) -> Imported:
    """Take the good lines. `watch` is told the number of the last line of each chunk that is in."""
    store, partitions = Accounts(engine), set(instance.get_dynamic_partitions(ACCOUNT))
    accounts: dict[str, None] = {}
    bad: list[BadLine] = []
    new = good = 0
    for chunk in _chunks(lines):
        bad += [line for line in chunk if isinstance(line, BadLine)]
        named = [line.domain for line in chunk if isinstance(line, GoodLine)]
        fresh = [domain for domain in dict.fromkeys(named) if domain not in accounts]
        new += len(store.add(fresh).new)
        add_accounts(instance, fresh, known=partitions)
        good += len(named)
        accounts.update(dict.fromkeys(fresh))
        if watch is not None:
            watch(chunk[-1].number)
    return Imported(tuple(accounts), new, good - len(accounts), tuple(bad))


def _chunks(lines: Iterable[GoodLine | BadLine]) -> Iterator[list[GoodLine | BadLine]]:
    chunk: list[GoodLine | BadLine] = []
    for line in lines:
        chunk.append(line)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def request_stale(
    accounts: Iterable[str],
    modules: Mapping[str, Module],
    *,
    engine: Engine,
    instance: dg.DagsterInstance,
    settings: Settings,
) -> list[str]:
    """Queue what is stale, failed or new of these accounts; return the backfills' ids. Raises QueueFull."""
    asked = list(accounts)
    found = Results(engine).freshness_of(asked, young_since(settings.fresh_days, datetime.now(UTC)))
    selections = {account: stale(modules, found.get(account)) for account in asked}
    return request(instance, selections, settings=settings)


def report_beside(file: Path) -> Path:
    """Where the report of a file's bad lines is written when nobody says otherwise."""
    return file.with_name(file.name + REJECTED)


def write_report(report: Path, bad: Iterable[BadLine]) -> None:
    """A CSV of line, value and reason; whole or not at all."""
    part = report.with_name(f".{report.name}.part")
    with part.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(BadLine._fields)
        writer.writerows((line.number, line.value[:LONGEST_VALUE], line.reason) for line in bad)
    part.replace(report)


class Dropped(NamedTuple):
    """A file of the drop folder that was taken."""

    name: str
    imported: Imported | None
    """None when it could not be read at all."""
    problem: str | None
    """What a person should look at: why it could not be read, or how many lines were bad and where they are listed."""


def import_dropped(
    folder: Path, cursor: str | None, engine: Engine, instance: dg.DagsterInstance
) -> tuple[list[Dropped], str]:
    """Import the files of the folder that are ready; return what they came to, and the cursor for the next look.

    A file that cannot be read is told once, until it changes. Errors of a database are raised; then nothing is noted.
    """
    seen = look(found_in(folder), Cursor.loads(cursor))
    taken: list[Dropped] = []
    end = time.monotonic() + TICK_S
    for name in seen.ready:
        if taken and time.monotonic() > end:
            break
        taken.append(_import_dropped(folder / name, engine, instance))
    return taken, seen.cursor.with_taken(file.name for file in taken).dumps()


def _import_dropped(file: Path, engine: Engine, instance: dg.DagsterInstance) -> Dropped:
    try:
        with file.open("rb") as opened:
            lines = lines_of(content_of(opened), file.name)
    except (UnreadableFile, OSError) as error:
        return Dropped(file.name, None, f"{file.name} {error}")
    imported = import_lines(lines, engine, instance)
    if not imported.bad:
        return Dropped(file.name, imported, None)
    counted = f"{file.name}: {len(imported.bad)} lines name no account"
    try:
        write_report(report_beside(file), imported.bad)
    except OSError as error:
        first = imported.bad[0]
        return Dropped(
            file.name,
            imported,
            f"{counted}, the first is line {first.number}: {first.value[:LONGEST_VALUE]!r} {first.reason} "
            f"(no report could be written: {error.strerror})",
        )
    return Dropped(file.name, imported, f"{counted}; they are listed in {report_beside(file).name}")
