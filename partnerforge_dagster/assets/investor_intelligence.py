"""M08 investor intelligence: recent filings, stated priorities and risks, earnings dates and news.

Not for: the figures (financial_profile.py), reading a report's text (research/).
"""

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from partnerforge_dagster.models.account import Account
from partnerforge_dagster.models.company_context import CompanyContext
from partnerforge_dagster.models.financial_profile import FinancialProfile
from partnerforge_dagster.models.investor_intelligence import Filing, InvestorIntelligence, StatedTheme
from partnerforge_dagster.models.provenance import Fact, Source
from partnerforge_dagster.orchestration.module import module
from partnerforge_dagster.providers.gdelt import Gdelt
from partnerforge_dagster.providers.sec_edgar import SecEdgar
from partnerforge_dagster.providers.sec_edgar_records import FilingRow
from partnerforge_dagster.providers.web_search import WebSearch
from partnerforge_dagster.providers.yahoo import YahooFinance
from partnerforge_dagster.research.company_news import Newsroom
from partnerforge_dagster.research.earnings_news import earnings_news
from partnerforge_dagster.research.filings_text import sentences
from partnerforge_dagster.research.inquiry import Inquiry, unasked
from partnerforge_dagster.research.stated_themes import Stated, stated_themes
from partnerforge_dagster.seller import Seller
from partnerforge_dagster.settings_waterfalls import Waterfalls

ANNUAL_FORMS = ("10-K", "20-F", "40-F")
KEPT_OF_FORM = {"10-K": 2, "20-F": 2, "40-F": 2, "10-Q": 3, "8-K": 10, "6-K": 10}
"""Forms that are listed, and how many of each: insiders' forms and prospectuses would drown them."""
RECENT = timedelta(days=550)
"""Covers the last annual report of a filer that is a little late."""

Themes = tuple[tuple[StatedTheme, ...], tuple[StatedTheme, ...]]
"""Priorities, risks."""
NO_THEMES: Themes = ((), ())

FILINGS = "SEC filings"
ANNUAL_REPORT = "stated priorities and risks"
NEXT_EARNINGS = "next earnings date"


@module
async def investor_intelligence(
    account: Account,
    company_context: CompanyContext,
    financial_profile: FinancialProfile,
    edgar: SecEdgar,
    search: WebSearch,
    gdelt: Gdelt,
    yahoo: YahooFinance,
    seller: Seller,
    waterfalls: Waterfalls,
) -> InvestorIntelligence:
    """Recent filings with links, what the annual report says about the seller's themes, next earnings date and news.

    Priorities and risks are the company's own sentences. A private company has none of this, and that is no failure.
    """
    inquiry = Inquiry(account)
    if not inquiry.rests_on(company_context, name="company_context", subject="who the company is"):
        return inquiry.result(InvestorIntelligence)
    listed = inquiry.rests_on(financial_profile, name="financial_profile", subject="whether it is listed")
    if listed and _has_no_investors(company_context, financial_profile):
        for subject in (FILINGS, ANNUAL_REPORT, NEXT_EARNINGS):
            inquiry.not_applicable(subject, "a private company reports to no public investors")
        return inquiry.result(InvestorIntelligence)
    (filings, themes), next_earnings, news = await asyncio.gather(
        _filed(inquiry, company_context, edgar, seller),
        _next_earnings(inquiry, company_context, yahoo),
        earnings_news(inquiry, Newsroom(search, gdelt, waterfalls.news), company_context.name),
    )
    return inquiry.result(
        InvestorIntelligence,
        filings=filings,
        priorities=themes[0],
        risks=themes[1],
        next_earnings=next_earnings,
        earnings_news=news,
    )


def _has_no_investors(company: CompanyContext, finances: FinancialProfile) -> bool:
    """Not listed, and not a filer for its bonds either."""
    return company.cik is None and finances.public is not None and not finances.public.value


