"""Offers follow from the account's figures by the profile's conditions."""

from partnerforge_dagster.scoring.propositions import called_for
from partnerforge_dagster.scoring.readings import Picture, readings
from partnerforge_dagster_tests.scoring.records import (
    SELLER,
    competition,
    fact,
    finances,
    stack,
    tech,
    traffic,
    unasked,
    usd,
)


def offers(picture: Picture) -> list[str]:
    return [match.value_proposition for match in called_for(readings(picture, SELLER), SELLER)]


def test_figures_call_for_offers_strongest_first() -> None:
    """Two met conditions come before one; equals keep the profile's order."""
    picture = Picture(traffic=traffic(visits=6_000_000, growth=0.12, search=0.4), competition=competition("target.com"))
    assert offers(picture) == ["search-conversion", "scale-with-growth", "keep-up-with-competitors"]


def test_an_offer_says_which_figure_calls_for_it() -> None:
    """The reason holds the account's figure with its origin, what it means, and the figure's sources."""
    first = called_for(readings(Picture(traffic=traffic(visits=500_000, search=0.4, growth=0.0)), SELLER), SELLER)[0]
    assert first.because == (
        "40 % of visits from search engines (SimilarWeb): "
        "many visitors arrive from a search engine with something definite in mind"
    )
    assert {source.provider for source in first.sources} == {"similarweb"}


def test_falling_visits_call_for_another_offer_than_growing_ones() -> None:
    """Conditions have an upper bound too."""
    assert "win-back-visits" in offers(Picture(traffic=traffic(growth=-0.1)))
    assert "win-back-visits" not in offers(Picture(traffic=traffic(growth=0.1)))


def test_what_stands_on_the_site_calls_for_offers() -> None:
    """A search product, a platform and a partner technology each call for their own."""
    assert offers(Picture(stack=stack(tech("SAP Hybris")))) == ["beyond-platform-search", "quick-start"]
    assert offers(Picture(stack=stack(tech("Klevu"), tech("Segment")))) == ["replace-incumbent", "quick-start"]


def test_a_platforms_search_is_not_replaced_where_a_search_product_stands() -> None:
    """With Klevu on SAP Commerce the platform's own search does nothing; nor is it known to where nobody could look."""
    found = stack(tech("Klevu"), tech("SAP Hybris"))
    assert "beyond-platform-search" not in offers(Picture(stack=found))
    assert "beyond-platform-search" not in offers(
        Picture(stack=stack(tech("SAP Hybris"), gaps=[unasked("search vendor")]))
    )
    assert "beyond-platform-search" not in offers(Picture(stack=stack(tech("SAP Hybris"), search_vendor=fact("Other"))))


def test_gone_technologies_call_for_nothing() -> None:
    """Only what is live counts."""
    assert offers(Picture(stack=stack(tech("Klevu", live=False)))) == []


def test_unknown_figures_meet_no_condition() -> None:
    """Nothing known, nothing offered: an `at_most` is not met by a figure that is missing."""
    assert offers(Picture()) == []
    assert offers(Picture(stack=stack(gaps=[unasked("technologies")]), finances=finances(None))) == []


def test_money_calls_for_offers() -> None:
    """Thin margins and great size are conditions as well."""
    rich = finances(usd(2e9), operating_margin=fact(0.03, "yahoo"), revenue_growth=fact(-0.01, "yahoo"))
    assert offers(Picture(finances=rich)) == ["win-back-visits", "free-engineers", "ai-shopping"]
