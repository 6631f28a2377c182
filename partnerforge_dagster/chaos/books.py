"""The judge's log beside the ledger: what was completed, bought twice, lost, or cannot be accounted for. Pure.

Not for: reading the ledger (store/calls.py) or the promise as a whole (promise.py).
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from partnerforge_dagster.governor.ledger import INTENDED, OK
from partnerforge_dagster.providers.sandbox.faults import Kind
from partnerforge_dagster.providers.yahoo_session import COOKIE_URL, CRUMB_URL, PROVIDER
from partnerforge_dagster.store.calls import CHARGE_UNKNOWN

SIGN_INS = {(PROVIDER, url.path) for url in map(httpx.URL, (COOKIE_URL, CRUMB_URL))}
"""Yahoo's session: each process asks for its own, which is free and never kept."""

Row = Mapping[str, Any]
"""Of the ledger."""


@dataclass(frozen=True)
class Request:
    """One request as the judge saw it; times are Unix seconds."""

    call: str | None
    """The ledger's id of the call it belongs to, as its sender gave it; retries of one call share it."""
    question: str | None
    provider: str
    path: str
    account: str | None
    arrived: float
    answered: float | None = None
    """When the whole answer had been sent; None when none was."""
    good: bool = False
    """Answered with what was asked for, and not with a fault."""

    def told(self, what: str) -> dict[str, Any]:
        """As an offending row."""
        return {"what": what, "provider": self.provider, "path": self.path, "account": self.account, "call": self.call}


def read_log(path: Path) -> list[Request]:
    """Every question in the log so far, in the order of arrival; sign-ins are left out."""
    asked: dict[str, dict[str, Any]] = {}
    ended: dict[str, dict[str, Any]] = {}
    for text in path.read_text().splitlines(keepends=True) if path.exists() else ():
        if text.endswith("\n"):  # the last line may be half written
            line = json.loads(text)
            (asked if line["event"] == "request" else ended)[line["id"]] = line
    return [
        _request(line, ended.get(name))
        for name, line in asked.items()
        if (line["provider"], line["path"]) not in SIGN_INS
    ]


def _request(line: Mapping[str, Any], end: Mapping[str, Any] | None) -> Request:
    answered = end["at"] if end is not None and "status" in end else None
    return Request(
        call=line.get("call"),
        question=line.get("question"),
        provider=line["provider"],
        path=line["path"],
        account=line["domain"],
        arrived=line["at"],
        answered=answered,
        good=answered is not None and end is not None and end.get("fault") in (None, Kind.SLOW),
    )


def settled(rows: Iterable[Row]) -> set[str]:
    """Calls that were completed: asked of the provider, answered, and written down with their answer."""
    return {
        row["id"]
        for row in rows
        if row["status"] == OK and row["tries"] > 0 and (row["provider"], row["endpoint"]) not in SIGN_INS
    }


def unknown(rows: Iterable[Row]) -> set[str]:
    """Calls whose process died under way; the ones that nobody has found yet are still `intended`."""
    return {row["id"] for row in rows if row["status"] in (INTENDED, CHARGE_UNKNOWN)}


def bought_twice(requests: Iterable[Request], completed: Collection[str], patience_s: float) -> list[Request]:
    """Requests for what had been bought or was being bought by a call that came to its good end.

    A call that died, or that the provider refused, leaves its question open: then asking again is right. Within one
    call, a request after a good answer is as wrong, unless the answer took longer than `patience_s`, its timeout.
    """
    by_question: dict[str | None, list[Request]] = defaultdict(list)
    for request in sorted(requests, key=lambda request: request.arrived):
        by_question[request.question].append(request)
    wrong = []
    for same in by_question.values():
        bought_by: str | None = None
        answered: set[str | None] = set()
        for request in same:
            if (bought_by and request.call != bought_by) or request.call in answered:
                wrong.append(request)
            if request.call in completed:
                bought_by = bought_by or request.call
            if request.good and request.answered is not None and request.answered - request.arrived < patience_s:
                answered.add(request.call)
    return wrong


def lost(requests: Iterable[Request], replayed: Iterable[Request], completed: Collection[str]) -> list[Request]:
    """Requests of a replay for what had been completed before it: the answer was there, and could not be used."""
    bought = {request.question for request in requests if request.call in completed}
    return [request for request in replayed if request.question in bought]


def unaccounted(requests: Iterable[Request], rows: Iterable[Row]) -> list[dict[str, Any]]:
    """Requests that the ledger does not know, and completed calls that the judge did not answer."""
    rows, requests = list(rows), list(requests)
    known = {row["id"] for row in rows}
    unanswered = settled(rows) - {request.call for request in requests if request.good}
    return [request.told("not in the ledger") for request in requests if request.call not in known] + [
        {"what": "completed unanswered", **{key: row[key] for key in ("provider", "endpoint", "account", "id")}}
        for row in rows
        if row["id"] in unanswered
    ]
