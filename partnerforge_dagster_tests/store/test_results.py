from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from partnerforge_dagster.models.base import Mode
from partnerforge_dagster.models.company_context import CompanyContext
from partnerforge_dagster.models.provenance import Fact, Source
from partnerforge_dagster.models.result import Status
from partnerforge_dagster.store.results import Results, content_hash

NOON = datetime(2026, 11, 16, 12, tzinfo=UTC)
moments = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def company(
    name: str = "Costco",
    *,
    account: str = "costco.com",
    status: Status = Status.COMPLETE,
    as_of: datetime = NOON,
    cached: bool = False,
    stale: bool = False,
) -> CompanyContext:
    source = Source(provider="wikidata", endpoint="e", url=None, fetched_at=as_of, cached=cached, stale=stale)
    return CompanyContext(
        account=account,
        as_of=as_of,
        mode=Mode.SANDBOX,
        status=status,
        trading_name=Fact(value=name, sources=(source,)),
    )


def put(results: Results, result: CompanyContext, run_id: str = "r1"):
    return results.put(result, module="company_context", run_id=run_id, duration_s=1.5)


def test_a_result_comes_back_whole(engine: Engine) -> None:
    """What is put is read back as the module's own record."""
    results = Results(engine)
    stored = put(results, company())
    assert results.current("costco.com", "company_context") == stored
    assert stored.result == company()
    assert (stored.run_id, stored.duration_s, stored.status) == ("r1", 1.5, Status.COMPLETE)
    assert stored.as_of == NOON
    assert datetime.now(UTC) - stored.stored_at < timedelta(minutes=1)
    assert stored.content_hash == content_hash(company())


def test_nothing_stored_is_none(engine: Engine) -> None:
    """An account without results has no current, no latest and no history."""
    results = Results(engine)
    assert results.current("costco.com", "company_context") is None
    assert results.latest("costco.com", "company_context") is None
    assert results.history("costco.com", "company_context") == []


def test_putting_again_stores_once(engine: Engine) -> None:
    """The same content for the same account, module and run is one row; another run's is another."""
    results = Results(engine)
    first = put(results, company())
    assert put(results, company(cached=True)) == first
    assert put(results, company(), "r2").id != first.id
    assert len(results.history("costco.com", "company_context")) == 2


def test_other_content_in_the_same_run_is_kept_beside_it(engine: Engine) -> None:
    """A step that ran again within a run and found something else overwrites nothing."""
    results = Results(engine)
    put(results, company("Costco"))
    put(results, company("Costco Wholesale"))
    names = [stored.result.name for stored in results.history("costco.com", "company_context")]
    assert names == ["Costco Wholesale", "Costco"]


@pytest.mark.parametrize("bad", [Status.STALE, Status.UNAVAILABLE])
def test_a_bad_result_never_replaces_a_good_one(engine: Engine, bad: Status) -> None:
    """Current stays the newest complete or partial result; latest is whatever came last."""
    results = Results(engine)
    put(results, company("old"), "r1")
    put(results, company("good", status=Status.PARTIAL), "r2")
    put(results, company("bad", status=bad), "r3")
    assert results.current("costco.com", "company_context").result.name == "good"
    assert results.latest("costco.com", "company_context").status is bad


def test_latest_of_many(engine: Engine) -> None:
    """The newest result of every asked pair, and only of pairs that have one."""
    results = Results(engine)
    put(results, company("a", account="a.com"), "r1")
    put(results, company("a2", account="a.com", status=Status.STALE), "r2")
    put(results, company("b", account="b.com"), "r1")
    put(results, company("c", account="c.com"), "r1")
    asked = (["a.com", "b.com", "d.com"], ["company_context", "technology_stack"])
    latest = results.latest_of(*asked)
    assert {key: stored.result.name for key, stored in latest.items()} == {
        ("a.com", "company_context"): "a2",
        ("b.com", "company_context"): "b",
    }
    assert results.latest_of(*asked, good=True)["a.com", "company_context"].result.name == "a"
    assert results.latest_of([], ["company_context"]) == {}


def test_history_is_newest_first_and_bounded(engine: Engine) -> None:
    """History gives the newest results first, as many as asked for."""
    results = Results(engine)
    for number in range(5):
        put(results, company(str(number)), f"r{number}")
    assert [s.run_id for s in results.history("costco.com", "company_context", limit=3)] == ["r4", "r3", "r2"]


@given(st.text(min_size=1), moments, moments, st.booleans(), st.booleans())
def test_when_and_how_it_was_had_is_not_content(name: str, a: datetime, b: datetime, cached: bool, stale: bool) -> None:
    """Results that differ in as_of, fetched_at, cached or stale only have one hash."""
    assert content_hash(company(name, as_of=a)) == content_hash(company(name, as_of=b, cached=cached, stale=stale))


@given(st.text(min_size=1), st.text(min_size=1))
def test_other_content_has_another_hash(a: str, b: str) -> None:
    """Two names have the same hash only when they are the same."""
    assert (content_hash(company(a)) == content_hash(company(b))) is (a == b)


@given(st.permutations(list(CompanyContext.model_fields)))
def test_order_of_keys_is_not_content(order: list[str]) -> None:
    """A record whose fields were filled in another order has the same hash."""
    result = company()
    shuffled = CompanyContext(**{name: getattr(result, name) for name in order})
    assert content_hash(shuffled) == content_hash(result)


def test_status_is_content() -> None:
    """A partial result is not the same as a complete one with the same facts."""
    assert content_hash(company(status=Status.PARTIAL)) != content_hash(company())


def test_standing_is_that_of_the_newest_results(engine: Engine) -> None:
    """By account and module, whatever their status; accounts without results are left out."""
    results = Results(engine)
    put(results, company(), "one")
    newest = put(results, company(status=Status.UNAVAILABLE), "two")
    put(results, company(account="etsy.com"), "one")
    found = results.standing_of(["costco.com", "nobody.com", "costco.com"])
    standing = found["costco.com"]["company_context"]
    assert set(found) == {"costco.com"}
    assert (standing.status, standing.stored_at) == (Status.UNAVAILABLE, newest.stored_at)
    assert results.standing_of([]) == {}
