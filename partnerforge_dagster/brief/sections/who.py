"""Whom to talk to: each seat of the buying committee with its likely holder and the posting that would fill it.

Nobody publishes a buying committee: every seat is an inference. Without one, the executives are listed as facts.
Not for: what to ask them (say.py) or who fills which seat (assets/buying_committee.py).
"""

from partnerforge_dagster import wording
from partnerforge_dagster.brief.citing import Writer
from partnerforge_dagster.brief.findings import Findings
from partnerforge_dagster.models.buying_committee import BuyingCommittee, Candidate, Seat
from partnerforge_dagster.models.executive_intelligence import Executive, ExecutiveIntelligence

MOST_CANDIDATES = 2
MOST_EXECUTIVES = 5


def write(writer: Writer, findings: Findings) -> None:
    """Seats in their order; executives when no seat has anybody."""
    committee = findings.of(BuyingCommittee)
    seats = committee.seats if committee else ()
    for seat in seats:
        _seat(writer, seat)
    executives = findings.of(ExecutiveIntelligence)
    if executives and not any(seat.candidates for seat in seats):
        for executive in executives.executives[:MOST_EXECUTIVES]:
            writer.fact("Executive", _executive(executive), executive.sources)


def _seat(writer: Writer, seat: Seat) -> None:
    label = wording.title(seat.role)
    for candidate in seat.candidates[:MOST_CANDIDATES]:
        writer.inference(label, _candidate(candidate), candidate.sources)
    if seat.open_roles:
        role = seat.open_roles[0]
        posted = f", posted {wording.day(role.posted_on)}" if role.posted_on else ""
        place = f" in {role.location}" if role.location else ""
        text = f"Being hired: {wording.clip(role.title, 100)}{place}{posted}."
        writer.inference(label, text, role.sources)


def _candidate(candidate: Candidate) -> str:
    sure = wording.percent(round(candidate.confidence, 2))
    # The evidence often begins with the title it rests on; saying it twice would only make the line longer.
    begins_with_title = candidate.evidence.startswith(candidate.title)
    evidence = candidate.evidence if begins_with_title else f"{candidate.title}. {wording.sentence(candidate.evidence)}"
    return f"{wording.sentence(f'{candidate.name}, {evidence}')} Confidence {sure}."


def _executive(executive: Executive) -> str:
    since = f", since {wording.month(executive.since)}" if executive.since else ""
    return f"{executive.name}, {executive.title}{since}."
