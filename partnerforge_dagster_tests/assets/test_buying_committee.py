"""M10 is a function of company, postings, executives and the profile's titles."""

import asyncio

from partnerforge_dagster.assets.buying_committee import buying_committee
from partnerforge_dagster.models.buying_committee import BuyingCommittee, BuyingRole
from partnerforge_dagster.models.executive_intelligence import ExecutiveIntelligence
from partnerforge_dagster.models.hiring_signals import HiringSignals
from partnerforge_dagster.models.provenance import GapKind
from partnerforge_dagster.models.result import Status
from partnerforge_dagster_tests.scoring.records import (
    ACCOUNT,
    SELLER,
    company,
    executive,
    executives,
    fact,
    hiring,
    role,
    unasked,
    unavailable,
)


def filled(leaders: ExecutiveIntelligence, roles: HiringSignals | None = None) -> BuyingCommittee:
    named = company(trading_name=fact("Acme"))
    return asyncio.run(buying_committee(ACCOUNT, named, roles or hiring(), leaders, SELLER))


def test_seats_are_filled_with_inferences_and_empty_ones_explained() -> None:
    """A name where a title fits; a gap where none does, with the postings that would fill it."""
    got = filled(executives(executive("Al", "Chief Technology Officer")), hiring(role("Search Merchandiser")))
    assert [(seat.role, len(seat.candidates), len(seat.open_roles)) for seat in got.seats] == [
        (BuyingRole.ECONOMIC_BUYER, 0, 0),
        (BuyingRole.TECHNICAL_BUYER, 1, 0),
        (BuyingRole.CHAMPION, 0, 0),
        (BuyingRole.USER, 0, 1),
    ]
    assert "at Acme" in got.seats[1].candidates[0].evidence
    assert got.status is Status.COMPLETE
    assert {gap.subject: gap.kind for gap in got.gaps} == {
        "economic buyer": GapKind.NOTHING_THERE,
        "champion": GapKind.NOTHING_THERE,
        "user": GapKind.NOTHING_THERE,
    }
    assert [gap.reason for gap in got.gaps if gap.subject == "user"] == [
        "no executive that is known has a title for this seat; 1 open role would fill it"
    ]


def test_a_seat_is_not_called_empty_when_executives_could_not_be_asked() -> None:
    """Could not ask is not nothing there, whether all of it failed or a part."""
    for leaders in (unavailable(ExecutiveIntelligence), executives(gaps=[unasked("officers")])):
        got = filled(leaders)
        assert got.status is Status.PARTIAL
        assert {gap.kind for gap in got.gaps} == {GapKind.COULD_NOT_ASK}
        assert {"economic buyer", "technical buyer", "champion", "user"} <= {gap.subject for gap in got.gaps}


def test_all_four_seats_are_always_listed() -> None:
    """Even when neither people nor postings are known."""
    got = filled(unavailable(ExecutiveIntelligence), unavailable(HiringSignals))
    assert [seat.role for seat in got.seats] == list(BuyingRole)
