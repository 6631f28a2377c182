"""The dead-letter list: what comes onto it, when it is tried again, and what takes it off."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from partnerforge_dagster.models.base import Mode
from partnerforge_dagster.models.provenance import Gap, GapKind
from partnerforge_dagster.models.result import Status
from partnerforge_dagster.models.technology_stack import TechnologyStack
from partnerforge_dagster.store.database import write
from partnerforge_dagster.store.failures import (
    FIRST_WAIT,
    LONGEST_WAIT,
    REFUSED_WAIT,
    SPREAD,
    Failures,
    note_failure,
    reason_of,
    same_reason,
    wait,
)
from partnerforge_dagster.store.results import Results

NOON = datetime(2026, 11, 16, 12, tzinfo=UTC)
MODULE = "technology_stack"


def could_not(provider: str | None, reason: str, *, needs_key: bool = False, refused: bool = False) -> Gap:
    kind = GapKind.COULD_NOT_ASK
    return Gap(subject=reason, kind=kind, provider=provider, reason=reason, needs_key=needs_key, refused=refused)


DOWN = could_not("builtwith", "builtwith: HTTP 500 after 4 tries")
NO_KEY = could_not("builtwith", "builtwith: no key is set", needs_key=True)
PLAN = could_not("builtwith", "builtwith: the plan does not include this", refused=True)
FOR_WANT_OF_IT = could_not("builtwith", "the stack could not be read")
UPSTREAM = could_not(None, "company_context is unavailable")
EMPTY = Gap(subject="CMS", kind=GapKind.NOTHING_THERE, provider="builtwith", reason="has nothing on this")


def result(status: Status, *gaps: Gap, account: str = "costco.com") -> TechnologyStack:
    return TechnologyStack(account=account, as_of=NOON, mode=Mode.SANDBOX, status=status, gaps=gaps)


def put(engine: Engine, one: TechnologyStack, run_id: str) -> None:
    Results(engine).put(one, module=MODULE, run_id=run_id, duration_s=1.0)


def put_at(engine: Engine, now: datetime, *gaps: Gap, account: str = "costco.com", module: str = MODULE) -> None:
    with write(engine) as connection:
        one = result(Status.UNAVAILABLE, *gaps, account=account)
        note_failure(connection, one, module=module, run_id="run", now=now)


# ── what is a failure ──


@pytest.mark.parametrize(
    ("status", "gaps", "reason"),
    [
        (Status.COMPLETE, [], None),
        (Status.COMPLETE, [EMPTY], None),
        (Status.PARTIAL, [DOWN, EMPTY], "builtwith: HTTP 500 after 4 tries"),
        (Status.PARTIAL, [NO_KEY], None),
        (Status.PARTIAL, [NO_KEY, FOR_WANT_OF_IT], None),
        (Status.PARTIAL, [UPSTREAM], None),
        (Status.PARTIAL, [FOR_WANT_OF_IT, DOWN], "builtwith: HTTP 500 after 4 tries"),
        (Status.PARTIAL, [FOR_WANT_OF_IT], "the stack could not be read"),
        (Status.PARTIAL, [UPSTREAM, DOWN], "builtwith: HTTP 500 after 4 tries"),
        (Status.UNAVAILABLE, [UPSTREAM], "company_context is unavailable"),
        (Status.UNAVAILABLE, [NO_KEY], None),
        (Status.UNAVAILABLE, [], "unavailable, without a reason of its own: what it stands on is"),
        (Status.STALE, [EMPTY], "stale, without a reason of its own: what it stands on is"),
        (Status.STALE, [DOWN], "builtwith: HTTP 500 after 4 tries"),
    ],
)
def test_what_another_try_may_cure(status: Status, gaps: list[Gap], reason: str | None) -> None:
    """A missing key is not, nor what only an upstream module lacks, nor "asked, nothing there"."""
    assert reason_of(result(status, *gaps)) == reason


@pytest.mark.parametrize(
    ("gaps", "again", "first_wait"),
    [
        ([DOWN], True, FIRST_WAIT),
        ([PLAN], False, REFUSED_WAIT),
        ([PLAN, FOR_WANT_OF_IT], False, REFUSED_WAIT),
        ([PLAN, DOWN], True, FIRST_WAIT),
        ([NO_KEY], False, None),
        ([UPSTREAM], False, None),
        ([EMPTY], False, None),
    ],
)
def test_a_partial_result_is_asked_again_where_that_may_fill_a_gap(
    engine: Engine, gaps: list[Gap], again: bool, first_wait: timedelta | None
) -> None:
    """Not what waits for a key, and not what is refused: that is listed, and left alone until a person acts."""
    put(engine, result(Status.PARTIAL, *gaps), "run")
    listed = {failure.account: failure for failure in Failures(engine).listed()}
    assert set(listed) == (set() if first_wait is None else {"costco.com"})
    if first_wait is not None:
        failure = listed["costco.com"]
        assert first_wait * 0.75 <= failure.next_try_at - failure.last_at <= first_wait
    stored = Results(engine).latest("costco.com", MODULE)
    assert stored is not None
    assert stored.ask_again is again


def test_a_long_list_of_reasons_is_cut() -> None:
    """In an order of its own, whatever the gaps' order was."""
    gaps = [could_not("builtwith", f"reason {letter}") for letter in "dbacb"]
    assert reason_of(result(Status.PARTIAL, *gaps)) == "reason a; reason b; reason c; and 1 more"


