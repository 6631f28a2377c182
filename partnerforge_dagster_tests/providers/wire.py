"""Small servers for provider clients: one answer for all requests, or a callable that looks at each.

Not for: the emulated providers (partnerforge_dagster_tests/sandboxed.py).
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import httpx

from partnerforge_dagster.providers.client import ProviderClient

C = TypeVar("C", bound=ProviderClient)
R = TypeVar("R")

Server = httpx.Response | Callable[[httpx.Request], httpx.Response]


def ask(server: Server, build: Callable[[httpx.AsyncClient], C], call: Callable[[C], Awaitable[R]]) -> R:
    """What `call` makes of a client that talks to `server`."""

    async def session() -> R:
        transport = httpx.MockTransport(server if callable(server) else lambda _: server)
        async with httpx.AsyncClient(transport=transport) as http:
            return await call(build(http))

    return asyncio.run(session())
