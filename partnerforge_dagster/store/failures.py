"""What failed and has not come right since, by account and module: the dead-letter list.

A row is written in the transaction of the result that it is about, so the list never says other than the results do.
Not for: running anything again (cli/failures.py, the sensors), or what is missing from a module for good (its gaps).
"""

import hashlib
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, Connection, Engine, RowMapping, delete, func, select, update

from partnerforge_dagster.models.provenance import Gap, GapKind
from partnerforge_dagster.models.result import ModuleResult, Status
from partnerforge_dagster.store.database import insert_into, write
from partnerforge_dagster.store.tables import failures

FIRST_WAIT: Final = timedelta(minutes=15)
LONGEST_WAIT: Final = timedelta(days=1)
SPREAD: Final = 0.25
"""Part of a wait that the account decides, so that what failed together is not tried again together."""

REFUSED_WAIT: Final = timedelta(days=30)
"""Of a partial result whose providers refuse us: a person must act, who then says `retry-failed`."""

_REASONS_TOLD: Final = 3
_CHUNK: Final = 10_000
"""Accounts in one statement: SQLite takes 32,766 parameters."""


@dataclass(frozen=True)
class Failure:
    """A module that failed for an account."""

    account: str
    module: str
    reason: str
    run_id: str
    """The run that failed last."""
    first_at: datetime
    """When it began to fail; every try since has failed."""
    last_at: datetime
    tries: int
    next_try_at: datetime
    """When it is due for another try, if it is not dismissed."""
    dismissed_at: datetime | None
    dismissal: str | None
    """Why somebody dismissed it."""


def reason_of(result: ModuleResult) -> str | None:
    """Why another try may give more than this result; None when there is nothing to wait for.

    A provider without a key is nothing to wait for, and a partial result whose gaps are all of an upstream module's
    making comes right when that one does.
    """
    if result.status is Status.COMPLETE:
        return None
    told = _told(result)
    if not told and (result.status is Status.PARTIAL or _unasked(result)):
        return None
    return _in_words(told) or f"{result.status}, without a reason of its own: what it stands on is"


def worth_asking_again(result: ModuleResult) -> bool:
    """Whether asking again may fill a gap by itself: not one that waits for a key or for a person."""
    return reason_of(result) is not None and not _refused(result)


def _unasked(result: ModuleResult) -> list[Gap]:
    return [gap for gap in result.gaps if gap.kind is GapKind.COULD_NOT_ASK]


def _told(result: ModuleResult) -> list[Gap]:
    """The gaps that somebody can do something about, of a partial result those of its own making."""
    without_key = {gap.provider for gap in _unasked(result) if gap.needs_key}
    told = [gap for gap in _unasked(result) if gap.provider is None or gap.provider not in without_key]
    return [gap for gap in told if gap.provider is not None] if result.status is Status.PARTIAL else told


def _refused(result: ModuleResult) -> bool:
    """Whether what a partial result lacks is refused, and nothing else."""
    return result.status is Status.PARTIAL and all(gap.refused for gap in _answered(_told(result)))


def _answered(gaps: Sequence[Gap]) -> Sequence[Gap]:
    """What providers answered, when they did: the rest follows from that."""
    return [gap for gap in gaps if gap.reason.startswith(f"{gap.provider}: ")] or gaps


def _in_words(gaps: Sequence[Gap]) -> str:
    reasons = sorted({gap.reason for gap in _answered(gaps)})
    more = len(reasons) - _REASONS_TOLD
    return "; ".join([*reasons[:_REASONS_TOLD], *([f"and {more} more"] if more > 0 else [])])


def same_reason(one: str, other: str) -> bool:
    """Whether two reasons differ in nothing but counts and times, an HTTP status not being one."""
    return _without_numbers(one) == _without_numbers(other)


def _without_numbers(reason: str) -> str:
    return re.sub(r"(?<!HTTP )\b\d+(\.\d+)?\b", "#", reason)


def wait(tries: int, account: str) -> timedelta:
    """How long to leave an account alone after so many failures in a row (1 and more).

    A quarter of an hour, doubled with each failure up to a day, less a part that is the account's own.
    """
    doubled: timedelta = FIRST_WAIT * 2 ** min(
        tries - 1, 20
    )  # 20 doublings are past LONGEST_WAIT and not past timedelta
    lot: float = int.from_bytes(hashlib.sha256(account.encode()).digest()[:8]) / 2**64
    return min(doubled, LONGEST_WAIT) * (1 - SPREAD * lot)


