from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partnerforge_dagster.changes.beliefs import Baseline
from partnerforge_dagster.changes.compare import compare
from partnerforge_dagster.changes.rules import RULES
from partnerforge_dagster.models.changes import ChangeKind, Significance
from partnerforge_dagster.models.result import ModuleResult, Status, Unasked
from partnerforge_dagster.models.technology_stack import TechnologyStack
from partnerforge_dagster_tests.brief import sample
from partnerforge_dagster_tests.changes.stacks import STACK, START, day, follow, said, stack

NO_TECHNOLOGIES = Unasked(record="TechnologyStack", subject="technologies", provider="builtwith")
NO_TRUST = Unasked(record="TechnologyStack", subject="trust level", provider="builtwith")

names = st.lists(st.sampled_from(["Algolia", "Hotjar", "React", "Segment", "Yotpo"]), unique=True, max_size=5)
vendors = st.sampled_from([None, "Algolia", "Coveo", "Endeca"])
scenes = st.tuples(names, vendors)


def seen(scene: tuple[list[str], str | None], number: int, **how: object) -> TechnologyStack:
    """The stack of a scene on a day."""
    return stack(number, *scene[0], search=scene[1], **how)  # type: ignore[arg-type]  # hypothesis's keywords


# ── laws ──


@pytest.mark.parametrize("module", list(sample.RESULTS))
def test_the_same_result_again_is_no_change(module: str) -> None:
    """Whatever the module: the same findings a month later change nothing."""
    first = sample.RESULTS[module]
    later = first.model_copy(update={"as_of": first.as_of + timedelta(days=30)})
    assert follow([first, later, later], module) == [(), (), ()]


@pytest.mark.parametrize("module", list(sample.RESULTS))
def test_the_order_of_items_does_not_matter(module: str) -> None:
    """Whatever the module: its lists the other way round change nothing."""
    first = sample.RESULTS[module]
    lists = {name: value[::-1] for name, value in first if isinstance(value, tuple)}
    assert follow([first, first.model_copy(update=lists)], module) == [(), ()]


@settings(deadline=None)
@given(st.lists(scenes, min_size=1, max_size=6))
def test_a_removal_that_returns_at_once_is_no_change(history: list[tuple[list[str], str | None]]) -> None:
    """What lacks in one good answer and is back in the next was never gone."""
    steady = ["Hotjar", "React"]
    results = [
        seen((sorted({*names, *steady} if number % 2 == 0 else {*names} - {*steady}), None), number)
        for number, (names, _) in enumerate(history)
    ]
    gone = [one.item for told in follow(results) for one in told if one.kind is ChangeKind.REMOVED]
    assert not {"Hotjar", "React"} & set(gone)


@settings(deadline=None)
@given(st.lists(scenes, min_size=1, max_size=6), st.data())
def test_a_failure_between_is_as_if_it_had_not_been(
    history: list[tuple[list[str], str | None]], data: st.DataObject
) -> None:
    """Stale and unavailable results, and partial ones that could not ask this, neither change nor hide a change."""
    good = [seen(scene, 10 * number) for number, scene in enumerate(history)]
    spoilt: list[ModuleResult] = []
    for number, result in enumerate(good):
        spoilt.append(result)
        status = data.draw(st.sampled_from([None, Status.STALE, Status.UNAVAILABLE, Status.PARTIAL]))
        if status:
            unasked = [NO_TECHNOLOGIES] if status is Status.PARTIAL else []
            spoilt.append(seen(data.draw(scenes), 10 * number + 5, unasked=unasked, status=status))
    told = [one for changes in follow(spoilt) for one in changes]
    assert told == [one for changes in follow(good) for one in changes]


@settings(deadline=None)
@given(st.lists(scenes, min_size=2, max_size=8))
def test_what_is_told_leads_from_the_first_to_what_is_believed(history: list[tuple[list[str], str | None]]) -> None:
    """Added and removed items, one after the other, turn the first result's items into those of the baseline."""
    believed: Baseline | None = None
    items = set(history[0][0])
    for number, scene in enumerate(history):
        believed, told = compare(STACK, RULES[STACK], believed, seen(scene, number))
        for one in told:
            if one.field == "technologies":
                assert (one.item in items) is (one.kind is ChangeKind.REMOVED)
                items ^= {one.item}
    assert believed is not None
    assert {value.label for value in believed.fields["technologies"].values.values()} == items


