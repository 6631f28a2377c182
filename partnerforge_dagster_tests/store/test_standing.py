"""How accounts' newest good results stand."""

from sqlalchemy import Engine

from partnerforge_dagster.models.result import Status
from partnerforge_dagster.store.results import Results
from partnerforge_dagster_tests.store.test_tally import put


def test_only_good_results_have_an_age(engine: Engine) -> None:
    """A failure makes no module young; the newest good result counts."""
    put(engine, "costco.com", "company_context", Status.COMPLETE, "first")
    put(engine, "costco.com", "company_context", Status.PARTIAL, "second")
    put(engine, "costco.com", "company_context", Status.STALE, "third")
    put(engine, "costco.com", "traffic_analysis", Status.UNAVAILABLE)
    put(engine, "etsy.com", "company_context", Status.COMPLETE)
    found = Results(engine).standing_of(["etsy.com", "costco.com", "new.com"], good=True)
    assert set(found) == {"etsy.com", "costco.com"}
    newest = Results(engine).current("costco.com", "company_context")
    assert newest is not None
    assert newest.run_id == "second"
    assert {name: row.stored_at for name, row in found["costco.com"].items()} == {"company_context": newest.stored_at}
