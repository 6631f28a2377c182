"""M10 buying committee: who would decide, on what evidence, and which seats are being hired for.

Not for: which titles fill which seat (the seller profile).
"""

from enum import StrEnum

from partnerforge_dagster.models.base import Frozen, Share
from partnerforge_dagster.models.hiring_signals import OpenRole
from partnerforge_dagster.models.provenance import Sources
from partnerforge_dagster.models.result import ModuleResult


class BuyingRole(StrEnum):
    """The four seats."""

    ECONOMIC_BUYER = "economic_buyer"
    TECHNICAL_BUYER = "technical_buyer"
    CHAMPION = "champion"
    USER = "user"


class Candidate(Frozen):
    """A person for a seat. Always an inference: nobody publishes a buying committee."""

    name: str
    title: str
    evidence: str
    """The rule that put this title into this seat."""
    confidence: Share
    sources: Sources


class Seat(Frozen):
    """One seat with its candidates, best first, and the postings that would fill it."""

    role: BuyingRole
    candidates: tuple[Candidate, ...] = ()
    open_roles: tuple[OpenRole, ...] = ()


class BuyingCommittee(ModuleResult):
    """All four seats, always, in the order of BuyingRole."""

    seats: tuple[Seat, ...] = ()
