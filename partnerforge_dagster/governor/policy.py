"""What the governor must know of a provider, told by the provider's own file.

Not for: numbers (settings.py) or the path of a call (transport.py).
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import httpx
from pydantic import SecretStr

from partnerforge_dagster.models.failures import ProviderError
from partnerforge_dagster.settings_providers import ProviderSettings

Send = Callable[[httpx.Request], Awaitable[httpx.Response]]
"""Sends a request of the same provider under the same limits, without cache."""


class Authorizer(Protocol):
    """Adds credentials below the cache, so that they are in no cache key, row, log or trace."""

    def configured(self, request: httpx.Request) -> bool:
        """Whether there is a key for this request; False makes the call fail as NotConfigured, unsent."""
        ...

    def ready(self, request: httpx.Request) -> bool:
        """Whether `sign` will send nothing."""
        ...

    async def sign(self, request: httpx.Request, send: Send) -> httpx.Request:
        """Return a copy of the request with credentials; may itself `send` (Yahoo's cookie and crumb)."""
        ...

    def rejected(self, response: httpx.Response) -> bool:
        """Whether the answer says that credentials have gone off; they are dropped and the call goes once more."""
        ...


class Open:
    """No credentials: SEC EDGAR, Wikidata, public job boards, home pages."""

    def configured(self, request: httpx.Request) -> bool:  # noqa: ARG002
        """Nothing is needed."""
        return True

    def ready(self, request: httpx.Request) -> bool:  # noqa: ARG002
        """Nothing is sent."""
        return True

    async def sign(self, request: httpx.Request, send: Send) -> httpx.Request:  # noqa: ARG002
        """Unchanged."""
        return request

    def rejected(self, response: httpx.Response) -> bool:  # noqa: ARG002
        """There is nothing to renew."""
        return False


class HeaderKeys:
    """A key in a header, per host: {host: (header, template, key)}; a host not listed needs none."""

    def __init__(self, keys: Mapping[str, tuple[str, str, SecretStr | None]]) -> None:
        self._keys = keys

    def configured(self, request: httpx.Request) -> bool:
        """Whether the host's key is set."""
        entry = self._keys.get(request.url.host)
        return entry is None or bool(entry[2] and entry[2].get_secret_value())

    def ready(self, request: httpx.Request) -> bool:  # noqa: ARG002
        """Nothing is sent."""
        return True

    async def sign(self, request: httpx.Request, send: Send) -> httpx.Request:  # noqa: ARG002
        """Add the host's header."""
        header, template, key = self._keys.get(request.url.host, ("", "", None))
        if key is None:
            return request
        headers = request.headers.copy()
        headers[header] = template.format(key=key.get_secret_value())
        return httpx.Request(
            request.method, request.url, headers=headers, stream=request.stream, extensions=request.extensions
        )

    def rejected(self, response: httpx.Response) -> bool:  # noqa: ARG002
        """A wrong key stays wrong."""
        return False


Classify = Callable[[httpx.Response], ProviderError | None]
"""Sorts a response whose body has been read: None when it is an answer fit to be kept (a paid 404 is one)."""


def _one_credit(request: httpx.Request) -> int:  # noqa: ARG001
    return 1


def free(request: httpx.Request) -> int:  # noqa: ARG001
    """The `credits` of a provider that costs nothing."""
    return 0


def _as_it_is(body: bytes, account: str | None) -> bytes:  # noqa: ARG001
    return body


@dataclass(frozen=True)
class ProviderPolicy:
    """One provider as the governor sees it."""

    name: str
    settings: ProviderSettings
    classify: Classify
    authorizer: Authorizer = field(default_factory=Open)
    credits: Callable[[httpx.Request], int] = _one_credit
    """What an answered call costs, in the provider's own credits; 0 for free providers."""
    per_host_at_once: int | None = None
    spacing_s: float = 0.0
    """Least seconds from one request to the next, whoever waits."""
    clean: Callable[[bytes, str | None], bytes] = _as_it_is
    """A body of an account's call without what nobody may see of it: the names of people who are to be forgotten."""
