"""M01 company context: who the company is.

Not for: what it runs (technology_stack.py) or earns (financial_profile.py).
"""

import asyncio
import re
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, TypeVar

from partnerforge_dagster import wording
from partnerforge_dagster.models.account import Account
from partnerforge_dagster.models.company_context import CompanyContext, Headquarters
from partnerforge_dagster.models.provenance import Answer, Fact
from partnerforge_dagster.orchestration.module import module
from partnerforge_dagster.providers.builtwith import BuiltWith
from partnerforge_dagster.providers.builtwith_records import BuiltWithDomain
from partnerforge_dagster.providers.engines.records import SearchResult
from partnerforge_dagster.providers.sec_edgar import SecEdgar
from partnerforge_dagster.providers.web_search import WebSearch
from partnerforge_dagster.providers.wikidata import Wikidata
from partnerforge_dagster.providers.yahoo import YahooFinance
from partnerforge_dagster.providers.yahoo_records import QuoteSummary
from partnerforge_dagster.research.company_names import host_is_of, label_of, normalised
from partnerforge_dagster.research.facts import fact_of, stated
from partnerforge_dagster.research.identity import Identity, identify
from partnerforge_dagster.research.inquiry import Inquiry
from partnerforge_dagster.research.stating import explained, fact_from
from partnerforge_dagster.research.weighing import apart, weigh
from partnerforge_dagster.settings_waterfalls import Waterfalls

T = TypeVar("T")

_SAME_SIZE = 0.1
"""Numbers of employees that differ by less are of different days."""
_TITLE_PARTS = re.compile(r"\s+[|–—:·-]\s+|:\s+")


Lookup = Answer[BuiltWithDomain] | None
Hits = Answer[tuple[SearchResult, ...]] | None
Profile = Answer[QuoteSummary] | None


@module
async def company_context(
    account: Account,
    search: WebSearch,
    builtwith: BuiltWith,
    wikidata: Wikidata,
    edgar: SecEdgar,
    yahoo: YahooFinance,
    waterfalls: Waterfalls,
) -> CompanyContext:
    """Who the company is: names, identifiers, industry, place, size, social profiles, keywords, a description.

    Wikidata by the website and EDGAR's tickers say who it is; Yahoo's profile (for a listed company), BuiltWith and a
    web search fill in the rest. Critical: what depends on it does not run without it.
    """
    inquiry = Inquiry(account)
    identity, lookup, keywords, hits = await asyncio.gather(
        identify(inquiry, wikidata=wikidata, edgar=edgar, yahoo=yahoo),
        inquiry.ask("technology profile", builtwith.domain(account.domain)),
        inquiry.ask("keywords", builtwith.keywords(account.domain)),
        inquiry.ask("company on the web", search.web(account.domain)),
    )
    profile = None
    if identity.ticker:
        profile = await inquiry.ask("market profile", yahoo.quote_summary(identity.ticker.value))
    _explain_listing(inquiry, identity)
    # Only a listed company has a profile at Yahoo that could be missed.
    everybody = (identity.item, lookup, profile) if identity.ticker else (identity.item, lookup)
    own = _own_hit(hits, account.domain)
    weighing = _Weighing(inquiry, waterfalls.company, identity, profile, lookup)
    return inquiry.result(
        CompanyContext,
        legal_name=explained(inquiry, "legal name", identity.legal_name, identity.item),
        trading_name=explained(
            inquiry, "trading name", identity.name or _name_in(lookup, hits, own, account.domain), *everybody, hits
        ),
        industry=explained(inquiry, "industry", _industry(weighing), *everybody),
        headquarters=explained(inquiry, "headquarters", _headquarters(weighing), *everybody),
        employees=explained(inquiry, "employees", _employees(weighing), *everybody),
        founded=explained(inquiry, "founding year", fact_of(identity.item, lambda item: item.founded), identity.item),
        ticker=identity.ticker,
        exchange=identity.exchange,
        cik=identity.cik,
        wikidata_id=explained(inquiry, "Wikidata item", fact_of(identity.item, lambda item: item.qid), identity.item),
        social_profiles=explained(
            inquiry, "social profiles", _social_profiles(identity, lookup), identity.item, lookup
        ),
        keywords=stated(keywords),
        description=explained(inquiry, "description", _description(identity, profile, hits, own), *everybody, hits),
    )


