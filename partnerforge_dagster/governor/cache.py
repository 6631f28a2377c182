"""Stored answers, and claims on questions that somebody is asking right now.

A question is its method, address and body, never its headers: credentials are added below the cache.
Functions take the caller's transaction, because an answer is stored in the transaction that settles its call.
Not for: how fresh an answer must be (gate.py).
"""

import hashlib
import json
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import httpx
from sqlalchemy import (
    BindParameter,
    Boolean,
    Executable,
    String,
    bindparam,
    case,
    cast,
    delete,
    exists,
    literal_column,
    not_,
    or_,
    select,
    update,
)

from partnerforge_dagster.governor.extensions import DELIVERY
from partnerforge_dagster.store.prepared import Inserter, Moment, Prepared, Row
from partnerforge_dagster.store.tables import UtcDateTime, answers, flights
from partnerforge_dagster.store.transaction import Transaction

CLAIM_S = 30.0
"""A claim that its owner does not renew ends after this: its process is dead. `claim_s` of a provider's settings."""


@dataclass(frozen=True)
class StoredAnswer:
    """An answer fit to be kept."""

    status_code: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    fetched_at: datetime
    run_id: str | None = None

    @classmethod
    def of(cls, response: httpx.Response, run_id: str | None) -> "StoredAnswer":
        """What is kept of a response whose body has been read; the gate sets `fetched_at` to the shared clock's."""
        return cls(
            status_code=response.status_code,
            headers=tuple((name, _public(name, value)) for name, value in response.headers.multi_items()),
            body=response.content,
            fetched_at=datetime.now(UTC),
            run_id=run_id,
        )

    def response(self, request: httpx.Request, *, cached: bool, stale: bool) -> httpx.Response:
        """The response that the client sees."""
        delivery = {"fetched_at": self.fetched_at, "cached": cached, "stale": stale}
        return httpx.Response(
            self.status_code,
            headers=list(self.headers),
            content=self.body,
            request=request,
            extensions={DELIVERY: delivery},
        )


def _public(name: str, value: str) -> str:
    """A cookie without its value: the name tells a technology, the value is a session."""
    return value.split("=", 1)[0].strip() + "=" if name == "set-cookie" else value


def key_of(request: httpx.Request) -> str:
    """SHA-256 of the question. The order of query parameters does not matter. The body must have been read."""
    query = urlencode(sorted(request.url.params.multi_items()))
    address = str(request.url).partition("#")[0].partition("?")[0]
    body = hashlib.sha256(request.content).hexdigest()
    return hashlib.sha256("\n".join((request.method, address, query, body)).encode()).hexdigest()


@dataclass(frozen=True)
class Asking:
    """A question, who asks it, and which stored answers will do."""

    key: str | None
    """None: no question at all, and nothing is seen."""
    asker: str = ""
    fresh_s: float = 0.0
    """Seconds for which an answer is fresh."""
    force: bool = False
    """A fresh answer will do only if the asker's own run bought it, or anybody since it was first asked."""
    run_id: str | None = None
    asked_at: datetime | None = None

    def values(self, ours: datetime | None) -> dict[str, object]:
        """For the statements about it; `ours` is the clock's."""
        return {
            "question": self.key,
            "asker": self.asker,
            "now": ours,
            "fresh_since": None if ours is None else ours - timedelta(seconds=self.fresh_s),
            "fresh_s": -self.fresh_s,
            "force": self.force,
            "own_run": self.run_id,
            "asked_at": self.asked_at,
        }


@dataclass(frozen=True)
class Seen:
    """A question as the store has it."""

    answer: StoredAnswer | None
    """The last good answer, however old."""
    usable: bool
    """Whether it will do."""
    owner: str | None
    """Whoever claims the question."""
    at: datetime
    """When it was looked at, on the shared clock."""


