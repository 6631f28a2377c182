"""Asking an emulator through the HTTP client that our provider clients use.

Not for: log, latency, faults and dispatch of the whole sandbox (asking.py, served.py).
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from types import ModuleType
from typing import TypeVar

import httpx

from partnerforge_dagster.providers.sandbox.transport import SandboxTransport
from partnerforge_dagster.settings import SANDBOX_TODAY
from partnerforge_dagster_tests.providers.sandbox.asking import WORLD
from partnerforge_dagster_tests.providers.sandbox.served import KEYS

T = TypeVar("T")

AS_OF = datetime(SANDBOX_TODAY.year, SANDBOX_TODAY.month, SANDBOX_TODAY.day, 9, tzinfo=UTC)


def with_client(use: Callable[[httpx.AsyncClient], Awaitable[T]], headers: dict[str, str] = KEYS) -> T:
    """What `use` gives with an HTTP client that reaches the sandbox in process."""

    async def run() -> T:
        async with httpx.AsyncClient(transport=SandboxTransport(WORLD), headers=headers) as http:
            return await use(http)

    return asyncio.run(run())


def ask(emulator: ModuleType, path: str, headers: dict[str, str] = KEYS, **params: str) -> httpx.Response:
    """The answer to one GET at the emulator's first host."""
    return with_client(lambda http: http.get(f"https://{emulator.HOSTS[0]}{path}", params=params), headers)