def test_counts_and_times_do_not_make_another_reason() -> None:
    """An HTTP status does."""
    assert same_reason("yahoo: left alone for another 37 s", "yahoo: left alone for another 4.5 s")
    assert not same_reason("yahoo: HTTP 500 after 4 tries", "yahoo: HTTP 403 after 4 tries")


# ── when it is tried again ──

ACCOUNTS = st.from_regex(r"[a-z]{1,12}\.com", fullmatch=True)


@given(ACCOUNTS, st.integers(1, 10_000))
def test_waits_grow_to_a_day_and_stay_there(account: str, tries: int) -> None:
    """Never less than the one before, never more than a day, and from the first on at least eleven minutes."""
    assert FIRST_WAIT * (1 - SPREAD) <= wait(tries, account) <= wait(tries + 1, account) <= LONGEST_WAIT
    if FIRST_WAIT * 2 ** min(tries, 20) <= LONGEST_WAIT:
        assert abs(wait(tries + 1, account) - wait(tries, account) * 2) < timedelta(milliseconds=1)


def test_a_wait_is_the_same_in_every_process() -> None:
    """It is drawn from the account's name, and not with the process's own seed."""
    assert wait(1, "costco.com") == timedelta(seconds=815, microseconds=280169)


def test_accounts_that_failed_together_are_tried_one_after_the_other() -> None:
    """Two hundred waits fill the whole of their quarter of the time, no tenth of it with more than a fifth of them."""
    waits = sorted(wait(1, f"company-{n}.com") / FIRST_WAIT for n in range(200))
    tenths = [sum(int((one - 1 + SPREAD) / SPREAD * 10) == tenth for one in waits) for tenth in range(10)]
    assert sum(tenths) == 200
    assert max(tenths) < 40 < 10 * min(tenths)


def test_what_is_due(engine: Engine) -> None:
    """Accounts that have waited longest first, with all their failed modules; dismissed ones are never due."""
    put_at(engine, NOON, DOWN, account="b.com")
    put_at(engine, NOON + timedelta(hours=1), DOWN, account="b.com", module="hiring_signals")
    put_at(engine, NOON - timedelta(hours=1), DOWN, account="a.com")
    put_at(engine, NOON - timedelta(hours=1), DOWN, account="c.com")
    failures = Failures(engine)
    failures.dismiss(["c.com"], "sold")
    assert failures.due(NOON, accounts=10) == {"a.com": (MODULE,)}
    both = {"a.com": (MODULE,), "b.com": ("hiring_signals", MODULE)}
    assert failures.due(NOON + timedelta(minutes=16), accounts=10) == both
    assert failures.due(NOON + timedelta(minutes=16), accounts=1) == {"a.com": (MODULE,)}


