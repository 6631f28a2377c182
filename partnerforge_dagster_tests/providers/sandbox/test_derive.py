"""Companies derived from a domain are the same everywhere, plausible, and found again by their identifiers."""

from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnerforge_dagster.providers.sandbox import identity
from partnerforge_dagster.providers.sandbox.company import Company
from partnerforge_dagster.providers.sandbox.derive import derive
from partnerforge_dagster.providers.sandbox.industries import INDUSTRIES, Industry
from partnerforge_dagster.providers.sandbox.vocabulary import AFTER, BEFORE
from partnerforge_dagster.providers.sandbox.world import World
from partnerforge_dagster_tests.providers.sandbox.asking import WORLD

LABEL = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,18}[a-z0-9])?", fullmatch=True)
DOMAIN = st.builds("{}.{}".format, LABEL, st.sampled_from(["com", "co.uk", "de", "io", "shop"]))


def test_values_are_pinned() -> None:
    """A derived company never changes: other machines, later versions and stored results count on it."""
    company = WORLD.company("acme-tools.com")
    assert (company.name, company.industry, company.country) == ("Acme Tools", "Home Improvement Retail", "US")
    assert (company.visits, company.ticker, company.board) == (535207, None, ("workable", "acme-tools"))


@pytest.mark.parametrize("industry", INDUSTRIES, ids=lambda industry: industry.name)
def test_competitors_are_of_the_same_industry(industry: Industry) -> None:
    """Names of invented competitors give their industry away, so that a comparison is fair."""
    for word in industry.words:
        for domain in (*(f"{before}{word}.com" for before in BEFORE), *(f"{word}{after}.com" for after in AFTER)):
            assert WORLD.company(domain).industry == industry.name, domain


def test_about_one_in_three_is_public() -> None:
    """Of 600 domains 28 to 38 percent have a ticker."""
    public = sum(WORLD.company(f"shop{number}.com").ticker is not None for number in range(600))
    assert 0.28 <= public / 600 <= 0.38


@given(domain=DOMAIN)
def test_every_domain_gives_a_plausible_company(domain: str) -> None:
    """Whatever the domain: dates in order, shares possible, ten similar sites, none of them itself."""
    company = WORLD.company(domain)
    assert company.domain == domain
    assert not company.unknown or domain.startswith("nothing-")
    if company.unknown:
        return
    assert all(tech.first < (tech.last or WORLD.today) <= WORLD.today for tech in company.technologies)
    assert all(event.on <= WORLD.today for event in company.events)
    assert all(job.posted <= WORLD.today for job in company.jobs)
    assert all(p.since <= p.quote[1] <= WORLD.today for p in company.executives if p.since and p.quote)
    assert sum(share for _, share in company.countries) <= 1
    assert len(company.similar_sites) >= 10
    assert domain not in company.similar_sites
    assert bool(company.filings) == (company.cik is not None)
    assert company.visits > 0
    assert company.global_rank >= 1


@given(domain=DOMAIN)
def test_identifiers_lead_back_in_another_process(domain: str) -> None:
    """Ticker, CIK, Q number and board of a company are understood by a world that never saw its domain."""
    company, fresh = derive(domain, WORLD.today), World(WORLD.today)
    if company.ticker:
        assert fresh.by_ticker(company.ticker) == company
    if company.cik:
        assert fresh.by_cik(company.cik) == company
    if company.wikidata:
        assert fresh.by_wikidata(company.wikidata) == company
    if company.board:
        assert fresh.by_board(*company.board) == company


@given(domain=st.from_regex(r"[a-z0-9]{2,6}\.com", fullmatch=True))
def test_short_labels_fit_in_a_cik(domain: str) -> None:
    """A CIK has ten digits and holds a label of six characters."""
    cik = identity.cik_of(domain)
    assert cik is not None
    assert cik < 10**10
    assert identity.domain_of_cik(cik) == domain


@pytest.mark.parametrize(
    "name", ["Acme Tools", "acme tools", "Acme Tools Inc.", "Costco", "Costco Wholesale Corporation"]
)
def test_names_find_their_company(name: str) -> None:
    """A trading or legal name finds the company, in any case."""
    found = WORLD.by_name(name)
    assert found is not None
    assert found.domain in ("acme-tools.com", "costco.com")


@pytest.mark.parametrize("item", ["Q1", "Q42", "Q136000000", "P31", "", "Q99999999999999999999"])
def test_foreign_identifiers_lead_nowhere(item: str) -> None:
    """A Q number that the sandbox did not give out is nobody's."""
    assert WORLD.by_wikidata(item) is None


def test_unknown_numbers_lead_nowhere() -> None:
    """CIKs outside the sandbox's range, and of private companies, are nobody's."""
    assert WORLD.by_cik(1) is None
    assert WORLD.by_cik(9_999_999_999) is None


def test_nothing_domains_are_empty() -> None:
    """A domain that starts with `nothing-` keeps its name and has nothing else that a provider could tell."""
    company = WORLD.company("nothing-here.com")
    assert company.unknown
    kept = {"domain", "name", "legal_name", "industry", "sector", "vertical", "city", "country", "founded", "currency"}
    kept |= {"fiscal_year_end", "ifrs", "unknown"}
    assert {field.name for field in fields(Company) if getattr(company, field.name)} <= kept
