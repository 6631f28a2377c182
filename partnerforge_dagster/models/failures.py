"""Why a provider could not be asked: one ladder of exceptions for all of them.

    ProviderError
    ├── Unreachable    timeout, connection error, 408, 5xx: worth another try
    ├── RateLimited    429 and what providers say instead: worth another try, after `retry_after`
    ├── Refused        key, plan or credits: a person must act; never retried
    ├── NotConfigured  no key for this provider in live mode: nothing was sent
    ├── NotRecorded    a replay, and the question is not in the recording: nothing was sent
    ├── OverBudget     our own monthly or per-run budget: nothing was sent
    ├── CircuitOpen    the breaker is open: nothing was sent
    └── BadAnswer      an answer came, but not in the provider's format: never retried, never stored

"Asked, nothing there" is not a failure: it is an `Answer` whose value is None (models/provenance.py).
Not for: deciding which response is which (each provider's `classify`) or what to do about it (the governor).
"""


class ProviderError(Exception):
    """A provider could not be asked. `str()` is a sentence for people: provider, what happened, what to do."""

    def __init__(self, provider: str, detail: str, *, status: int | None = None) -> None:
        super().__init__(f"{provider}: {detail}")
        self.provider = provider
        self.detail = detail
        self.status = status

    def __reduce__(self) -> tuple[object, ...]:
        """Exceptions cross process borders in Dagster; the default pickling would lose the keyword arguments."""
        return (_rebuild, (type(self), self.args, self.__dict__))


def _rebuild(kind: type[ProviderError], args: tuple[object, ...], state: dict[str, object]) -> ProviderError:
    error = kind.__new__(kind)
    error.args = args
    error.__dict__.update(state)
    return error


class Unreachable(ProviderError):
    """No usable answer came: timeout, connection error, 408 or 5xx."""


class RateLimited(ProviderError):
    """The provider asked us to slow down; `retry_after` is in seconds when it said for how long."""

    def __init__(
        self, provider: str, detail: str, *, status: int | None = None, retry_after: float | None = None
    ) -> None:
        super().__init__(provider, detail, status=status)
        self.retry_after = retry_after


class Refused(ProviderError):
    """The provider refuses us: wrong key, plan too small, out of credits. Trying again changes nothing."""


class NotConfigured(ProviderError):
    """The provider needs a key, or to be switched on, and is not, so it was left out."""


class NotRecorded(ProviderError):
    """The answers come from a recording, and this question is not in it."""


class OverBudget(ProviderError):
    """Our own budget for this provider is spent; nothing was sent."""


class CircuitOpen(ProviderError):
    """The provider failed too often lately; nothing was sent. `retry_after` is seconds until a probe may go."""

    def __init__(self, provider: str, detail: str, *, retry_after: float) -> None:
        super().__init__(provider, detail)
        self.retry_after = retry_after


class BadAnswer(ProviderError):
    """An answer came that is not in the provider's format: HTML, truncated JSON, the wrong type, too large."""
