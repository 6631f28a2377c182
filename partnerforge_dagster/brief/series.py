"""What the brief draws: picks the points and bars from the findings and cites their sources.

Not for: drawing them (charts.py).
"""

from datetime import date

from partnerforge_dagster.brief.citing import Citations
from partnerforge_dagster.brief.findings import Findings, joined
from partnerforge_dagster.brief.sections.why_now import known_technologies
from partnerforge_dagster.models.strategic_signal_brief import Charts, SeriesPoint, TimelineBar
from partnerforge_dagster.models.technology_stack import Technology, TechnologyStack
from partnerforge_dagster.models.traffic_analysis import TrafficAnalysis

MOST_TECHNOLOGIES = 10


def charts(findings: Findings, citations: Citations) -> Charts:
    """Visits by month and the technologies' times on the site; empty where the module has nothing."""
    traffic = findings.of(TrafficAnalysis)
    months = traffic.months if traffic else None
    stack = findings.of(TechnologyStack)
    technologies = _worth_drawing(findings, stack) if stack else ()
    today = findings.account.as_of.date()
    return Charts(
        visits=tuple(SeriesPoint(on=point.month, value=point.visits) for point in months.value) if months else (),
        visits_sources=citations.cite(months.sources if months else ()),
        technologies=tuple(_bar(technology, today) for technology in technologies),
        technologies_sources=citations.cite(joined(*(technology.sources for technology in technologies))),
    )


def _worth_drawing(findings: Findings, stack: TechnologyStack) -> tuple[Technology, ...]:
    """Dated technologies: those that the seller profile knows, then the movements, then the newest; by first seen."""
    known = known_technologies(findings.seller)
    moved = {technology.name for technology in (*stack.added, *stack.dropped)}
    dated = [technology for technology in stack.technologies if technology.first_seen]
    dated.sort(key=lambda technology: (-_first(technology).toordinal(), technology.name))
    dated.sort(key=lambda technology: (technology.name.casefold() not in known, technology.name not in moved))
    return tuple(sorted(dated[:MOST_TECHNOLOGIES], key=lambda technology: (_first(technology), technology.name)))


def _first(technology: Technology) -> date:
    return technology.first_seen or date.min


def _bar(technology: Technology, today: date) -> TimelineBar:
    start = _first(technology)
    end = today if technology.live else technology.last_seen or start
    return TimelineBar(name=technology.name, start=start, end=max(start, end), live=technology.live)
