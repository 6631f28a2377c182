"""The sandbox's request log: what arrived and what was answered; an outside program judges limits and losses by it.

One JSON line when a request arrives and one when its answer has been sent (or the connection was dropped: no status).
Query strings, headers and bodies are never written: they may hold keys. A caller that names its calls finds its name
as `call` and a fingerprint of what it asked as `question`, so that a judge can lay this log beside the caller's books.
Not for: the governor's ledger, which is about our own side of the calls.
"""

import hashlib
import itertools
import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

CALL_HEADER = "x-partnerforge-call"


@dataclass(frozen=True)
class Entry:
    """What both lines of a request say."""

    id: str
    provider: str
    method: str
    path: str
    domain: str | None
    """Account asked about; several of one batch request are joined by commas; None when the request does not tell."""
    host: str
    module: str | None
    call: str | None = None
    question: str | None = None


def question_of(method: str, host: str, path: str, query: bytes, body: bytes) -> str:
    """A fingerprint of what is asked, without a session's `crumb`; 64 bits, as no log holds a billion questions."""
    asked = sorted(pair for pair in parse_qsl(query, keep_blank_values=True) if pair[0] != b"crumb")
    return hashlib.sha256(repr((method, host, path, asked, body)).encode()).hexdigest()[:16]


class RequestLog:
    """Appends to a file. Every line is one unbuffered write in append mode: lines of several processes never mix."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("ab", buffering=0)
        self._run = f"{time.time_ns():x}"
        self._numbers = itertools.count(1)

    def next_id(self) -> str:
        """An id that no other request in this file has, over restarts too."""
        return f"{self._run}-{next(self._numbers)}"

    def request(self, entry: Entry) -> None:
        """A request has arrived."""
        self._write("request", entry)

    def response(self, entry: Entry, *, status: int | None, fault: str | None) -> None:
        """Its answer has been sent, or (status None) nobody got one."""
        self._write("response", entry, status=status, fault=fault)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _write(self, event: str, entry: Entry, **more: Any) -> None:  # noqa: ANN401 - plain JSON values
        line: dict[str, Any] = {
            "event": event,
            "id": entry.id,
            "at": time.time(),
            "provider": entry.provider,
            "method": entry.method,
            "path": entry.path,
            "domain": entry.domain,
            "host": entry.host,
        }
        optional = {"module": entry.module, "call": entry.call, "question": entry.question, **more}
        line.update({key: value for key, value in optional.items() if value is not None})
        self._file.write(json.dumps(line).encode() + b"\n")
