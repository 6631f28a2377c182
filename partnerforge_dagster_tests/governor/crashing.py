"""A process that asks one question, stores one result, and kills itself at a chosen step; and the server it asks.

A step is each write to the store, each commit, and departure and answer of the request: one before, one after.
Not for: what must hold afterwards (test_crash_points.py).
"""

import asyncio
import json
import os
import signal
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
from sqlalchemy import Engine, event

from partnerforge_dagster.governor.context import calling
from partnerforge_dagster.governor.policy import ProviderPolicy
from partnerforge_dagster.governor.transport import GovernorTransport
from partnerforge_dagster.models.base import Mode
from partnerforge_dagster.models.company_context import CompanyContext
from partnerforge_dagster.models.provenance import Fact, Source
from partnerforge_dagster.models.result import Status
from partnerforge_dagster.store.database import open_engine
from partnerforge_dagster.store.results import Results
from partnerforge_dagster_tests.governor.fakes import FastClock, classify, settings
from partnerforge_dagster_tests.governor.watching import watched

SPEED = 10.0
"""Claims of thirty seconds end after three."""
LIMITS = {"at_once": 1, "timeout_s": 5}
RUN = "run"
MODULE = "company_context"


class Steps:
    """Names each step of this process, and kills it at number `fatal`."""

    def __init__(self, fatal: int | None) -> None:
        self.names: list[str] = []
        self._fatal = fatal

    def step(self, name: str) -> None:
        """Come to a step."""
        self.names.append(name)
        if len(self.names) - 1 == self._fatal:
            os.kill(os.getpid(), signal.SIGKILL)

    @contextmanager
    def watching(self, engine: Engine) -> Iterator[None]:
        """Every write, every commit, of the governor and of the store."""
        event.listen(engine, "before_cursor_execute", lambda *said: self._statement("before", said[2]))
        event.listen(engine, "after_cursor_execute", lambda *said: self._statement("after", said[2]))
        event.listen(engine, "commit", lambda _connection: self.step("before commit"))
        event.listen(engine, "checkin", lambda *_: self.step("after commit"))  # the connection is given back
        with watched(self._statement):
            yield

    def _statement(self, when: str, words: str) -> None:
        verb, *rest = words.split()
        if verb in ("INSERT", "UPDATE", "DELETE"):
            self.step(f"{when} {verb} {rest[0] if verb == 'UPDATE' else rest[1]}")
        elif verb == "COMMIT" and when == "before":
            self.step("before commit")


class Wire(httpx.AsyncHTTPTransport):
    """The wire, with its two steps."""

    def __init__(self, steps: Steps) -> None:
        super().__init__()
        self._steps = steps

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self._steps.step("before the request")
        response = await super().handle_async_request(request)
        await response.aread()
        self._steps.step("after the answer")
        return response


def ask(store_url: str, urls: list[str], start: float, fatal: int | None = None, names: Path | None = None) -> None:
    """Ask each URL of a provider of its own and store what came as a result; note the steps' names in a file."""
    steps = Steps(fatal)

    async def one(engine: Engine, url: str) -> None:
        name = httpx.URL(url).path.strip("/")
        policy = ProviderPolicy(name=name, settings=settings(**LIMITS), classify=classify)
        transport = GovernorTransport(policy, Wire(steps), engine, FastClock(SPEED, start))
        async with httpx.AsyncClient(transport=transport, timeout=None) as client:
            with calling(account=name, module=MODULE, run_id=RUN):
                answer = await client.get(url)
        Results(engine).put(result(name, answer.text), module=MODULE, run_id=RUN, duration_s=0.0)

    async def all_of_them() -> None:
        engine = open_engine(store_url)
        with steps.watching(engine):
            await asyncio.gather(*(one(engine, url) for url in urls))

    asyncio.run(all_of_them())
    if names is not None:
        names.write_text(json.dumps(steps.names))


def result(account: str, said: str) -> CompanyContext:
    """A module's result that says what the provider said."""
    noon = datetime(2026, 11, 16, 12, tzinfo=UTC)
    source = Source(provider="fake", endpoint="e", url=None, fetched_at=noon, cached=False, stale=False)
    return CompanyContext(
        account=account,
        as_of=noon,
        mode=Mode.SANDBOX,
        status=Status.COMPLETE,
        trading_name=Fact(value=said, sources=(source,)),
    )


class Judge(ThreadingHTTPServer):
    """Answers each path with its own name, and counts; with `refuses_first`, a path's first request gets a 503."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, *, refuses_first: bool) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.refuses_first = refuses_first
        self.asked: Counter[str] = Counter()
        """Requests by path."""
        self.answered: Counter[str] = Counter()
        """Good answers by path."""

    def url(self, path: str) -> str:
        """The address of a path."""
        return f"http://127.0.0.1:{self.server_address[1]}/{path}"


class _Handler(BaseHTTPRequestHandler):
    server: Judge

    def do_GET(self) -> None:
        name = self.path.strip("/")
        self.server.asked[name] += 1
        refused = self.server.refuses_first and self.server.asked[name] == 1
        body = f'"{name}"'.encode()
        if not refused:
            self.server.answered[name] += 1
        self.send_response(503 if refused else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Silence."""


@contextmanager
def judge(*, refuses_first: bool) -> Iterator[Judge]:
    """A running Judge."""
    with Judge(refuses_first=refuses_first) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield server
        server.shutdown()
