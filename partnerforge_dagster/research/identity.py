"""Who an account is: name, ticker, SEC number, and whether it is listed at all. Used by M01 and M04.

Wikidata knows a company by its website. Where it gives no ticker, Yahoo is searched by name, and a hit counts only when
its own profile names the account's website, or when it names none and EDGAR has the name exactly. While Yahoo cannot be
asked, a filer counts whose title is exactly, and alone, the name that Wikidata has for the website.
Not for: any other fact about the company (assets/company_context.py).
"""

import asyncio

from partnerforge_dagster.models.base import Frozen
from partnerforge_dagster.models.provenance import Answer, Fact, Source
from partnerforge_dagster.providers.sec_edgar import SecEdgar
from partnerforge_dagster.providers.sec_edgar_records import TickerRow
from partnerforge_dagster.providers.wikidata import Wikidata
from partnerforge_dagster.providers.wikidata_claims import WikidataCompany
from partnerforge_dagster.providers.yahoo import YahooFinance
from partnerforge_dagster.providers.yahoo_records import QuoteSummary, SearchHit
from partnerforge_dagster.research.company_names import host_is_of, label_of, normalised
from partnerforge_dagster.research.inquiry import Inquiry
from partnerforge_dagster.research.stating import fact_from
from partnerforge_dagster.research.tickers import is_american, yahoo_symbol

LISTING = "stock listing"
"""Subject of the gaps about ticker and exchange."""
_PROFILES_READ = 3
"""Profiles of search hits that are read at most: the right company is as a rule the first."""

Tickers = Answer[tuple[TickerRow, ...]]


class Identity(Frozen):
    """What is sure about who the account is. None is unknown; `public` False is a finding."""

    name: Fact[str] | None
    """The name people use."""
    legal_name: Fact[str] | None
    ticker: Fact[str] | None
    """Yahoo's spelling."""
    exchange: Fact[str] | None
    cik: Fact[str] | None
    """Ten digits."""
    public: Fact[bool] | None
    """False only when Wikidata, Yahoo and EDGAR were all asked and none has a listing; then it is inferred."""
    item: Answer[WikidataCompany] | None
    """Wikidata's answer; None when it could not be asked."""

    @property
    def wikidata(self) -> WikidataCompany | None:
        """What Wikidata knows."""
        return self.item.value if self.item else None


class _Listing(Frozen):
    """A listed company, as found by one of the ways."""

    ticker: Fact[str]
    exchange: Fact[str] | None
    name: Fact[str] | None = None


async def identify(inquiry: Inquiry, *, wikidata: Wikidata, edgar: SecEdgar, yahoo: YahooFinance) -> Identity:
    """Ask Wikidata and EDGAR together, then Yahoo when they leave the listing open.

    Gaps go to `inquiry`: "company in Wikidata", "SEC registration", "stock listing". Raises nothing of its own.
    """
    item, tickers = await asyncio.gather(
        inquiry.ask("company in Wikidata", wikidata.company(inquiry.account.domain)),
        inquiry.ask("SEC registration", edgar.tickers()),
    )
    listing = _listed_by_wikidata(item) or _listed_by_cik(item, tickers)
    searched: Answer[tuple[SearchHit, ...]] | None = None
    if listing is None:
        searched, listing = await _search_yahoo(inquiry, item, tickers, yahoo)
        if searched is None:
            listing = listing or _listed_by_name(item, tickers)
    company = item.value if item else None
    cik = _cik(item, tickers, listing)
    return Identity(
        name=fact_from(company.label, item) if company else listing.name if listing else None,
        legal_name=_legal_name(item, tickers, cik),
        ticker=listing.ticker if listing else None,
        exchange=listing.exchange if listing else None,
        cik=cik,
        public=_public(listing, item, tickers, searched),
        item=item,
    )


def _listed_by_wikidata(item: Answer[WikidataCompany] | None) -> _Listing | None:
    if item is None or item.value is None or item.value.ticker is None:
        return None
    ticker = fact_from(yahoo_symbol(item.value.ticker, item.value.exchange), item)
    return _Listing(ticker=ticker, exchange=fact_from(item.value.exchange, item)) if ticker else None


