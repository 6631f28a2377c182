"""What every search engine's answer becomes.

Not for: reading one engine's format (the engine's own file).
"""

from datetime import date

from partnerforge_dagster.models.base import Frozen


class SearchResult(Frozen):
    """One hit of a web or news search. Texts are plain: no tags, no entities."""

    title: str
    url: str
    snippet: str
    on: date | None = None
    """Day of publication as the engine gives it (its zone is not stated); None where it gives none."""
    age: str | None = None
    """The engine's own words for it: `2 weeks ago`, `June 30, 2025`."""
    publisher: str | None = None
    """The publisher's name where the engine gives one, else the host of the page."""
    extra: tuple[str, ...] = ()
    """Further excerpts of the page."""


class KnowledgeGraph(Frozen):
    """The panel beside a web search: a company as the engine knows it."""

    title: str
    type: str | None = None
    website: str | None = None
    description: str | None = None
    attributes: tuple[tuple[str, str], ...] = ()
    """(`CEO`, `Andy Jassy (Jul 5, 2021–)`): words for people, not for parsing."""
