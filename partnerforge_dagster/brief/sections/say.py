"""What to say: openers, the company's own words, questions for each seat and answers to the likely objection.

The seller profile's texts are not facts about the account. Each is joined to the account's fact that calls for it:
that fact's sources are cited, and the whole is an inference.
Not for: the texts (the seller profile).
"""

from partnerforge_dagster.brief import wording
from partnerforge_dagster.brief.citing import Writer
from partnerforge_dagster.brief.findings import Findings
from partnerforge_dagster.models.buying_committee import BuyingCommittee
from partnerforge_dagster.models.displacement_analysis import DisplacementAnalysis, Incumbency
from partnerforge_dagster.models.executive_intelligence import ExecutiveIntelligence
from partnerforge_dagster.models.icp_priority_mapping import IcpPriorityMapping, ValueMatch
from partnerforge_dagster.models.investor_intelligence import InvestorIntelligence
from partnerforge_dagster.seller import CompetingProduct, PlatformSearch, Seller

MOST_OPENERS = 2
MOST_ASKS = 3


def write(writer: Writer, findings: Findings) -> None:
    """Openers first, then what they said themselves, then questions, then the objection."""
    _openers(writer, findings)
    _own_words(writer, findings)
    _asks(writer, findings)
    _objection(writer, findings)


def _openers(writer: Writer, findings: Findings) -> None:
    mapping = findings.of(IcpPriorityMapping)
    matches = mapping.value_propositions if mapping else ()
    pitches = {offer.id: offer.pitch for offer in findings.seller.value_propositions}
    for match in matches[:MOST_OPENERS]:
        if pitch := pitches.get(match.value_proposition):
            writer.inference("Opener", _opener(match, pitch), match.sources)


def _opener(match: ValueMatch, pitch: str) -> str:
    return f"{wording.sentence(wording.clip(match.because))} So say: “{wording.clip(pitch, 260)}”"


def _own_words(writer: Writer, findings: Findings) -> None:
    executives = findings.of(ExecutiveIntelligence)
    if executives and executives.quotes:
        quote = executives.quotes[0]
        when = f" on {wording.day(quote.on)}" if quote.on else ""
        text = f"{quote.person} said{when}: “{wording.clip(quote.text, 260)}”"
        writer.fact("Quote", text, quote.sources)
    investors = findings.of(InvestorIntelligence)
    if investors and investors.priorities:
        stated = investors.priorities[0]
        text = f"To investors on {wording.day(stated.on)}: “{wording.clip(stated.text, 260)}”"
        writer.fact("Stated priority", text, stated.sources)


def _asks(writer: Writer, findings: Findings) -> None:
    committee = findings.of(BuyingCommittee)
    profiles = {profile.role: profile for profile in findings.seller.seats}
    asked: set[str] = set()
    for seat in committee.seats if committee else ():
        profile = profiles.get(seat.role)
        person = next((candidate for candidate in seat.candidates if candidate.name not in asked), None)
        if profile is None or person is None or len(asked) >= MOST_ASKS:
            continue
        asked.add(person.name)
        writer.inference(f"Ask {person.name}", wording.sentence(profile.ask), person.sources)


def _objection(writer: Writer, findings: Findings) -> None:
    analysis = findings.of(DisplacementAnalysis)
    if analysis is None or analysis.incumbent is None:
        return
    name = analysis.incumbent.value
    for product in _replaceable(findings.seller, analysis.incumbency):
        if name.casefold() in {known.casefold() for known in (product.name, *product.recognized_by)}:
            text = f"“{name} does that for us.” Answer: {wording.sentence(product.weakness)}"
            writer.inference("Objection", text, analysis.incumbent.sources)
            return


def _replaceable(seller: Seller, incumbency: Incumbency) -> tuple[CompetingProduct | PlatformSearch, ...]:
    if incumbency is Incumbency.COMPETITOR:
        return seller.competing
    return seller.platforms if incumbency is Incumbency.PLATFORM else ()
