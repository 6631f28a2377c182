"""Priorities: the words and numbers that people use, as the numbers of Dagster's run queue. Pure.

Not for: which account is the most urgent.
"""

PRIORITIES = {"critical": 10, "high": 5, "normal": 0, "low": -5, "background": -10}
"""Names for Dagster's run priorities; 1 to 10 are taken as they are, 5 being normal."""

HIGHEST = max(PRIORITIES.values())
AGE_S = 1800.0
"""Seconds in the queue that count as one step of priority: from background to critical in ten hours."""


class BadPriority(ValueError):
    """Not a priority; the message names the value and what there is."""


def priority_of(text: str) -> int:
    """The number for Dagster's `dagster/priority`, higher first. Raises BadPriority."""
    word = text.strip().lower()
    if word in PRIORITIES:
        return PRIORITIES[word]
    if word.isascii() and word.isdigit() and 1 <= int(word) <= 10:
        return (int(word) - 5) * 2
    names = ", ".join(PRIORITIES)
    raise BadPriority(f"priority {text!r} is not one of {names} nor a number from 1 (lowest) to 10 (highest)")


def aged(priority: int, waited_s: float) -> int:
    """The priority of a run that has waited so long: the lowest moves up until it passes newer, more urgent ones.

    Never lowers one, and never raises one above critical, so that critical work stays first in first out.
    """
    return max(priority, min(HIGHEST, priority + int(waited_s // AGE_S)))