# ── removals ──


def test_a_removal_counts_when_two_good_answers_lack_it() -> None:
    """The first answer without the vendor changes nothing, the second says that it is gone, the third nothing more."""
    told = follow([stack(0, search="Algolia"), stack(30), stack(60), stack(90)])
    assert told[:2] == [(), ()]
    assert said(told[2]) == [("search_vendor", "Algolia", None)]
    assert told[2][0].since == START
    assert told[2][0].on == day(60)
    assert told[2][0].significance is Significance.ALERT
    assert told[3] == ()


def test_an_answer_out_of_the_cache_is_not_a_second_answer() -> None:
    """Two refreshes that read one stored answer have looked once."""
    told = follow([stack(0, search="Algolia"), stack(30), stack(31, asked_on=30), stack(60)])
    assert told[:3] == [(), (), ()]
    assert said(told[3]) == [("search_vendor", "Algolia", None)]


def test_another_value_is_told_at_once() -> None:
    """A vendor in place of the other is seen, not missed."""
    told = follow([stack(0, search="Algolia"), stack(30, search="Coveo")])
    assert said(told[1]) == [("search_vendor", "Algolia", "Coveo")]
    assert told[1][0].source is not None
    assert told[1][0].source.fetched_at == day(30)


def test_a_first_vendor_is_told_at_once() -> None:
    """What was asked for and not there, and is there now, was added."""
    assert said(follow([stack(0), stack(30, search="Coveo")])[1]) == [("search_vendor", None, "Coveo")]


# ── what could not be asked ──


def test_a_gap_elsewhere_hides_nothing() -> None:
    """That the trust level could not be asked says nothing of the vendor: its change is told."""
    told = follow([stack(0, search="Algolia"), stack(30, search="Coveo", unasked=[NO_TRUST])])
    assert said(told[1]) == [("search_vendor", "Algolia", "Coveo")]


def test_a_change_during_an_outage_is_told_after_it() -> None:
    """While the stack cannot be read nothing is told; the first good answer tells it, dated from the last good one."""
    told = follow([stack(0, search="Algolia"), stack(30, unasked=[NO_TECHNOLOGIES]), stack(60, search="Coveo")])
    assert told[1] == ()
    assert said(told[2]) == [("search_vendor", "Algolia", "Coveo")]
    assert told[2][0].since == START


def test_what_is_never_asked_is_how_things_are() -> None:
    """Without a key for somebody from the first day on, what the others say is compared all the same."""
    keyless = [NO_TECHNOLOGIES]
    told = follow([stack(0, search="Algolia", unasked=keyless), stack(30, search="Coveo", unasked=keyless)])
    assert said(told[1]) == [("search_vendor", "Algolia", "Coveo")]


def test_a_source_that_is_asked_for_the_first_time_changes_nothing() -> None:
    """What the first answer after a gap adds was there before for all that is known."""
    assert follow([stack(0, unasked=[NO_TECHNOLOGIES]), stack(30, "React", search="Coveo")])[1] == ()


def test_a_source_that_is_gone_for_good_is_got_used_to() -> None:
    """When the same cannot be asked for a month, what is still seen is compared from then on."""
    blind = [NO_TECHNOLOGIES]
    waiting = [stack(number, search="Coveo", unasked=blind) for number in (1, 11, 21, 31)]
    told = follow([stack(0, search="Algolia"), *waiting, stack(99, search="Endeca", unasked=blind)])
    assert told[:-1] == [()] * 5
    assert said(told[-1]) == [("search_vendor", "Coveo", "Endeca")]


def test_a_part_that_is_missing_is_never_got_used_to() -> None:
    """Where some questions about a subject were answered and some not, other ones may fail the next time."""
    blind = [NO_TECHNOLOGIES.model_copy(update={"some": True})]
    told = follow([stack(30 * number, search=f"Vendor {number}", unasked=blind) for number in range(9)])
    assert told == [()] * 9


def test_what_an_upstream_module_could_not_ask_counts_too() -> None:
    """A result that stands on a hindered one is not compared, complete or not."""
    unknown = Unasked(record="CompanyContext", subject="company in Wikidata", provider="wikidata")
    hindered = stack(30, unasked=[unknown], status=Status.COMPLETE)
    assert follow([stack(0, "React", search="Algolia"), hindered, hindered])[1:] == [(), ()]