def note_failure(
    connection: Connection, result: ModuleResult, *, module: str, run_id: str, now: datetime | None = None
) -> None:
    """Bring the list up to date with a new result, in the transaction that stores it."""
    now = now or datetime.now(UTC)
    this = (failures.c.account == result.account) & (failures.c.module == module)
    reason = reason_of(result)
    if reason is None:
        connection.execute(delete(failures).where(this))
        return
    before = connection.execute(select(failures).where(this).with_for_update()).mappings().one_or_none()
    tries = 1 if before is None else before["tries"] + 1
    said = {
        "reason": reason,
        "run_id": run_id,
        "last_at": now,
        "tries": tries,
        "next_try_at": now + (REFUSED_WAIT if _refused(result) else wait(tries, result.account)),
    }
    if before is not None and not same_reason(reason, before["reason"]):
        said |= {"dismissed_at": None, "dismissal": None}
    row = {"account": result.account, "module": module, "first_at": now, **said}
    insert = insert_into(connection, failures).values(row)
    connection.execute(insert.on_conflict_do_update(index_elements=["account", "module"], set_=said))


class Failures:
    """Reads the dead-letter list of a store, and dismisses from it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def listed(
        self,
        accounts: Collection[str] | None = None,
        *,
        modules: Collection[str] | None = None,
        reason: str | None = None,
        since: datetime | None = None,
        dismissed: bool = False,
    ) -> list[Failure]:
        """Failures by account and module. None is no condition; `reason` is a part of it, in whatever case.

        `since`: those that failed last then or later. Dismissed ones are left out, or listed alone.
        """
        wanted: list[ColumnElement[bool]] = [
            failures.c.dismissed_at.is_not(None) if dismissed else failures.c.dismissed_at.is_(None)
        ]
        if modules is not None:
            wanted.append(failures.c.module.in_(modules))
        if reason is not None:
            wanted.append(func.lower(failures.c.reason).contains(reason.lower(), autoescape=True))
        if since is not None:
            wanted.append(failures.c.last_at >= since)
        query = select(failures).where(*wanted).order_by(failures.c.account, failures.c.module)
        asked = None if accounts is None else sorted(set(accounts))
        with self._engine.connect() as connection:
            if asked is None:
                return [_failure(row) for row in connection.execute(query).mappings()]
            return [
                _failure(row)
                for start in range(0, len(asked), _CHUNK)
                for row in connection.execute(
                    query.where(failures.c.account.in_(asked[start : start + _CHUNK]))
                ).mappings()
            ]

    def due(self, now: datetime, *, accounts: int) -> dict[str, tuple[str, ...]]:
        """Modules to try again by account, at most so many accounts, those that have waited longest first.

        Of an account that is due all failures are tried: one run does them all.
        """
        open_ = failures.c.dismissed_at.is_(None)
        first = func.min(failures.c.next_try_at)
        query = select(failures.c.account).where(open_).group_by(failures.c.account).having(first <= now)
        with self._engine.connect() as connection:
            due = list(connection.execute(query.order_by(first, failures.c.account).limit(accounts)).scalars())
        found: dict[str, tuple[str, ...]] = dict.fromkeys(due, ())
        for failure in self.listed(due):
            found[failure.account] += (failure.module,)
        return found

    def dismiss(self, accounts: Collection[str], why: str, *, modules: Collection[str] | None = None) -> list[Failure]:
        """Take the open failures of these accounts off the list until their reason changes; return them."""
        wanted = [failures.c.dismissed_at.is_(None), failures.c.account.in_(accounts)]
        if modules is not None:
            wanted.append(failures.c.module.in_(modules))
        now = {"dismissed_at": datetime.now(UTC), "dismissal": why}
        with write(self._engine) as connection:
            done = connection.execute(update(failures).where(*wanted).values(now).returning(*failures.c)).mappings()
            return sorted((_failure(row) for row in done), key=lambda failure: (failure.account, failure.module))


def _failure(row: RowMapping) -> Failure:
    return Failure(**{field.name: row[field.name] for field in fields(Failure)})
