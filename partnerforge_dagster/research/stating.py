"""Facts that rest on several answers, and the gap that explains a fact that is missing.

Not for: a fact of one answer (facts.py) or telling failures apart (inquiry.py).
"""

from collections.abc import Awaitable
from typing import Any, TypeVar

from partnerforge_dagster.models.provenance import Answer, Fact, GapKind
from partnerforge_dagster.research.inquiry import Inquiry

T = TypeVar("T")


def fact_from(value: T | None, *answers: Answer[Any] | None, inferred: bool = False) -> Fact[T] | None:
    """`value` resting on all the answers given; None when there is no value or no answer."""
    sources = tuple(answer.source for answer in answers if answer is not None)
    if value is None or not sources:
        return None
    return Fact(value=value, sources=sources, inferred=inferred)


def explained(inquiry: Inquiry, subject: str, found: Fact[T] | None, *asked: Answer[Any] | None) -> Fact[T] | None:
    """`found` itself; for None the gap is noted: could not ask when one of `asked` is None, else nothing there.

    `asked` are the answers of everybody who might have known.
    """
    if found is None:
        if any(answer is None for answer in asked):
            inquiry.could_not_ask(subject, None, "a source that may know could not be asked")
        else:
            providers = sorted({answer.source.provider for answer in asked if answer is not None})
            inquiry.nothing_there(subject, None, f"{', '.join(providers)}: asked, nothing on this")
    return found


async def or_empty(call: Awaitable[Answer[tuple[T, ...]]]) -> Answer[tuple[T, ...]]:
    """For one of several questions about the same thing: that this one finds nothing is an empty tuple and no gap."""
    answer = await call
    return Answer(value=answer.value or (), source=answer.source)


def explain_empty(inquiry: Inquiry, subject: str, reason: str) -> None:
    """Note why a list is empty: nothing there (with `reason`) only when everybody could be asked."""
    unasked = [gap.subject for gap in inquiry.gaps if gap.kind is GapKind.COULD_NOT_ASK]
    if not unasked:
        inquiry.nothing_there(subject, None, reason)
    elif subject not in unasked:
        inquiry.could_not_ask(subject, None, "not everybody who may know could be asked")
