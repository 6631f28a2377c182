"""Reading rows of providers that keep no promise about them: skip the malformed, notice when all are.

Not for: envelopes (each provider's `classify` is strict about those) or what a row means.
"""

import math
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

T = TypeVar("T")
Row = Mapping[str, Any]


def read_rows(rows: object, read: Callable[[Row], T | None], what: str) -> tuple[T, ...]:
    """The rows that `read` understands; null is an empty list.

    Raises ValueError when `rows` is no list, or when there are rows and not one can be read: the format has changed,
    and calling that "nothing there" would be a lie that the cache keeps for a month.
    """
    if rows is None:
        return ()
    if not isinstance(rows, list):
        raise ValueError(f"{what} is a {type(rows).__name__}, not a list")
    understood = tuple(value for value in (_read(row, read) for row in rows) if value is not None)
    if rows and not understood:
        raise ValueError(f"none of the {len(rows)} rows of {what} can be read")
    return understood


def _read(row: object, read: Callable[[Row], T | None]) -> T | None:
    if not isinstance(row, Mapping):
        return None
    try:
        return read(row)
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def mapping(value: object) -> Row:
    """The object, or an empty one for null and for what is no object."""
    return value if isinstance(value, Mapping) else {}


def text(value: object) -> str | None:
    """A string without surrounding space; None for an empty one and for what is no string."""
    return (value.strip() or None) if isinstance(value, str) else None


def texts(value: object) -> tuple[str, ...]:
    """The non-empty strings of a list; a lone string counts as a list of one, null as an empty one."""
    items = value if isinstance(value, list) else [value]
    return tuple(said for said in map(text, items) if said is not None)


def number(value: object) -> float | None:
    """A finite number, also when it comes as a string; None otherwise (a bool is not a number)."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None
