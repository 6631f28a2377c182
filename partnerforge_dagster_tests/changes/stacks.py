"""Technology stacks and histories of them, for laws that hold whatever the record.

Not for: assertions.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from partnerforge_dagster.changes.beliefs import Baseline
from partnerforge_dagster.changes.compare import compare
from partnerforge_dagster.changes.rules import RULES
from partnerforge_dagster.models.base import Mode
from partnerforge_dagster.models.changes import Change
from partnerforge_dagster.models.provenance import Fact, Source
from partnerforge_dagster.models.result import Heard, ModuleResult, Status, Unasked
from partnerforge_dagster.models.technology_stack import Technology, TechnologyStack

START = datetime(2026, 11, 16, 12, tzinfo=UTC)
STACK = "technology_stack"


def day(number: int) -> datetime:
    """So many days after the first result."""
    return START + timedelta(days=number)


def stack(
    number: int,
    *names: str,
    search: str | None = None,
    asked_on: int | None = None,
    unasked: Iterable[Unasked] = (),
    status: Status | None = None,
) -> TechnologyStack:
    """The stack on a day, out of an answer of that day (or of day `asked_on`, out of the cache)."""
    unasked = tuple(unasked)
    fetched = day(number if asked_on is None else asked_on)
    source = Source(provider="builtwith", endpoint="domain", url=None, fetched_at=fetched)
    return TechnologyStack(
        account="costco.com",
        as_of=day(number),
        mode=Mode.SANDBOX,
        status=status or (Status.PARTIAL if unasked else Status.COMPLETE),
        technologies=tuple(
            Technology(name=name, categories=("Widget",), first_seen=None, last_seen=None, live=True, sources=(source,))
            for name in names
        ),
        search_vendor=None if search is None else Fact(value=search, sources=(source,)),
        unasked=unasked,
        heard=(Heard(provider="builtwith", oldest=fetched, newest=fetched),),
    )


def follow(results: Sequence[ModuleResult], module: str = STACK) -> list[tuple[Change, ...]]:
    """What each of the results changed."""
    believed: Baseline | None = None
    told = []
    for result in results:
        believed, changes = compare(module, RULES[module], believed, result)
        told.append(changes)
    return told


def said(changes: Iterable[Change]) -> list[tuple[str, str | None, str | None]]:
    """Field (and item), before and after."""
    return [(" ".join(filter(None, (one.field, one.item))), one.before, one.after) for one in changes]
