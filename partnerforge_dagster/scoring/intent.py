"""Intent score (M14): how likely an account is to buy soon. Signals fade with age and repeat themselves at a discount.

Not for: what counts as a signal (observed.py) or the weights (the seller profile).
"""

import math
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from partnerforge_dagster import wording
from partnerforge_dagster.models.provenance import GapKind
from partnerforge_dagster.models.result import ModuleResult
from partnerforge_dagster.models.scores import Score, ScorePart
from partnerforge_dagster.models.signal_scoring import ScoredSignal
from partnerforge_dagster.models.signals import Signal, SignalKind
from partnerforge_dagster.scoring.score import cite, known, origin, partly_known, total, unknown
from partnerforge_dagster.scoring.stack import some_unasked
from partnerforge_dagster.seller_scores import INTENT_SOURCES, Intent


class Observed(NamedTuple):
    """One upstream module with the signals that it gave; result None is unavailable."""

    result: ModuleResult | None
    signals: tuple[Signal, ...] = ()


def decay(on: date | None, today: date, half_life_days: float, undated: float) -> float:
    """What is left of a signal: 1 today, a half after one half-life, `undated` when it has no date.

    A date that lies ahead (earnings) counts by its distance too: what is near is timely, on either side of today.
    """
    return undated if on is None else 0.5 ** (abs((today - on).days) / half_life_days)


def score_signals(signals: Iterable[Signal], rules: Intent, today: date) -> tuple[ScoredSignal, ...]:
    """Points = weight x confidence x decay, strongest first. The weight is the kind's, less the discount for being a
    further one of its kind; so the order in which signals come changes nothing."""
    by_kind: dict[SignalKind, list[Signal]] = {}
    for signal in signals:
        by_kind.setdefault(signal.kind, []).append(signal)
    scored = [one for kind, group in by_kind.items() for one in _score_kind(kind, group, rules, today)]
    return tuple(sorted(scored, key=strength))


def strength(scored: ScoredSignal) -> tuple[float, str]:
    """Sort key: most points first, then a fixed order."""
    return (-scored.points, scored.signal.model_dump_json())


def intent_score(observed: dict[str, Observed], rules: Intent, today: date) -> Score:
    """The score; one part for each upstream module, in the order of INTENT_SOURCES."""
    return total(_part(name, observed[name], rules, today) for name in INTENT_SOURCES)


def _score_kind(kind: SignalKind, signals: list[Signal], rules: Intent, today: date) -> list[ScoredSignal]:
    worth = rules.kinds[kind]
    undiscounted = []
    for signal in signals:
        left = decay(signal.on, today, worth.half_life_days, rules.undated_decay)
        undiscounted.append((-signal.confidence * left, signal.model_dump_json(), left, signal))
    scored = []
    for rank, (_, _, left, signal) in enumerate(sorted(undiscounted, key=lambda row: row[:2])):
        weight = worth.weight * rules.same_kind_discount**rank
        points = weight * signal.confidence * left
        # Rounded because the last bits of a power differ between machines and would count as a change.
        scored.append(
            ScoredSignal(signal=signal, weight=round(weight, 3), decay=round(left, 4), points=round(points, 3))
        )
    return scored


def _part(name: str, observed: Observed, rules: Intent, today: date) -> ScorePart:
    cap = rules.sources[name]
    if observed.result is None:
        return unknown(name, cap, rules.prior, f"{wording.spaced(name)}, which is unavailable")
    scored = score_signals(observed.signals, rules, today)
    earned = min(cap, math.fsum(one.points for one in scored))
    sources = cite(*(one.signal.sources for one in scored))
    reason = _reason(name, observed, scored, cap)
    unseen = rules.partly_unseen * (cap - earned) if some_unasked(observed.result) else 0.0
    if unseen:
        reason += f" Not every provider could be asked, so {unseen:.1f} points stay open."
    part = known(name, cap, earned / cap if cap else 0.0, reason, sources)
    return partly_known(part, unseen, rules.prior) if unseen else part


def _reason(name: str, observed: Observed, scored: tuple[ScoredSignal, ...], cap: float) -> str:
    if scored:
        strongest = scored[0].signal
        dated = f", {wording.day(strongest.on)}" if strongest.on else ""
        where = origin(source for one in scored for source in one.signal.sources)
        total_points = math.fsum(one.points for one in scored)
        return (
            f"{wording.plural(len(scored), 'signal')} ({where}), the strongest “{wording.clip(strongest.title, 90)}”"
            f"{dated}, give {total_points:.1f} points after decay, of which at most {cap:g} count."
        )
    gaps = observed.result.gaps if observed.result else ()
    excused = next((gap.reason for gap in gaps if gap.kind is GapKind.NOT_APPLICABLE), None)
    return f"No signal in {wording.spaced(name)}" + (f": {excused}." if excused else " was found.")
