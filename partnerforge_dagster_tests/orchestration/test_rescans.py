"""Refresh after refresh with faults on the wire: the real modules, clients, governor, cache and store.

PARTNERFORGE_TESTS_FULL=1 makes it 500 re-scans of accounts (about half an hour on two busy cores).
"""

import logging
import os
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest

from partnerforge_dagster.brief.render_json import brief_document
from partnerforge_dagster.changes.condense import condense
from partnerforge_dagster.models.changes import Change, ChangeKind, Significance
from partnerforge_dagster.models.modules import BRIEF
from partnerforge_dagster.models.result import Status
from partnerforge_dagster.models.strategic_signal_brief import StrategicSignalBrief
from partnerforge_dagster.providers.sandbox.draw import Draw
from partnerforge_dagster.providers.sandbox.world import World
from partnerforge_dagster.seller import load_seller
from partnerforge_dagster.settings import SANDBOX_TODAY
from partnerforge_dagster.settings_providers import Providers
from partnerforge_dagster_tests.orchestration.refreshes import changes_in, refreshes_in

FULL = os.environ.get("PARTNERFORGE_TESTS_FULL") == "1"
ACCOUNTS = ("sallybeauty.com", "costco.com", "patagonia.com", "ocado.com", "acme-tools.com", "bright-shop.co.uk",
            "zalando.com", "etsy.com", "nothing-here.com", "gymshark.com")  # fmt: skip
ROUNDS = 50 if FULL else 5
SCANNED = ACCOUNTS if FULL else ACCOUNTS[:2]
KINDS = ("timeout", "429", "500", "truncated", "html", "error200", "down", "reset")
SHARES = (0.1, 0.3, 0.6, 1.0)


def faults_of(number: int) -> str:
    """What goes wrong in a round: at each provider nothing, or one kind of fault for a share of the requests."""
    draw = Draw(f"round {number}")
    return ",".join(
        f"{name}:{draw.one(f'{name} kind', KINDS)}:{draw.one(f'{name} share', SHARES)}"
        for name in Providers.model_fields
        if draw.unit(f"{name} fails") < 0.5
    )


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> None:
    """Thousands of refused calls are not to be kept as log records."""
    caplog.set_level(logging.CRITICAL)


@pytest.mark.timeout(7_200 if FULL else 300)
def test_faults_are_never_changes(tmp_path: Path) -> None:
    """While the world stands still, re-scans tell no change, whatever fails; every third has old answers to serve."""
    told: list[Change] = []
    statuses: Counter[Status] = Counter()
    with refreshes_in(tmp_path) as store:
        told += changes_in(store.refresh(SCANNED))
        for number in range(ROUNDS):
            # Now and then all is well: a change that was wrongly believed would come out then.
            faults = faults_of(number) if number % 4 else ""
            made = store.refresh(SCANNED, faults=faults, forgetful=number % 3 != 0)
            told += changes_in(made)
            print(number, len(told), faults, changes_in(made), flush=True)
            statuses.update(outcome.result.status for outcome in made.values())
    print(f"{ROUNDS * len(SCANNED)} re-scans, {sum(statuses.values())} results: {dict(statuses)}; {len(told)} changes")
    assert told == []
    assert min(statuses[status] for status in (Status.COMPLETE, Status.PARTIAL, Status.STALE)) > 0


def search_of(domain: str, today: date) -> set[str]:
    """Live products in the sandbox's world that the seller profile knows as search vendors."""
    seller = load_seller(None)
    known = {name.casefold() for product in (*seller.own, *seller.competing) for name in product.recognized_by}
    technologies = World(today).company(domain).technologies
    return {tech.name for tech in technologies if tech.last is None and tech.name.casefold() in known}


def one_whose_search(*, goes: bool) -> tuple[str, date]:
    """A company and a day on which its search product has been another one, or gone, for some while.

    BuiltWith crawls a site's subdomains up to nine days late.
    """
    for number in range(1_000):
        domain = f"north-{number}.com"
        before = search_of(domain, SANDBOX_TODAY)
        for days in range(0, 181, 10):
            today = SANDBOX_TODAY + timedelta(days=days)
            after = search_of(domain, today)
            if before != after:
                settled = today + timedelta(days=12)
                if before and bool(after) is not goes and search_of(domain, settled + timedelta(days=3)) == after:
                    return domain, settled
                break
    raise AssertionError("no company of the sandbox changes so")


