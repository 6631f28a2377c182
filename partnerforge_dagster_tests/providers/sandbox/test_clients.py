"""Our own clients read the sandbox, and every provider tells the same story about a company."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar

import httpx
import pytest

from partnerforge_dagster.models.failures import BadAnswer, RateLimited, Refused
from partnerforge_dagster.models.provenance import Source
from partnerforge_dagster.providers.job_boards import JobBoards
from partnerforge_dagster.providers.sandbox.company import Company
from partnerforge_dagster.providers.sandbox.faults import Faults
from partnerforge_dagster.providers.sandbox.sec_filings import filed_by
from partnerforge_dagster.providers.sandbox.transport import SandboxTransport
from partnerforge_dagster.providers.sec_edgar import SecEdgar
from partnerforge_dagster.providers.sec_edgar_facts import ANNUAL_FORMS, fiscal_years
from partnerforge_dagster.providers.web_search import WebSearch
from partnerforge_dagster.providers.wikidata import Wikidata
from partnerforge_dagster.providers.yahoo import YahooFinance
from partnerforge_dagster.providers.yahoo_session import YahooSession
from partnerforge_dagster.settings import SANDBOX_TODAY
from partnerforge_dagster_tests.providers.sandbox.asking import WORLD

T = TypeVar("T")

KNOWN = [WORLD.company(domain) for domain in WORLD.known()]
LISTED = [company for company in KNOWN if company.ticker]
FILERS = [company for company in KNOWN if company.cik]


def by_domain(company: Company) -> str:
    return company.domain


class Signing(httpx.AsyncBaseTransport):
    """Adds what the governor's authorizers would add: keys by host, Yahoo's cookie and crumb."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner
        self._yahoo = YahooSession()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        key = {
            "api.search.brave.com": ("x-subscription-token", "key"),
            "google.serper.dev": ("x-api-key", "key"),
            "api.tavily.com": ("authorization", "Bearer key"),
            "api.theirstack.com": ("authorization", "Bearer key"),
        }.get(request.url.host)
        request.headers["user-agent"] = "PartnerForge tests@partnerforge.invalid"
        if key:
            request.headers[key[0]] = key[1]
        if request.url.host.endswith("yahoo.com"):
            request = await self._yahoo.sign(request, self._inner.handle_async_request)
        return await self._inner.handle_async_request(request)


def reading(asked: Callable[[httpx.AsyncClient], Awaitable[T]], faults: str = "") -> T:
    """What a client gets out of the sandbox."""

    async def go() -> T:
        wire = Signing(SandboxTransport(WORLD, faults=Faults.parse(faults)))
        async with httpx.AsyncClient(transport=wire) as http:
            return await asked(http)

    return asyncio.run(go())


def search(http: httpx.AsyncClient) -> WebSearch:
    return WebSearch(http)


def boards(http: httpx.AsyncClient) -> JobBoards:
    return JobBoards(http)


@pytest.mark.parametrize("company", LISTED, ids=by_domain)
def test_yahoo_is_read_whole(company: Company) -> None:
    """Profile, price in major units, market value, officers, prices and four fiscal years."""
    ticker = company.ticker or ""
    summary = reading(lambda http: YahooFinance(http).quote_summary(ticker)).value
    assert summary is not None
    pence = company.quote_currency == "GBp"
    assert summary.price is not None
    assert summary.price.amount == pytest.approx((company.share_price or 0) / (100 if pence else 1))
    assert summary.price.currency == ("GBP" if pence else company.quote_currency)
    assert summary.market_value is not None
    assert summary.market_value.amount == company.market_value
    assert [officer.name for officer in summary.officers] == [person.name for person in company.executives]
    assert summary.earnings_dates[0] > SANDBOX_TODAY
    year_ago = SANDBOX_TODAY - timedelta(days=365)
    chart = reading(lambda http: YahooFinance(http).chart(ticker, year_ago, SANDBOX_TODAY)).value
    assert chart is not None
    assert len(chart.closes) > 200
    assert chart.closes[-1].close == summary.price.amount
    long_ago = SANDBOX_TODAY - timedelta(days=6 * 365)
    series = reading(lambda http: YahooFinance(http).fundamentals(ticker, long_ago, SANDBOX_TODAY)).value
    assert series is not None
    revenues = [figure.value.amount for figure in series.figures if figure.item == "revenue"]
    assert revenues == [round(year.revenue) for year in reversed(company.years[:4])]