def _listed_by_cik(item: Answer[WikidataCompany] | None, tickers: Tickers | None) -> _Listing | None:
    """Wikidata's SEC number looked up among EDGAR's tickers; the first row is the main class of shares."""
    cik = item.value.cik if item and item.value else None
    row = next((row for row in _rows(tickers) if row.cik == cik), None)
    ticker = fact_from(row.ticker, item, tickers) if row else None
    return _Listing(ticker=ticker, exchange=None) if ticker else None


def _listed_by_name(item: Answer[WikidataCompany] | None, tickers: Tickers | None) -> _Listing | None:
    """EDGAR's only filer whose title is a name that Wikidata has for the website; for when Yahoo cannot be asked."""
    company = item.value if item else None
    names = {normalised(name) for name in ((company.label, company.legal_name) if company else ()) if name}
    rows = [row for row in _rows(tickers) if normalised(row.name) in names]
    if len({row.cik for row in rows}) != 1:
        return None
    ticker = fact_from(rows[0].ticker, item, tickers, inferred=True)
    return _Listing(ticker=ticker, exchange=None) if ticker else None


async def _search_yahoo(
    inquiry: Inquiry, item: Answer[WikidataCompany] | None, tickers: Tickers | None, yahoo: YahooFinance
) -> tuple[Answer[tuple[SearchHit, ...]] | None, _Listing | None]:
    """The search's answer (None when it could not be asked) and the listing that it leads to."""
    domain = inquiry.account.domain
    name = item.value.label if item and item.value else label_of(domain)
    searched = await inquiry.ask(LISTING, yahoo.search(name))
    hits = [hit for hit in (searched.value or () if searched else ()) if hit.quote_type == "EQUITY"][:_PROFILES_READ]
    profiles = await asyncio.gather(*(inquiry.ask(LISTING, yahoo.quote_summary(hit.symbol)) for hit in hits))
    if None in profiles:
        searched = None
    for profile in profiles:
        if profile is None or profile.value is None:
            continue
        found = profile.value
        by_website = host_is_of(found.website, domain)
        if by_website or (found.website is None and _is_exact_title(found, name, tickers)):
            sources = (profile,) if by_website else (profile, tickers)
            ticker = fact_from(found.symbol, *sources, inferred=not by_website)
            if ticker:
                exchange, full_name = fact_from(found.exchange, profile), fact_from(found.name, profile)
                return searched, _Listing(ticker=ticker, exchange=exchange, name=full_name)
    return searched, None


def _is_exact_title(profile: QuoteSummary, name: str, tickers: Tickers | None) -> bool:
    """Whether EDGAR's title of this very ticker is the name, legal forms aside."""
    titles = (row.name for row in _rows(tickers) if row.ticker == profile.symbol)
    return any(normalised(title) == normalised(name) for title in titles)


def _cik(item: Answer[WikidataCompany] | None, tickers: Tickers | None, listing: _Listing | None) -> Fact[str] | None:
    """Wikidata's number, else EDGAR's for the ticker (which has no suffix when the shares are American)."""
    if item and item.value and item.value.cik:
        return fact_from(item.value.cik, item)
    if listing is None:
        return None
    if "." in listing.ticker.value or (listing.exchange and not is_american(listing.exchange.value)):
        return None
    row = next((row for row in _rows(tickers) if row.ticker == listing.ticker.value), None)
    return fact_from(row.cik, tickers) if row else None


def _legal_name(
    item: Answer[WikidataCompany] | None, tickers: Tickers | None, cik: Fact[str] | None
) -> Fact[str] | None:
    """Wikidata's official name, else EDGAR's title (in capitals and with its own abbreviations)."""
    if item and item.value and item.value.legal_name:
        return fact_from(item.value.legal_name, item)
    row = next((row for row in _rows(tickers) if cik and row.cik == cik.value), None)
    return fact_from(row.name, tickers) if row else None


def _public(
    listing: _Listing | None,
    item: Answer[WikidataCompany] | None,
    tickers: Tickers | None,
    searched: Answer[tuple[SearchHit, ...]] | None,
) -> Fact[bool] | None:
    if listing is not None:
        return Fact(value=True, sources=listing.ticker.sources, inferred=listing.ticker.inferred)
    if item is None or tickers is None or searched is None:
        return None
    sources: tuple[Source, ...] = (item.source, tickers.source, searched.source)
    return Fact(value=False, sources=sources, inferred=True)


def _rows(tickers: Tickers | None) -> tuple[TickerRow, ...]:
    return (tickers.value or ()) if tickers else ()
