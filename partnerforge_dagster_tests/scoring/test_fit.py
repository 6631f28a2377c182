"""Fit follows the profile's bands and weights."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnerforge_dagster.models.base import Money
from partnerforge_dagster.models.icp_priority_mapping import Tier
from partnerforge_dagster.models.provenance import Fact
from partnerforge_dagster.models.scores import ScorePart
from partnerforge_dagster.models.traffic_analysis import TrafficAnalysis
from partnerforge_dagster.scoring.fit import fit_score, tier
from partnerforge_dagster.scoring.readings import Picture
from partnerforge_dagster.scoring.score import known, total
from partnerforge_dagster_tests.scoring.records import (
    SELLER,
    company,
    competition,
    fact,
    finances,
    result,
    stack,
    tech,
    traffic,
    unasked,
    usd,
)

WEIGHTS = SELLER.fit.weights.model_dump()
WHOLE = Picture(
    company=company(),
    stack=stack(
        tech("Salesforce Commerce Cloud"),
        tech("Segment"),
        tech("Google Tag Manager"),
        tech("Klevu", live=False),
        commerce_platform=fact("Salesforce Commerce Cloud"),
        monthly_spend=fact(usd(30_000), estimate=True),
    ),
    traffic=traffic(),
    finances=finances(usd(2_000_000_000)),
    competition=competition("target.com", "bjs.com"),
)


def part(picture: Picture, name: str) -> ScorePart:
    return next(part for part in fit_score(picture, SELLER).parts if part.name == name)


def test_a_known_picture_is_scored_part_by_part_in_the_order_of_the_weights() -> None:
    """Every part earns its band's share of its weight; nothing is open."""
    score = fit_score(WHOLE, SELLER)
    assert {part.name: part.value for part in score.parts} == {
        "industry": 1.0,
        "commerce_platform": 1.0,
        "visits": 0.9,
        "search_share": 0.8,
        "revenue": 1.0,
        "growth": 0.85,
        "technology_spend": 0.9,
        "partner_technology": 1.0,
        "competitors_using_seller": 0.85,
    }
    assert [part.name for part in score.parts] == list(WEIGHTS)
    assert score.value == 93.4  # 18 + 12 + 16.2 + 6.4 + 14 + 6.8 + 7.2 + 6 + 6.8
    assert score.floor == score.ceiling == 93.4


def test_nothing_known_is_the_prior_with_the_widest_band() -> None:
    """Without any upstream module every part is unknown."""
    score = fit_score(Picture(), SELLER)
    assert (score.floor, score.ceiling) == (0.0, 100.0)
    assert score.value == pytest.approx(100 * SELLER.fit.prior, abs=0.5)
    assert all(part.value is None and not part.sources for part in score.parts)
    assert score.most_wanted == "industry"


def test_every_known_part_says_fact_rule_and_origin_and_cites() -> None:
    """A reason is one sentence that ends in a full stop, and the figure's provider is named in it."""
    for one in fit_score(WHOLE, SELLER).parts:
        assert one.sources, one.name
        assert one.reason.endswith("."), one.reason
        assert "(" in one.reason, one.reason
    assert part(WHOLE, "visits").reason == "6 M visits in Oct 2026 (SimilarWeb): in the band from 5 M, rated 90 %."
    assert part(WHOLE, "industry").reason == (
        "Discount Stores (Yahoo Finance) counts as retail, which the profile rates 100 %."
    )


@pytest.mark.parametrize(
    ("industry", "fit"),
    [
        ("Discount Stores", 1.0),  # Yahoo's words
        ("Internet Retail", 1.0),
        ("Retail-Variety Stores", 1.0),  # the SEC's
        ("Shopping", 1.0),  # BuiltWith's vertical
        ("retail", 1.0),  # Wikidata's
        ("Apparel Retail", 1.0),
        ("Grocery Stores", 0.9),
        ("Banks - Diversified", 0.25),
        ("Mining", 0.2),
    ],
)
def test_industries_are_recognised_in_the_providers_words(industry: str, fit: float) -> None:
    """The first pattern that matches decides; what matches none is another industry, not unknown."""
    assert part(Picture(company=company(industry=fact(industry))), "industry").value == fit


def test_no_platform_is_known_only_when_the_stack_was_read() -> None:
    """A platform that nobody could have seen is unknown; one that was looked for and not seen is none."""
    read = Picture(stack=stack(tech("React")))
    unread = Picture(stack=stack(tech("React"), gaps=[unasked("technologies")]))
    assert part(read, "commerce_platform").value == SELLER.fit.no_commerce_platform
    assert part(unread, "commerce_platform").value is None
    assert part(Picture(stack=stack()), "commerce_platform").value is None


