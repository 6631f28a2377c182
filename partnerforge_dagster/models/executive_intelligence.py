"""M09 executive intelligence: who runs the company and what they said in public.

Not for: who of them buys (buying_committee.py). Personal data beyond name, title and public quotes is not kept.
"""

from datetime import date

from partnerforge_dagster.models.base import Frozen
from partnerforge_dagster.models.provenance import Sources
from partnerforge_dagster.models.result import ModuleResult


class Executive(Frozen):
    """A person in office."""

    name: str
    title: str
    since: date | None
    """When the person took the office, where a source says so."""
    sources: Sources


class Quote(Frozen):
    """Words said in public."""

    person: str
    text: str
    on: date | None
    url: str
    sources: Sources


class ExecutiveIntelligence(ModuleResult):
    """Executives, the highest first, and their public quotes, newest first."""

    executives: tuple[Executive, ...] = ()
    quotes: tuple[Quote, ...] = ()
