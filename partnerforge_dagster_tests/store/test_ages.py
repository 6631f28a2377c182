"""When modules' newest good results were stored."""

from sqlalchemy import Engine

from partnerforge_dagster.models.result import Status
from partnerforge_dagster.store.ages import good_since
from partnerforge_dagster.store.results import Results
from partnerforge_dagster_tests.store.test_tally import put


def test_only_good_results_have_an_age(engine: Engine) -> None:
    """A failure makes no module young; the newest good result counts, and an account without any is told, too."""
    put(engine, "costco.com", "company_context", Status.COMPLETE, "first")
    put(engine, "costco.com", "company_context", Status.PARTIAL, "second")
    put(engine, "costco.com", "company_context", Status.STALE, "third")
    put(engine, "costco.com", "traffic_analysis", Status.UNAVAILABLE)
    put(engine, "etsy.com", "company_context", Status.COMPLETE)
    found = dict(good_since(engine, ["etsy.com", "costco.com", "new.com"]))
    assert list(found) == ["etsy.com", "costco.com", "new.com"]
    newest = Results(engine).current("costco.com", "company_context")
    assert newest is not None
    assert (newest.run_id, found["costco.com"]) == ("second", {"company_context": newest.stored_at})
    assert found["new.com"] == {}
