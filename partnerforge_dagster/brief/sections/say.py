"""What to say: openers, a quote, questions for each seat and answers to the likely objection.

The seller profile's texts are not facts about the account. Each is joined to the account's fact that calls for it:
that fact's sources are cited, and the whole is an inference.
Not for: the texts (the seller profile).
"""

from partnerforge_dagster import wording
from partnerforge_dagster.brief.citing import Writer
from partnerforge_dagster.brief.findings import Findings, first_reason
from partnerforge_dagster.models.buying_committee import BuyingCommittee
from partnerforge_dagster.models.displacement_analysis import DisplacementAnalysis, Incumbency
from partnerforge_dagster.models.executive_intelligence import ExecutiveIntelligence
from partnerforge_dagster.models.icp_priority_mapping import IcpPriorityMapping
from partnerforge_dagster.models.investor_intelligence import InvestorIntelligence
from partnerforge_dagster.seller import CompetingProduct, PlatformSearch, Seller, ValueProposition

MOST_OPENERS = 2
MOST_ASKS = 3


def write(writer: Writer, findings: Findings) -> None:
    """Openers first, then a quote, then questions, then the objection."""
    _openers(writer, findings)
    _quote(writer, findings)
    _asks(writer, findings)
    _objection(writer, findings)


def _openers(writer: Writer, findings: Findings) -> None:
    """What they told their investors comes first: no figure of ours is as good as their own words."""
    said = _by_priority(writer, findings)
    mapping = findings.of(IcpPriorityMapping)
    matches = mapping.value_propositions if mapping else ()
    offers = {offer.id: offer for offer in findings.seller.value_propositions}
    unsaid = [match for match in matches if match.value_proposition in offers and match.value_proposition != said]
    for match in unsaid[: MOST_OPENERS - bool(said)]:
        reason = wording.sentence(first_reason(match))
        writer.inference("Opener", _opener(reason, offers[match.value_proposition]), match.sources)


def _by_priority(writer: Writer, findings: Findings) -> str | None:
    """Joins the first stated priority to the first offer for its theme; returns that offer's id."""
    investors = findings.of(InvestorIntelligence)
    for stated in investors.priorities if investors else ():
        for offer in findings.seller.value_propositions:
            if stated.theme in offer.themes:
                words = f"They told investors on {wording.day(stated.on)}: “{wording.clip(stated.text)}”"
                writer.inference("Opener", _opener(words, offer), stated.sources)
                return offer.id
    return None


def _opener(reason: str, offer: ValueProposition) -> str:
    return f"{reason} So say: “{wording.clip(offer.pitch)}”"


def _quote(writer: Writer, findings: Findings) -> None:
    executives = findings.of(ExecutiveIntelligence)
    if executives and executives.quotes:
        quote = executives.quotes[0]
        when = f" on {wording.day(quote.on)}" if quote.on else ""
        writer.fact("Quote", f"{quote.person} said{when}: “{wording.clip(quote.text)}”", quote.sources)


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
