"""Made-up numbers and ids that are the same on every machine and in every process.

Not for: choices about a company (derive.py).
"""

import uuid
from hashlib import sha256


def number(below: int, *parts: object) -> int:
    """A number from 0 up to `below`, from what it is about."""
    return int.from_bytes(_digest(parts)[:16]) % below


def uuid_of(*parts: object) -> str:
    """A UUID in its usual form."""
    return str(uuid.UUID(bytes=_digest(parts)[:16], version=4))


def _digest(parts: tuple[object, ...]) -> bytes:
    return sha256("\x1f".join(map(str, parts)).encode()).digest()
