"""Signals: dated observations that bear on buying, with evidence. Shared by several modules.

Not for: their weights and decay (the seller profile) or their points (scoring/intent.py).
"""

from datetime import date
from enum import StrEnum

from partnerforge_dagster.models.base import Frozen, Share
from partnerforge_dagster.models.provenance import Sources


class SignalKind(StrEnum):
    """What happened. The seller profile weighs each kind."""

    ACQUISITION = "acquisition"
    REPLATFORMING = "replatforming"
    EXPANSION = "expansion"
    LEADERSHIP_CHANGE = "leadership_change"
    FUNDING = "funding"
    LAYOFFS = "layoffs"
    LAUNCH = "launch"
    HIRING = "hiring"
    FILING = "filing"
    EARNINGS = "earnings"
    PRIORITY = "priority"
    """A priority about digital, commerce or search that the company itself states to investors."""


class Signal(Frozen):
    """One dated observation. `on` is None when the source gives no date; it then earns no points for being new."""

    kind: SignalKind
    title: str
    summary: str
    on: date | None
    url: str | None
    confidence: Share
    sources: Sources


class NewsItem(Frozen):
    """One search or news hit that a module kept."""

    title: str
    url: str
    snippet: str
    on: date | None
    publisher: str | None
    sources: Sources
