"""What work still owes, and what is made again with a renewed module: laws."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from partnerforge_dagster.models.modules import MODULES
from partnerforge_dagster.orchestration.selection import left_over, with_readers
from partnerforge_dagster_tests.orchestration.test_selection import NOW, modules, stored

SINCE = NOW - timedelta(days=3)
names = st.sets(st.sampled_from(list(MODULES)))


def owed(asked: set[str], renewed: set[str]) -> set[str]:
    """Of `asked`, where `renewed` have a good result since, and all others an older one."""
    good = {name: stored(name, days_old=1 if name in renewed else 9) for name in MODULES}
    return set(left_over(modules, good, asked=asked, since=SINCE))


@given(names, names)
def test_only_what_was_asked_for_is_owed(asked: set[str], renewed: set[str]) -> None:
    """At least what has no good result since, and with it what stands on it."""
    left = owed(asked, renewed)
    assert asked - renewed <= left <= asked
    assert {name for name in asked if set(modules[name].needs) & left} <= left


@given(names, names, names)
def test_what_was_done_meanwhile_is_never_owed_again(asked: set[str], renewed: set[str], more: set[str]) -> None:
    """By whatever run it was done; and when everything is done nothing is left."""
    assert owed(asked, renewed | more) <= owed(asked, renewed)
    assert owed(asked, asked) == set()


def test_without_any_result_everything_is_owed() -> None:
    """In the order of the table."""
    assert left_over(modules, {}, asked=MODULES, since=SINCE) == tuple(MODULES)


@given(names)
def test_what_asks_nobody_is_made_again_with_what_it_stands_on(chosen: set[str]) -> None:
    """And the brief always; no module is added that asks a provider."""
    found = set(with_readers(modules, chosen))
    assert chosen | {"strategic_signal_brief"} <= found
    assert all(set(modules[name].resources) <= {"seller"} for name in found - chosen)
    free = {name for name in MODULES if set(modules[name].resources) <= {"seller"}}
    assert {name for name in free if set(modules[name].needs) & found} <= found
