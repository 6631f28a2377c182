"""M01 over the sandbox: what is known, what is not, and why."""

import pytest

from partnerforge_dagster.models.company_context import CompanyContext, Headquarters
from partnerforge_dagster.models.provenance import GapKind
from partnerforge_dagster.models.result import Status
from partnerforge_dagster_tests.providers.sandbox.asking import WORLD
from partnerforge_dagster_tests.sandboxed import Clients, ask, context_of

FIELDS = {
    "legal_name": "legal name",
    "trading_name": "trading name",
    "industry": "industry",
    "headquarters": "headquarters",
    "employees": "employees",
    "founded": "founding year",
    "ticker": "ticker",
    "exchange": "exchange",
    "cik": "CIK",
    "wikidata_id": "Wikidata item",
    "social_profiles": "social profiles",
    "keywords": "keywords",
    "description": "description",
}


def context(domain: str, faults: str = "") -> CompanyContext:
    async def run(clients: Clients) -> CompanyContext:
        return await context_of(domain, clients)

    return ask(run, faults=faults)


def test_costco_is_known() -> None:
    """Names, identifiers, place and size from whoever knows best, each with its source."""
    found = context("costco.com")
    assert found.status is Status.COMPLETE
    assert found.name == "Costco"
    assert found.ticker is not None
    assert found.cik is not None
    assert found.employees is not None
    assert found.headquarters is not None
    assert (found.ticker.value, found.cik.value) == ("COST", "0000909832")
    assert found.headquarters.value == Headquarters(city="Issaquah", region="Washington", country="US")
    assert {source.provider for source in found.headquarters.sources} == {"yahoo", "wikidata"}
    assert not found.employees.estimate


@pytest.mark.parametrize("domain", ["costco.com", "ikea.com", "patagonia.com"])
def test_social_profiles_come_from_wikidata_where_builtwith_hides_them(domain: str) -> None:
    """BuiltWith's NOPII leaves its `Meta` without profiles; Wikidata's ids are addresses again, each cited."""
    found = context(domain).social_profiles
    assert found is not None
    assert {page.rstrip("/") for page in found.value} == set(WORLD.company(domain).socials)
    assert {source.provider for source in found.sources} == {"wikidata"}


def test_a_private_company_has_no_ticker_and_says_so() -> None:
    """Asked, nothing there: that it is not listed is a finding."""
    found = context("acme-tools.com")
    assert found.ticker is None
    assert found.status is Status.COMPLETE
    assert ("ticker", GapKind.NOTHING_THERE) in {(gap.subject, gap.kind) for gap in found.gaps}


def test_a_domain_that_nobody_knows_is_asked_about_and_empty() -> None:
    """Everybody answered, so the result is complete; the name is the domain."""
    found = context("nothing-here.com")
    assert (found.status, found.name) == (Status.COMPLETE, "nothing-here.com")
    assert {gap.kind for gap in found.gaps} <= {GapKind.NOTHING_THERE, GapKind.NOT_APPLICABLE}


@pytest.mark.parametrize(
    "faults", ["", "wikidata:down", "yahoo:429", "sec_edgar:500", "builtwith:error200", "web_search:html"]
)
@pytest.mark.parametrize("domain", ["costco.com", "acme-tools.com", "nothing-here.com"])
def test_every_missing_field_is_explained(domain: str, faults: str) -> None:
    """A field is None only with a gap that says why, whoever is down; then the result is partial."""
    found = context(domain, faults)
    subjects = {gap.subject for gap in found.gaps}
    for field, subject in FIELDS.items():
        assert getattr(found, field) is not None or subject in subjects
    could_not = any(gap.kind is GapKind.COULD_NOT_ASK for gap in found.gaps)
    assert found.status is (Status.PARTIAL if could_not else Status.COMPLETE)


def test_with_wikidata_down_the_listing_is_found_by_website() -> None:
    """Yahoo's profile names costco.com, so the rest of the graph does not lose the ticker."""
    found = context("costco.com", "wikidata:down")
    assert found.status is Status.PARTIAL
    assert found.ticker is not None
    assert found.ticker.value == "COST"


def test_with_everybody_down_it_is_unavailable() -> None:
    """Nothing could be had at all: what depends on it must not run."""
    down = "wikidata:down,sec_edgar:down,yahoo:down,builtwith:down,web_search:down"
    found = context("costco.com", down)
    assert found.status is Status.UNAVAILABLE
    assert {gap.kind for gap in found.gaps} == {GapKind.COULD_NOT_ASK}
