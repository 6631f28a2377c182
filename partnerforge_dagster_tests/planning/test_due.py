"""Which accounts a schedule asks for: stale, not asked for yet, the longest unserved first, no more than fit."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from partnerforge_dagster.planning.due import due

NOW = datetime(2026, 11, 21, tzinfo=UTC)
NAMES = st.sampled_from([f"account-{number}.com" for number in range(12)])
SELECTIONS = st.dictionaries(NAMES, st.sampled_from([(), ("company_context",), ("traffic_analysis", "brief")]))
LAST = st.dictionaries(NAMES, st.integers(0, 90).map(lambda days: NOW - timedelta(days=days)))


@given(SELECTIONS, LAST, st.sets(NAMES), st.integers(0, 15))
def test_nothing_is_asked_twice_forgotten_or_past_the_room(
    selections: dict[str, tuple[str, ...]], last: dict[str, datetime], under_way: set[str], room: int
) -> None:
    """Every account with something to run is asked for, is under way, or is told to wait; and only as many as fit."""
    found = due(selections, last, under_way=under_way, room=room)
    wanted = {account for account, modules in selections.items() if modules}
    assert set(found.selections) <= wanted - under_way
    assert len(found.selections) <= room
    assert len(found.selections) + found.left + found.under_way == len(wanted)
    assert all(found.selections[account] == selections[account] for account in found.selections)
    assert found.left == 0 or len(found.selections) == room


def test_the_longest_unserved_come_first() -> None:
    """New accounts before old results, the oldest result before younger ones."""
    selections = dict.fromkeys(("fresh.com", "old.com", "new.com"), ("company_context",))
    last = {"fresh.com": NOW, "old.com": NOW - timedelta(days=40)}
    assert list(due(selections, last, under_way=(), room=2).selections) == ["new.com", "old.com"]


def test_it_is_told_in_one_line() -> None:
    """What was asked for, what runs already, and what has to wait and why."""
    selections = dict.fromkeys(("a.com", "b.com", "c.com"), ("company_context",))
    told = due(selections, {}, under_way=("c.com",), room=1).told()
    assert told == (
        "1 accounts asked for; 1 are queued or running already; "
        "1 wait for the next time: the queue is full (PARTNERFORGE_QUEUE_BOUND)"
    )
    assert due({}, {}, under_way=(), room=5).told() == "nothing to do"
