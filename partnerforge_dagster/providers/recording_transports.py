"""Recording and replaying as transports under a provider's client.

    recording:  client -> RecordingTransport -> governor -> wire       replaying:  client -> ReplayTransport

Both stand where the governor's answer arrives and not on the wire below it: there no credentials have been added yet,
retries and refusals are over, and what comes from the cache is recorded without being bought again. A replay has no
governor at all: nothing is asked, so there is nothing to limit, to pay or to write down.
Not for: the files (recording.py) or what is taken out of an answer (redaction.py).
"""

import asyncio
from collections.abc import Callable

import httpx

from partnerforge_dagster.governor.cache import key_of
from partnerforge_dagster.governor.context import current
from partnerforge_dagster.governor.extensions import ENDPOINT
from partnerforge_dagster.governor.turnstile import Flights
from partnerforge_dagster.models.failures import NotRecorded, ProviderError
from partnerforge_dagster.providers.recording import Failed, Recorded, Recording, Said, asked_of
from partnerforge_dagster.providers.redaction import public_body, public_headers


class ReplayTransport(httpx.AsyncBaseTransport):
    """Answers from a recording and from nowhere else."""

    def __init__(self, provider: str, recording: Recording) -> None:
        self._provider = provider
        self._recording = recording

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The recorded answer. Raises the recorded failure; NotRecorded for what was never asked."""
        await request.aread()
        recorded = await asyncio.to_thread(self._recording.find, self._provider, request)
        if recorded is None:
            raise NotRecorded(self._provider, f"{request.url.host} was not asked: not in the recording")
        return recorded.response(request)


class RecordingTransport(httpx.AsyncBaseTransport):
    """Asks what is not recorded yet, and hands on what then stands in the recording, as a replay would."""

    def __init__(
        self, provider: str, recording: Recording, inner: httpx.AsyncBaseTransport, keys: tuple[str, ...]
    ) -> None:
        self._provider = provider
        self._recording = recording
        self._inner = inner
        self._keys = keys
        self._flights: Flights[Recorded] = Flights()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The recorded answer, asked for first where there is none. Raises the recorded failure."""
        await request.aread()
        key = key_of(request)
        while True:
            flight, mine = self._flights.join(key)
            if not mine:
                with current().waiting():
                    landed = await asyncio.wrap_future(flight)
                if landed is not None:
                    return landed.response(request)
                continue
            recorded = None
            try:
                recorded = await self._recorded(request)
            finally:
                self._flights.land(key, recorded)
            return recorded.response(request)

    async def aclose(self) -> None:
        """Close what is recorded."""
        await self._inner.aclose()

    async def _recorded(self, request: httpx.Request) -> Recorded:
        known = await asyncio.to_thread(self._recording.find, self._provider, request)
        if known is not None:
            return known
        said, failed = None, None
        try:
            response = await self._inner.handle_async_request(request)
            said = await asyncio.to_thread(self._said, response)
        except ProviderError as failure:
            failed = Failed.of(failure)
        new = Recorded(
            provider=self._provider,
            endpoint=str(request.extensions.get(ENDPOINT, request.url.path)),
            asked=asked_of(request),
            said=said,
            failed=failed,
        )
        return await asyncio.to_thread(self._recording.keep, request, new)

    def _said(self, response: httpx.Response) -> Said:
        headers = public_headers(response.headers.multi_items(), self._keys)
        return Said.of(response, headers, public_body(response.content, self._keys))


def recorder(
    recording: Recording, keys: tuple[str, ...]
) -> Callable[[str, Callable[[], httpx.AsyncBaseTransport]], httpx.AsyncBaseTransport]:
    """The tape that records; `keys` are taken out of what providers say."""
    return lambda provider, governed: RecordingTransport(provider, recording, governed(), keys)


def player(
    recording: Recording,
) -> Callable[[str, Callable[[], httpx.AsyncBaseTransport]], httpx.AsyncBaseTransport]:
    """The tape that replays: no governor is made."""
    return lambda provider, _governed: ReplayTransport(provider, recording)
