"""What every provider client shares: send, sort, parse, and say where the answer came from.

A client is a plain class over an `httpx.AsyncClient`; one method per endpoint returns an `Answer`. It holds no key,
keeps no limit and never retries: that is the governor's, which is the client's transport.
Not for: anything about one provider.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, ClassVar, TypeVar

import httpx
from pydantic import ValidationError

from partnerforge_dagster.governor.extensions import DELIVERY, ENDPOINT
from partnerforge_dagster.models.failures import BadAnswer, ProviderError, Unreachable
from partnerforge_dagster.models.provenance import Answer, Source

T = TypeVar("T")


_JSON = "partnerforge.json"


def parsed_json(response: httpx.Response) -> Any:  # noqa: ANN401 - JSON is what it is
    """The body as JSON, parsed once per response: `classify` and `parse` both look at it, and EDGAR's facts are 8 MB.

    Raises ValueError when it is not JSON (HTML, truncated, nothing at all, nested without end).
    """
    if _JSON not in response.extensions:
        try:
            response.extensions[_JSON] = response.json()
        except RecursionError as error:
            raise ValueError("nested too deeply") from error
    return response.extensions[_JSON]


class ProviderClient(ABC):
    """Base of the clients. Subclasses set `provider` and implement `classify`."""

    provider: ClassVar[str]

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http

    @classmethod
    @abstractmethod
    def classify(cls, response: httpx.Response) -> ProviderError | None:
        """Sort a response whose body has been read; None when it is an answer fit to be kept.

        A paid "nothing there" (a documented 404, an empty list) is an answer. The governor calls this before it
        stores anything; `ask` calls it when there is no governor (a test's plain transport).
        """

    async def ask(
        self,
        endpoint: str,
        request: httpx.Request,
        parse: Callable[[httpx.Response], T | None],
        *,
        url: str | None = None,
    ) -> Answer[T]:
        """Send `request` and read its answer with `parse`, which returns None for "asked, nothing there".

        `url` is a page for people; without it the request's own address is cited.
        Raises ProviderError: whatever the governor or `classify` says, or BadAnswer when `parse` cannot read the body.
        """
        request.extensions[ENDPOINT] = endpoint
        for header, said in self.http.headers.items():  # httpx adds them only to requests that the client itself built
            request.headers.setdefault(header, said)
        try:
            response = await self.http.send(request)
        except httpx.TimeoutException as error:
            raise Unreachable(self.provider, f"no answer in time from {request.url.host}") from error
        except httpx.TransportError as error:
            raise Unreachable(self.provider, f"{type(error).__name__} talking to {request.url.host}") from error
        delivery: dict[str, Any] | None = response.extensions.get(DELIVERY)
        if delivery is None:
            failure = self.classify(response)
            if failure is not None:
                raise failure
            delivery = {"fetched_at": datetime.now(UTC), "cached": False, "stale": False}
        try:
            value = parse(response)
        except (ValidationError, ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
            raise BadAnswer(self.provider, f"{endpoint}: {_first_line(error)}", status=response.status_code) from error
        source = Source(
            provider=self.provider,
            endpoint=endpoint,
            url=url or str(request.url),
            fetched_at=delivery["fetched_at"],
            cached=delivery["cached"],
            stale=delivery["stale"],
        )
        return Answer(value=value, source=source)


def _first_line(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False, include_input=False)[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    return f"{type(error).__name__}: {str(error)[:120]}"
