"""M14 signal scoring: how likely the account is to buy soon.

Not for: the rules, weights and half-lives (scoring/intent.py and the seller profile).
"""

from partnerforge_dagster.models.base import Frozen, Points, Share
from partnerforge_dagster.models.result import ModuleResult
from partnerforge_dagster.models.scores import Score
from partnerforge_dagster.models.signals import Signal


class ScoredSignal(Frozen):
    """A signal with what it earned: weight x confidence x decay."""

    signal: Signal
    weight: Points
    decay: Share
    """0.5 after one half-life."""
    points: Points


class SignalScoring(ModuleResult):
    """Intent score and the signals behind it, strongest first."""

    intent: Score | None = None
    """None only when status is unavailable."""
    top_signals: tuple[ScoredSignal, ...] = ()