def _explain_listing(inquiry: Inquiry, identity: Identity) -> None:
    """Ticker, exchange and CIK: unknown, or known not to exist."""
    if identity.public is None:
        for subject in ("ticker", "exchange", "CIK"):
            inquiry.could_not_ask(subject, None, "who could know of a stock listing could not be asked")
        return
    if not identity.public.value:
        inquiry.nothing_there("ticker", None, "not listed: Wikidata, Yahoo and EDGAR know of no shares")
    if identity.exchange is None and not identity.public.value:
        inquiry.not_applicable("exchange", "the company is not listed")
    elif identity.exchange is None:
        inquiry.nothing_there("exchange", None, "no source names an exchange")
    if identity.cik is None:
        inquiry.nothing_there("CIK", None, "no filer at the SEC is known to be this company")


def _own_hit(hits: Hits, domain: str) -> SearchResult | None:
    """The hit on the company's own site with the shortest address, as a rule the home page."""
    own = [hit for hit in (hits.value or () if hits else ()) if host_is_of(hit.url, domain)]
    return min(own, key=lambda hit: len(hit.url), default=None)


def _name_in(lookup: Lookup, hits: Hits, own: SearchResult | None, domain: str) -> Fact[str] | None:
    """BuiltWith's name, else the part of the home page's title that spells the domain (`ALLBIRDS | Shoes`)."""
    known = fact_of(lookup, lambda found: found.company_name)
    if known or own is None:
        return known
    parts = [part.strip() for part in _TITLE_PARTS.split(own.title)]
    spelt = (part for part in parts if normalised(part).replace(" ", "") == label_of(domain).replace("-", ""))
    return fact_from(next(spelt, None), hits, inferred=True)


class _Weighing(NamedTuple):
    """What the providers of company facts answered, and whose word comes first."""

    inquiry: Inquiry
    order: Sequence[str]
    identity: Identity
    profile: Profile
    lookup: Lookup

    def of(
        self,
        subject: str,
        known: Mapping[str, Fact[T] | None],
        differ: Callable[[T, T], bool] | None = None,
        wording_of: Callable[[T], str] = str,
    ) -> Fact[T] | None:
        """The first one's fact; what the others say otherwise is kept."""
        return weigh(self.inquiry, subject, self.order, known, differ=differ, wording_of=wording_of)


def _industry(known: _Weighing) -> Fact[str] | None:
    return known.of(
        "industry",
        {
            YahooFinance.provider: fact_of(known.profile, lambda found: found.industry),
            Wikidata.provider: fact_of(known.identity.item, lambda item: item.industry),
            BuiltWith.provider: fact_of(known.lookup, lambda found: found.vertical),
        },
    )


def _employees(known: _Weighing) -> Fact[int] | None:
    return known.of(
        "employees",
        {
            YahooFinance.provider: fact_of(known.profile, lambda found: found.employees),
            Wikidata.provider: fact_of(known.identity.item, lambda item: item.employees),
            BuiltWith.provider: fact_of(known.lookup, lambda found: found.employees, estimate=True),
        },
        differ=apart(_SAME_SIZE),
        wording_of=wording.count,
    )


def _headquarters(known: _Weighing) -> Fact[Headquarters] | None:
    """City in the settings' order; the country's code by Wikidata or BuiltWith, as Yahoo has words only."""
    item, profile, lookup = known.identity.item, known.profile, known.lookup
    city = known.of(
        "headquarters",
        {
            YahooFinance.provider: fact_of(profile, lambda found: found.city),
            Wikidata.provider: fact_of(item, lambda found: found.headquarters),
            BuiltWith.provider: fact_of(lookup, lambda found: found.city),
        },
        differ=lambda one, other: one.casefold() != other.casefold(),
    )
    region = fact_of(profile, lambda found: found.region) or fact_of(lookup, lambda found: found.state)
    country = (
        fact_of(item, lambda found: found.country)
        or fact_of(lookup, lambda found: found.country)
        or fact_of(profile, lambda found: found.country)
    )
    parts = [part for part in (city, region, country) if part is not None]
    if not parts:
        return None
    place = Headquarters(
        city=city.value if city else None,
        region=region.value if region else None,
        country=country.value if country else None,
    )
    return Fact(value=place, sources=tuple(dict.fromkeys(source for part in parts for source in part.sources)))


def _social_profiles(identity: Identity, lookup: Lookup) -> Fact[tuple[str, ...]] | None:
    return fact_of(lookup, lambda found: found.social or None) or fact_of(
        identity.item, lambda item: item.social_profiles or None
    )


def _description(identity: Identity, profile: Profile, hits: Hits, own: SearchResult | None) -> Fact[str] | None:
    """Yahoo's paragraph, else what the company's own page says in a search, else Wikidata's few words."""
    return (
        fact_of(profile, lambda found: found.description)
        or fact_from(own.snippet or None if own else None, hits)
        or fact_of(identity.item, lambda item: item.description)
    )
