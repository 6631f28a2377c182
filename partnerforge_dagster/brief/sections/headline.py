"""Headline: call or not, in one sentence with the three scores, and what to do next.

Not for: the scores' parts, which the brief carries whole beside its statements.
"""

from partnerforge_dagster import wording
from partnerforge_dagster.brief.citing import Writer
from partnerforge_dagster.brief.findings import Findings, joined, sources_of
from partnerforge_dagster.models.buying_committee import BuyingCommittee, Candidate
from partnerforge_dagster.models.displacement_analysis import DisplacementAnalysis, Incumbency
from partnerforge_dagster.models.icp_priority_mapping import IcpPriorityMapping, Tier
from partnerforge_dagster.models.scores import Score

NEXT = "Next"
"""Label of the statement that says what to do; the accounts table shows it."""

_VERDICTS = {
    Tier.HOT: "Call now",
    Tier.WARM: "Call soon",
    Tier.COOL: "Keep in touch, do not call yet",
    Tier.COLD: "Do not call",
}


def write(writer: Writer, findings: Findings) -> None:
    """One verdict and one next step; each only when a score or a person stands behind it."""
    cited = joined(*(sources_of(score) for score in (findings.fit, findings.intent, findings.displacement)))
    scores = wording.listed(
        [
            _score("fit", findings.fit),
            _score("intent", findings.intent),
            _score("displacement", findings.displacement),
        ]
    )
    writer.inference(_verdict(findings), _sentence(findings, scores), cited)
    _next(writer, findings)


def _sentence(findings: Findings, scores: str) -> str:
    tier = _tier(findings)
    account = f"{findings.name} is a {tier} account" if tier else f"{findings.name} is not placed in a tier"
    return f"{account}: {scores}, each of 100."


def _tier(findings: Findings) -> Tier | None:
    mapping = findings.of(IcpPriorityMapping)
    return mapping.tier if mapping else None


def _is_customer(findings: Findings) -> bool:
    analysis = findings.of(DisplacementAnalysis)
    return analysis is not None and analysis.incumbency is Incumbency.CUSTOMER


def _verdict(findings: Findings) -> str:
    if _is_customer(findings):
        return f"Already a customer of {findings.seller.name}"
    tier = _tier(findings)
    return _VERDICTS[tier] if tier else "Undecided, fit is not known"


def _score(name: str, score: Score | None) -> str:
    if score is None:
        return f"{name} unknown"
    band = f" ({score.floor:.0f} to {score.ceiling:.0f} possible)" if score.floor < score.ceiling else ""
    return f"{name} {score.value:.0f}{band}"


def _next(writer: Writer, findings: Findings) -> None:
    if _is_customer(findings):
        text = f"Leave new business alone and tell the account's manager at {findings.seller.name}."
        analysis = findings.of(DisplacementAnalysis)
        writer.inference(NEXT, text, analysis.incumbent.sources if analysis and analysis.incumbent else ())
        return
    if _tier(findings) in (Tier.COOL, Tier.COLD):
        writer.inference(NEXT, "Spend no call now; look again when a signal comes in.", sources_of(findings.fit))
        return
    signal = next(iter(findings.signals), None)
    opening = f"; open with “{wording.clip(signal.title, 110)}”" if signal else ""
    evidence = signal.sources if signal else ()
    if person := _first_candidate(findings):
        text = f"Ask for {person.name}, {person.title}{opening}."
        writer.inference(NEXT, text, joined(person.sources, evidence))
    elif signal:
        writer.inference(NEXT, f"Find out who owns {findings.seller.category}{opening}.", evidence)


def _first_candidate(findings: Findings) -> Candidate | None:
    """The likeliest candidate of all seats; of equals the first seat's."""
    committee = findings.of(BuyingCommittee)
    candidates = [candidate for seat in committee.seats for candidate in seat.candidates] if committee else []
    return max(candidates, key=lambda candidate: candidate.confidence, default=None)
