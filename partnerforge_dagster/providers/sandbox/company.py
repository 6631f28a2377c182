"""What the sandbox knows of one company. Every emulated endpoint is a view of this one record, so that providers agree.

Not for: the facts themselves (companies/) or wire formats (one file per provider beside this one).
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

EventKind = Literal[
    "acquisition", "replatforming", "expansion", "leadership_change", "funding", "layoffs", "launch", "earnings",
    "other",
]  # fmt: skip
BoardKind = Literal["greenhouse", "lever", "ashby", "workable"]


@dataclass(frozen=True)
class Tech:
    """A technology on the company's sites."""

    name: str
    """BuiltWith's name: `Algolia`, `Salesforce Commerce Cloud`."""
    tag: str
    """BuiltWith's tag: `analytics`, `shop`, `cms`, `widgets`, `javascript`, `cdn`, ..."""
    categories: tuple[str, ...]
    first: date
    last: date | None = None
    """None is live (last seen at the sandbox's today)."""
    hint: str | None = None
    """A script or request URL on the home page that gives it away; None when the page does not show it."""


@dataclass(frozen=True)
class Year:
    """A fiscal year's figures in major units of the company's reporting currency."""

    fiscal_year: int
    """Calendar year in which it ends."""
    revenue: float
    gross_profit: float
    operating_income: float
    net_income: float
    cash: float


@dataclass(frozen=True)
class Person:
    """An executive."""

    name: str
    title: str
    since: date | None
    quote: tuple[str, date] | None = None
    """Words in public, and when."""


@dataclass(frozen=True)
class Event:
    """Something in the news. Written in our own words; invented unless marked as plain history in companies/."""

    kind: EventKind
    on: date
    title: str
    snippet: str
    publisher: str
    """Domain of the publisher; the URL is derived from it and the title."""


@dataclass(frozen=True)
class Job:
    """An open posting."""

    title: str
    department: str
    location: str
    posted: date
    description: str
    remote: bool = False


@dataclass(frozen=True)
class Filing:
    """An SEC filing; its text (paragraphs) is what the document endpoint serves."""

    form: str
    filed: date
    period: date | None
    items: tuple[str, ...] = ()
    paragraphs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Company:
    """Everything about one company. `None` and empty mean that the real world has nothing either."""

    domain: str
    name: str
    legal_name: str
    industry: str
    """In Wikidata's and Yahoo's words: `Discount Stores`."""
    sector: str
    vertical: str
    """BuiltWith's vertical: `Shopping`, `Business And Industrial`, ..."""
    city: str
    region: str | None
    country: str
    """ISO 3166 alpha-2."""
    employees: int
    founded: int
    description: str
    keywords: tuple[str, ...]
    socials: tuple[str, ...]
    wikidata: str | None
    """Q number; None when Wikidata does not know the company."""
    ticker: str | None
    """Yahoo's spelling; None for a private company."""
    exchange: str | None
    cik: int | None
    """SEC number; None for who does not file there."""
    sic: tuple[str, str] | None
    currency: str
    """Of the statements."""
    quote_currency: str | None
    """Of the quote, as Yahoo spells it: `GBp` is pence."""
    fiscal_year_end: tuple[int, int]
    """Month, day."""
    ifrs: bool
    """Files IFRS facts (20-F) and no us-gaap."""
    years: tuple[Year, ...]
    """Newest first; for a private company what is true behind BuiltWith's estimate."""
    market_value: float | None
    """In quote currency's major unit."""
    share_price: float | None
    """In the quote's own unit (pence for GBp)."""
    technologies: tuple[Tech, ...]
    monthly_tech_spend: int
    """US dollars."""
    visits: float
    """Visits in the sandbox's last whole month."""
    yearly_growth: float
    """Of visits: 0.1 is +10 %."""
    search_share: float
    countries: tuple[tuple[str, float], ...]
    """ISO code and share, largest first."""
    global_rank: int
    similar_sites: tuple[str, ...]
    """Domains, most similar first; ten or more."""
    related_domains: tuple[str, ...]
    executives: tuple[Person, ...]
    board: tuple[BoardKind, str] | None
    """Job board and its slug; None when the company posts on none of the four."""
    jobs: tuple[Job, ...]
    events: tuple[Event, ...]
    filings: tuple[Filing, ...]
    unknown: bool = False
    """No provider has anything about this domain and its site does not answer."""
