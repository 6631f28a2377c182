"""What the governor's tests stand on: a provider on the wire, a fast clock, and a governed client.

Not for: anything of the governor's own, which is real in every test.
"""

import asyncio
import itertools
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
from sqlalchemy import Engine, literal, select

from partnerforge_dagster.governor.context import calling
from partnerforge_dagster.governor.extensions import ENDPOINT
from partnerforge_dagster.governor.policy import Authorizer, Open, ProviderPolicy
from partnerforge_dagster.governor.transport import GovernorTransport
from partnerforge_dagster.models.failures import BadAnswer, ProviderError, RateLimited, Refused, Unreachable
from partnerforge_dagster.settings_providers import ProviderSettings
from partnerforge_dagster.store.prepared import Prepared
from partnerforge_dagster.store.transaction import Transaction

HOST = "https://api.example.com"


def classify(response: httpx.Response) -> ProviderError | None:
    """Sort by status as the providers do; a body with `error` in it is an error inside a 200."""
    status = response.status_code
    if status == 429:
        return RateLimited("fake", "HTTP 429", status=status)
    if status == 408 or status >= 500:
        return Unreachable("fake", f"HTTP {status}", status=status)
    if status in (401, 403):
        return Refused("fake", f"HTTP {status}", status=status)
    if status not in (200, 404) or b"error" in response.content:
        return BadAnswer("fake", f"HTTP {status}", status=status)
    return None


def settings(**changes: object) -> ProviderSettings:
    """A generous provider, but for `changes`."""
    numbers = {"per_minute": 6000, "at_once": 50, "breaker_after": 100, "breaker_open_s": 60, "cache_s": 3600}
    return ProviderSettings.model_validate({**numbers, "timeout_s": 5, **changes})


_DONE = Prepared(select(literal(1).label("done")))


class FastClock:
    """Real time, `speed` times as fast, the same in all processes that get the same `start`; `jump` sets it."""

    def __init__(self, speed: float = 50.0, start: float | None = None) -> None:
        self.start = time.time() if start is None else start
        self.speed = speed
        self.jumped = 0.0

    def ours(self, transaction: Transaction) -> datetime:
        """The database has no fast clock. Like the one it has, this is read when what came before has been done."""
        transaction.row(_DONE, {})
        elapsed = (time.time() - self.start) * self.speed + self.jumped
        return datetime.fromtimestamp(self.start, UTC) + timedelta(seconds=elapsed)

    def monotonic(self) -> float:
        return time.monotonic() * self.speed

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self.speed)

    def jump(self, seconds: float) -> None:
        self.jumped += seconds


class Provider:
    """A provider on the wire: answers with what `answer` makes of a request, and counts."""

    def __init__(self, answer: Callable[[httpx.Request], httpx.Response | Exception] | None = None) -> None:
        self.requests: list[httpx.Request] = []
        self.answer = answer or (lambda request: httpx.Response(200, json={"path": request.url.path}))
        self.latency_s = 0.0

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answer(request)
        await asyncio.sleep(self.latency_s)
        if isinstance(answer, Exception):
            raise answer
        return answer


@asynccontextmanager
async def governed(
    engine: Engine,
    provider: Provider,
    *,
    clock: FastClock | None = None,
    authorizer: Authorizer | None = None,
    per_host: int | None = None,
    **changes: object,
) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the provider under a governor."""
    policy = ProviderPolicy(
        name="fake",
        settings=settings(**changes),
        classify=classify,
        authorizer=authorizer or Open(),
        per_host_at_once=per_host,
    )
    transport = GovernorTransport(policy, httpx.MockTransport(provider), engine, clock or FastClock())
    async with httpx.AsyncClient(transport=transport, base_url=HOST) as client:
        yield client


def failing(times: int, status: int = 500, **headers: str) -> Callable[[httpx.Request], httpx.Response]:
    """Fail so many times, then answer."""
    count = itertools.count(1)
    return lambda _: httpx.Response(status, headers=headers) if next(count) <= times else httpx.Response(200)


def ask(engine: Engine, provider: Provider, **changes: object) -> httpx.Response:
    """One call of run `r`."""

    async def call() -> httpx.Response:
        async with governed(engine, provider, **changes) as client:
            with calling(account="costco.com", module="technology_stack", run_id="r"):
                return await client.get("/a", extensions={ENDPOINT: "domain"})

    return asyncio.run(call())


class LoggingServer(ThreadingHTTPServer):
    """A real HTTP server that takes `latency_s` for an answer and notes when each request came and was answered."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, latency_s: float) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.latency_s = latency_s
        self.log: list[tuple[str, float, float]] = []
        self.respond: Callable[[str], tuple[int, dict[str, str]]] = lambda _: (200, {})
        """Status and headers for a path, told when the request comes; it may take its time."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def most_in(self, seconds: float) -> int:
        """The highest count of arrivals in any window of `seconds`."""
        arrivals = sorted(came for _, came, _ in self.log)
        return max(sum(first <= other < first + seconds for other in arrivals) for first in arrivals)

    def most_at_once(self) -> int:
        """The highest number of requests under way together."""
        return max(sum(a <= came < b for _, a, b in self.log) for _, came, _ in self.log)


class _Handler(BaseHTTPRequestHandler):
    server: LoggingServer

    def do_GET(self) -> None:
        came = time.time()
        status, headers = self.server.respond(self.path)
        time.sleep(self.server.latency_s)
        self.server.log.append((self.path, came, time.time()))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: object) -> None:
        """Silence."""

    def handle(self) -> None:
        """A client that was killed reads no answer."""
        with suppress(ConnectionError):
            super().handle()


@contextmanager
def logging_server(latency_s: float) -> Iterator[LoggingServer]:
    """A running LoggingServer."""
    with LoggingServer(latency_s) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield server
        server.shutdown()
