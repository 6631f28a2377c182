"""What the modules found about one account, as the brief's sections look at it.

Not for: sentences (sections/) or what is missing (missing.py).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from partnerforge_dagster.models.account import Account
from partnerforge_dagster.models.company_context import CompanyContext
from partnerforge_dagster.models.displacement_analysis import DisplacementAnalysis
from partnerforge_dagster.models.icp_priority_mapping import IcpPriorityMapping, ValueMatch
from partnerforge_dagster.models.modules import MODULES
from partnerforge_dagster.models.provenance import Source
from partnerforge_dagster.models.result import ModuleResult, Status
from partnerforge_dagster.models.scores import Score
from partnerforge_dagster.models.signal_scoring import SignalScoring
from partnerforge_dagster.models.signals import Signal
from partnerforge_dagster.models.strategic_context import StrategicContext
from partnerforge_dagster.seller import Seller

R = TypeVar("R", bound=ModuleResult)
_NAMES = {spec.result: name for name, spec in MODULES.items()}


@dataclass(frozen=True)
class Findings:
    """Results by module name; modules may be missing or unavailable."""

    account: Account
    results: Mapping[str, ModuleResult]
    seller: Seller

    def of(self, kind: type[R]) -> R | None:
        """The module's result, or None when it is missing or unavailable. Raises TypeError for a wrong record."""
        result = self.results.get(_NAMES[kind])
        if result is None or result.status is Status.UNAVAILABLE:
            return None
        if not isinstance(result, kind):
            raise TypeError(f"{_NAMES[kind]} holds a {type(result).__name__}, not a {kind.__name__}")
        return result

    @property
    def name(self) -> str:
        """The company's name, or its domain when the name is not known."""
        context = self.of(CompanyContext)
        return context.name if context else self.account.domain

    @property
    def fit(self) -> Score | None:
        """Fit score (M13)."""
        mapping = self.of(IcpPriorityMapping)
        return mapping.fit if mapping else None

    @property
    def intent(self) -> Score | None:
        """Intent score (M14)."""
        scoring = self.of(SignalScoring)
        return scoring.intent if scoring else None

    @property
    def displacement(self) -> Score | None:
        """Displacement score (M11)."""
        analysis = self.of(DisplacementAnalysis)
        return analysis.score if analysis else None

    @property
    def signals(self) -> tuple[Signal, ...]:
        """Signals, strongest first; the events, newest first, when nothing weighed them."""
        if scoring := self.of(SignalScoring):
            return tuple(scored.signal for scored in scoring.top_signals)
        context = self.of(StrategicContext)
        return context.events if context else ()


def sources_of(score: Score | None) -> tuple[Source, ...]:
    """The sources of a score's known parts."""
    return tuple(source for part in score.parts for source in part.sources) if score else ()


def first_reason(match: ValueMatch) -> str:
    """The strongest of the reasons for an offer; a page has no room for all of them."""
    return match.because.split("; ")[0]


def joined(*groups: Iterable[Source]) -> tuple[Source, ...]:
    """Several facts' sources as one statement's."""
    return tuple(source for group in groups for source in group)
