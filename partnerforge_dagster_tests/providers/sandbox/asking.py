"""Asking the emulators in process: one path of one provider, or our own client over the whole sandbox."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, time
from types import ModuleType
from typing import TypeVar

import httpx

from partnerforge_dagster.providers.sandbox.transport import SandboxTransport
from partnerforge_dagster.providers.sandbox.world import World
from partnerforge_dagster.settings import SANDBOX_TODAY

T = TypeVar("T")

WORLD = World(SANDBOX_TODAY)
AS_OF = datetime.combine(SANDBOX_TODAY, time(), UTC)
KEYS = {"authorization": "API key", "api-key": "key"}


def with_client(asked: Callable[[httpx.AsyncClient], Awaitable[T]], *, headers: dict[str, str] = KEYS) -> T:
    """What `asked` gets with an httpx client whose every request goes to the sandbox."""

    async def go() -> T:
        async with httpx.AsyncClient(transport=SandboxTransport(WORLD), headers=headers) as http:
            return await asked(http)

    return asyncio.run(go())


def ask(emulator: ModuleType, path: str, headers: dict[str, str] = KEYS, **params: str) -> httpx.Response:
    """One request to the provider's own host."""
    url = f"https://{emulator.HOSTS[0]}{path}"
    return with_client(lambda http: http.get(url, params=params), headers=headers)
