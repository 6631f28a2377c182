"""The brief as one self-contained HTML page: styles and charts inside, no script, nothing fetched from elsewhere.

The layout is `brief.html.j2`, the style `brief.css`. Everything is escaped; only http and https URLs become links.
Not for: what is said (sections/) or drawn (charts.py).
"""

from collections.abc import Iterable
from functools import lru_cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from partnerforge_dagster import wording
from partnerforge_dagster.brief import charts, missing, origins
from partnerforge_dagster.brief.citing import numbers_of
from partnerforge_dagster.changes import words
from partnerforge_dagster.models.base import Mode
from partnerforge_dagster.models.changes import Significance
from partnerforge_dagster.models.modules import MODULES
from partnerforge_dagster.models.provenance import Source
from partnerforge_dagster.models.result import Status
from partnerforge_dagster.models.strategic_signal_brief import (
    BriefSource,
    Section,
    Statement,
    StrategicSignalBrief,
)


def render_html(brief: StrategicSignalBrief) -> str:
    """The page, a pure function of the brief."""
    page = _Page(brief)
    return _environment().get_template("brief.html.j2").render(brief=brief, page=page).lstrip()


class _Page:
    """The brief as the template asks for it."""

    def __init__(self, brief: StrategicSignalBrief) -> None:
        self._brief = brief
        self._sources = {source.n: source for source in brief.sources}
        self.sandbox = brief.mode is Mode.SANDBOX
        self.visits = charts.visits_chart([(point.on, point.value) for point in brief.charts.visits])
        self.technologies = charts.technology_chart(brief.charts.technologies)
        self.gap_groups = missing.grouped(missing.beside_keys(brief))
        self.waterfalls = [
            (MODULES[one.module].title, one.subject, origins.told(one.steps)) for one in brief.waterfalls
        ]
        self.minor_changes = [one for one in brief.changes if one.significance is Significance.MINOR]
        self.changes = [one for one in brief.changes if one.significance is not Significance.MINOR]
        self.incomplete = [module for module in brief.modules if module.status is not Status.COMPLETE]

    def section(self, name: str) -> list[Statement]:
        """The statements of one section, in order."""
        return [statement for statement in self._brief.statements if statement.section is Section(name)]

    def cites(self, numbers: Iterable[int]) -> Markup:
        """Superscript numbers, each a link to its source with what it is as a tooltip; long runs are drawn together."""
        links = Markup(",").join(
            self._link(first) if first == last else self._link(first) + Markup("–") + self._link(last)
            for first, last in wording.runs(tuple(numbers))
        )
        return Markup('<sup class="cites">{}</sup>').format(links) if links else Markup("")

    def cite_part(self, sources: Iterable[Source]) -> Markup:
        """The same for a score part, whose sources are whole records."""
        return self.cites(numbers_of(self._brief.sources, sources))

    def _link(self, number: int) -> Markup:
        return Markup('<a href="#source-{n}" title="{title}">{n}</a>').format(
            n=number, title=describe(self._sources[number])
        )


def describe(source: BriefSource) -> str:
    """A source in one line: `BuiltWith domain, fetched 3 Oct 2026, 14:05 UTC, from the cache, stale`."""
    notes = [note for note, holds in (("from the cache", source.cached), ("stale", source.stale)) if holds]
    fetched = f"fetched {wording.moment(source.fetched_at)}"
    return ", ".join([f"{wording.provider(source.provider)} {wording.spaced(source.endpoint)}", fetched, *notes])


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("partnerforge_dagster", "brief"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        day=wording.day,
        moment=wording.moment,
        provider=wording.provider,
        sentence=wording.sentence,
        spaced=wording.spaced,
        unbroken=wording.unbroken,
        title_of=wording.title,
        web_url=wording.web_url,
    )
    environment.globals.update(
        gauge=charts.score_chart,
        words=words,
        gap_kind=wording.GAP_KINDS.__getitem__,
        module_title=lambda name: MODULES[name].title,
    )
    return environment
