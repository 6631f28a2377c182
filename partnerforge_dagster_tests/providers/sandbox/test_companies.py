"""Known companies are whole, consistent and different enough to exercise every module."""

from collections import Counter
from datetime import timedelta

import pytest

from partnerforge_dagster.providers.sandbox.catalogue import CATALOGUE, SEARCH
from partnerforge_dagster.providers.sandbox.company import Company
from partnerforge_dagster.research.events import kind_of
from partnerforge_dagster.seller import load_seller
from partnerforge_dagster_tests.providers.sandbox.asking import WORLD

KNOWN = [WORLD.company(domain) for domain in WORLD.known()]
each = pytest.mark.parametrize("company", KNOWN, ids=lambda company: company.domain)

INCUMBENTS = {
    "costco.com": "Elasticsearch",
    "sallybeauty.com": None,
    "homedepot.com": None,
    "etsy.com": "Elasticsearch",
    "nytimes.com": "Elasticsearch",
    "grainger.com": "Coveo",
    "ocado.com": "Constructor.io",
    "zalando.com": "Elasticsearch",
    "alibaba.com": None,
    "patagonia.com": "Bloomreach",
    "ikea.com": "Coveo",
    "gymshark.com": "Algolia",
    "decathlon.com": "Constructor.io",
    "birkenstock.com": "Searchspring",
}


def test_the_search_products_in_place_are_those_declared_here() -> None:
    """Each known company runs at most one live search product, and the one that this table says."""
    live = {
        company.domain: [t.name for t in company.technologies if t.name in SEARCH and t.last is None]
        for company in KNOWN
    }
    assert live == {domain: [name] if name else [] for domain, name in INCUMBENTS.items()}


@each
def test_dates_are_in_order_and_none_lies_in_the_future(company: Company) -> None:
    """First comes before last, nothing is dated after the sandbox's today."""
    today = WORLD.today
    for tech in company.technologies:
        assert tech.first < (tech.last or today) <= today, tech
    dated = [event.on for event in company.events] + [job.posted for job in company.jobs]
    dated += [filing.filed for filing in company.filings]
    dated += [person.since for person in company.executives if person.since]
    dated += [person.quote[1] for person in company.executives if person.quote]
    assert max(dated) <= today
    assert all(person.since <= person.quote[1] for person in company.executives if person.since and person.quote)
    assert all(filing.period is None or filing.period <= filing.filed for filing in company.filings)


@each
def test_shares_and_amounts_are_possible(company: Company) -> None:
    """Shares add up to 1 at most, profits are within revenue, years follow each other."""
    assert 0 < sum(share for _, share in company.countries) <= 1
    assert 0 < company.search_share < 1
    assert [year.fiscal_year for year in company.years] == [
        company.years[0].fiscal_year - age for age in range(len(company.years))
    ]
    for year in company.years:
        assert year.net_income < year.revenue
        assert 0 < year.gross_profit < year.revenue
        assert year.operating_income < year.gross_profit


@each
def test_every_company_has_enough_to_show(company: Company) -> None:
    """25 to 45 technologies, ten similar sites or more, some events with noise among them, executives."""
    assert 25 <= len(company.technologies) <= 45
    assert len({tech.name for tech in company.technologies}) == len(company.technologies)
    assert len(set(company.similar_sites) - {company.domain}) == len(company.similar_sites) >= 10
    assert 6 <= len(company.events) <= 12
    assert any(event.kind == "other" for event in company.events)
    assert all(event.on > WORLD.today - timedelta(days=550) for event in company.events)
    assert len(company.executives) >= 3


@each
def test_the_stack_moved_within_the_last_year(company: Company) -> None:
    """Something was added and something was dropped in the last 12 months."""
    year_ago = WORLD.today - timedelta(days=365)
    assert any(tech.first > year_ago for tech in company.technologies if tech.last is None)
    assert any(tech.last > year_ago for tech in company.technologies if tech.last is not None)


@each
def test_postings_go_with_the_board(company: Company) -> None:
    """Who has a board has 10 to 40 postings on it; who has none has none."""
    assert (10 <= len(company.jobs) <= 40) if company.board else company.jobs == ()


@each
def test_listing_fields_come_together(company: Company) -> None:
    """Ticker, exchange, quote and market value are all there or all missing; only SEC filers have filings."""
    listing = (company.ticker, company.exchange, company.quote_currency, company.market_value, company.share_price)
    assert all(part is not None for part in listing) or listing == (None,) * 5
    assert (5 <= len(company.filings) <= 12) if company.cik else company.filings == ()
    assert (company.cik is None) == (company.sic is None)


@each
def test_quotes_are_of_invented_people_only(company: Company) -> None:
    """No words are put into the mouth of a chief executive or finance chief, whose names are real."""
    for person in company.executives:
        if person.title.endswith(("Chief Executive Officer", "Chief Financial Officer", "Chairman")):
            assert person.quote is None, person


def test_kinds_of_companies_differ() -> None:
    """Public and private, five countries or more, three quote currencies or more, all four boards and one without."""
    assert Counter(company.ticker is None for company in KNOWN)[True] >= 3
    assert len({company.country for company in KNOWN}) >= 5
    assert {"USD", "GBp", "EUR"} <= {company.quote_currency for company in KNOWN}
    assert {company.board[0] if company.board else None for company in KNOWN} == {
        "greenhouse", "lever", "ashby", "workable", None,
    }  # fmt: skip
    assert {event.kind for company in KNOWN for event in company.events} == {
        "acquisition", "replatforming", "expansion", "leadership_change", "funding", "layoffs", "launch", "earnings",
        "other",
    }  # fmt: skip


def test_identifiers_are_unique() -> None:
    """No two known companies share a ticker, CIK, Q number or board."""
    for identifier in ("ticker", "cik", "wikidata", "board"):
        found = [getattr(company, identifier) for company in KNOWN if getattr(company, identifier)]
        assert len(found) == len(set(found)), identifier


def test_the_built_in_seller_recognises_every_search_product_and_shop() -> None:
    """Names in the catalogue are those that the default profile reads as own, competing or platform."""
    seller = load_seller(None)
    products = (*seller.own, *seller.competing, *seller.platforms)
    recognised = {name.casefold() for product in products for name in product.recognized_by}
    shops = {name for name, entry in CATALOGUE.items() if entry.tag == "shop" and name != "Cart Functionality"}
    assert {name for name in SEARCH.keys() | shops if name.casefold() not in recognised} == set()


@each
def test_events_read_as_what_they_are(company: Company) -> None:
    """The words of an event tell its kind to our own reader; noise is not held to that, misleading being its job."""
    for event in company.events:
        if event.kind not in ("other", "earnings"):
            read = kind_of(event.title, event.snippet)
            assert read is not None, event.title
            assert read[0] == event.kind, event.title
