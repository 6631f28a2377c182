"""M07 strategic context: dated events in the news and on the web.

Not for: what events are worth (signal_scoring.py).
"""

from partnerforge_dagster.models.result import ModuleResult
from partnerforge_dagster.models.signals import Signal


class StrategicContext(ModuleResult):
    """Events, newest first, each with URL and confidence; one per event, not per article."""

    events: tuple[Signal, ...] = ()
