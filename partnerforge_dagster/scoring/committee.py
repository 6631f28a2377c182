"""Buying committee (M10): which titles fill which seat. A candidate is always an inference from a title.

Not for: the titles (the seller profile) or finding the people (assets/executive_intelligence.py).
"""

import re
from collections.abc import Iterable

from partnerforge_dagster.models.buying_committee import BuyingRole, Candidate, Seat
from partnerforge_dagster.models.executive_intelligence import Executive
from partnerforge_dagster.models.hiring_signals import OpenRole
from partnerforge_dagster.seller import SeatProfile, Seller


def fill_seats(
    company: str, executives: Iterable[Executive], open_roles: Iterable[OpenRole], seller: Seller
) -> tuple[Seat, ...]:
    """All seats in the order of BuyingRole, each with its candidates and open roles, best first."""
    profiles = {profile.role: profile for profile in seller.seats}
    people, roles = tuple(executives), tuple(open_roles)
    return tuple(
        Seat(
            role=role,
            candidates=_candidates(company, people, profiles[role]),
            open_roles=_openings(roles, profiles[role]),
        )
        for role in BuyingRole
    )


def title_rank(title: str, profile: SeatProfile) -> int | None:
    """Position of the first pattern that the title matches, 0 is best; None when it fills the seat by no pattern."""
    ranks = (rank for rank, pattern in enumerate(profile.titles) if re.search(pattern, title, re.IGNORECASE))
    return next(ranks, None)


def _candidates(company: str, people: tuple[Executive, ...], profile: SeatProfile) -> tuple[Candidate, ...]:
    ranked = [(rank, person) for person in people if (rank := title_rank(person.title, profile)) is not None]
    return tuple(
        Candidate(
            name=person.name,
            title=person.title,
            evidence=f"{person.title} at {company}: {profile.why}",
            confidence=round(profile.confidence * profile.next_title**rank, 3),
            sources=person.sources,
        )
        for rank, person in sorted(ranked, key=lambda row: (row[0], row[1].name, row[1].title))
    )


def _openings(roles: tuple[OpenRole, ...], profile: SeatProfile) -> tuple[OpenRole, ...]:
    ranked = [(rank, role) for role in roles if (rank := title_rank(role.title, profile)) is not None]
    return tuple(role for _, role in sorted(ranked, key=lambda row: (row[0], row[1].title, row[1].url)))
