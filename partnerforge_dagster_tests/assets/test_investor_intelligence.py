"""M08 on the sandbox, and with parts of it down."""

from datetime import date
from typing import Any

import pytest

from partnerforge_dagster.assets.investor_intelligence import investor_intelligence
from partnerforge_dagster.models.company_context import CompanyContext
from partnerforge_dagster.models.financial_profile import FinancialProfile
from partnerforge_dagster.models.investor_intelligence import InvestorIntelligence
from partnerforge_dagster.models.provenance import Fact, Gap, GapKind, Source
from partnerforge_dagster.models.result import Status
from partnerforge_dagster.seller import load_seller
from partnerforge_dagster_tests.sandboxed import TODAY, WORLD, Clients, account, ask

SELLER = load_seller(None)


def known(value: Any) -> Fact[Any]:
    at = account("costco.com").as_of
    return Fact(value=value, sources=(Source(provider="wikidata", endpoint="company", url=None, fetched_at=at),))


def context(domain: str, **changes: Any) -> CompanyContext:
    """What M01 found out: name, ticker and SEC number of the sandbox's company."""
    truth, who = WORLD.company(domain), account(domain)
    found: dict[str, Any] = {
        "status": Status.COMPLETE,
        "trading_name": known(truth.name),
        "ticker": known(truth.ticker) if truth.ticker else None,
        "cik": known(f"{truth.cik:010}") if truth.cik else None,
        **changes,
    }
    return CompanyContext(account=domain, as_of=who.as_of, mode=who.mode, **found)


def finances(domain: str, *, public: bool | None, status: Status = Status.COMPLETE) -> FinancialProfile:
    who = account(domain)
    fact = None if public is None else known(public)
    return FinancialProfile(account=domain, as_of=who.as_of, mode=who.mode, status=status, public=fact)


def intelligence(
    company: CompanyContext, money: FinancialProfile, *, faults: str = "", domain: str | None = None
) -> InvestorIntelligence:
    async def call(clients: Clients) -> InvestorIntelligence:
        return await investor_intelligence(
            account(domain or company.account),
            company,
            money,
            edgar=clients.edgar,
            search=clients.search,
            gdelt=clients.gdelt,
            yahoo=clients.yahoo,
            seller=SELLER,
            waterfalls=clients.waterfalls,
        )

    return ask(call, faults=faults)


def costco(faults: str = "") -> InvestorIntelligence:
    return intelligence(context("costco.com"), finances("costco.com", public=True), faults=faults)


def gaps(result: InvestorIntelligence) -> dict[str, Gap]:
    return {gap.subject: gap for gap in result.gaps}


def test_recent_reports_are_listed_with_links_newest_first() -> None:
    """Costco: annual, quarterly and current reports with items, each with the address of the document."""
    result = costco()
    assert result.status is Status.COMPLETE
    assert {filing.form for filing in result.filings} == {"10-K", "10-Q", "8-K"}
    days = [filing.filed_on for filing in result.filings]
    assert days == sorted(days, reverse=True)
    assert days[0] <= TODAY
    assert all(filing.url.startswith("https://www.sec.gov/Archives/edgar/data/909832/") for filing in result.filings)
    assert all(filing.url.endswith(".htm") for filing in result.filings)
    assert ("5.02",) in [filing.items for filing in result.filings]


def test_priorities_and_risks_are_the_reports_own_sentences_on_the_sellers_themes() -> None:
    """Search is a priority of Costco's annual report and a risk in it; each sentence cites the report."""
    result = costco()
    newest = next(filing for filing in result.filings if filing.form == "10-K")
    said = " ".join(next(filing.paragraphs for filing in WORLD.company("costco.com").filings if filing.form == "10-K"))
    assert "search" in " ".join(theme.text for theme in result.priorities)
    assert any("adversely affected" in theme.text for theme in result.risks)
    names = {theme.name for theme in SELLER.themes}
    for theme in (*result.priorities, *result.risks):
        assert theme.text in said
        assert theme.theme in names
        assert (theme.url, theme.on) == (newest.url, newest.filed_on)
        assert theme.sources[0].endpoint == "document"
    assert not {theme.text for theme in result.priorities} & {theme.text for theme in result.risks}


def test_the_next_earnings_date_lies_ahead_and_is_an_estimate_where_yahoo_says_so() -> None:
    """A date from today on, with Yahoo as its source, and news beside it."""
    result = costco()
    assert result.next_earnings is not None
    assert result.next_earnings.value >= TODAY
    assert result.next_earnings.estimate
    assert result.next_earnings.sources[0].provider == "yahoo"
    assert any("earnings" in item.title for item in result.earnings_news)


