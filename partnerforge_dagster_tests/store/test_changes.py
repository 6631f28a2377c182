import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, event

from partnerforge_dagster.models.changes import Change
from partnerforge_dagster.models.result import ModuleResult
from partnerforge_dagster.store.changes import Changes, StoredChange
from partnerforge_dagster.store.results import Results, StoredResult
from partnerforge_dagster_tests.changes.stacks import STACK, day, said, stack

ACCOUNT = "costco.com"


def put(engine: Engine, result: ModuleResult, run_id: str) -> StoredResult:
    """Store a technology stack."""
    return Results(engine).put(result, module=STACK, run_id=run_id, duration_s=1.0)


def told(rows: list[StoredChange]) -> list[tuple[str, str | None, str | None]]:
    """Fields with before and after."""
    return said(row.change for row in rows)


def test_a_result_is_stored_with_what_it_changed(engine: Engine) -> None:
    """Whoever stores a result is told its changes, and they can be read again."""
    put(engine, stack(0, search="Algolia"), "first")
    stored = put(engine, stack(30, search="Coveo"), "second")
    (row,) = Changes(engine).newest(10)
    assert stored.changes == (row.change,)
    assert told([row]) == [("search_vendor", "Algolia", "Coveo")]
    assert (row.account, row.run_id, row.result_id) == (ACCOUNT, "second", stored.id)


def test_storing_again_after_a_crash_doubles_nothing(engine: Engine) -> None:
    """The same result of the same run changes nothing the second time, and says the same changes."""
    put(engine, stack(0, "React", search="Algolia"), "first")
    first = put(engine, stack(30, search="Algolia"), "second")
    again = put(engine, stack(30, search="Algolia"), "second")
    assert first.changes == again.changes == ()
    third = put(engine, stack(60, search="Coveo"), "third")
    assert put(engine, stack(60, search="Coveo"), "third").changes == third.changes
    assert told(Changes(engine).newest(10)) == [
        ("technologies React", "live (Widget)", None),
        ("search_vendor", "Algolia", "Coveo"),
    ]


@pytest.mark.parametrize("statement", ["INSERT INTO results", "INSERT INTO changes", "UPDATE baselines"])
def test_a_crash_before_the_commit_loses_nothing(engine: Engine, statement: str) -> None:
    """When storing breaks off after any of its statements, storing again tells the change, once."""
    put(engine, stack(0, search="Algolia"), "first")

    def crash(_conn: object, _cursor: object, sql: str, *_rest: object) -> None:
        if sql.startswith(statement):
            raise ConnectionError("the machine is gone")

    event.listen(engine, "after_cursor_execute", crash)
    with pytest.raises(ConnectionError):
        put(engine, stack(30, search="Coveo"), "second")
    event.remove(engine, "after_cursor_execute", crash)
    assert Changes(engine).newest(10) == []
    assert len(put(engine, stack(30, search="Coveo"), "second").changes) == 1
    assert len(Changes(engine).newest(10)) == 1


def test_two_runs_of_one_account_tell_a_change_once(engine: Engine) -> None:
    """Runs that store the same news at the same time compare one after the other."""
    put(engine, stack(0, search="Algolia"), "first")
    start = threading.Barrier(4)

    def store(run_id: str) -> None:
        start.wait()
        put(engine, stack(30, search="Coveo"), run_id)

    threads = [threading.Thread(target=store, args=(f"run {number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told(Changes(engine).newest(10)) == [("search_vendor", "Algolia", "Coveo")]


def test_a_watcher_reads_on_from_where_it_was(engine: Engine) -> None:
    """Alerts come in the order in which they were stored, each once, whatever else has changed."""
    changes = Changes(engine)
    put(engine, stack(0, search="Algolia"), "first")
    assert changes.newest_id() == 0
    put(engine, stack(30, "React", search="Algolia"), "second")
    begin = changes.newest_id()
    assert begin > 0
    assert changes.after(begin, alerts=True) == []
    put(engine, stack(60, "React", search="Coveo"), "third")
    put(engine, stack(90, "React", "Hotjar", search="Endeca"), "fourth")
    first = changes.after(begin, alerts=True, limit=1)
    assert told(first) == [("search_vendor", "Algolia", "Coveo")]
    assert told(changes.after(first[0].id, alerts=True)) == [("search_vendor", "Coveo", "Endeca")]
    assert len(changes.after(0)) == 4


def test_since_the_last_result_of_a_module_in_another_run(engine: Engine) -> None:
    """What changed since the last good one, again the same when the step runs again; nothing when there is none."""
    changes = Changes(engine)
    put(engine, stack(0, search="Algolia"), "first")
    assert changes.since_last(ACCOUNT, STACK, "first") == []
    put(engine, stack(30, search="Coveo"), "second")
    assert told(changes.since_last(ACCOUNT, STACK, "second")) == [("search_vendor", "Algolia", "Coveo")]
    assert told(changes.since_last(ACCOUNT, STACK, "second")) == [("search_vendor", "Algolia", "Coveo")]
    assert changes.since_last(ACCOUNT, STACK, "third") == []


def test_changes_are_found_by_account_module_time_and_weight(engine: Engine) -> None:
    """Every filter leaves out what it should."""
    put(engine, stack(0, search="Algolia"), "first")
    put(engine, stack(30, "React", search="Coveo"), "second")
    changes = Changes(engine)
    assert len(changes.newest(10)) == 2
    assert len(changes.newest(1)) == 1
    assert len(changes.newest(10, accounts=[ACCOUNT], modules=[STACK], alerts=True)) == 1
    assert changes.newest(10, accounts=["etsy.com"]) == []
    assert changes.newest(10, modules=["company_context"]) == []
    assert changes.newest(10, since=datetime.now(UTC) + timedelta(hours=1)) == []


def test_a_change_comes_back_as_it_was(engine: Engine) -> None:
    """Nothing of a change is lost in the store."""
    put(engine, stack(0, search="Algolia"), "first")
    stored = put(engine, stack(30, search="Coveo"), "second")
    change: Change = Changes(engine).newest(1)[0].change
    assert change == stored.changes[0]
    assert (change.since, change.on) == (day(0), day(30))
    assert change.source is not None