STACK = ("company_context", "technology_stack")


def vendors(changes: list[Change]) -> list[tuple[str | None, str | None, Significance]]:
    """Changes of the search vendor."""
    return [(one.before, one.after, one.significance) for one in changes if one.field == "search_vendor"]


def test_a_true_change_is_told_at_once(tmp_path: Path) -> None:
    """A company that has another search product is an alert in the first refresh after, and then no more."""
    domain, today = one_whose_search(goes=False)
    with refreshes_in(tmp_path) as store:
        first = store.refresh([domain], names=STACK)
        second = changes_in(store.refresh([domain], today=today, names=STACK))
        third = changes_in(store.refresh([domain], today=today, names=STACK))
    assert changes_in(first) == []
    ((before, after, significance),) = vendors(second)
    assert before != after is not None
    assert significance is Significance.ALERT
    assert vendors(third) == []


def test_a_true_removal_is_told_by_the_second_refresh(tmp_path: Path) -> None:
    """A search product that is gone is told when a second answer lacks it, and not by one out of the cache."""
    domain, today = one_whose_search(goes=True)
    later = today + timedelta(days=3)
    with refreshes_in(tmp_path) as store:
        store.refresh([domain], names=STACK)
        once = changes_in(store.refresh([domain], today=today, names=STACK))
        cached = changes_in(store.refresh([domain], today=later, names=STACK, cached=True))
        failed = changes_in(store.refresh([domain], today=later, names=STACK, faults="builtwith:500", forgetful=True))
        twice = changes_in(store.refresh([domain], today=later, names=STACK))
    assert vendors(once) == vendors(cached) == vendors(failed) == []
    ((before, after, significance),) = vendors(twice)
    assert before is not None
    assert after is None
    assert significance is Significance.ALERT
    (removal,) = [one for one in twice if one.field == "search_vendor"]
    assert removal.kind is ChangeKind.REMOVED
    assert removal.since.date() == SANDBOX_TODAY


def net(changes: list[Change]) -> set[tuple[str, str, str, str | None]]:
    """What is different in the end, of fields that are not numbers."""
    return {(one.module, one.field, one.key, one.after) for one in condense(changes) if not one.moves}


def test_faults_on_the_way_neither_add_to_what_changed_nor_take_from_it(tmp_path: Path) -> None:
    """Half a year with faults ends, after three good refreshes, in the same changes as one without."""
    domain, settled = one_whose_search(goes=False)
    asking = (*STACK, "strategic_context", "executive_intelligence")
    days = [SANDBOX_TODAY + (settled - SANDBOX_TODAY) * step // 6 for step in range(1, 7)]
    told: dict[bool, list[Change]] = {}
    for faulty in (False, True):
        with refreshes_in(tmp_path / str(faulty)) as store:
            made = [store.refresh([domain], names=asking)]
            for number, today in enumerate(days):
                faults = faults_of(number + 100) if faulty else ""
                made.append(store.refresh([domain], today=today, names=asking, faults=faults, forgetful=True))
            made += [store.refresh([domain], today=settled, names=asking) for _ in range(3)]
        told[faulty] = [change for one in made for change in changes_in(one)]
    assert net(told[True]) == net(told[False]) != set()


def test_the_brief_tells_what_changed_since_the_last_one(tmp_path: Path) -> None:
    """In all modules, each with old and new value, source and date; the next brief tells only what is now sure to be
    gone, and the one after it nothing."""
    domain, today = one_whose_search(goes=False)
    with refreshes_in(tmp_path) as store:
        days = (SANDBOX_TODAY, today, today, today)
        briefs = [store.refresh([domain], today=day)[BRIEF, domain].result for day in days]
    first, second, third, fourth = (brief for brief in briefs if isinstance(brief, StrategicSignalBrief))
    assert first.changes == fourth.changes == ()
    assert {one.kind for one in third.changes} == {ChangeKind.REMOVED}
    assert {"technology_stack", "displacement_analysis"} <= {one.module for one in second.changes}
    (vendor,) = [one for one in brief_document(second)["changes"] if one["field"] == "search_vendor"]
    assert vendor["before"] != vendor["after"]
    assert vendor["source"]["provider"] in ("builtwith", "web_page")
    assert vendor["on"].startswith(str(today))
