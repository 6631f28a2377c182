"""An answer, or a part of it, as a fact with its source.

Not for: facts that rest on several answers (the module that concludes them).
"""

from collections.abc import Callable
from typing import TypeVar

from partnerforge_dagster.models.provenance import Answer, Fact

T = TypeVar("T")
U = TypeVar("U")


def fact_of(
    answer: Answer[T] | None, read: Callable[[T], U | None], *, inferred: bool = False, estimate: bool = False
) -> Fact[U] | None:
    """What `read` takes from the answer's value; None when there is no answer, no value, or nothing to take."""
    value = None if answer is None or answer.value is None else read(answer.value)
    if answer is None or value is None:
        return None
    return Fact(value=value, sources=(answer.source,), inferred=inferred, estimate=estimate)


def stated(answer: Answer[T] | None) -> Fact[T] | None:
    """The answer's whole value as a fact."""
    return fact_of(answer, lambda value: value)
