"""Lets go of what is older than the deployment wants to keep (PARTNERFORGE_RETENTION__…).

What is current stays however old it is: the newest result of each account and module, and the newest good one.
Amounts stay for ever: a call loses account, question and words, not its credits.
Not for: Dagster's runs (orchestration/cleaning.py), one account or person (forgetting.py).
"""

import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import Column, ColumnElement, Engine, Table, func, or_, select

from partnerforge_dagster.models.result import GOOD
from partnerforge_dagster.settings import RetentionSettings
from partnerforge_dagster.store.database import write
from partnerforge_dagster.store.letting_go import remove, remove_names
from partnerforge_dagster.store.tables import answers, calls, changes, results

AT_ONCE = 2_000
"""Rows of a table in one transaction of `expire_some`: calls under way wait for it."""


def expire(
    engine: Engine, retention: RetentionSettings, now: datetime, *, act: bool, most: int | None = None
) -> Counter[str]:
    """Rows by table that are past their time, at most so many; without `act` they are only counted. One transaction."""
    with write(engine) as connection:
        found: Counter[str] = Counter()
        for table, old in _expired(retention, now):
            which = old if most is None else _key(table).in_(select(_key(table)).where(old).limit(most))
            found[table.name] = (
                remove_names(connection, which, act=act)
                if table is calls
                else remove(connection, table, which, act=act)
            )
        return found


def expire_some(engine: Engine, retention: RetentionSettings, now: datetime, seconds: float) -> Counter[str]:
    """The same in short transactions, until nothing is left or the time is over."""
    end, found = time.monotonic() + seconds, Counter[str]()
    while time.monotonic() < end:
        some = expire(engine, retention, now, act=True, most=AT_ONCE)
        found += some
        if not some.total():
            break
    return found


def _expired(retention: RetentionSettings, now: datetime) -> Iterator[tuple[Table, ColumnElement[bool]]]:
    if retention.answers_days is not None:
        yield answers, answers.c.fetched_at < now - timedelta(days=retention.answers_days)
    if retention.changes_days is not None:
        yield changes, changes.c.found_at < now - timedelta(days=retention.changes_days)
    if retention.results_days is not None:
        replaced = results.c.id.not_in(_current())
        yield results, (results.c.stored_at < now - timedelta(days=retention.results_days)) & replaced
    if retention.calls_days is not None:
        named = or_(calls.c.account.is_not(None), calls.c.question.is_not(None), calls.c.detail.is_not(None))
        yield calls, (calls.c.asked_at < now - timedelta(days=retention.calls_days)) & named


def _key(table: Table) -> Column[object]:
    (key,) = table.primary_key.columns
    return key


def _current() -> ColumnElement[int]:
    """Ids of the newest result, and of the newest good one, of each account and module."""
    newest = select(func.max(results.c.id).label("id")).group_by(results.c.account, results.c.module)
    both = newest.union(newest.where(results.c.status.in_(GOOD))).subquery()
    return select(both.c.id).scalar_subquery()
