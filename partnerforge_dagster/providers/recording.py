"""A recording: the answers of one enrichment in a folder, one readable file each, from which it can be run again.

    recording.json                       format, mode, moment, accounts
    builtwith/domain-1f0c….json          one question: what was asked, and the answer or why there was none

A question has one file and one delivery (fetched when, cached or not): whoever asks it gets that, in the run that is
recorded and in every replay, so that both make the same brief. Files are written whole and never changed; of two who
write one, the first counts.
Not for: what is taken out of an answer (redaction.py), or who reads and writes it (recording_transports.py).
"""

import base64
import json
import os
import re
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, TypeVar
from uuid import uuid4

import httpx
from pydantic import ValidationError

from partnerforge_dagster import __version__
from partnerforge_dagster.governor.cache import key_of
from partnerforge_dagster.governor.extensions import DELIVERY, ENDPOINT
from partnerforge_dagster.models import failures
from partnerforge_dagster.models.base import Frozen, Mode, UtcDatetime
from partnerforge_dagster.models.failures import CircuitOpen, ProviderError, RateLimited

R = TypeVar("R", bound=Frozen)

FORMAT: Literal[1] = 1
MANIFEST = "recording.json"


class BadRecording(Exception):
    """The folder is no recording that this program can use. The message says which file, why, and what to do."""


class Manifest(Frozen):
    """What holds for the whole recording."""

    format: Literal[1] = FORMAT
    partnerforge: str = __version__
    """Version of the program that made it; another one may make another brief of the same answers."""
    mode: Mode
    as_of: UtcDatetime
    """The moment that every result is made as of."""
    accounts: tuple[str, ...] = ()


class Asked(Frozen):
    """The question: credentials are added below and were never in it."""

    method: str
    url: str
    body: str | None = None


class Said(Frozen):
    """An answer. Exactly one of the three holds the body: JSON as values, text, or base64 of what is neither."""

    status: int
    headers: tuple[tuple[str, str], ...]
    fetched_at: UtcDatetime
    cached: bool
    stale: bool
    json_body: Any = None
    text: str | None = None
    base64: str | None = None

    @classmethod
    def of(cls, response: httpx.Response, headers: Iterable[tuple[str, str]], body: bytes) -> "Said":
        """The answer with these headers and this body in place of its own."""
        delivery = response.extensions[DELIVERY]
        return cls(status=response.status_code, headers=tuple(headers), **delivery, **_written(body))

    def body(self) -> bytes:
        """As it is handed to a client."""
        if self.base64 is not None:
            return base64.b64decode(self.base64)
        return json.dumps(self.json_body).encode() if self.text is None else self.text.encode()


class Failed(Frozen):
    """Why the question could not be asked."""

    kind: str
    """Name of the failure's class: `Refused`."""
    provider: str
    detail: str
    status: int | None = None
    retry_after: float | None = None

    @classmethod
    def of(cls, failure: ProviderError) -> "Failed":
        """What a failure says."""
        after: float | None = getattr(failure, "retry_after", None)
        return cls(
            kind=type(failure).__name__,
            provider=failure.provider,
            detail=failure.detail,
            status=failure.status,
            retry_after=after,
        )

    def failure(self) -> ProviderError:
        """The same failure, to be raised. One that this version does not know is a plain ProviderError."""
        kind = getattr(failures, self.kind, ProviderError)
        if kind is CircuitOpen:
            return CircuitOpen(self.provider, self.detail, retry_after=self.retry_after or 0.0)
        if kind is RateLimited:
            return RateLimited(self.provider, self.detail, status=self.status, retry_after=self.retry_after)
        found: ProviderError = kind(self.provider, self.detail, status=self.status)
        return found