@pytest.mark.parametrize("company", FILERS, ids=by_domain)
def test_edgars_years_are_the_companys(company: Company) -> None:
    """Every fiscal year once, out of facts that repeat, with the newest revenue under the newest tag."""
    answer = reading(lambda http: SecEdgar(http).company_facts(company.cik or 0))
    assert answer.value is not None
    source = Source(provider="sec_edgar", endpoint="company_facts", url="", fetched_at=answer.source.fetched_at)
    years = fiscal_years(answer.value, (source,))
    found = {year.fiscal_year: year.revenue.amount for year in years if year.revenue}
    assert found == {year.fiscal_year: round(year.revenue) for year in company.years}


@pytest.mark.parametrize("company", FILERS, ids=by_domain)
def test_figures_name_the_annual_reports_that_are_listed(company: Company) -> None:
    """A listed annual report is found again among the figures by number, form and day; nothing has its number else."""
    rows = reading(lambda http: SecEdgar(http).company_facts(company.cik or 0)).value
    assert rows is not None
    stated = {row.accession: (row.form, row.filed_on) for row in rows.rows}
    annual = [filed for filed in filed_by(company) if filed.filing.form in ANNUAL_FORMS]
    assert len(annual) == 2
    for filed in annual:
        assert stated[filed.accession] == (filed.filing.form, filed.filing.filed)


@pytest.mark.parametrize("company", FILERS, ids=by_domain)
def test_every_listed_filing_can_be_opened(company: Company) -> None:
    """Recent and older filings together are the company's, and each document has its words."""

    async def everything(http: httpx.AsyncClient) -> list[tuple[str, str]]:
        edgar = SecEdgar(http)
        submissions = (await edgar.submissions(company.cik or 0)).value
        assert submissions is not None
        rows = [*submissions.filings]
        for page in submissions.older_pages:
            rows += (await edgar.older_filings(page)).value or ()
        documents = [await edgar.document(company.cik or 0, row.accession, row.document or "") for row in rows]
        return [(row.form, answer.value or "") for row, answer in zip(rows, documents, strict=True)]

    opened = reading(everything)
    assert sorted(form for form, _ in opened) == sorted(filing.form for filing in company.filings)
    assert all("<p>" in text for _, text in opened)


@pytest.mark.parametrize("company", [c for c in KNOWN if c.wikidata], ids=by_domain)
def test_wikidata_knows_the_company_by_its_website(company: Company) -> None:
    """Identity, place and size; the deprecated count and the predecessor are left out."""
    found = reading(lambda http: Wikidata(http).company(company.domain)).value
    assert found is not None
    assert (found.qid, found.label, found.legal_name) == (company.wikidata, company.name, company.legal_name)
    assert (found.founded, found.employees, found.headquarters) == (company.founded, company.employees, company.city)
    assert found.cik == (f"{company.cik:010d}" if company.cik else None)
    assert all(officer.name in {person.name for person in company.executives} for officer in found.officers)


def test_wikidata_shows_the_accounts_on_all_five_networks() -> None:
    """What the items of derived companies show are exactly their accounts, whichever of the networks they are on."""
    companies = [WORLD.company(f"shop-{number}.com") for number in range(40)]
    companies = [company for company in companies if company.wikidata]
    assert len({page.split("/")[2] for company in companies for page in company.socials}) == 5
    for company in companies:
        found = reading(lambda http, domain=company.domain: Wikidata(http).company(domain)).value
        assert found is not None
        assert {page.rstrip("/") for page in found.social_profiles} == set(company.socials)


def test_a_merged_item_leads_to_the_company() -> None:
    """Where the query service still names an item that was merged, the entity answers under its new number."""
    domains = [f"shop-{number}.com" for number in range(30)]
    found = [reading(lambda http, d=domain: Wikidata(http).company(d)) for domain in domains]
    merged = [answer for answer in found if answer.value and answer.value.qid not in (answer.source.url or "")]
    assert merged
    for domain, answer in zip(domains, found, strict=True):
        assert (answer.value.qid if answer.value else None) == WORLD.company(domain).wikidata


