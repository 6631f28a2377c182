"""Which modules a request has to run: what was asked, what that needs, minus what is fresh. Pure.

Not for: running them (launch.py).
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from difflib import get_close_matches

from partnerforge_dagster.models.modules import BRIEF, MODULES
from partnerforge_dagster.models.result import GOOD, Status
from partnerforge_dagster.orchestration.module import Module
from partnerforge_dagster.settings import FreshDays
from partnerforge_dagster.store.results import Freshness, Standing, StoredResult


class UnknownModule(ValueError):
    """A name that is not a module; the message lists the near ones."""


def named_modules(text: str) -> tuple[str, ...]:
    """Module names out of `a,b`; `m03` and `M3` count as well. Raises UnknownModule."""
    by_number = {spec.number: name for name, spec in MODULES.items()}
    found: dict[str, None] = {}
    for word in filter(None, (part.strip().lower() for part in text.split(","))):
        number = int(word[1:]) if word[:1] == "m" and word[1:].isdigit() else None
        name = by_number.get(number, word) if number is not None else word
        if name not in MODULES:
            near = get_close_matches(word, MODULES, n=3)
            hint = f"did you mean {' or '.join(near)}?" if near else f"the fifteen are: {', '.join(MODULES)}"
            raise UnknownModule(f"{word!r} is not a module; {hint}")
        found[name] = None
    if not found:
        raise UnknownModule(f"no module is named in {text!r}; the fifteen are: {', '.join(MODULES)}")
    return tuple(found)


def fresh(stored: StoredResult | None, days: FreshDays, now: datetime) -> bool:
    """Whether a stored result need not be made again: good, and young enough.

    A partial one ages like a complete one where asking again would meet the same (no key, refused), and is due at once
    where it may give more (unreachable, rate limited, an open breaker).
    """
    if stored is None or stored.status not in GOOD:
        return False
    if stored.status is Status.PARTIAL and stored.ask_again:
        return False
    return stored.stored_at >= _young_since(stored.module, days, now)


def young_since(days: FreshDays, now: datetime) -> dict[str, datetime]:
    """By module, from when on a result counts as young."""
    return {name: _young_since(name, days, now) for name in MODULES}


def _young_since(module: str, days: FreshDays, now: datetime) -> datetime:
    allowed: float = getattr(days, module)
    return now - timedelta(days=allowed)


def stale(modules: Mapping[str, Module], found: Freshness | None) -> tuple[str, ...]:
    """Modules of one account that are stale, failed or new, and what stands on them; none when everything is fresh."""
    return with_dependents(modules, [name for name in modules if found is None or name not in found.fresh])


def to_run(
    modules: Mapping[str, Module],
    stored: Mapping[str, StoredResult],
    *,
    asked: Collection[str] | None,
    force: bool,
    days: FreshDays,
    now: datetime,
) -> tuple[str, ...]:
    """Modules to run for one account, in the order of the table.

    `asked` None is "everything": what is stale, what stands on that, and always the brief. Modules that are asked by
    name run whether fresh or not (the cache makes that free), with those of their upstream that are missing or stale.
    """
    wanted = set(asked if asked is not None else modules)
    closure = wanted | ancestors(modules, wanted)
    always = wanted if asked is not None else {BRIEF}
    chosen: set[str] = set()
    for name in MODULES:  # the table's order is topological, so upstream is decided before what stands on it
        if name not in closure:
            continue
        renewed_below = any(need in chosen for need in modules[name].needs)
        if force or name in always or renewed_below or not fresh(stored.get(name), days, now):
            chosen.add(name)
    return tuple(name for name in MODULES if name in chosen)


def left_over(
    modules: Mapping[str, Module],
    good: Mapping[str, StoredResult | Standing],
    *,
    asked: Collection[str],
    since: datetime,
) -> tuple[str, ...]:
    """Of the modules that some work was asked for at `since`, those that it still owes, in the order of the table.

    `good` has one account's newest good results. What has none since then is owed, and so is what stands on it: that
    was made of an older result, if at all. A result of any run counts, so that nothing is done twice.
    """
    owed: set[str] = set()
    for name in (name for name in MODULES if name in asked):
        had = good.get(name)
        if had is None or had.stored_at < since or any(need in owed for need in modules[name].needs):
            owed.add(name)
    return tuple(name for name in MODULES if name in owed)


def with_readers(modules: Mapping[str, Module], chosen: Collection[str]) -> tuple[str, ...]:
    """The chosen modules, those that stand on them and ask nobody, and the brief, in the order of the table."""
    found = set(chosen) | {BRIEF}
    for name in MODULES:
        asks_nobody = set(modules[name].resources) <= {"seller"}
        if asks_nobody and any(need in found for need in modules[name].needs):
            found.add(name)
    return tuple(name for name in MODULES if name in found)


def ancestors(modules: Mapping[str, Module], names: Iterable[str]) -> set[str]:
    """Everything upstream of `names`, themselves left out unless one stands on another."""
    found: set[str] = set()
    todo = [need for name in names for need in modules[name].needs]
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo.extend(modules[name].needs)
    return found


def with_dependents(modules: Mapping[str, Module], names: Iterable[str]) -> tuple[str, ...]:
    """`names` and everything that stands on them, in the order of the table."""
    found = set(names)
    for name in MODULES:  # topological: what a module needs is decided before it
        if any(need in found for need in modules[name].needs):
            found.add(name)
    return tuple(name for name in MODULES if name in found)
