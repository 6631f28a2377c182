"""Waterfalls: a fact that several providers know is asked of one after the other until one has it.

The order is a setting (`PARTNERFORGE_WATERFALLS__NEWS`). Every step and its reason is kept with the result. Who has no
key is passed over; after an outage, a refusal or a spent budget the next one is asked, too, but what it says only makes
do: it does not replace an earlier good answer of the one who knows better (`ModuleResult.made_do`).
Not for: the orders (settings.py), or facts that are asked of all at once on purpose.
"""

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from typing import Protocol, TypeVar

from partnerforge_dagster import wording
from partnerforge_dagster.key_gains import gain_of
from partnerforge_dagster.models.failures import NotConfigured, OverBudget, ProviderError, Refused
from partnerforge_dagster.models.provenance import Answer, Outcome, WaterfallStep
from partnerforge_dagster.research.inquiry import Inquiry

T = TypeVar("T")


class Questions(Protocol[T]):
    """Puts the questions of one step, one or several about the same thing; called only when it is this step's turn."""

    def __call__(self) -> Sequence[Awaitable[Answer[T]]]:
        """Calls that nobody awaits yet."""
        ...


async def fall(
    inquiry: Inquiry, subject: str, order: Sequence[str], steps: Mapping[str, Questions[T]]
) -> tuple[Answer[T], ...]:
    """Answers of the first provider in `order` that has something; () when nobody has.

    An answer that is None or empty is "nothing there". Questions of one step are put together; where some cannot be
    asked and the others bring nothing, the step counts as "could not ask". Gaps, steps and status go to `inquiry`.
    """
    failures: list[ProviderError] = []
    empty: list[Answer[T]] = []
    found: tuple[Answer[T], ...] = ()
    for provider in order:
        if found:
            inquiry.stepped(WaterfallStep(subject=subject, provider=provider, outcome=Outcome.NOT_NEEDED))
            continue
        making_do = any(not isinstance(failure, NotConfigured) for failure in failures)
        heard = await asyncio.gather(*map(_heard, steps[provider]()))
        failed = [one for one in heard if isinstance(one, ProviderError)]
        answers = [one for one in heard if isinstance(one, Answer)]
        for answer in answers:
            inquiry.answered(subject, answer, making_do=making_do)
        if any(answer.value for answer in answers):
            found = tuple(answers)
        empty += answers
        failures += failed
        inquiry.stepped(_step(subject, provider, failed, found=bool(found)))
    _explain(inquiry, subject, failures, empty, found)
    return found


async def _heard(call: Awaitable[Answer[T]]) -> Answer[T] | ProviderError:
    try:
        return await call
    except ProviderError as error:
        return error


def _step(subject: str, provider: str, failed: Sequence[ProviderError], *, found: bool) -> WaterfallStep:
    if found:
        return WaterfallStep(subject=subject, provider=provider, outcome=Outcome.ANSWERED)
    if not failed:
        reason = f"{provider} was asked and has nothing on this"
        return WaterfallStep(subject=subject, provider=provider, outcome=Outcome.NOTHING_THERE, reason=reason)
    return WaterfallStep(subject=subject, provider=provider, outcome=outcome_of(failed[0]), reason=str(failed[0]))


def outcome_of(error: ProviderError) -> Outcome:
    """The failure in the words of a waterfall."""
    if isinstance(error, NotConfigured):
        return Outcome.SWITCHED_OFF if gain_of(error.provider) is None else Outcome.NO_KEY
    kinds = {Refused: Outcome.REFUSED, OverBudget: Outcome.OVER_BUDGET}
    return kinds.get(type(error), Outcome.COULD_NOT_ASK)


def _explain(
    inquiry: Inquiry,
    subject: str,
    failures: Sequence[ProviderError],
    empty: Sequence[Answer[T]],
    found: Sequence[Answer[T]],
) -> None:
    """Gaps: who could not be asked, and who answered instead; that nothing is there, only when nobody has anything."""
    instead = found[0].source.provider if found else None
    for error in failures:
        known_by_another = instead is not None and instead != error.provider
        note = f"; {wording.provider(instead or '')} was asked instead" if known_by_another else ""
        inquiry.failed(subject, error, note=note)
    if not found:
        for answer in (answer for answer in empty if answer.value is None):
            inquiry.nothing_there(subject, answer.source.provider)