@pytest.mark.parametrize("domain", ["alibaba.com", "birkenstock.com"])
def test_a_foreign_filer_has_its_annual_report_on_form_20_f(domain: str) -> None:
    """Under US rules or IFRS: 20-F and 6-K, and themes out of the newest 20-F."""
    result = intelligence(context(domain), finances(domain, public=True))
    assert {filing.form for filing in result.filings} == {"20-F", "6-K"}
    annual = next(filing for filing in result.filings if filing.form == "20-F")
    assert {theme.url for theme in (*result.priorities, *result.risks)} == {annual.url}


def test_a_private_company_has_none_of_it_and_is_complete() -> None:
    """Three questions that make no sense, no failure, and no search is paid for."""
    result = intelligence(context("patagonia.com"), finances("patagonia.com", public=False))
    assert result.status is Status.COMPLETE
    assert {gap.kind for gap in result.gaps} == {GapKind.NOT_APPLICABLE}
    assert set(gaps(result)) == {"SEC filings", "stated priorities and risks", "next earnings date"}
    assert (result.filings, result.priorities, result.risks, result.earnings_news) == ((), (), (), ())


def test_a_listed_company_outside_the_sec_has_an_earnings_date_and_no_filings() -> None:
    """Ocado: that it does not file is no failure."""
    result = intelligence(context("ocado.com"), finances("ocado.com", public=True))
    assert result.status is Status.COMPLETE
    assert gaps(result)["SEC filings"].kind is GapKind.NOT_APPLICABLE
    assert result.filings == ()
    assert result.next_earnings is not None


def test_an_unknown_sec_number_is_not_called_a_non_filer() -> None:
    """When M01 could not ask the SEC, neither can this module."""
    unasked = Gap(subject="SEC registration", kind=GapKind.COULD_NOT_ASK, provider="sec_edgar", reason="down")
    company = context("costco.com", cik=None, gaps=(unasked,))
    result = intelligence(company, finances("costco.com", public=True))
    assert gaps(result)["SEC filings"].kind is GapKind.COULD_NOT_ASK
    assert result.status is Status.PARTIAL


@pytest.mark.parametrize("fault", ["down", "429", "500", "truncated", "html", "unauthorized"])
def test_without_the_sec_the_date_and_the_news_still_come(fault: str) -> None:
    """Filings could not be asked; the rest is here."""
    result = costco(f"sec_edgar/submissions:{fault}")
    assert result.status is Status.PARTIAL
    assert gaps(result)["SEC filings"].kind is GapKind.COULD_NOT_ASK
    assert result.filings == ()
    assert result.next_earnings is not None
    assert result.earnings_news


def test_without_the_reports_text_the_list_of_filings_stays() -> None:
    """A document that cannot be had costs priorities and risks only."""
    result = costco("sec_edgar/Archives:500")
    assert result.status is Status.PARTIAL
    assert result.filings
    assert gaps(result)["stated priorities and risks"].kind is GapKind.COULD_NOT_ASK


def test_without_yahoo_there_is_no_date() -> None:
    """The date could not be asked, which is another thing than none being announced."""
    result = costco("yahoo:down")
    assert gaps(result)["next earnings date"].kind is GapKind.COULD_NOT_ASK
    assert result.next_earnings is None
    assert result.filings


def test_without_news_the_filings_stand() -> None:
    """Search down: partial."""
    result = costco("web_search:down")
    assert result.status is Status.PARTIAL
    assert gaps(result)["earnings news"].kind is GapKind.COULD_NOT_ASK
    assert result.filings


def test_a_filer_that_the_sec_does_not_know_has_nothing_there() -> None:
    """An unknown number: asked and answered."""
    result = intelligence(context("costco.com", cik=known("9999999999")), finances("costco.com", public=True))
    assert result.status is Status.COMPLETE
    assert gaps(result)["SEC filings"].kind is GapKind.NOTHING_THERE


def test_without_company_context_it_is_unavailable() -> None:
    """Who the company is comes from there."""
    company = context("costco.com", status=Status.UNAVAILABLE)
    result = intelligence(company, finances("costco.com", public=True))
    assert result.status is Status.UNAVAILABLE
    assert result.filings == ()


def test_without_the_financial_profile_the_filings_are_read_all_the_same() -> None:
    """Only whether the company is listed is then unknown."""
    money = finances("costco.com", public=None, status=Status.UNAVAILABLE)
    result = intelligence(context("costco.com"), money)
    assert result.status is Status.PARTIAL
    assert result.filings


def test_what_rests_on_a_stale_context_is_stale() -> None:
    """Old knowledge is passed on as such."""
    result = intelligence(context("costco.com", status=Status.STALE), finances("costco.com", public=True))
    assert result.status is Status.STALE


def test_a_report_filed_after_today_is_not_known_yet() -> None:
    """A module sees the day that it is asked about, and no later one."""
    early = context("costco.com").model_copy(update={"as_of": account("costco.com").as_of})
    days = [filing.filed_on for filing in intelligence(early, finances("costco.com", public=True)).filings]
    assert max(days) <= date(2026, 11, 16)
