"""What the web says about a company, and finding it by a query: the index behind all emulated search engines.

Pages are the company's own, its encyclopaedia article, its filings, news about it and interviews with its executives.
Not for: the engines' formats (web_search.py).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from partnerforge_dagster.providers.sandbox.company import Company, Event, Person
from partnerforge_dagster.providers.sandbox.search_terms import company_meant, matches, site_asked, words_beside
from partnerforge_dagster.providers.sandbox.sec_filings import filed_by
from partnerforge_dagster.providers.sandbox.world import World

_INTERVIEWERS = "boardroom-talks.example"


@dataclass(frozen=True)
class Page:
    """A page on the web."""

    title: str
    url: str
    snippet: str
    publisher: str
    """Host."""
    on: date | None = None
    """None when the page has no date."""
    is_news: bool = False
    about: str = ""
    """More words by which it is found."""

    @property
    def text(self) -> str:
        """All that is searched."""
        return f"{self.title} {self.snippet} {self.about}"


@dataclass(frozen=True)
class Found:
    """The answer to a query, best first; `company` is None when the query names nobody that the index knows."""

    company: Company | None
    pages: tuple[Page, ...]
    words: frozenset[str]


def find(world: World, query: str, *, news: bool, within_days: int | None = None) -> Found:
    """Pages about the company that the query means, that have at least one of its other words, at most so old.

    A web search whose other words are nowhere still finds the company's own pages; a news search finds nothing.
    """
    company = company_meant(world, query)
    if company is None or company.unknown:
        return Found(None, (), frozenset())
    words, site = words_beside(company, query), site_asked(query)
    oldest = world.today - timedelta(days=within_days) if within_days is not None else date.min
    allowed = [
        page
        for page in _pages(company)
        if (page.is_news or not news)
        and (within_days is None or (page.on is not None and page.on >= oldest))
        and (site is None or page.publisher.removeprefix("www.").endswith(site))
    ]
    scored = [(sum(matches(word, page.text) for word in words), page) for page in allowed]
    hits = [(score, page) for score, page in scored if score or not words]
    if not hits and not news:
        hits = [(0, page) for page in allowed if not page.is_news]
    # Stable: the company's own pages, which have no date, stay in their order before the rest.
    hits.sort(key=lambda hit: (-hit[0], -(hit[1].on or date.max).toordinal()))
    return Found(company, tuple(page for _, page in hits), words)


def moment(page: Page) -> datetime | None:
    """When the page says it was published, without a zone."""
    if page.on is None:
        return None
    minutes = sum(page.title.encode()) % (24 * 60)
    return datetime.combine(page.on, time(minutes // 60, minutes % 60))


def ago(on: date, today: date) -> str:
    """`2 weeks ago`, as engines put it."""
    days = (today - on).days
    for size, unit in ((365, "year"), (30, "month"), (7, "week"), (1, "day")):
        if days >= size:
            count = days // size
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return "5 hours ago"


def _pages(company: Company) -> Iterator[Page]:
    yield from _own_pages(company)
    if company.wikidata:
        yield _article(company)
    for event in company.events:
        yield _news(event)
    for person in company.executives:
        if person.quote:
            yield _interview(company, person, *person.quote)
    for filed in filed_by(company) if company.cik else ():
        filing = filed.filing
        url = f"https://www.sec.gov/Archives/edgar/data/{company.cik}/{filed.folder}/{filed.document}"
        words = next(iter(filing.paragraphs), "")
        title = f"{filing.form} of {company.legal_name}, {filing.period or filing.filed}"
        yield Page(title, url, words[:300], "www.sec.gov", filing.filed, about="filing annual quarterly report")


def _own_pages(company: Company) -> Iterator[Page]:
    host = f"www.{company.domain}"
    yield Page(
        f"{company.name} | Official Site", f"https://{host}/", company.description, host, about="official website"
    )
    people = "; ".join(f"{person.name}, {person.title}" for person in company.executives)
    if people:
        yield Page(f"Leadership | {company.name}", f"https://{host}/leadership", people, host, about="executive team")
    if company.jobs:
        openings = f"{len(company.jobs)} open positions: {', '.join(job.title for job in company.jobs[:4])}"
        yield Page(f"Careers at {company.name}", f"https://{host}/careers", openings, host, about="jobs hiring")


def _article(company: Company) -> Page:
    seat = ", ".join(filter(None, (company.city, company.region)))
    listed = f" Its shares trade as {company.ticker}." if company.ticker else ""
    snippet = (
        f"{company.legal_name} is a company in {company.industry.lower()} with headquarters in {seat}. "
        f"It was founded in {company.founded} and has about {company.employees:,} employees.{listed}"
    )
    url = f"https://en.wikipedia.org/wiki/{company.name.replace(' ', '_')}"
    return Page(f"{company.name} - Wikipedia", url, snippet, "en.wikipedia.org", about="headquarters founded history")


def _news(event: Event) -> Page:
    url = f"https://{event.publisher}/{event.on:%Y/%m/%d}/{_slug(event.title)}"
    about = event.kind.replace("_", " ")
    return Page(event.title, url, event.snippet, event.publisher, event.on, is_news=True, about=about)


def _interview(company: Company, person: Person, words: str, on: date) -> Page:
    title = f"{person.name} of {company.name} in conversation"
    url = f"https://{_INTERVIEWERS}/{on:%Y/%m/%d}/{_slug(title)}"
    snippet = f"“{words}” said {person.name}, {person.title} of {company.name}."
    return Page(title, url, snippet, _INTERVIEWERS, on, is_news=True, about="interview executive says")


def _slug(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:80]
