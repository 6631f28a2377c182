"""Faults that the sandbox plays on request: which request is struck, by which kind, for how long.

RULES is `provider[/path][@domain]:kind[:share[:seconds]]`, comma separated, e.g. `builtwith:429:0.2,yahoo/v7:slow:1:3`
or `similarweb@costco.com:500`.
Not for: what a provider says when it refuses (refusals.py) or dropping connections (app.py, serve.py, transport.py).
"""

import hashlib
import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Self

from partnerforge_dagster.accounts import account_domain
from partnerforge_dagster.settings_providers import Providers

PROVIDERS = tuple(Providers.model_fields)

HANG_UP = "partnerforge.hang_up"
"""Key in the ASGI scope of a `HangUp`: how the server that carries the sandbox drops a connection."""

HangUp = Callable[["Kind"], Awaitable[None]]


class Kind(StrEnum):
    """Kinds of faults, in the words of `--faults`."""

    DOWN = "down"
    """The connection is closed at once, nothing is answered."""
    TIMEOUT = "timeout"
    """The request is taken and never answered; after `seconds` (default an hour) the connection is closed."""
    RESET = "reset"
    """The connection is reset in the middle of the answer."""
    TOO_MANY = "429"
    """The provider's own "slow down"; `seconds`, when given, is its Retry-After."""
    SERVER_ERROR = "500"
    TRUNCATED = "truncated"
    """The answer's body ends in the middle; HTTP itself is in order."""
    HTML = "html"
    """200 with a web page."""
    ERROR_200 = "error200"
    """The provider's error inside a 200."""
    SLOW = "slow"
    """The right answer, `seconds` (default 5) late."""
    UNAUTHORIZED = "unauthorized"
    """The provider's own answer to a bad key."""


DEFAULT_SECONDS = {Kind.TIMEOUT: 3600.0, Kind.SLOW: 5.0}


class Dropped(Exception):
    """The connection is to be dropped, and no server is there to do it: the app is called in process."""

    def __init__(self, kind: Kind) -> None:
        super().__init__(kind.value)
        self.kind = kind


@dataclass(frozen=True)
class Rule:
    """One rule, and the count of the requests it was asked about."""

    provider: str
    path: str
    """Path prefix without the leading slash; empty is every path."""
    kind: Kind
    share: float = 1.0
    """Of the requests, 0 to 1."""
    seconds: float | None = None
    domain: str | None = None
    """The account that a request must be about, and about no other; None is any."""
    _asked: "itertools.count[int]" = field(default_factory=itertools.count, compare=False, repr=False)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `provider[/path][@domain]:kind[:share[:seconds]]`.

        Raises ValueError naming the rule, what is wrong with it and what is allowed.
        """
        target, *rest = text.strip().split(":")
        place, at, about = target.partition("@")
        provider, _, path = place.partition("/")
        if provider not in PROVIDERS:
            raise ValueError(f"fault {text!r}: {provider!r} is not a provider; they are {', '.join(PROVIDERS)}")
        if not 1 <= len(rest) <= 3:
            raise ValueError(f"fault {text!r}: expected provider[/path][@domain]:kind[:share[:seconds]]")
        if rest[0] not in set(Kind):
            raise ValueError(f"fault {text!r}: {rest[0]!r} is not a kind of fault; they are {', '.join(Kind)}")
        kind = Kind(rest[0])
        share = _number(text, "share", rest[1], most=1.0) if rest[1:] else 1.0
        seconds = _number(text, "seconds", rest[2], most=86_400.0) if rest[2:] else DEFAULT_SECONDS.get(kind)
        return cls(provider, path.strip("/"), kind, share, seconds, account_domain(about) if at else None)

    def strikes(self, provider: str, path: str, domain: str | None = None) -> bool:
        """Whether this request, about this account, is struck. The nth matching one of a rule always fares the same."""
        if provider != self.provider or not under(path, self.path) or self.domain not in (None, domain):
            return False
        about = "" if self.domain is None else f"@{self.domain}"
        key = f"{self.provider}/{self.path}{about}:{self.kind}:{next(self._asked)}"
        lot: int = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8])
        return lot < self.share * 2**64


@dataclass(frozen=True)
class Faults:
    """All rules; the first that strikes a request wins."""

    rules: tuple[Rule, ...] = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read comma-separated rules; empty is none. Raises ValueError as `Rule.parse` does."""
        return cls(tuple(Rule.parse(rule) for rule in text.split(",") if rule.strip()))

    @property
    def by_account(self) -> bool:
        """Whether it matters which account a request is about."""
        return any(rule.domain is not None for rule in self.rules)

    def strike(self, provider: str, path: str, domain: str | None = None) -> Rule | None:
        """The rule that strikes this request about this account. Asking counts: ask once for each request."""
        return next((rule for rule in self.rules if rule.strikes(provider, path, domain)), None)


def under(path: str, prefix: str) -> bool:
    """Whether `path` is `prefix` or lies below it, by whole segments: `/v7/finance` is under `v7`, not under `v`."""
    segments = path.strip("/")
    return not prefix or segments == prefix or segments.startswith(prefix + "/")


def _number(rule: str, name: str, text: str, *, most: float) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= most:
        raise ValueError(f"fault {rule!r}: {name} {text!r} is not a number from 0 to {most:g}")
    return value
