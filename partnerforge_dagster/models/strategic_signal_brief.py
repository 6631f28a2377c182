"""M15 strategic signal brief: the page a seller reads, as data. Names as in SPEC section 11.

Not for: composing it (brief/compose.py) or rendering it (brief/render_*.py).
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, model_validator

from partnerforge_dagster.models.base import Frozen, UtcDatetime
from partnerforge_dagster.models.changes import Change
from partnerforge_dagster.models.provenance import Gap, WaterfallStep
from partnerforge_dagster.models.result import ModuleResult, Status
from partnerforge_dagster.models.scores import Score


class Section(StrEnum):
    """Sections in reading order."""

    HEADLINE = "headline"
    WHY_NOW = "why_now"
    WHY_US = "why_us"
    WHO = "who"
    WHAT_TO_SAY = "what_to_say"
    FACTS = "facts"


class Statement(Frozen):
    """A sentence of the brief. Without a source it cannot be made."""

    id: str
    section: Section
    text: str
    kind: Literal["fact", "inference"]
    sources: Annotated[tuple[int, ...], Field(min_length=1)]
    """Numbers of BriefSource.n."""
    label: str = ""
    """The words before the first colon of `text`, which a page may set apart: `Economic buyer`, `3 Oct 2026`."""


class BriefSource(Frozen):
    """One numbered source."""

    n: int
    provider: str
    endpoint: str
    url: str | None
    fetched_at: UtcDatetime
    cached: bool
    stale: bool


class BriefGap(Frozen):
    """A gap with the module that has it."""

    module: str
    gap: Gap


class BriefWaterfall(Frozen):
    """Who was asked for one fact, in order."""

    module: str
    subject: str
    steps: tuple[WaterfallStep, ...]


class BriefDisagreement(Frozen):
    """What two sources say differently about one fact; the brief uses the first."""

    module: str
    subject: str
    stated: str
    stated_by: int
    """Number of BriefSource.n."""
    other: str
    other_by: int


class MissingKey(Frozen):
    """A service without a key, and what a key would add to this brief."""

    provider: str
    service: str
    variables: tuple[str, ...]
    """Any one of these environment variables takes a key."""
    adds: str
    instead: str
    """What is used without it."""
    subjects: tuple[str, ...]
    """What is missing here for want of it."""


class ModuleStatus(Frozen):
    """How one module fared."""

    module: str
    status: Status
    as_of: UtcDatetime | None


class SeriesPoint(Frozen):
    """A point of a chart."""

    on: date
    value: float


class TimelineBar(Frozen):
    """A technology's time on the site."""

    name: str
    start: date
    end: date
    live: bool


class Charts(Frozen):
    """What the brief draws."""

    visits: tuple[SeriesPoint, ...] = ()
    visits_sources: tuple[int, ...] = ()
    """Numbers of BriefSource.n, as in a statement; empty only when nothing is drawn."""
    technologies: tuple[TimelineBar, ...] = ()
    technologies_sources: tuple[int, ...] = ()


class StrategicSignalBrief(ModuleResult):
    """The brief. Every statement's source numbers exist in `sources`."""

    title: str
    statements: tuple[Statement, ...] = ()
    sources: tuple[BriefSource, ...] = ()
    scores: dict[Literal["fit", "intent", "displacement"], Score | None] = Field(default_factory=dict)
    tier: str | None = None
    data_gaps: tuple[BriefGap, ...] = ()
    """Gaps of all modules; in the brief's own JSON they are called `gaps`."""
    changes: tuple[Change, ...] = ()
    """What is different from the last brief, in all modules, the most significant first."""
    modules: tuple[ModuleStatus, ...] = ()
    charts: Charts = Charts()
    missing_keys: tuple[MissingKey, ...] = ()
    waterfalls: tuple[BriefWaterfall, ...] = ()
    conflicts: tuple[BriefDisagreement, ...] = ()
    """Of all modules; in the brief's own JSON they are called `disagreements`."""

    @model_validator(mode="after")
    def _cited(self) -> "StrategicSignalBrief":
        known = {source.n for source in self.sources}
        for statement in self.statements:
            missing = set(statement.sources) - known
            if missing:
                raise ValueError(f"statement {statement.id} cites sources {sorted(missing)} that are not listed")
        return self
