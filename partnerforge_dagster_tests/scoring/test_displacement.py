"""What would be replaced, and how hard that is."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnerforge_dagster.models.competitor_intelligence import CompetitorIntelligence
from partnerforge_dagster.models.displacement_analysis import Incumbency
from partnerforge_dagster.models.scores import Score, ScorePart
from partnerforge_dagster.models.technology_stack import Technology, TechnologyStack
from partnerforge_dagster.scoring.displacement import displacement_score, find_incumbent, years_in_place
from partnerforge_dagster_tests.scoring.records import SELLER, TODAY, competition, fact, stack, tech, unasked


def score(found: TechnologyStack | None, rivals: CompetitorIntelligence | None = None) -> Score:
    return displacement_score(find_incumbent(found, SELLER), found, rivals, SELLER, TODAY)


def part(name: str, found: TechnologyStack | None, rivals: CompetitorIntelligence | None = None) -> ScorePart:
    return next(part for part in score(found, rivals).parts if part.name == name)


@pytest.mark.parametrize(
    ("found", "incumbency", "name"),
    [
        (stack(tech("Algolia"), tech("Klevu")), Incumbency.CUSTOMER, "Algolia"),
        (stack(tech("React"), search_vendor=fact("Algolia")), Incumbency.CUSTOMER, "Algolia"),
        (stack(tech("Algolia", live=False), tech("Klevu")), Incumbency.COMPETITOR, "Klevu"),
        (stack(tech("HawkSearch"), tech("Shopify")), Incumbency.COMPETITOR, "Hawksearch"),
        (stack(tech("React"), search_vendor=fact("Nobody's Search")), Incumbency.COMPETITOR, "Nobody's Search"),
        (stack(tech("Demandware"), tech("WordPress")), Incumbency.PLATFORM, "Salesforce Commerce Cloud"),
        (stack(tech("React"), cms=fact("Drupal")), Incumbency.PLATFORM, "Drupal"),
        (stack(tech("React")), Incumbency.NOTHING_SEEN, None),
        (stack(), Incumbency.UNKNOWN, None),
        (stack(tech("Shopify"), gaps=[unasked("technologies")]), Incumbency.UNKNOWN, None),
        (stack(tech("Shopify"), gaps=[unasked("search vendor")]), Incumbency.UNKNOWN, None),
        (stack(tech("Shopify"), gaps=[unasked("trust level")]), Incumbency.PLATFORM, "Shopify"),
        (None, Incumbency.UNKNOWN, None),
    ],
)
def test_the_incumbent_is_own_then_search_product_then_platform(
    found: TechnologyStack | None, incumbency: Incumbency, name: str | None
) -> None:
    """A platform's search stands in only when the stack was read and shows no search product."""
    incumbent = find_incumbent(found, SELLER)
    assert (incumbent.incumbency, incumbent.name) == (incumbency, name)


def test_of_several_search_products_the_hardest_to_replace_counts() -> None:
    """Unless the stack names its search vendor: then that one."""
    both = (tech("Klevu"), tech("Coveo"))
    assert find_incumbent(stack(*both), SELLER).name == "Coveo"
    assert find_incumbent(stack(*both, search_vendor=fact("Klevu")), SELLER).name == "Klevu"


def test_a_customer_scores_exactly_zero_and_says_why() -> None:
    """Nothing to replace: no band, nothing wanted, every part says so."""
    got = score(stack(tech("Algolia"), tech("Segment")), competition("a.com"))
    assert (got.floor, got.value, got.ceiling, got.most_wanted) == (0.0, 0.0, 0.0, None)
    assert {one.reason for one in got.parts} == {"Already a customer: Algolia is live (BuiltWith), nothing to replace."}


def test_a_whole_picture_is_scored_part_by_part() -> None:
    """Klevu, three years in place, with one rival on the seller, a fresh shop platform and two partners."""
    new = tech("Shopify", first=TODAY - timedelta(days=90), category="Shopify Platform")
    found = stack(tech("Klevu", first=TODAY - timedelta(days=3 * 365.25)), new, tech("Segment"), added=(new,))
    got = score(found, competition("a.com"))
    assert {one.name: one.value for one in got.parts} == pytest.approx(
        {
            "incumbent_ease": 0.7,
            "entrenchment": 0.5,
            "competitor_pressure": 1 / 3,
            "recent_change": 1.0,
            "partner_technology": 2 / 3,
        }
    )
    assert got.value == got.floor == got.ceiling == pytest.approx(24.5 + 10 + 6.7 + 15 + 6.7)
    assert all(one.sources and one.reason.endswith(".") for one in got.parts)
    assert got.parts[1].reason == "Klevu was first seen 3 years ago (BuiltWith); 6 years count as fully entrenched."