async def _filed(
    inquiry: Inquiry, company: CompanyContext, edgar: SecEdgar, seller: Seller
) -> tuple[tuple[Filing, ...], Themes]:
    """Recent filings, and the themes of the newest annual report."""
    if company.cik is None:
        if unasked(company.gaps, SecEdgar.provider):
            inquiry.could_not_ask(FILINGS, None, "company_context could not find out whether it files with the SEC")
        else:
            inquiry.not_applicable(FILINGS, "the company does not file with the SEC")
        return (), NO_THEMES
    answer = await inquiry.ask(FILINGS, edgar.submissions(company.cik.value))
    if answer is None or answer.value is None:
        return (), NO_THEMES
    today = inquiry.account.as_of.date()
    rows = [row for row in answer.value.filings if row.filed_on <= today]
    filings = tuple(_filing(row, answer.source) for row in _listed(rows, today - RECENT))
    if not filings:
        inquiry.nothing_there(FILINGS, SecEdgar.provider, f"no report has been filed since {today - RECENT}")
    return filings, await _themes(inquiry, rows, company.cik.value, edgar, seller)


def _listed(rows: Iterable[FilingRow], since: date) -> Iterator[FilingRow]:
    """The newest few of each form that is listed."""
    seen: Counter[str] = Counter()
    for row in sorted(rows, key=lambda row: (row.filed_on, row.accession), reverse=True):
        seen[row.form] += 1
        if row.filed_on >= since and seen[row.form] <= KEPT_OF_FORM.get(row.form, 0):
            yield row


def _filing(row: FilingRow, source: Source) -> Filing:
    return Filing(
        form=row.form,
        filed_on=row.filed_on,
        period_end=row.period_end,
        url=row.url,
        items=row.items,
        sources=(source,),
    )


async def _themes(inquiry: Inquiry, rows: Iterable[FilingRow], cik: str, edgar: SecEdgar, seller: Seller) -> Themes:
    """Sentences of the newest annual report on the seller's themes: priorities, risks."""
    reports = [row for row in rows if row.form in ANNUAL_FORMS and row.document]
    if not reports:
        inquiry.nothing_there(ANNUAL_REPORT, SecEdgar.provider, "none of its recent filings is an annual report")
        return NO_THEMES
    newest = max(reports, key=lambda row: (row.filed_on, row.accession))
    answer = await inquiry.ask(ANNUAL_REPORT, edgar.document(cik, newest.accession, newest.document or ""))
    if answer is None or answer.value is None:
        return NO_THEMES
    # A report of 15 MB takes a second to read, and other modules share this event loop.
    priorities, risks = await asyncio.to_thread(_read, answer.value, seller)
    if not priorities and not risks:
        inquiry.nothing_there(ANNUAL_REPORT, SecEdgar.provider, "its annual report touches none of the seller's themes")

    def themes(found: Iterable[Stated]) -> tuple[StatedTheme, ...]:
        return tuple(
            StatedTheme(theme=said.theme, text=said.text, url=newest.url, on=newest.filed_on, sources=(answer.source,))
            for said in found
        )

    return themes(priorities), themes(risks)


def _read(report: str, seller: Seller) -> tuple[tuple[Stated, ...], tuple[Stated, ...]]:
    return stated_themes(sentences(report), seller.themes)


async def _next_earnings(inquiry: Inquiry, company: CompanyContext, yahoo: YahooFinance) -> Fact[date] | None:
    """The first expected date from today on; an estimate where Yahoo says that it is one."""
    if company.ticker is None:
        inquiry.could_not_ask(NEXT_EARNINGS, None, "company_context found no ticker to ask with")
        return None
    answer = await inquiry.ask(NEXT_EARNINGS, yahoo.quote_summary(company.ticker.value))
    if answer is None or answer.value is None:
        return None
    today = inquiry.account.as_of.date()
    upcoming = next((on for on in answer.value.earnings_dates if on >= today), None)
    if upcoming is None:
        inquiry.nothing_there(NEXT_EARNINGS, YahooFinance.provider, "no date has been announced or estimated")
        return None
    return Fact(value=upcoming, sources=(answer.source,), estimate=answer.value.earnings_date_estimated)