_QUESTION: BindParameter[str] = bindparam("question", type_=String())
_ASKER: BindParameter[str] = bindparam("asker", type_=String())
_USABLE = (answers.c.fetched_at > Moment("fresh_since", "fresh_s")) & or_(
    not_(bindparam("force", type_=Boolean())),
    answers.c.run_id == bindparam("own_run", type_=String()),
    answers.c.fetched_at >= bindparam("asked_at", type_=UtcDateTime()),
)
SEEN = select(
    Moment("now").label("at"),
    select(flights.c.owner).where(flights.c.key == _QUESTION).scalar_subquery().label("owner"),
    _USABLE.label("usable"),
    *(column for column in answers.c if column.name in ("status_code", "headers", "body", "fetched_at", "run_id")),
).select_from(select(literal_column("1")).subquery().outerjoin(answers, answers.c.key == _QUESTION))
"""One row for an `Asking`, answered or not: `seen` reads it."""
_MINE = (flights.c.key == _QUESTION) & (flights.c.owner == _ASKER)
OWNED = exists().where(_MINE)
"""Whether the asker has the claim."""
_SEE = Prepared(SEEN)
_RENEW = Prepared(update(flights).where(_MINE).values(expires_at=Moment("ends", "claim_s")))
_RELEASE = Prepared(delete(flights).where(_MINE))


@Prepared
def _storing(insert: Inserter) -> Executable:
    new = insert(answers)
    replaced = {column.name: new.excluded[column.name] for column in answers.c if column.name != "key"}
    return new.on_conflict_do_update(index_elements=["key"], set_=replaced)


@Prepared
def _claiming(insert: Inserter) -> Executable:
    answered = select(answers.c.key).where(answers.c.key == _QUESTION, _USABLE).exists()
    claim = select(cast(_QUESTION, String), cast(_ASKER, String), Moment("ends", "claim_s")).where(~answered)
    new = insert(flights).from_select(["key", "owner", "expires_at"], claim)
    over = flights.c.expires_at <= Moment("now")
    owner = case((over, new.excluded.owner), else_=flights.c.owner)
    return new.on_conflict_do_update(
        index_elements=["key"],
        set_={"owner": owner, "expires_at": new.excluded.expires_at},
        where=over | (flights.c.expires_at > new.excluded.expires_at),
    )


def see(transaction: Transaction, asking: Asking, ours: datetime | None) -> Seen:
    """The question as it is now; `ours` is the clock's."""
    return seen(transaction.row(_SEE, asking.values(ours)))


def seen(row: Row) -> Seen:
    """What a row with the columns of SEEN says."""
    return Seen(_stored(row), bool(row.usable), row.owner, row.at)


def _stored(row: Row) -> StoredAnswer | None:
    if row.body is None:
        return None
    return StoredAnswer(
        status_code=row.status_code,
        headers=tuple((name, value) for name, value in json.loads(row.headers)),
        body=zlib.decompress(row.body),
        fetched_at=row.fetched_at,
        run_id=row.run_id,
    )


def store(transaction: Transaction, key: str, provider: str, url: str, answer: StoredAnswer) -> None:
    """Keep an answer in place of the last one."""
    row = {
        "key": key,
        "provider": provider,
        "url": url,
        "status_code": answer.status_code,
        "headers": json.dumps(answer.headers),
        "body": zlib.compress(answer.body),
        "fetched_at": answer.fetched_at,
        "run_id": answer.run_id,
    }
    transaction.run(_storing, row)


def claim(transaction: Transaction, asking: Asking, ours: datetime | None, claim_s: float = CLAIM_S) -> None:
    """Let the asker ask when no stored answer will do and nobody else is asking, or whoever was has died.

    Whether he may is seen by looking after this; whoever owned the question before may have answered it in between.

    A claim that ends later than any made now was made before the clock was set back. It is cut to the usual length:
    its owner, if he lives, renews it long before that; ending it would have the answer bought twice.
    """
    transaction.run(_claiming, asking.values(ours) | _until(ours, claim_s))


def renew(transaction: Transaction, key: str, owner: str, ours: datetime | None, claim_s: float = CLAIM_S) -> None:
    """Keep a claim for another `claim_s`."""
    transaction.run(_RENEW, {"question": key, "asker": owner} | _until(ours, claim_s))


def _until(ours: datetime | None, claim_s: float) -> dict[str, object]:
    return {"ends": None if ours is None else ours + timedelta(seconds=claim_s), "claim_s": claim_s}


def release(transaction: Transaction, key: str, owner: str) -> None:
    """End a claim; one that has passed to another owner stays his."""
    transaction.run(_RELEASE, {"question": key, "asker": owner})