class Recorded(Frozen):
    """One file: a question and what came of it."""

    format: Literal[1] = FORMAT
    provider: str
    endpoint: str
    asked: Asked
    said: Said | None = None
    failed: Failed | None = None

    def response(self, request: httpx.Request) -> httpx.Response:
        """The answer as the client sees it. Raises the recorded ProviderError when there was none."""
        if self.said is None:
            raise (self.failed or Failed(kind="Unreachable", provider=self.provider, detail="no answer")).failure()
        delivery = {"fetched_at": self.said.fetched_at, "cached": self.said.cached, "stale": self.said.stale}
        return httpx.Response(
            self.said.status,
            headers=list(self.said.headers),
            content=self.said.body(),
            request=request,
            extensions={DELIVERY: delivery},
        )


class Recording:
    """A recording's folder."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self.folder = folder
        self.manifest = manifest

    @classmethod
    def open(cls, folder: Path) -> "Recording":
        """Raises BadRecording when there is none in the folder, or one of another format."""
        path = folder / MANIFEST
        if not path.is_file():
            raise BadRecording(f"{folder} holds no recording ({MANIFEST} is missing); make one: partnerforge record")
        return cls(folder, _read(Manifest, path))

    @classmethod
    def begin(cls, folder: Path, *, mode: Mode, as_of: datetime, accounts: Iterable[str]) -> "Recording":
        """The folder's recording, gone on with where there is one, whose moment stays. Raises BadRecording when the
        folder holds something else or a recording of the other mode."""
        if not (folder / MANIFEST).exists():
            if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
                raise BadRecording(f"{folder} is not empty and holds no recording; name a new folder")
            _write(folder / MANIFEST, Manifest(mode=mode, as_of=as_of))
        begun = cls.open(folder)
        if begun.manifest.mode is not mode:
            raise BadRecording(f"{folder} holds a {begun.manifest.mode.value} recording; name another folder")
        known = sorted({*begun.manifest.accounts, *accounts})
        begun.manifest = begun.manifest.model_copy(update={"accounts": tuple(known)})
        _write(folder / MANIFEST, begun.manifest, replace=True)
        return begun

    def find(self, provider: str, request: httpx.Request) -> Recorded | None:
        """What was recorded of this question; its body must have been read. Raises BadRecording for a broken file."""
        path = self._path(provider, request)
        return _read(Recorded, path) if path.is_file() else None

    def keep(self, request: httpx.Request, recorded: Recorded) -> Recorded:
        """Write it, unless somebody has; what then stands there."""
        path = self._path(recorded.provider, request)
        _write(path, recorded)
        return _read(Recorded, path)

    def answers(self) -> list[Recorded]:
        """All that is recorded, in the order of the files' names."""
        return [_read(Recorded, path) for path in sorted(self.folder.glob("*/*-*.json"))]

    def _path(self, provider: str, request: httpx.Request) -> Path:
        name = re.sub(r"\W+", "_", str(request.extensions.get(ENDPOINT, "answer"))).strip("_")
        return self.folder / provider / f"{name}-{key_of(request)[:32]}.json"


def asked_of(request: httpx.Request) -> Asked:
    """The question of a request whose body has been read."""
    body = request.content.decode("utf-8", "replace") or None
    return Asked(method=request.method, url=str(request.url), body=body)


def _written(body: bytes) -> dict[str, Any]:
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(body).decode("ascii")}
    if text.lstrip()[:1] in ("{", "["):
        try:
            return {"json_body": json.loads(text)}
        except ValueError:  # cut off, or several objects in lines
            pass
    return {"text": text}


def _read(kind: type[R], path: Path) -> R:
    try:
        return kind.model_validate(json.loads(path.read_text("utf-8")))
    except (ValidationError, ValueError) as error:
        reason = str(error).splitlines()[0]
        raise BadRecording(f"{path} is not of recording format {FORMAT} ({reason}); record it again") from error


def _write(path: Path, content: Frozen, *, replace: bool = False) -> None:
    """Whole or not at all; what is there stays unless it is to be replaced."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{uuid4().hex}.part")
    values = content.model_dump(mode="json", exclude_none=True)
    try:
        # ASCII, because half a surrogate pair in an answer has no UTF-8.
        part.write_text(json.dumps(values, indent=1) + "\n", "ascii")
        if replace:
            part.replace(path)
        else:
            os.link(part, path)
    except FileExistsError:
        pass
    finally:
        part.unlink(missing_ok=True)
