"""Ways to read a field of a record as values by natural key.

Not for: which fields are read (the files beside this one).
"""

from collections.abc import Callable, Iterable
from typing import Any

from partnerforge_dagster import wording
from partnerforge_dagster.changes.beliefs import Seen
from partnerforge_dagster.changes.observe import Sight
from partnerforge_dagster.models.base import Money
from partnerforge_dagster.models.provenance import Fact, Source

Reader = Callable[[Any], Sight]

ONE = ""
"""Key of a field that has one value."""


def first(sources: Iterable[Source]) -> Source | None:
    """The source that a change cites."""
    return next(iter(sources), None)


def value(name: str, wording_of: Callable[[Any], str] = str) -> Reader:
    """A `Fact` compared by its words."""

    def read(record: object) -> Sight:
        fact: Fact[Any] | None = getattr(record, name)
        return Sight({} if fact is None else {ONE: Seen(text=wording_of(fact.value), source=first(fact.sources))})

    return read


def number(name: str, wording_of: Callable[[float], str] = wording.count) -> Reader:
    """A `Fact` of a number."""

    def read(record: object) -> Sight:
        fact: Fact[float] | None = getattr(record, name)
        if fact is None:
            return Sight({})
        seen = Seen(text=wording_of(fact.value), number=float(fact.value), source=first(fact.sources))
        return Sight({ONE: seen})

    return read


def money(name: str) -> Reader:
    """A `Fact` of an amount; amounts in different currencies are never the same."""

    def read(record: object) -> Sight:
        fact: Fact[Money] | None = getattr(record, name)
        if fact is None:
            return Sight({})
        amount = fact.value
        text = wording.money(amount)
        return Sight({ONE: Seen(text=text, number=amount.amount, unit=amount.currency, source=first(fact.sources))})

    return read


def items(values: Iterable[tuple[str, Seen]], **sight: Any) -> Sight:  # noqa: ANN401 - the fields of Sight
    """Several values by key; of two with one key the first counts."""
    found: dict[str, Seen] = {}
    for key, seen in values:
        found.setdefault(key, seen)
    return Sight(found, **sight)


def folded(name: str) -> str:
    """A key that does not depend on case and spaces."""
    return " ".join(name.casefold().split())