@pytest.mark.parametrize("company", [c for c in KNOWN if c.board], ids=by_domain)
def test_each_board_shows_the_companys_jobs(company: Company) -> None:
    """All openings with their days, on the company's own board and by TheirStack; unlisted ones are left out."""
    assert company.board is not None
    kind, slug = company.board
    posted = reading(lambda http: getattr(boards(http), kind)(slug)).value
    assert [(job.title, job.posted_on) for job in posted] == [(job.title, job.posted) for job in company.jobs]
    paid = reading(lambda http: boards(http).theirstack(company.domain)).value or ()
    assert {job.title for job in paid} <= {job.title for job in company.jobs}


@pytest.mark.parametrize("board", ["greenhouse", "lever", "ashby", "workable"])
def test_a_slug_that_nobody_has_is_nothing_there(board: str) -> None:
    """404, in each board's own form, is an answer."""
    assert reading(lambda http: getattr(boards(http), board)("nothing-here")).value is None


@pytest.mark.parametrize("engine", ["brave_news", "serper_news", "tavily_news"])
def test_the_engines_agree_on_the_news(engine: str) -> None:
    """The same events, the newest first among equals, and only those of the asked-for span."""
    company = WORLD.company("costco.com")
    month = reading(lambda http: getattr(search(http), engine)('"Costco"', freshness_days=31)).value
    expected = {event.title for event in company.events if (SANDBOX_TODAY - event.on).days <= 31}
    assert expected <= {hit.title for hit in month or ()}
    assert all(hit.on is None or (SANDBOX_TODAY - hit.on).days <= 70 for hit in month or ())
    assert reading(lambda http: getattr(search(http), engine)('"Costco" zeppelin')).value is None
    assert reading(lambda http: getattr(search(http), engine)("nothing-here.com")).value is None


def test_web_search_finds_pages_by_words_and_site() -> None:
    """The page that has the words comes first; `site:` keeps to one host; the panel names the chief."""
    leaders = reading(lambda http: search(http).brave_web("Costco executive leadership team")).value
    assert leaders is not None
    assert leaders[0].url == "https://www.costco.com/leadership"
    own = reading(lambda http: search(http).brave_web('"Costco" site:costco.com')).value
    assert {httpx.URL(hit.url).host for hit in own or ()} == {"www.costco.com"}
    panel = reading(lambda http: search(http).serper_web("Costco")).value
    assert panel is not None
    assert panel.knowledge_graph is not None
    assert dict(panel.knowledge_graph.attributes)["CEO"].startswith("Ron Vachris")


def test_derived_companies_are_found_by_name_in_every_process() -> None:
    """Nothing need have been asked before: the name leads back to the domain."""
    hits = reading(lambda http: search(http).brave_web('"Acme Tools"')).value
    assert hits is not None
    assert hits[0].url == "https://www.acme-tools.com/"


@pytest.mark.parametrize(
    ("fault", "asked", "failure"),
    [
        ("yahoo:429", lambda http: YahooFinance(http).search("Costco"), RateLimited),
        ("yahoo:truncated", lambda http: YahooFinance(http).search("Costco"), BadAnswer),
        ("yahoo:error200", lambda http: YahooFinance(http).search("Costco"), BadAnswer),
        ("sec_edgar:unauthorized", lambda http: SecEdgar(http).submissions(909832), Refused),
        ("sec_edgar:html", lambda http: SecEdgar(http).submissions(909832), BadAnswer),
        ("sec_edgar:error200", lambda http: SecEdgar(http).submissions(909832), BadAnswer),
        ("web_search:unauthorized", lambda http: search(http).brave_web("Costco"), Refused),
        ("web_search:429", lambda http: search(http).brave_web("Costco"), RateLimited),
        ("web_search:error200", lambda http: search(http).serper_web("Costco"), BadAnswer),
        ("web_search:unauthorized", lambda http: search(http).tavily_web("Costco"), Refused),
        ("job_boards:truncated", lambda http: boards(http).greenhouse("costco"), BadAnswer),
        ("job_boards:error200", lambda http: boards(http).lever("grainger"), BadAnswer),
        ("wikidata:429", lambda http: Wikidata(http).company("costco.com"), RateLimited),
        ("wikidata:error200", lambda http: Wikidata(http).entity("Q715583"), BadAnswer),
    ],
)
def test_faults_are_sorted_as_what_they_are(
    fault: str, asked: Callable[[httpx.AsyncClient], Awaitable[object]], failure: type[Exception]
) -> None:
    """A failure is a failure in our clients' eyes and never an empty answer."""
    with pytest.raises(failure):
        reading(asked, fault)
