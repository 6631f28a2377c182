"""Several refreshes' changes as one: what is different between the first moment and the last.

Not for: finding changes (compare.py).
"""

from collections.abc import Iterable

from partnerforge_dagster.models.changes import Change, ChangeKind, Significance

_ORDER = {significance: place for place, significance in enumerate(Significance)}


def condense(changes: Iterable[Change]) -> tuple[Change, ...]:
    """The net changes, the most significant first, then in the order given. What went and came back is none.

    `changes` are in order of time. Of a score that moved several times the newest move is told.
    """
    net: dict[tuple[str, str, str], Change] = {}
    for change in changes:
        place = (change.module, change.field, change.key)
        earlier = net.pop(place, None)
        joined = change if earlier is None or change.moves else _joined(earlier, change)
        if joined is not None:
            net[place] = joined
    return tuple(sorted(net.values(), key=lambda change: _ORDER[change.significance]))


def _joined(earlier: Change, later: Change) -> Change | None:
    if earlier.before == later.after:
        return None
    kind = (
        ChangeKind.ADDED
        if earlier.before is None
        else ChangeKind.REMOVED
        if later.after is None
        else ChangeKind.CHANGED
    )
    worst = min(earlier.significance, later.significance, key=_ORDER.__getitem__)
    return later.model_copy(
        update={"kind": kind, "before": earlier.before, "since": earlier.since, "significance": worst}
    )
