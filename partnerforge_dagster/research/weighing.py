"""Facts that several providers were asked for at once: whose word stands, and who says otherwise.

Not for: asking one after the other (waterfall.py).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from partnerforge_dagster import wording
from partnerforge_dagster.models.base import Money
from partnerforge_dagster.models.financial_profile import FiscalYear
from partnerforge_dagster.models.provenance import Disagreement, Fact, Outcome, Source, WaterfallStep
from partnerforge_dagster.providers.fiscal_years import side_by_side
from partnerforge_dagster.research.inquiry import Inquiry
from partnerforge_dagster.research.waterfall import outcome_of

T = TypeVar("T")


def weigh(
    inquiry: Inquiry,
    subject: str,
    order: Sequence[str],
    known: Mapping[str, Fact[T] | None],
    *,
    differ: Callable[[T, T], bool] | None = None,
    wording_of: Callable[[T], str] = str,
) -> Fact[T] | None:
    """The fact of the first provider in `order` that has one, with the steps; None when nobody has.

    With `differ`, what the others say otherwise is kept beside it. Values that cannot be compared (an industry, which
    each provider words in its own way) have none.
    """
    stated: Fact[T] | None = None
    for provider in order:
        fact = known[provider]
        inquiry.stepped(_step(inquiry, subject, provider, known=fact is not None))
        if stated is None:
            stated = fact
        elif fact is not None and differ is not None and differ(stated.value, fact.value):
            inquiry.disagrees(
                Disagreement(
                    subject=subject,
                    stated=wording_of(stated.value),
                    stated_by=stated.sources[0],
                    other=wording_of(fact.value),
                    other_by=fact.sources[0],
                )
            )
    return stated


FIGURES = "revenue by year"
_SAME_REVENUE = 0.01


def weigh_years(
    inquiry: Inquiry, order: Sequence[str], known: Mapping[str, tuple[FiscalYear, ...]]
) -> tuple[FiscalYear, ...]:
    """Fiscal years side by side, newest first: those of the first provider in `order`, completed by the others'."""
    years: tuple[FiscalYear, ...] = ()
    for provider in order:
        inquiry.stepped(_step(inquiry, FIGURES, provider, known=bool(known[provider])))
        for stated, other in _same_years(years, known[provider]):
            inquiry.disagrees(
                Disagreement(
                    subject=f"revenue in fiscal {stated[0]}",
                    stated=wording.money(stated[1]),
                    stated_by=stated[2],
                    other=wording.money(other[1]),
                    other_by=other[2],
                )
            )
        years = side_by_side(years, known[provider])
    return years


_Revenue = tuple[int, Money, Source]


def _same_years(one: Iterable[FiscalYear], other: Iterable[FiscalYear]) -> Iterator[tuple[_Revenue, _Revenue]]:
    """Revenues of the same fiscal year, in the same currency, that differ."""
    others = {row[0]: row for row in _revenues(other)}
    for row in _revenues(one):
        match = others.get(row[0])
        if match and match[1].currency == row[1].currency and apart(_SAME_REVENUE)(row[1].amount, match[1].amount):
            yield row, match


def _revenues(years: Iterable[FiscalYear]) -> Iterator[_Revenue]:
    return ((year.fiscal_year, year.revenue, year.sources[0]) for year in years if year.revenue is not None)


def _step(inquiry: Inquiry, subject: str, provider: str, *, known: bool) -> WaterfallStep:
    failure = inquiry.failure_of(provider)
    if known:
        return WaterfallStep(subject=subject, provider=provider, outcome=Outcome.ANSWERED)
    if failure is None:
        return WaterfallStep(subject=subject, provider=provider, outcome=Outcome.NOTHING_THERE)
    return WaterfallStep(subject=subject, provider=provider, outcome=outcome_of(failure), reason=str(failure))


def apart(tolerance: float) -> Callable[[float, float], bool]:
    """Whether two numbers differ by more than this share of the larger one."""

    def differ(one: float, other: float) -> bool:
        return abs(one - other) > tolerance * max(abs(one), abs(other))

    return differ
