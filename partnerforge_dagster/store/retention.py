"""Lets go of what is older than the deployment wants to keep (PARTNERFORGE_RETENTION__…).

What is current stays however old it is: the newest result of each account and module, and the newest good one.
Amounts stay for ever: a call loses account, question and words, not its credits.
Not for: Dagster's runs (orchestration/cleaning.py), one account or person (forgetting.py).
"""

import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from math import inf

from sqlalchemy import ColumnElement, Connection, Engine, Table, func, or_, select, true

from partnerforge_dagster.models.result import GOOD
from partnerforge_dagster.settings import RetentionSettings
from partnerforge_dagster.store.database import write
from partnerforge_dagster.store.letting_go import remove, remove_names
from partnerforge_dagster.store.tables import answers, calls, changes, results

AT_ONCE = 2_000
"""Rows that one transaction lets go of: calls under way wait for it."""


def expired(engine: Engine, retention: RetentionSettings, now: datetime) -> Counter[str]:
    """How many rows of which table are past their time."""
    with engine.connect() as connection:
        return Counter(
            {
                table.name: connection.execute(select(func.count()).select_from(table).where(past, rest)).scalar_one()
                for table, past, rest in _expired(retention, now)
            }
        )


def expire(engine: Engine, retention: RetentionSettings, now: datetime, seconds: float = inf) -> Counter[str]:
    """Let go of them, until none is left or the time is over; how many rows of which table they were.

    They are looked for while others write, which takes long in a large store, and let go of in short transactions.
    """
    end, found = time.monotonic() + seconds, Counter[str]()
    for table, past, rest in _expired(retention, now):
        (key,) = table.primary_key.columns
        found[table.name] = 0
        while time.monotonic() < end:
            with engine.connect() as connection:
                keys = connection.execute(select(key).where(past, rest).limit(AT_ONCE)).scalars().all()
            if not keys:
                break
            with write(engine) as connection:
                found[table.name] += _let_go(connection, table, key.in_(keys) & past)  # an answer may be new meanwhile
    return found


def _let_go(connection: Connection, table: Table, which: ColumnElement[bool]) -> int:
    if table is calls:
        return remove_names(connection, which, act=True)
    return remove(connection, table, which, act=True)


def _expired(
    retention: RetentionSettings, now: datetime
) -> Iterator[tuple[Table, ColumnElement[bool], ColumnElement[bool]]]:
    """Tables with what makes a row old, and what else must be so."""
    named = or_(calls.c.account.is_not(None), calls.c.question.is_not(None), calls.c.detail.is_not(None))
    for days, moment, rest in (
        (retention.answers_days, answers.c.fetched_at, true()),
        (retention.changes_days, changes.c.found_at, true()),
        (retention.results_days, results.c.stored_at, results.c.id.not_in(_current())),
        (retention.calls_days, calls.c.asked_at, named),
    ):
        if days is not None:
            yield moment.table, moment < now - timedelta(days=days), rest


def _current() -> ColumnElement[int]:
    """Ids of the newest result, and of the newest good one, of each account and module."""
    newest = select(func.max(results.c.id).label("id")).group_by(results.c.account, results.c.module)
    both = newest.union(newest.where(results.c.status.in_(GOOD))).subquery()
    return select(both.c.id).scalar_subquery()
