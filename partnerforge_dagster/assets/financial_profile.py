"""M04 financial profile: statements, margins, market value and earnings news.

Not for: what filings say in words (investor_intelligence.py), how a provider's figures become years (providers/).
"""

import asyncio
from datetime import timedelta

from partnerforge_dagster.models.account import Account
from partnerforge_dagster.models.base import Money
from partnerforge_dagster.models.financial_profile import FinancialProfile, FiscalYear
from partnerforge_dagster.models.provenance import Fact
from partnerforge_dagster.orchestration.module import module
from partnerforge_dagster.providers.builtwith import BuiltWith
from partnerforge_dagster.providers.gdelt import Gdelt
from partnerforge_dagster.providers.sec_edgar import SecEdgar
from partnerforge_dagster.providers.sec_edgar_facts import fiscal_years
from partnerforge_dagster.providers.web_search import WebSearch
from partnerforge_dagster.providers.wikidata import Wikidata
from partnerforge_dagster.providers.yahoo import YahooFinance
from partnerforge_dagster.research.company_news import Newsroom
from partnerforge_dagster.research.earnings_news import earnings_news
from partnerforge_dagster.research.headline_figures import Fields, headline_figures, month_ends
from partnerforge_dagster.research.identity import Identity, identify
from partnerforge_dagster.research.inquiry import Inquiry, unasked
from partnerforge_dagster.research.weighing import weigh_years
from partnerforge_dagster.settings_waterfalls import Waterfalls

YEARS_KEPT = 10
STATEMENTS_BACK = timedelta(days=6 * 366)
"""Yahoo gives the last four fiscal years of the span; the newest may end up to a year before today."""
PRICES_BACK = timedelta(days=366)
OLDEST_HEADLINE = timedelta(days=1000)
"""A year that ended before that is history, not what the company earns: its filer has stopped reporting."""

NOT_LISTED = "the company is not listed on an exchange"


@module
async def financial_profile(
    account: Account,
    yahoo: YahooFinance,
    edgar: SecEdgar,
    search: WebSearch,
    gdelt: Gdelt,
    wikidata: Wikidata,
    builtwith: BuiltWith,
    waterfalls: Waterfalls,
) -> FinancialProfile:
    """Revenue, growth, margins, cash and market value by fiscal year, from SEC EDGAR and Yahoo Finance in parallel.

    Where both have a fiscal year EDGAR's figures stand (a setting) and Yahoo adds what EDGAR lacks; nothing is
    averaged, and a revenue that the other states otherwise is kept beside it.
    A private company gets BuiltWith's revenue estimate, marked as an estimate.
    """
    inquiry = Inquiry(account)
    identity = await identify(inquiry, wikidata=wikidata, edgar=edgar, yahoo=yahoo)
    name = identity.name.value if identity.name else account.domain
    figures, market, news = await asyncio.gather(
        _figures(inquiry, identity, yahoo, edgar, builtwith, waterfalls),
        _market(inquiry, identity, yahoo),
        earnings_news(inquiry, Newsroom(search, gdelt, waterfalls.news), name),
    )
    return inquiry.result(FinancialProfile, public=identity.public, news=news, **{**market, **figures})


async def _figures(
    inquiry: Inquiry,
    identity: Identity,
    yahoo: YahooFinance,
    edgar: SecEdgar,
    builtwith: BuiltWith,
    waterfalls: Waterfalls,
) -> Fields:
    """The statements' fields; for a company that publishes none, the estimate's."""
    if identity.ticker is None and identity.cik is None:
        return await _estimate(inquiry, identity, builtwith)
    filed, published = await asyncio.gather(
        _filed_years(inquiry, identity, edgar), _published_years(inquiry, identity, yahoo)
    )
    years = weigh_years(inquiry, waterfalls.figures, {SecEdgar.provider: filed, YahooFinance.provider: published})
    years = years[:YEARS_KEPT]
    oldest = inquiry.account.as_of.date() - OLDEST_HEADLINE
    if years and years[0].ends_on < oldest:
        said = f"the newest fiscal year that can be found ended on {years[0].ends_on}"
        inquiry.nothing_there("recent revenue", years[0].sources[0].provider, said)
        return {"years": years}
    return headline_figures(years)


async def _filed_years(inquiry: Inquiry, identity: Identity, edgar: SecEdgar) -> tuple[FiscalYear, ...]:
    """Years out of what was filed with the SEC."""
    if identity.cik is None:
        if not unasked(inquiry.gaps, SecEdgar.provider):
            inquiry.not_applicable("SEC figures", "the company does not file with the SEC")
        return ()
    answer = await inquiry.ask("SEC figures", edgar.company_facts(identity.cik.value))
    if answer is None or answer.value is None:
        return ()
    years = fiscal_years(answer.value, (answer.source,))
    if not years:
        inquiry.nothing_there("SEC figures", SecEdgar.provider, "its filings state no whole fiscal year")
    return years


async def _published_years(inquiry: Inquiry, identity: Identity, yahoo: YahooFinance) -> tuple[FiscalYear, ...]:
    """Years out of Yahoo's statements."""
    if identity.ticker is None:
        return ()
    today = inquiry.account.as_of.date()
    call = yahoo.fundamentals(identity.ticker.value, today - STATEMENTS_BACK, today)
    answer = await inquiry.ask("published statements", call)
    return answer.value.fiscal_years((answer.source,)) if answer and answer.value else ()


async def _estimate(inquiry: Inquiry, identity: Identity, builtwith: BuiltWith) -> Fields:
    """BuiltWith's estimate of monthly sales, times twelve."""
    if identity.public is not None and not identity.public.value:
        inquiry.not_applicable("revenue by year", "a private company publishes no statements")
    else:
        inquiry.could_not_ask("revenue by year", None, "whether the company is listed, and where, is not known")
    answer = await inquiry.ask("revenue estimate", builtwith.domain(inquiry.account.domain))
    if answer is None or answer.value is None:
        return {}
    monthly = answer.value.sales_revenue_usd
    if monthly is None:
        inquiry.nothing_there("revenue estimate", BuiltWith.provider)
        return {}
    yearly = Money(amount=12 * monthly, currency="USD")
    return {"revenue": Fact[Money](value=yearly, sources=(answer.source,), estimate=True)}


async def _market(inquiry: Inquiry, identity: Identity, yahoo: YahooFinance) -> Fields:
    """Market value, share price and a year of month-end prices."""
    if identity.ticker is None:
        if identity.public is not None and not identity.public.value:
            inquiry.not_applicable("market value", NOT_LISTED)
            inquiry.not_applicable("share prices", NOT_LISTED)
        return {}
    symbol, today = identity.ticker.value, inquiry.account.as_of.date()
    summary, chart = await asyncio.gather(
        inquiry.ask("market value", yahoo.quote_summary(symbol)),
        inquiry.ask("share prices", yahoo.chart(symbol, today - PRICES_BACK, today)),
    )
    found: Fields = {}
    if summary and summary.value:
        quote, sources = summary.value, (summary.source,)
        found["market_value"] = Fact(value=quote.market_value, sources=sources) if quote.market_value else None
        found["share_price"] = Fact(value=quote.price, sources=sources) if quote.price else None
        if quote.financial_currency:
            found["currency"] = Fact(value=quote.financial_currency, sources=sources)
        if quote.market_value is None:
            inquiry.nothing_there("market value", YahooFinance.provider)
    if chart and chart.value and (points := month_ends(chart.value.closes, today)):
        found["prices"] = Fact(value=points, sources=(chart.source,))
    return found
