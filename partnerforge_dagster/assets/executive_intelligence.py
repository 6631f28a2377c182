"""M09 executive intelligence: who runs the company and what they said in public.

Not for: who of them buys (buying_committee.py). Personal data beyond name, title and public quotes is not kept.
"""

import asyncio
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from partnerforge_dagster.models.account import Account
from partnerforge_dagster.models.company_context import CompanyContext
from partnerforge_dagster.models.executive_intelligence import Executive, ExecutiveIntelligence, Quote
from partnerforge_dagster.models.provenance import Answer, GapKind, Source
from partnerforge_dagster.models.signals import Signal, SignalKind
from partnerforge_dagster.models.strategic_context import StrategicContext
from partnerforge_dagster.orchestration.module import module
from partnerforge_dagster.providers.engines.records import SearchResult
from partnerforge_dagster.providers.sec_edgar import SecEdgar
from partnerforge_dagster.providers.sec_edgar_records import FilingRow
from partnerforge_dagster.providers.web_search import WebSearch
from partnerforge_dagster.providers.wikidata import Wikidata
from partnerforge_dagster.providers.yahoo import YahooFinance
from partnerforge_dagster.research.company_names import host_is_of
from partnerforge_dagster.research.filings_text import blocks
from partnerforge_dagster.research.inquiry import Inquiry
from partnerforge_dagster.research.people import (
    plain_name,
    quotations,
    rank,
    same_person_key,
    tells_of_taking_office,
    titled_people,
)
from partnerforge_dagster.research.stating import explain_empty, or_empty

EXECUTIVES = "executives"
QUOTES = "quotes of executives"
FRESHNESS_DAYS = 365
OFFICER_CHANGES = "5.02"
"""8-K item: departure or appointment of directors and officers."""
_FILINGS_READ = 3
_FILINGS_LOOKED_BACK = timedelta(days=730)


@dataclass(frozen=True)
class _Named:
    """A person in office as one source names them."""

    name: str
    title: str
    since: date | None
    source: Source


@dataclass(frozen=True)
class _TookOffice:
    """A dated text that may tell who took an office."""

    text: str
    on: date
    sources: tuple[Source, ...]


@module
async def executive_intelligence(
    account: Account,
    company_context: CompanyContext,
    strategic_context: StrategicContext,
    yahoo: YahooFinance,
    edgar: SecEdgar,
    search: WebSearch,
    wikidata: Wikidata,
) -> ExecutiveIntelligence:
    """Executives with title, since when, and what they said in public with date and URL.

    Titles from Yahoo's profile first, then the company's own pages, then Wikidata; "since" from Wikidata, an 8-K on
    officers (item 5.02) or news of a leadership change.
    """
    inquiry = Inquiry(account)
    inquiry.rests_on(company_context, name="company_context", subject=EXECUTIVES, counts_as_answer=False)
    rests_on_events = inquiry.rests_on(
        strategic_context, name="strategic_context", subject="leadership changes", counts_as_answer=False
    )
    listed, known, own, changes, hits = await asyncio.gather(
        _listed(inquiry, company_context, yahoo),
        _known(inquiry, wikidata),
        _on_own_pages(inquiry, company_context, search),
        _officer_changes(inquiry, company_context, edgar),
        _interviews(inquiry, company_context, search),
    )
    news = [_as_change(event) for event in strategic_context.events] if rests_on_events else []
    executives = _merged([*listed, *own, *known], [*changes, *(change for change in news if change)])
    if not executives:
        explain_empty(inquiry, EXECUTIVES, "no source names an executive")
    quotes = _quotes(executives, hits)
    if not quotes:
        explain_empty(inquiry, QUOTES, "no article quotes an executive whose name is known")
    return inquiry.result(ExecutiveIntelligence, executives=executives, quotes=quotes)


async def _listed(inquiry: Inquiry, context: CompanyContext, yahoo: YahooFinance) -> list[_Named]:
    if context.ticker is None:
        _explain_unlisted(inquiry, context)
        return []
    answer = await inquiry.ask(EXECUTIVES, yahoo.quote_summary(context.ticker.value))
    if answer is None or answer.value is None:
        return []
    return [_Named(plain_name(o.name), o.title, None, answer.source) for o in answer.value.officers]


def _explain_unlisted(inquiry: Inquiry, context: CompanyContext) -> None:
    subject = "officers of a listed company"
    if any(gap.subject == "ticker" and gap.kind is GapKind.NOTHING_THERE for gap in context.gaps):
        inquiry.not_applicable(subject, "the company is not listed, so Yahoo has no profile of it")
    else:
        inquiry.could_not_ask(subject, None, "company_context could not find out whether the company is listed")


async def _known(inquiry: Inquiry, wikidata: Wikidata) -> list[_Named]:
    answer = await inquiry.ask("executives in Wikidata", wikidata.company(inquiry.account.domain))
    if answer is None or answer.value is None:
        return []
    return [_Named(o.name, o.title, o.since, answer.source) for o in answer.value.officers]


