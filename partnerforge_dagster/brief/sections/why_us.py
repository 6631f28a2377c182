"""Why us: the incumbent, why it can be displaced, what the account's facts call for, and stories like its own.

Everything but the incumbent and the competitors is our conclusion and marked as inference.
Not for: scores and matches themselves (scoring/).
"""

from partnerforge_dagster import wording
from partnerforge_dagster.brief.citing import Writer
from partnerforge_dagster.brief.findings import Findings, first_reason, joined
from partnerforge_dagster.models.case_study_matching import CaseStudyMatching
from partnerforge_dagster.models.competitor_intelligence import CompetitorIntelligence
from partnerforge_dagster.models.displacement_analysis import DisplacementAnalysis, Incumbency
from partnerforge_dagster.models.icp_priority_mapping import IcpPriorityMapping
from partnerforge_dagster.models.provenance import Source
from partnerforge_dagster.models.scores import ScorePart
from partnerforge_dagster.seller import Seller

MOST_REASONS = 2
MOST_OFFERS = 3
MOST_STORIES = 2
STATED_ELSEWHERE = frozenset({"incumbent_ease", "entrenchment", "competitor_pressure"})
"""Parts of the displacement score whose facts have a statement of their own here."""


def write(writer: Writer, findings: Findings) -> None:
    """Incumbent, reasons, competitors that use the seller, offers, stories."""
    if analysis := findings.of(DisplacementAnalysis):
        _incumbent(writer, analysis, findings.seller)
        for part in _reasons(analysis):
            # A reason is a fact and, after the semicolon, the rule that turns it into points.
            writer.inference(wording.title(part.name), wording.sentence(part.reason.split("; ")[0]), part.sources)
    if competition := findings.of(CompetitorIntelligence):
        _peers(writer, competition, findings.seller)
    if mapping := findings.of(IcpPriorityMapping):
        for match in mapping.value_propositions[:MOST_OFFERS]:
            text = wording.sentence(f"{match.title}: {wording.clip(first_reason(match))}")
            writer.inference("Offer", text, match.sources)
    if matching := findings.of(CaseStudyMatching):
        for story in matching.matches[:MOST_STORIES]:
            headline = wording.sentence(f"{story.customer}: {wording.clip(story.headline, 140)}")
            why = wording.sentence(f"Why it fits: {'; '.join(story.why)}") if story.why else ""
            writer.inference("Proof", f"{headline} {why}".strip(), story.sources)


def _incumbent(writer: Writer, analysis: DisplacementAnalysis, seller: Seller) -> None:
    incumbent = analysis.incumbent
    years = analysis.years_in_place
    place = f", {years.value:.1f} years in place" if years else ""
    evidence = joined(incumbent.sources if incumbent else (), years.sources if years else ())
    match analysis.incumbency:
        case Incumbency.CUSTOMER if incumbent:
            writer.fact("Customer", f"The site already uses {incumbent.value}{place}.", evidence)
        case Incumbency.COMPETITOR if incumbent:
            write = writer.inference if incumbent.inferred else writer.fact
            write("Incumbent", f"{wording.title(seller.category)} runs on {incumbent.value}{place}.", evidence)
        case Incumbency.PLATFORM if incumbent:
            text = f"No {seller.category} product is seen; what {incumbent.value} has built in stands there{place}."
            writer.inference("Incumbent", text, evidence)
        case Incumbency.NOTHING_SEEN:
            text = f"The stack was read and shows neither a known {seller.category} product nor a known platform's."
            writer.inference("Incumbent", text, _evidence(analysis, "incumbent_ease"))


def _evidence(analysis: DisplacementAnalysis, part_name: str) -> tuple[Source, ...]:
    parts = analysis.score.parts if analysis.score else ()
    return joined(*(part.sources for part in parts if part.name == part_name))


def _reasons(analysis: DisplacementAnalysis) -> list[ScorePart]:
    """The known parts that earned most, best first."""
    parts = analysis.score.parts if analysis.score else ()
    earning = [part for part in parts if part.value and part.name not in STATED_ELSEWHERE]
    return sorted(earning, key=lambda part: -part.points)[:MOST_REASONS]


def _peers(writer: Writer, competition: CompetitorIntelligence, seller: Seller) -> None:
    using = competition.using_seller
    if using and using.value:
        verb = "uses" if len(using.value) == 1 else "use"
        text = f"{wording.listed(using.value)} {verb} {seller.name} already."
        writer.fact("Competitors", text, using.sources)
