"""Stories are matched by industry, technology, size and region."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnerforge_dagster.models.company_context import CompanyContext, Headquarters
from partnerforge_dagster.scoring.case_studies import best_matches
from partnerforge_dagster.seller import CaseStudy
from partnerforge_dagster_tests.scoring.records import SELLER, company, fact, stack, tech, usd

STORY = CaseStudy(
    id="story",
    customer="Story",
    domain="story.com",
    headline="h",
    result="r",
    industry="retail|stores",
    technologies=("Shopify",),
    replaced="Klevu",
    region="north_america",
    revenue_usd=100_000_000,
)
ALONE = SELLER.model_copy(update={"case_studies": (STORY,)})


def in_country(country: str | None) -> CompanyContext:
    return company(industry=None, headquarters=fact(Headquarters(city=None, region=None, country=country)))


def test_a_story_alike_in_everything_fits_fully_and_says_in_what() -> None:
    """Each dimension gives its weight; the account's facts are cited."""
    found = stack(tech("Shopify"), revenue_estimate=fact(usd(100_000_000), estimate=True))
    (match,) = best_matches("acme.com", company(), found, ALONE)
    assert match.fit == 1.0
    assert match.why == (
        "industry: Discount Stores",
        "technology: Shopify",
        "size: about $100 M revenue a year",
        "region: North America",
    )
    assert {source.provider for source in match.sources} == {"yahoo", "builtwith", "wikidata"}


@pytest.mark.parametrize(
    ("revenue", "fit"),
    [(100_000_000, 0.15), (31_622_776.6, 0.075), (316_227_766.0, 0.075), (10_000_000, 0), (2_000_000_000, 0), (0, 0)],
)
def test_size_falls_to_nothing_at_ten_times_or_a_tenth(revenue: float, fit: float) -> None:
    """Half an order of magnitude is half alike."""
    found = best_matches("acme.com", None, stack(revenue_estimate=fact(usd(revenue))), ALONE)
    assert sum(match.fit for match in found) == pytest.approx(fit, abs=0.001)


@pytest.mark.parametrize(("country", "fits"), [("US", True), ("ca", True), ("DE", False), (None, False)])
def test_regions_are_looked_up_by_country_code(country: str | None, fits: bool) -> None:
    """The profile's regions decide, whatever the case of the code."""
    assert bool(best_matches("acme.com", in_country(country), None, ALONE)) is fits


def test_the_product_that_the_customer_replaced_counts_as_technology() -> None:
    """An account that runs it now recognises itself; one that ran it once does not."""
    assert best_matches("acme.com", None, stack(tech("klevu")), ALONE)[0].why == ("technology: klevu",)
    assert best_matches("acme.com", None, stack(tech("Klevu", live=False)), ALONE) == ()


def test_an_account_is_not_told_its_own_story() -> None:
    """A story about the account itself is left out."""
    assert best_matches("story.com", company(), None, ALONE) == ()


def test_nothing_alike_is_no_match() -> None:
    """What is not known of the account cannot be alike."""
    assert best_matches("acme.com", None, None, SELLER) == ()
    assert best_matches("acme.com", company(industry=fact("Mining"), headquarters=None), stack(), SELLER) == ()


@given(data=st.data())
def test_the_best_three_come_first_whatever_the_order_of_stories(data: st.DataObject) -> None:
    """At most three, by fit and then by id."""
    found = stack(tech("Shopify"), tech("React"), revenue_estimate=fact(usd(300_000_000)))
    shuffled = SELLER.model_copy(update={"case_studies": tuple(data.draw(st.permutations(SELLER.case_studies)))})
    matches = best_matches("acme.com", company(), found, shuffled)
    assert matches == best_matches("acme.com", company(), found, SELLER)
    assert len(matches) == 3
    assert [match.fit for match in matches] == sorted((match.fit for match in matches), reverse=True)
