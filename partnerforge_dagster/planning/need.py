"""What one account needs of each provider for some modules: known questions by their keys, the rest by habit.

Not for: limits, budgets and time (plan.py).
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from partnerforge_dagster.planning.habits import Asking, Habit, Habits, whole
from partnerforge_dagster.store.calls import Asked


class Need(NamedTuple):
    """Of one provider. Not whole numbers, as habits are averages."""

    calls: float = 0.0
    """Requests that leave."""
    credits: float = 0.0
    cached: float = 0.0
    """Questions that the cache answers."""

    def plus(self, other: "Need") -> "Need":
        """Both together."""
        return Need(*(mine + yours for mine, yours in zip(self, other, strict=True)))


Needs = dict[str, Need]
"""By provider."""


def need_of(
    modules: Sequence[str],
    askings: Mapping[str, Asking],
    *,
    price: Mapping[str, int],
    habits: Habits,
    fresh: Callable[[Asked], bool],
) -> Needs:
    """The needs of one account.

    `askings` are its modules' newest ones; `fresh` says whether the cache still answers a question. A module that was
    answered everything asks the same again; one that was not, or has never run, is expected to follow its habit.
    """
    known = [module for module in modules if module in askings and whole(askings[module])]
    questions = {key: row for module in known for key, row in askings[module].items()}
    needs: Needs = defaultdict(Need)
    for key, row in questions.items():
        one = Need(cached=1) if fresh(row) else Need(calls=1, credits=price[key])
        needs[row.provider] = needs[row.provider].plus(one)
    answered = {key: row for asking in askings.values() for key, row in asking.items() if fresh(row)}
    for provider, need in _by_habit([m for m in modules if m not in known], askings, habits, questions | answered):
        needs[provider] = needs[provider].plus(need)
    return dict(needs)


def _by_habit(
    modules: Sequence[str], askings: Mapping[str, Asking], habits: Habits, covered: Mapping[str, Asked]
) -> Iterable[tuple[str, Need]]:
    """`covered` are questions that the cache answers or another module of the run asks anyway."""
    asked_by_them: Counter[tuple[str, str]] = Counter()
    for habit in (habit for module in modules for habit in habits.get(module, ())):
        asked_by_them[habit[:2]] += habit.own  # type: ignore[assignment]  # a Counter counts in floats as well
    for module in modules:
        mine = askings.get(module, {})
        for habit in habits.get(module, ()):
            here = [key for key, row in covered.items() if (row.provider, row.endpoint) == habit[:2]]
            had = sum(key in mine for key in here)
            others = asked_by_them[habit[:2]] - habit.own + len(here) - had
            yield habit.provider, _habitual(habit, had, max(0.0, habit.shared - others))


def _habitual(habit: Habit, had: int, alone: float) -> Need:
    """`had` answers are there; of the shared questions the module pays for those `alone` that nobody else asks."""
    asked = habit.own + alone
    calls = max(0.0, asked - had)
    price = habit.own_credits + (habit.shared_credits * alone / habit.shared if habit.shared else 0.0)
    return Need(calls, price * calls / asked if asked else 0.0, habit.own + habit.shared - calls)
