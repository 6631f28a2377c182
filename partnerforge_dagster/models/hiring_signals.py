"""M06 hiring signals: open roles and what they say about plans.

Not for: who would buy (buying_committee.py).
"""

from datetime import date
from enum import StrEnum

from partnerforge_dagster.models.base import Frozen
from partnerforge_dagster.models.provenance import Fact, Sources
from partnerforge_dagster.models.result import ModuleResult


class JobFunction(StrEnum):
    """Department a role belongs to, by its title and department words."""

    ENGINEERING = "engineering"
    DATA = "data"
    PRODUCT = "product"
    DESIGN = "design"
    ECOMMERCE = "ecommerce"
    MARKETING = "marketing"
    SALES = "sales"
    OPERATIONS = "operations"
    STORES = "stores"
    CORPORATE = "corporate"
    OTHER = "other"


class Seniority(StrEnum):
    """Level of a role, by its title."""

    EXECUTIVE = "executive"
    DIRECTOR = "director"
    MANAGER = "manager"
    SENIOR = "senior"
    STAFF = "staff"
    JUNIOR = "junior"


class OpenRole(Frozen):
    """One posting that is open now."""

    title: str
    function: JobFunction
    seniority: Seniority
    location: str | None
    posted_on: date | None
    url: str
    relevant_because: str | None
    """Why it matters to the seller; None when it does not."""
    technologies: tuple[str, ...] = ()
    """Technologies named in the posting that the seller profile knows."""
    sources: Sources


class Count(Frozen):
    """A name and how often it occurs."""

    name: str
    count: int


class HiringTrend(Frozen):
    """Postings dated in the last 30 days against the 30 days before that."""

    last_30_days: int
    previous_30_days: int


class HiringSignals(ModuleResult):
    """All open roles, counted, and the ones that matter."""

    open_roles: Fact[int] | None = None
    by_function: Fact[tuple[Count, ...]] | None = None
    by_seniority: Fact[tuple[Count, ...]] | None = None
    relevant_roles: tuple[OpenRole, ...] = ()
    """Newest first, at most 25."""
    technologies: Fact[tuple[Count, ...]] | None = None
    """Technologies named in postings, with the number of postings."""
    trend: Fact[HiringTrend] | None = None
    boards: tuple[str, ...] = ()
    """Boards on which roles were found: `greenhouse:costco`."""