def test_nothing_known_is_all_band() -> None:
    """Without stack and competitors every part is unknown."""
    got = score(None)
    assert (got.floor, got.ceiling, got.most_wanted) == (0.0, 100.0, "incumbent_ease")


def test_a_search_vendor_that_the_profile_does_not_list_has_unknown_ease() -> None:
    """Its name is said, its ease is not guessed."""
    ease = part("incumbent_ease", stack(tech("React"), search_vendor=fact("Nobody's Search")))
    assert ease.value is None
    assert "Nobody's Search" in ease.reason


def test_where_nothing_stands_nothing_is_entrenched() -> None:
    """An empty place earns all entrenchment points and the profile's ease."""
    empty = stack(tech("React"))
    assert part("entrenchment", empty).value == 1.0
    assert part("incumbent_ease", empty).value == SELLER.displacement.nothing_seen_ease


def test_years_in_place_count_from_the_first_sighting() -> None:
    """The earliest sighting of any of the product's names; unknown without a date; never negative."""
    old, new = TODAY - timedelta(days=730), TODAY - timedelta(days=10)
    twice = stack(tech("Hawksearch", first=new), tech("HawkSearch", first=old))
    assert years_in_place(find_incumbent(twice, SELLER), TODAY) == 2.0
    assert years_in_place(find_incumbent(stack(tech("Klevu", first=None)), SELLER), TODAY) is None
    ahead = stack(tech("Klevu", first=TODAY + timedelta(days=40)))
    assert years_in_place(find_incumbent(ahead, SELLER), TODAY) == 0.0


def test_a_dropped_search_product_is_a_recent_change() -> None:
    """What came or went around search and commerce counts, by name or by category; a new font does not."""
    gone, cart, font = tech("Klevu", live=False), tech("Foo", category="Shopping Cart"), tech("Bar", category="Fonts")
    assert "Klevu was dropped" in part("recent_change", stack(tech("React"), dropped=(gone,))).reason
    assert part("recent_change", stack(tech("React"), added=(cart,))).value == 1.0
    assert part("recent_change", stack(tech("React"), added=(font,))).value == 0.0


def test_without_dates_no_change_can_be_denied() -> None:
    """A stack read from a home page shows what is there, not what came and went."""
    assert part("recent_change", stack(tech("React", first=None))).value is None
    assert part("recent_change", stack(tech("React"), gaps=[unasked("technologies")])).value is None


def test_pressure_is_full_at_the_profiles_number() -> None:
    """More competitors than that earn no more; that none uses the seller is known, a missing list is not."""
    none = stack(tech("React"))
    assert part("competitor_pressure", none, competition("a", "b", "c", "d")).value == 1.0
    assert part("competitor_pressure", none, competition()).value == 0.0
    assert part("competitor_pressure", none, competition(known=False)).value is None


names = ["Klevu", "Coveo", "Shopify", "Demandware", "React", "Segment", "WordPress", "Contentful", "Foo"]
technologies = st.lists(
    st.builds(tech, st.sampled_from(names), first=st.none() | st.dates(TODAY - timedelta(days=4000), TODAY)),
    unique_by=lambda technology: technology.name,
)


@given(found=technologies, data=st.data())
def test_the_order_of_technologies_changes_nothing(found: list[Technology], data: st.DataObject) -> None:
    """A stack is a set: any order gives exactly the same score."""
    shuffled = data.draw(st.permutations(found))
    assert score(stack(*found, added=tuple(found))) == score(stack(*shuffled, added=tuple(shuffled)))


@given(found=technologies, rivals=st.none() | st.lists(st.sampled_from("abcdef"), unique=True))
def test_the_score_holds_its_bounds(found: list[Technology], rivals: list[str] | None) -> None:
    """Each part within its weight; knowing the competitors never widens the band."""
    without = score(stack(*found))
    assert all(0 <= one.points <= one.weight for one in without.parts)
    if rivals is not None:
        knowing = score(stack(*found), competition(*rivals))
        assert without.floor <= knowing.floor
        assert knowing.ceiling <= without.ceiling
