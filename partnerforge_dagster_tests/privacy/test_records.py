"""What becomes of records when somebody is forgotten."""

from datetime import UTC, datetime

from partnerforge_dagster.changes.beliefs import Baseline, Belief, Seen
from partnerforge_dagster.models.base import Mode
from partnerforge_dagster.models.buying_committee import BuyingCommittee, BuyingRole, Candidate, Seat
from partnerforge_dagster.models.executive_intelligence import Executive, ExecutiveIntelligence, Quote
from partnerforge_dagster.models.provenance import Source
from partnerforge_dagster.models.result import Status
from partnerforge_dagster.models.signals import Signal, SignalKind
from partnerforge_dagster.models.strategic_context import StrategicContext
from partnerforge_dagster.models.strategic_signal_brief import BriefSource, Section, Statement, StrategicSignalBrief
from partnerforge_dagster.privacy.names import MARK, Forgotten, digest
from partnerforge_dagster.privacy.records import baseline_without, without

KEY = b"k" * 32
JANE = Forgotten(KEY, frozenset({digest("Jane Doe", KEY)}))
NOON = datetime(2026, 11, 16, 12, tzinfo=UTC)
URL = "https://news.example/acme-names-jane-doe"
SOURCE = Source(provider="web_search", endpoint="brave_news", url=URL, fetched_at=NOON)
HEAD = {"account": "acme.com", "as_of": NOON, "mode": Mode.SANDBOX, "status": Status.COMPLETE}


def test_records_about_the_person_go_and_others_stay() -> None:
    """Executives, quotes and candidates."""
    jane, john = (
        Executive(name=name, title="CDO", since=None, sources=(SOURCE,)) for name in ("Jane Q. Doe", "John Roe")
    )
    quotes = tuple(
        Quote(person=p, text="We search.", on=None, url=URL, sources=(SOURCE,)) for p in ("Jane Doe", "J Roe")
    )
    left = without(ExecutiveIntelligence(**HEAD, executives=(jane, john), quotes=quotes[:1]), JANE)
    assert [executive.name for executive in left.executives] == ["John Roe"] or left.executives == ()
    assert left.quotes == ()
    fields = {"title": "CDO", "evidence": "title", "confidence": 0.5, "sources": (SOURCE,)}
    seat = Seat(role=BuyingRole.CHAMPION, candidates=(Candidate(name="Doe, Jane", **fields),))
    assert without(BuyingCommittee(**HEAD, seats=(seat,)), JANE).seats == (Seat(role=BuyingRole.CHAMPION),)


def test_an_event_stays_without_the_name() -> None:
    """It explains points of a score; its address is cut to the site."""
    event = Signal(
        kind=SignalKind.LEADERSHIP_CHANGE,
        title="Acme names Jane Doe CDO",
        summary="Doe, Jane, was at Roe Inc.",
        on=None,
        url=URL,
        confidence=0.9,
        sources=(SOURCE,),
    )
    (left,) = without(StrategicContext(**HEAD, events=(event,)), JANE).events
    assert (left.title, left.url) == (f"Acme names {MARK} CDO", "https://news.example/")
    assert "Doe" not in left.model_dump_json()
    assert left.sources[0].url == "https://news.example/"


def test_a_brief_stays_cited() -> None:
    """Statements about people go with the name, others keep their place and their sources."""
    source = BriefSource(n=1, provider="p", endpoint="e", url=URL, fetched_at=NOON, cached=False, stale=False)
    said = [
        Statement(id=f"s{section}", section=section, text="Jane Doe is CDO", kind="fact", sources=(1,))
        for section in (Section.WHO, Section.WHAT_TO_SAY, Section.WHY_NOW)
    ]
    brief = StrategicSignalBrief(**HEAD, title="Acme", statements=tuple(said), sources=(source,))
    left = without(brief, JANE)
    assert [(one.section, one.text) for one in left.statements] == [(Section.WHY_NOW, f"{MARK} is CDO")]
    assert [one.n for one in left.sources] == [1]


def test_who_is_not_named_is_the_same_object() -> None:
    """Nothing is made anew where there is nothing to do."""
    result = StrategicContext(**HEAD)
    assert without(result, JANE) is result


def test_nobody_is_told_that_somebody_left() -> None:
    """What is believed loses the person as well."""
    seen = {"jane doe": Seen(text="CDO", label="Jane Doe"), "john roe": Seen(text="CTO", label="John Roe")}
    before = Baseline(fields={"executives": Belief(as_of=NOON, values=seen)})
    assert set(baseline_without(before, "executive_intelligence", JANE).fields["executives"].values) == {"john roe"}
    event = {f"leadership change|{URL}": Seen(text="Acme names Jane Doe", label="leadership change")}
    before = Baseline(fields={"events": Belief(as_of=NOON, values=event)})
    (kept,) = baseline_without(before, "strategic_context", JANE).fields["events"].values.values()
    assert kept.text == f"Acme names {MARK}"
