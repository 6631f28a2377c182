"""Which accounts are asked for now, out of those that something should be run for. Pure.

Not for: what is stale of one account (orchestration/selection.py) or what a number of credits buys (refresh.py).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Due:
    """What to ask for, and how much of it has to wait."""

    selections: Mapping[str, Sequence[str]]
    """Modules by account."""
    under_way: int
    """Accounts that were asked for before and have not ended."""
    left: int
    """Accounts that the queue has no room for; they are the first next time."""

    def told(self) -> str:
        """In one line, for the page of a schedule or sensor."""
        parts = [f"{len(self.selections)} accounts asked for" if self.selections else "nothing to do"]
        if self.under_way:
            parts.append(f"{self.under_way} are queued or running already")
        if self.left:
            parts.append(f"{self.left} wait for the next time: the queue is full (PARTNERFORGE_QUEUE_BOUND)")
        return "; ".join(parts)


def due(
    selections: Mapping[str, Sequence[str]], last: Mapping[str, datetime], *, under_way: Collection[str], room: int
) -> Due:
    """Those with modules to run, the ones served longest ago first, as many as there is room for.

    `last`: when an account was served last; one that is not in it never was, and comes first.
    """
    wanted = {account: modules for account, modules in selections.items() if modules}
    waiting = sorted(wanted.keys() - set(under_way), key=lambda account: (last.get(account, LONG_AGO), account))
    return Due(
        selections={account: wanted[account] for account in waiting[:room]},
        under_way=len(wanted) - len(waiting),
        left=max(0, len(waiting) - room),
    )