# ── the list ──


def test_a_failed_result_is_listed_until_a_whole_one_comes(engine: Engine) -> None:
    """First and last time, tries in a row, the run; gone in the transaction that stores the good result."""
    put(engine, result(Status.PARTIAL, DOWN), "one")
    put(engine, result(Status.PARTIAL, DOWN), "two")
    (failure,) = Failures(engine).listed()
    assert (failure.account, failure.module, failure.tries, failure.run_id) == ("costco.com", MODULE, 2, "two")
    assert failure.first_at < failure.last_at < failure.next_try_at
    assert failure.next_try_at - failure.last_at == wait(2, "costco.com")
    put(engine, result(Status.COMPLETE), "three")
    assert Failures(engine).listed() == []
    put(engine, result(Status.UNAVAILABLE, UPSTREAM), "four")
    assert [row.tries for row in Failures(engine).listed()] == [1]


def test_the_same_result_stored_twice_in_a_run_is_one_try(engine: Engine) -> None:
    """A step that is tried again after its process died does not count twice."""
    for _ in range(2):
        put(engine, result(Status.PARTIAL, DOWN), "one")
    assert [failure.tries for failure in Failures(engine).listed()] == [1]


def test_filters(engine: Engine) -> None:
    """By account, module, part of the reason in whatever case, and time of the last failure."""
    put_at(engine, NOON, DOWN, account="a.com")
    put_at(engine, NOON + timedelta(hours=2), UPSTREAM, account="b.com", module="hiring_signals")
    failures = Failures(engine)

    def listed(accounts: list[str] | None = None, **which: object) -> list[str]:
        return [failure.account for failure in failures.listed(accounts, **which)]

    assert listed() == ["a.com", "b.com"]
    assert listed(["b.com", "none.com"]) == ["b.com"]
    assert listed([]) == []
    assert listed(modules=["hiring_signals"]) == ["b.com"]
    assert listed(reason="BUILTWITH: http") == ["a.com"]
    assert listed(reason="100%") == []
    assert listed(since=NOON + timedelta(hours=1)) == ["b.com"]


def test_what_is_dismissed_stays_so_until_its_reason_changes(engine: Engine) -> None:
    """Not for a count or a time in the words; a dismissed failure is listed with those alone."""
    put_at(engine, NOON, DOWN)
    failures = Failures(engine)
    (done,) = failures.dismiss(["costco.com"], "not a customer any more")
    assert (done.dismissal, done.dismissed_at is None) == ("not a customer any more", False)
    assert failures.dismiss(["costco.com"], "again") == []
    put_at(engine, NOON + timedelta(days=1), could_not("builtwith", "builtwith: HTTP 500 after 2 tries"))
    assert failures.listed() == []
    assert [(row.tries, row.dismissal) for row in failures.listed(dismissed=True)] == [(2, "not a customer any more")]
    put_at(engine, NOON + timedelta(days=2), could_not("builtwith", "builtwith: HTTP 401: the key is wrong"))
    assert [(row.tries, row.dismissal) for row in failures.listed()] == [(3, None)]


def test_dismissing_some_modules_leaves_the_others(engine: Engine) -> None:
    """Of the accounts that are named only."""
    for account in ("a.com", "b.com"):
        for module in (MODULE, "hiring_signals"):
            put_at(engine, NOON, DOWN, account=account, module=module)
    Failures(engine).dismiss(["a.com"], "no shop", modules=[MODULE])
    left = [(row.account, row.module) for row in Failures(engine).listed()]
    assert left == [("a.com", "hiring_signals"), ("b.com", "hiring_signals"), ("b.com", MODULE)]


def test_a_module_that_completes_forgets_its_dismissal(engine: Engine) -> None:
    """The next failure is a new one, for the same reason too."""
    put_at(engine, NOON, DOWN)
    Failures(engine).dismiss(["costco.com"], "known")
    put(engine, result(Status.COMPLETE), "good")
    put_at(engine, NOON, DOWN)
    assert [row.tries for row in Failures(engine).listed()] == [1]
