"""Lets go of what is older than the deployment wants to keep (PARTNERFORGE_RETENTION__…).

What is current stays however old it is: the newest result of each account and module, and the newest good one.
Amounts stay for ever: a call loses account, question and words, not its credits.
Not for: Dagster's runs (orchestration/cleaning.py), one account or person (forgetting.py).
"""

from collections import Counter
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Engine, func, or_, select

from partnerforge_dagster.models.result import GOOD
from partnerforge_dagster.settings import RetentionSettings
from partnerforge_dagster.store.database import write
from partnerforge_dagster.store.letting_go import remove, remove_names
from partnerforge_dagster.store.tables import answers, calls, changes, results


def expire(engine: Engine, retention: RetentionSettings, now: datetime, *, act: bool) -> Counter[str]:
    """Rows by table that are past their time; without `act` they are only counted. One transaction."""
    with write(engine) as connection:
        found: Counter[str] = Counter()
        if retention.answers_days is not None:
            old = answers.c.fetched_at < now - timedelta(days=retention.answers_days)
            found[answers.name] = remove(connection, answers, old, act=act)
        if retention.changes_days is not None:
            old = changes.c.found_at < now - timedelta(days=retention.changes_days)
            found[changes.name] = remove(connection, changes, old, act=act)
        if retention.results_days is not None:
            old = results.c.stored_at < now - timedelta(days=retention.results_days)
            found[results.name] = remove(connection, results, old & results.c.id.not_in(_current()), act=act)
        if retention.calls_days is not None:
            named = or_(calls.c.account.is_not(None), calls.c.question.is_not(None), calls.c.detail.is_not(None))
            old = (calls.c.asked_at < now - timedelta(days=retention.calls_days)) & named
            found[calls.name] = remove_names(connection, old, act=act)
        return found


def _current() -> ColumnElement[int]:
    """Ids of the newest result, and of the newest good one, of each account and module."""
    newest = select(func.max(results.c.id).label("id")).group_by(results.c.account, results.c.module)
    both = newest.union(newest.where(results.c.status.in_(GOOD))).subquery()
    return select(both.c.id).scalar_subquery()
