"""What the ledger of provider calls says: who spent what.

Not for: writing it (governor/ledger.py).
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Engine, case, func, select

from partnerforge_dagster.store.tables import calls

CHARGE_UNKNOWN = "charge_unknown"
"""Status of a call whose sender died before it wrote the answer: it may have been billed, and counts as if it was."""


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

    def spend(
        self, *, provider: str | None = None, account: str | None = None, month: str | None = None
    ) -> list[Spend]:
        """Credits by provider, account and month, of those that are named or of all; most first."""
        given = {"provider": provider, "account": account, "month": month}
        wanted: list[ColumnElement[bool]] = [calls.c[key] == value for key, value in given.items() if value is not None]
        credit = func.sum(calls.c.credits)
        by = (calls.c.provider, calls.c.account, calls.c.month)
        query = select(*by, credit).where(calls.c.credits > 0, *wanted).group_by(*by).order_by(credit.desc(), *by)
        with self._engine.connect() as connection:
            return [Spend(row[0], row[1], row[2], int(row[3])) for row in connection.execute(query)]

    def rows(self, run_id: str | None = None, *, status: str | None = None) -> list[Mapping[str, Any]]:
        """The ledger's rows, of one run or with one status or all, oldest first."""
        query = select(calls).order_by(calls.c.asked_at, calls.c.id)
        if run_id is not None:
            query = query.where(calls.c.run_id == run_id)
        if status is not None:
            query = query.where(calls.c.status == status)
        with self._engine.connect() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]
