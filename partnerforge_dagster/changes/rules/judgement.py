"""What is compared of what is concluded: seats, scores, tier, offers (M10 to M14)."""

from partnerforge_dagster import wording
from partnerforge_dagster.changes.beliefs import Seen
from partnerforge_dagster.changes.observe import Rule, Sight
from partnerforge_dagster.changes.rules.readers import ONE, first, items
from partnerforge_dagster.changes.scores import parts_of
from partnerforge_dagster.models.buying_committee import BuyingCommittee
from partnerforge_dagster.models.case_study_matching import CaseStudyMatching
from partnerforge_dagster.models.changes import Significance
from partnerforge_dagster.models.displacement_analysis import DisplacementAnalysis
from partnerforge_dagster.models.icp_priority_mapping import IcpPriorityMapping

_MINOR = Significance.MINOR

MOVE = 3.0
"""Points; less is decay and re-counting."""
ALERT_MOVE = 0.15
"""Share of the larger value."""


def _seats(committee: BuyingCommittee) -> Sight:
    """The best candidate for each seat."""
    return items(
        (
            str(seat.role),
            Seen(
                text=seat.candidates[0].name, label=wording.spaced(seat.role), source=first(seat.candidates[0].sources)
            ),
        )
        for seat in committee.seats
        if seat.candidates
    )


BUYING_COMMITTEE: tuple[Rule, ...] = (Rule("seats", _seats),)


def _incumbency(analysis: DisplacementAnalysis) -> Sight:
    source = first(analysis.incumbent.sources) if analysis.incumbent else None
    return Sight({ONE: Seen(text=wording.spaced(analysis.incumbency), source=source)})


DISPLACEMENT_ANALYSIS: tuple[Rule, ...] = (
    Rule("score", lambda one: parts_of(one.score), absolute=MOVE, alert_relative=ALERT_MOVE, is_score=True),
    Rule("incumbency", _incumbency, _MINOR),
)


def _stories(matching: CaseStudyMatching) -> Sight:
    return items(
        (one.case_study, Seen(text=one.headline, label=one.customer, source=first(one.sources)))
        for one in matching.matches
    )


CASE_STUDY_MATCHING: tuple[Rule, ...] = (Rule("matches", _stories, _MINOR),)


def _tier(mapping: IcpPriorityMapping) -> Sight:
    return Sight({ONE: Seen(text=mapping.tier)} if mapping.tier else {})


def _offers(mapping: IcpPriorityMapping) -> Sight:
    return items(
        (one.value_proposition, Seen(text=one.title, label=one.title, source=first(one.sources)))
        for one in mapping.value_propositions
    )


ICP_PRIORITY_MAPPING: tuple[Rule, ...] = (
    Rule("fit", lambda one: parts_of(one.fit), absolute=MOVE, alert_relative=ALERT_MOVE, is_score=True),
    Rule("tier", _tier, Significance.ALERT),
    Rule("value_propositions", _offers, _MINOR),
)

SIGNAL_SCORING: tuple[Rule, ...] = (
    Rule("intent", lambda one: parts_of(one.intent), absolute=MOVE, alert_relative=ALERT_MOVE, is_score=True),
)
