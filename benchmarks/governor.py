"""What the governor's bookkeeping costs a call, beside a bare httpx call in the same run.

A local server answers at once, so that all the rest is ours. On SQLite, and on a real PostgreSQL where its programs are
found, one after the other, the median of each:

- bare: httpx alone, the reference;
- paid: cache, claim, budget, breaker, limiter, ledger, request, ledger, cache;
- its books: the two transactions of such a call alone, without request, threads and event loop;
- cached: a fresh stored answer and its row in the ledger;
- open breaker: a call that fails because the provider is known to be down.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import httpx
from sqlalchemy import Engine

from partnerforge_dagster.governor import context
from partnerforge_dagster.governor.cache import StoredAnswer
from partnerforge_dagster.governor.clock import SystemClock
from partnerforge_dagster.governor.gate import Gate
from partnerforge_dagster.governor.leases import Lease
from partnerforge_dagster.governor.ledger import Call
from partnerforge_dagster.governor.policy import ProviderPolicy
from partnerforge_dagster.governor.questions import Questions
from partnerforge_dagster.governor.transport import GovernorTransport
from partnerforge_dagster.models.failures import CircuitOpen, ProviderError, Unreachable
from partnerforge_dagster.settings_providers import ProviderSettings
from partnerforge_dagster.store.database import migrate, open_engine
from partnerforge_dagster_tests import postgres


class Handler(BaseHTTPRequestHandler):
    """Answers `{}`; under /down, 500."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        """Answer at once."""
        self.send_response(500 if self.path == "/down" else 200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: object) -> None:
        """Silence."""


@contextmanager
def server() -> Iterator[str]:
    """A server on this machine; its address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_address[1]}"
        running.shutdown()


def classify(response: httpx.Response) -> ProviderError | None:
    """500 means down."""
    return Unreachable("bench", "HTTP 500", status=500) if response.status_code == 500 else None


MINUTE = 60
"""Calls to one provider: most allow no more a minute, and those of the last minute are counted before each."""


def policy(name: str, breaker_after: int = 100) -> ProviderPolicy:
    """Limits that never bind; without credits the spending table would be left out of the figure."""
    numbers = {"per_minute": 6_000_000, "at_once": 50, "breaker_after": breaker_after, "breaker_open_s": 600}
    settings = ProviderSettings.model_validate({**numbers, "cache_s": 3600, "credits_a_month": 10_000_000})
    return ProviderPolicy(name=name, settings=settings, classify=classify)


async def median_ms(calls: int, call: Callable[[int], Awaitable[object]]) -> float:
    """Milliseconds of one call, the median of so many after a few to warm up."""
    took = []
    for number in range(-10, calls):
        started = time.perf_counter()
        await call(number)
        took.append(time.perf_counter() - started)
    return 1000 * statistics.median(took[10:])


def books_ms(engine: Engine, calls: int) -> float:
    """Milliseconds of a paid call's transactions, the median of so many after a few to warm up."""
    clock = SystemClock()
    questions = Questions(engine, clock, 3600)
    answer = StoredAnswer(200, (("content-type", "application/json"),), b"{}", datetime.now(UTC))
    took = []
    for number in range(-10, calls):
        rules = policy(f"books {number // MINUTE}")
        gate = Gate(rules, engine, clock)
        call = Call(rules.name, "/books", context.current(), cost=1, monotonic=clock.monotonic)
        started = time.perf_counter()
        lease = gate.enter(questions, f"books {number}", call, "127.0.0.1")
        if not isinstance(lease, Lease):
            raise SystemExit(f"the call was not let out: {lease}")
        gate.settle_with(call, lease, answer, f"books {number}", "http://127.0.0.1/books")
        took.append(time.perf_counter() - started)
    return 1000 * statistics.median(took[10:])


async def measure(engine: Engine, url: str, calls: int) -> dict[str, float]:
    """Milliseconds by kind of call."""

    wire = httpx.AsyncHTTPTransport()

    def client(rules: ProviderPolicy) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=GovernorTransport(rules, wire, engine))

    async def fail(client: httpx.AsyncClient) -> None:
        with suppress(CircuitOpen):
            await client.get(f"{url}/down")

    governed = [client(policy(f"provider {number}")) for number in range(calls // MINUTE + 1)]
    async with httpx.AsyncClient() as bare, client(policy("down", breaker_after=1)) as down:
        found = {"bare": await median_ms(calls, lambda n: bare.get(f"{url}/{n}"))}
        found["paid"] = await median_ms(calls, lambda n: governed[n // MINUTE].get(f"{url}/{n}"))
        found["its books"] = books_ms(engine, calls)
        found["cached"] = await median_ms(calls, lambda _: governed[0].get(f"{url}/0"))
        with suppress(Unreachable):
            await fail(down)
        found["open breaker"] = await median_ms(calls, lambda _: fail(down))
    return found


@contextmanager
def engines() -> Iterator[dict[str, Engine]]:
    """New stores: SQLite, and PostgreSQL with its usual durability where it is installed."""
    with tempfile.TemporaryDirectory() as folder:
        sqlite = open_engine(f"sqlite:///{Path(folder) / 'store.db'}")
        migrate(sqlite)
        bindir = postgres.programs()
        if bindir is None:
            print("no PostgreSQL found: set PG_BIN or install postgresql")
            yield {"SQLite": sqlite}
        else:
            with postgres.server(bindir) as running:
                for setting in ("fsync", "full_page_writes", "synchronous_commit"):
                    running.run(f"ALTER SYSTEM SET {setting} = on")
                running.run("SELECT pg_reload_conf()")
                on_server = open_engine(running.store())
                yield {"SQLite": sqlite, "PostgreSQL": on_server}
                on_server.dispose()
        sqlite.dispose()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=500, help="calls of each kind (default 500)")
    arguments = parser.parse_args()
    with server() as url, engines() as stores:
        for name, engine in stores.items():
            found = asyncio.run(measure(engine, url, arguments.calls))
            bare = found.pop("bare")
            print(f"\n{name}: a bare httpx call takes {bare:.2f} ms (median of {arguments.calls})")
            for kind, took in found.items():
                added = "" if kind == "its books" else f"   {took - bare:+6.2f} ms"
                print(f"  {kind:<13} {took:6.2f} ms   {took / bare:5.2f} of a bare call{added}")


if __name__ == "__main__":
    main()
