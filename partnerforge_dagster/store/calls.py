"""What the ledger of provider calls says: who asked what, and who spent what.

Not for: writing it (governor/ledger.py).
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple, TypedDict, Unpack

from sqlalchemy import ColumnElement, Engine, case, func, select

from partnerforge_dagster.store.tables import answers, calls, spending

CHARGE_UNKNOWN = "charge_unknown"
"""Status of a call whose sender died before it wrote the answer: it may have been billed, and counts as if it was."""

_CHUNK = 500
"""Values in one IN."""


class CallCount(NamedTuple):
    """Calls of one provider."""

    made: int
    """Requests that left, retries among them."""
    cached: int
    """Questions answered without a request."""
    credits: int
    """In the provider's own credits."""


class Spend(NamedTuple):
    """Credits that one account used at one provider in one month (`2026-11`, UTC)."""

    provider: str
    account: str | None
    month: str
    credits: int


class Asked(NamedTuple):
    """A question that a module once put for an account, and when its stored answer was fetched."""

    account: str
    module: str
    run_id: str
    provider: str
    endpoint: str
    question: str
    ok: bool
    """Whether it was answered, if only from the cache; a stale answer is none."""
    credits: int
    answered_at: datetime | None
    """When the answer that is stored now was fetched; None when none is."""


class Which(TypedDict, total=False):
    """Calls that are meant; what is left out or None does not matter."""

    provider: str | None
    account: str | None
    modules: Collection[str] | None
    run_id: str | None
    """A run's id or its beginning."""
    month: str | None
    status: str | None
    since: datetime | None


class Calls:
    """Reads the ledger of a store."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def of_runs(self, run_ids: Iterable[str]) -> dict[str, CallCount]:
        """What the runs asked of each provider; a provider that was not asked is left out."""
        unsent = calls.c.cached & (calls.c.tries == 0)
        query = (
            select(
                calls.c.provider,
                func.sum(calls.c.tries),
                func.sum(case((unsent, 1), else_=0)),
                func.sum(calls.c.credits),
            )
            .where(calls.c.run_id.in_(list(run_ids)))
            .group_by(calls.c.provider)
            .order_by(calls.c.provider)
        )
        with self._engine.connect() as connection:
            return {
                provider: CallCount(int(made), int(cached), int(credit))
                for provider, made, cached, credit in connection.execute(query)
            }

    def by_run(self, run_ids: Sequence[str]) -> dict[str, CallCount]:
        """What each run asked of all providers together; one that asked nothing is left out."""
        unsent = case((calls.c.cached & (calls.c.tries == 0), 1), else_=0)
        query = select(calls.c.run_id, func.sum(calls.c.tries), func.sum(unsent), func.sum(calls.c.credits))
        found: dict[str, CallCount] = {}
        with self._engine.connect() as connection:
            for start in range(0, len(run_ids), _CHUNK):
                some = query.where(calls.c.run_id.in_(run_ids[start : start + _CHUNK])).group_by(calls.c.run_id)
                for run_id, made, cached, credit in connection.execute(some):
                    found[run_id] = CallCount(int(made), int(cached), int(credit))
        return found

    def spend(self, **which: Unpack[Which]) -> list[Spend]:
        """Credits by provider, account and month; most first."""
        credit = func.sum(calls.c.credits)
        by = (calls.c.provider, calls.c.account, calls.c.month)
        conditions = _conditions(which)
        query = select(*by, credit).where(calls.c.credits > 0, *conditions).group_by(*by).order_by(credit.desc(), *by)
        with self._engine.connect() as connection:
            return [Spend(row[0], row[1], row[2], int(row[3])) for row in connection.execute(query)]

    def spent(self, month: str) -> dict[str, int]:
        """Credits of a month by provider: what its budget is compared with."""
        query = select(spending.c.provider, spending.c.credits).where(spending.c.month == month)
        with self._engine.connect() as connection:
            return {row[0]: int(row[1]) for row in connection.execute(query)}

    def rows(self, run_id: str | None = None, *, status: str | None = None) -> list[Mapping[str, Any]]:
        """The ledger's rows, of one run or with one status or all, oldest first."""
        query = select(calls).order_by(calls.c.asked_at, calls.c.id)
        if run_id is not None:
            query = query.where(calls.c.run_id == run_id)
        if status is not None:
            query = query.where(calls.c.status == status)
        with self._engine.connect() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]

    def newest(self, limit: int, **which: Unpack[Which]) -> list[Mapping[str, Any]]:
        """The ledger's newest rows, newest first, each with its status as of now."""
        columns = [_status_now().label("status") if column.name == "status" else column for column in calls.c]
        query = select(*columns).where(*_conditions(which)).order_by(calls.c.asked_at.desc(), calls.c.id)
        with self._engine.connect() as connection:
            return [dict(row) for row in connection.execute(query.limit(limit)).mappings()]

    def asked(self, accounts: Sequence[str]) -> list[Asked]:
        """Every question that modules put for the accounts, oldest first."""
        query = (
            select(
                *(calls.c[name] for name in ("account", "module", "run_id", "provider", "endpoint", "question")),
                (calls.c.status == "ok") & ~calls.c.stale,
                calls.c.credits,
                answers.c.fetched_at,
            )
            .outerjoin(answers, answers.c.key == calls.c.question)
            .where(calls.c.question.is_not(None), calls.c.module.is_not(None), calls.c.run_id.is_not(None))
            .order_by(calls.c.asked_at, calls.c.id)
        )
        with self._engine.connect() as connection:
            return [
                Asked._make(row)
                for start in range(0, len(accounts), _CHUNK)
                for row in connection.execute(query.where(calls.c.account.in_(accounts[start : start + _CHUNK])))
            ]

    def asked_lately(self, limit: int) -> list[str]:
        """Accounts, at most so many, that modules asked about last."""
        late = select(calls.c.account).where(calls.c.question.is_not(None), calls.c.account.is_not(None))
        late = late.order_by(calls.c.asked_at.desc()).limit(limit * 200)  # an account has about a hundred questions
        with self._engine.connect() as connection:
            return list(dict.fromkeys(connection.execute(late).scalars()))[:limit]


def _status_now() -> ColumnElement[str]:
    """A call whose process died is `charge_unknown` from when it must have ended, though nobody has noted it yet.

    It is noted by the provider's next call, which may be weeks away.
    """
    lost = (calls.c.status == "intended") & (calls.c.expires_at <= datetime.now(UTC))
    return case((lost, CHARGE_UNKNOWN), else_=calls.c.status)


def _conditions(which: Which) -> list[ColumnElement[bool]]:
    wanted: list[tuple[object, Callable[[Any], ColumnElement[bool]]]] = [
        (which.get("provider"), calls.c.provider.__eq__),
        (which.get("account"), calls.c.account.__eq__),
        (which.get("modules"), calls.c.module.in_),
        (which.get("run_id"), lambda start: calls.c.run_id.startswith(start, autoescape=True)),
        (which.get("month"), calls.c.month.__eq__),
        (which.get("status"), _status_now().__eq__),
        (which.get("since"), calls.c.asked_at.__ge__),
    ]
    return [condition(value) for value, condition in wanted if value is not None]
