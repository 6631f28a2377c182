"""Chance without chance: numbers, ids and choices drawn from sha256 of what they are about, the same on every machine.

Not for: what is chosen (derive.py, and the emulated endpoints for details that no company record holds).
"""

import uuid
from dataclasses import dataclass
from hashlib import sha256
from typing import TypeVar

T = TypeVar("T")


def number_below(limit: int, *parts: object) -> int:
    """A number from 0 up to `limit`, from what it is about."""
    return int.from_bytes(_digest(parts)) % limit


def uuid_of(*parts: object) -> str:
    """A UUID in its usual form."""
    return str(uuid.UUID(bytes=_digest(parts), version=4))


def _digest(parts: tuple[object, ...]) -> bytes:
    return sha256("\x1f".join(map(str, parts)).encode()).digest()[:16]


@dataclass(frozen=True)
class Draw:
    """Choices about one domain."""

    domain: str

    def unit(self, choice: str) -> float:
        """A number from 0 up to 1."""
        return int.from_bytes(_digest((f"{self.domain}:{choice}",))[:6]) / 2**48

    def between(self, choice: str, low: float, high: float) -> float:
        """A number from low up to high."""
        return low + self.unit(choice) * (high - low)

    def log_between(self, choice: str, low: float, high: float) -> float:
        """The same with every order of magnitude equally likely."""
        return float(low * (high / low) ** self.unit(choice))

    def one(self, choice: str, options: tuple[T, ...]) -> T:
        """One of the options."""
        return options[int(self.unit(choice) * len(options))]

    def some(self, choice: str, options: tuple[T, ...], count: int) -> tuple[T, ...]:
        """So many different options, in an order of their own."""
        ranked = sorted(range(len(options)), key=lambda index: self.unit(f"{choice}:{index}"))
        return tuple(options[index] for index in ranked[:count])
