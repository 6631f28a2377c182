"""BuiltWith's client asked over a wire that answers what a test says.

Not for: what answers mean (test_builtwith_answers.py), or how they are sorted (test_builtwith.py).
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import httpx

from partnerforge_dagster.providers.builtwith import BuiltWith
from partnerforge_dagster.settings_providers import BuiltWithSettings
from partnerforge_dagster_tests.payloads import raw

T = TypeVar("T")


def ask(
    answer: httpx.Response | Callable[[httpx.Request], httpx.Response],
    call: Callable[[BuiltWith], Awaitable[T]],
    settings: BuiltWithSettings | None = None,
) -> T:
    """What the client makes of one response, or of a small server."""

    async def session() -> T:
        transport = httpx.MockTransport(answer if callable(answer) else lambda _: answer)
        async with httpx.AsyncClient(transport=transport) as http:
            return await call(BuiltWith(http, settings or BuiltWithSettings()))

    return asyncio.run(session())


def recorded(name: str) -> httpx.Response:
    return httpx.Response(200, content=raw(f"builtwith/{name}.json"))


def error(code: int | None, message: str = "words", **more: Any) -> httpx.Response:
    item: object = message if code is None else {"Lookup": None, "Message": message, "Code": code}
    return httpx.Response(200, json={"Results": [], "Errors": [item], **more})
