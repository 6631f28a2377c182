"""Titles fill seats by the profile's patterns."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnerforge_dagster.models.buying_committee import BuyingRole
from partnerforge_dagster.scoring.committee import fill_seats, title_rank
from partnerforge_dagster_tests.scoring.records import SELLER, executive, role

PROFILES = {profile.role: profile for profile in SELLER.seats}


@pytest.mark.parametrize(
    ("title", "seat", "rank"),
    [
        ("Chief Digital Officer", "economic_buyer", 0),
        ("SVP, E-Commerce and Omnichannel", "economic_buyer", 2),
        ("President, Digital", "economic_buyer", 2),
        ("Chief Executive Officer", "economic_buyer", 4),
        ("CEO & Director", "economic_buyer", 4),
        ("Chief Technology Officer", "technical_buyer", 0),
        ("EVP & CIO", "technical_buyer", 1),
        ("Vice President of Engineering", "technical_buyer", 2),
        ("Director, Search and Discovery", "champion", 0),
        ("Senior Product Manager", "champion", 3),
        ("Online Merchandiser", "user", 0),
        ("Search Engineer", "user", 2),
        ("General Counsel", "economic_buyer", None),
        ("Warehouse Clerk", "user", None),
        ("Director of the Board", "technical_buyer", None),
    ],
)
def test_titles_rank_by_the_first_pattern_that_they_match(title: str, seat: str, rank: int | None) -> None:
    """The profile's order is from the best title to the last resort."""
    assert title_rank(title, PROFILES[BuyingRole(seat)]) == rank


def test_confidence_falls_with_the_rank_of_the_title() -> None:
    """The first title has the seat's confidence, each further pattern the profile's share of it."""
    chief, manager = executive("Bo", "Chief Digital Officer"), executive("Al", "Chief Executive Officer")
    seat = fill_seats("Acme", [manager, chief], [], SELLER)[0]
    assert [(one.name, one.confidence) for one in seat.candidates] == [("Bo", 0.8), ("Al", 0.418)]
    assert seat.candidates[0].evidence == (
        "Chief Digital Officer at Acme: this office answers for online sales and signs for what lifts them"
    )
    assert seat.candidates[0].sources == chief.sources


def test_all_four_seats_are_listed_even_when_empty() -> None:
    """Nobody known leaves four empty seats, in the order of BuyingRole."""
    seats = fill_seats("Acme", [], [], SELLER)
    assert [seat.role for seat in seats] == list(BuyingRole)
    assert all(not seat.candidates and not seat.open_roles for seat in seats)


def test_open_roles_show_the_seats_that_are_being_hired_for() -> None:
    """A posting fills a seat by the same titles."""
    seats = {
        seat.role: seat for seat in fill_seats("Acme", [], [role("Search Engineer"), role("Truck Driver")], SELLER)
    }
    assert [opening.title for opening in seats[BuyingRole.USER].open_roles] == ["Search Engineer"]
    assert seats[BuyingRole.ECONOMIC_BUYER].open_roles == ()


@given(data=st.data())
def test_the_order_of_people_and_postings_changes_nothing(data: st.DataObject) -> None:
    """The same people and postings in any order give exactly the same seats."""
    titles = ["CEO", "Chief Technology Officer", "VP Product", "Head of E-Commerce", "CFO", "Merchandiser"]
    people = [executive(f"Person {number}", title) for number, title in enumerate(titles)]
    roles = [role(title) for title in ("Search Engineer", "Web Developer", "Product Manager")]
    shuffled = fill_seats("Acme", data.draw(st.permutations(people)), data.draw(st.permutations(roles)), SELLER)
    assert shuffled == fill_seats("Acme", people, roles, SELLER)
