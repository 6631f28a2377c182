"""M12 case-study matching: the seller's stories that this account will recognise itself in.

Not for: the stories (the seller profile).
"""

from partnerforge_dagster.models.base import Frozen, Share
from partnerforge_dagster.models.provenance import Source
from partnerforge_dagster.models.result import ModuleResult


class CaseStudyMatch(Frozen):
    """One story and why it fits: industry, technology, size, region."""

    case_study: str
    """Id in the seller profile."""
    customer: str
    headline: str
    url: str | None
    fit: Share
    why: tuple[str, ...]
    sources: tuple[Source, ...]
    """The account's facts that the match rests on."""


class CaseStudyMatching(ModuleResult):
    """Best matches first, at most three."""

    matches: tuple[CaseStudyMatch, ...] = ()