def test_that_no_competitor_uses_the_seller_is_not_the_same_as_not_knowing() -> None:
    """An empty tuple is a known zero; a missing fact is unknown."""
    assert part(Picture(competition=competition()), "competitors_using_seller").value == 0.1
    assert part(Picture(competition=competition(known=False)), "competitors_using_seller").value is None


@pytest.mark.parametrize(
    ("revenue", "value"),
    [
        (usd(999_999_999), 0.85),
        (usd(1_000_000_000), 1.0),
        (Money(amount=800_000_000, currency="GBP"), 1.0),
        (Money(amount=1_000_000_000, currency="JPY"), 0.1),
        (Money(amount=5_000_000_000, currency="XTS"), None),  # a currency that the profile does not value
    ],
)
def test_revenue_is_banded_in_dollars(revenue: Money, value: float | None) -> None:
    """Other currencies are converted roughly; one without a rate is unknown, not zero."""
    assert part(Picture(finances=finances(revenue)), "revenue").value == value


def test_a_private_company_is_banded_by_the_estimate() -> None:
    """Without reported revenue the stack's estimate is used, and the reason says that it is one."""
    estimated = Picture(stack=stack(revenue_estimate=fact(usd(60_000_000), estimate=True)), finances=finances(None))
    assert part(estimated, "revenue").value == 0.6
    assert "by estimate" in part(estimated, "revenue").reason


def test_below_the_lowest_band_nothing_is_earned() -> None:
    """A profile whose bands start above 0 gives 0 below them."""
    visits = SELLER.fit.model_copy(update={"visits": SELLER.fit.visits[1:]})
    score = fit_score(Picture(traffic=traffic(visits=10)), SELLER.model_copy(update={"fit": visits}))
    assert next(part for part in score.parts if part.name == "visits").value == 0.0


def test_a_growing_site_earns_by_its_growth_factor() -> None:
    """+10 % is in the band from 1.1 upwards; a collapse cannot fall below the bands."""
    assert part(Picture(traffic=traffic(growth=0.1)), "growth").value == 0.85
    assert part(Picture(traffic=traffic(growth=-1.5)), "growth").value == 0.2
    assert "in the band from +10 %" in part(Picture(traffic=traffic(growth=0.1)), "growth").reason


@given(data=st.data())
def test_the_order_in_which_facts_come_changes_nothing(data: st.DataObject) -> None:
    """Technologies and competitors are sets: any order gives exactly the same score."""
    assert WHOLE.stack
    assert WHOLE.competition
    assert WHOLE.competition.using_seller
    technologies = data.draw(st.permutations(WHOLE.stack.technologies))
    using = data.draw(st.permutations(WHOLE.competition.using_seller.value))
    shuffled = Picture(
        company=WHOLE.company,
        stack=WHOLE.stack.model_copy(update={"technologies": tuple(technologies)}),
        traffic=WHOLE.traffic,
        finances=WHOLE.finances,
        competition=competition(*using),
    )
    assert fit_score(shuffled, SELLER) == fit_score(WHOLE, SELLER)


@given(missing=st.sets(st.sampled_from(["company", "stack", "traffic", "finances", "competition"])))
def test_a_missing_module_widens_the_band_and_moves_no_other_part(missing: set[str]) -> None:
    """The score of the whole picture stays within the band of every incomplete one."""
    incomplete = Picture(**{name: value for name, value in vars(WHOLE).items() if name not in missing})
    partial, whole = fit_score(incomplete, SELLER), fit_score(WHOLE, SELLER)
    assert partial.floor <= whole.value <= partial.ceiling
    for before, after in zip(partial.parts, whole.parts, strict=True):
        assert before.value in (None, after.value)


@pytest.mark.parametrize(
    ("points", "expected"),
    [(75, Tier.HOT), (74.9, Tier.WARM), (55, Tier.WARM), (54.9, Tier.COOL), (35, Tier.COOL), (34.9, Tier.COLD)],
)
def test_tiers_begin_at_their_border(points: float, expected: Tier) -> None:
    """A border belongs to the tier above it."""
    score = total([known("all", 100, points / 100, "so", [])])
    assert tier(score, SELLER.tiers) is expected


def test_a_traffic_module_without_visits_leaves_visits_unknown() -> None:
    """An available module may still lack a figure."""
    empty: Fact[tuple] | None = None
    silent = result(TrafficAnalysis, months=empty)
    assert part(Picture(traffic=silent), "visits").value is None