async def _on_own_pages(inquiry: Inquiry, context: CompanyContext, search: WebSearch) -> list[_Named]:
    """People with titles in what a search shows of the company's own pages; other pages may list anybody."""
    answer = await inquiry.ask(EXECUTIVES, or_empty(search.web(f'"{context.name}" leadership team executives')))
    if answer is None:
        return []
    own = [hit for hit in answer.value or () if host_is_of(hit.url, context.account)]
    return [
        _Named(plain_name(person.name), person.title, None, answer.source.model_copy(update={"url": hit.url}))
        for hit in own
        for text in (hit.snippet, *hit.extra)
        for person in titled_people(text)
    ]


async def _officer_changes(inquiry: Inquiry, context: CompanyContext, edgar: SecEdgar) -> list[_TookOffice]:
    """The newest 8-K reports about officers, as text."""
    subject = "officer changes at the SEC"
    if context.cik is None:
        return []
    cik = context.cik.value
    filer = await inquiry.ask(subject, edgar.submissions(cik))
    oldest = inquiry.account.as_of.date() - _FILINGS_LOOKED_BACK
    filings = filer.value.filings if filer and filer.value else ()
    reports = [f for f in filings if OFFICER_CHANGES in f.items and f.document and f.filed_on >= oldest][:_FILINGS_READ]
    return await asyncio.gather(*(_read(inquiry, subject, cik, report, edgar) for report in reports))


async def _read(inquiry: Inquiry, subject: str, cik: str, report: FilingRow, edgar: SecEdgar) -> _TookOffice:
    answer = await inquiry.ask(subject, edgar.document(cik, report.accession, report.document or ""))
    text = " ".join(blocks(answer.value)) if answer and answer.value else ""
    return _TookOffice(text=text, on=report.filed_on, sources=(answer.source,) if answer else ())


async def _interviews(
    inquiry: Inquiry, context: CompanyContext, search: WebSearch
) -> list[tuple[SearchResult, Source]]:
    queries = (f'"{context.name}" chief executive said', f'"{context.name}" interview executive')
    answers: Iterable[Answer[tuple[SearchResult, ...]] | None] = await asyncio.gather(
        *(inquiry.ask(QUOTES, or_empty(search.news(query, freshness_days=FRESHNESS_DAYS))) for query in queries)
    )
    return [(hit, answer.source) for answer in answers if answer is not None for hit in answer.value or ()]


def _as_change(event: Signal) -> _TookOffice | None:
    if event.kind is not SignalKind.LEADERSHIP_CHANGE or event.on is None:
        return None
    return _TookOffice(text=f"{event.title}. {event.summary}", on=event.on, sources=event.sources)


def _merged(named: list[_Named], changes: list[_TookOffice]) -> tuple[Executive, ...]:
    """One record a person, the title of the first source that names them; the highest first."""
    appointed = [
        _Named(plain_name(person.name), person.title, change.on, source)
        for change in changes
        for person in titled_people(change.text)
        if tells_of_taking_office(change.text, person.name)
        for source in change.sources[:1]
    ]
    people: dict[tuple[str, str], list[_Named]] = {}
    for person in (*named, *appointed):
        people.setdefault(same_person_key(person.name), []).append(person)
    executives = [_executive(mentions, changes) for mentions in people.values()]
    return tuple(sorted(executives, key=lambda executive: (rank(executive.title), executive.name)))


def _executive(mentions: list[_Named], changes: list[_TookOffice]) -> Executive:
    first = mentions[0]
    since = next((mention.since for mention in mentions if mention.since), None)
    told = [change for change in changes if since is None and tells_of_taking_office(change.text, first.name)]
    newest = max(told, key=lambda change: change.on, default=None)
    sources = (*(mention.source for mention in mentions), *(newest.sources if newest else ()))
    return Executive(
        name=first.name,
        title=first.title,
        since=since or (newest.on if newest else None),
        sources=tuple(dict.fromkeys(sources)),
    )


def _quotes(executives: tuple[Executive, ...], hits: list[tuple[SearchResult, Source]]) -> tuple[Quote, ...]:
    """Newest first, undated last, each once. Only words of people who are known to be in office here."""
    names = {same_person_key(executive.name): executive.name for executive in executives}
    found = {(quote.person, quote.text): quote for hit, source in hits for quote in _quotes_in(hit, source, names)}
    return tuple(sorted(found.values(), key=lambda quote: (quote.on or date.min, quote.person), reverse=True))


def _quotes_in(hit: SearchResult, source: Source, names: dict[tuple[str, str], str]) -> Iterator[Quote]:
    for text in (hit.snippet, *hit.extra):
        for said in quotations(text):
            person = names.get(same_person_key(said.person))
            if person is not None:
                cited = source.model_copy(update={"url": hit.url})
                yield Quote(person=person, text=said.text, on=hit.on, url=hit.url, sources=(cited,))
