"""SEC EDGAR's answers, recorded ones first."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any, TypeVar

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnerforge_dagster.models.failures import BadAnswer, ProviderError, RateLimited, Refused, Unreachable
from partnerforge_dagster.models.provenance import Answer
from partnerforge_dagster.providers.sec_edgar import SecEdgar
from partnerforge_dagster.providers.sec_edgar_records import Submissions, padded
from partnerforge_dagster_tests.payloads import body, raw

T = TypeVar("T")

NO_SUCH_KEY = """<?xml version="1.0" encoding="UTF-8"?>
<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message></Error>"""


def ask(response: httpx.Response, call: Callable[[SecEdgar], Awaitable[Answer[T]]]) -> Answer[T]:
    """What the client makes of one response."""

    async def session() -> Answer[T]:
        async with httpx.AsyncClient(transport=httpx.MockTransport(lambda _: response)) as http:
            return await call(SecEdgar(http))

    return asyncio.run(session())


def recorded(name: str) -> httpx.Response:
    return httpx.Response(200, content=raw(f"sec-edgar/{name}.json"))


def filer(name: str) -> Submissions:
    answer = ask(recorded(f"submissions{name}"), lambda edgar: edgar.submissions(1))
    assert answer.value is not None
    return answer.value


def test_apples_submissions() -> None:
    """Number, industry, listing, fiscal year end, address and the newest annual report."""
    apple = filer("__apple")
    assert (apple.cik, apple.name, apple.entity_type) == ("0000320193", "Apple Inc.", "operating")
    assert (apple.sic, apple.sic_description) == ("3571", "Electronic Computers")
    assert (apple.tickers, apple.exchanges) == (("AAPL",), ("Nasdaq",))
    assert (apple.fiscal_year_end, apple.city, apple.state_or_country) == ("09-26", "CUPERTINO", "CA")
    assert len(apple.filings) == 1005
    assert apple.older_pages == ("CIK0000320193-submissions-001.json",)
    annual = next(row for row in apple.filings if row.form == "10-K")
    assert (annual.filed_on, annual.period_end) == (date(2025, 10, 31), date(2025, 9, 27))


def test_teslas_latest_annual_report_has_a_link_that_opens_it() -> None:
    """The archive's path has the number without zeros and the accession without dashes."""
    annual = next(row for row in filer("__tesla").filings if row.form == "10-K")
    assert annual.url == "https://www.sec.gov/Archives/edgar/data/1318605/000162828026003952/tsla-20251231.htm"
    assert (annual.filed_on, annual.accession) == (date(2026, 1, 29), "0001628280-26-003952")


def test_an_8_k_has_its_items() -> None:
    """Tesla's report of 7 November 2025 is about officers and a vote."""
    report = next(row for row in filer("__tesla").filings if row.form == "8-K" and row.filed_on == date(2025, 11, 7))
    assert report.items == ("5.02", "5.07", "9.01")


def test_expedias_older_page_is_bare_columns() -> None:
    """976 filings from 2005 to 2016, an annual report among them, with the filer's number from the page's name."""
    page = filer("__expedia").older_pages[0]
    answer = ask(recorded("submissions-older-page__expedia"), lambda edgar: edgar.older_filings(page))
    assert answer.value is not None
    assert len(answer.value) == 976
    assert (answer.value[0].filed_on, answer.value[-1].filed_on) == (date(2016, 3, 9), date(2005, 4, 25))
    annual = next(row for row in answer.value if row.form == "10-K")
    assert annual.url.startswith("https://www.sec.gov/Archives/edgar/data/1324424/")


def test_a_natural_person_is_a_filer_without_industry_or_year_end() -> None:
    """Warren Buffett files ownership reports; nothing of a company is made up for him."""
    buffett = filer("-individual__warren-buffett")
    assert (buffett.cik, buffett.name, buffett.entity_type) == ("0000315090", "BUFFETT WARREN E", "other")
    assert (buffett.sic, buffett.fiscal_year_end, buffett.tickers) == (None, None, ())
    assert buffett.filings[0].form == "4"
    assert not [row for row in buffett.filings if row.form == "10-K"]


def test_a_filer_without_filings_has_an_empty_list() -> None:
    """Registered and never filed: an answer, with no rows."""
    nobody = filer("-no-filings__cik350001")
    assert nobody.cik == "0000350001"
    assert (nobody.filings, nobody.older_pages) == ((), ())


def test_the_ticker_list_pads_every_number() -> None:
    """9,610 rows; Apple's integer 320193 becomes ten digits."""
    answer = ask(recorded("company_tickers"), lambda edgar: edgar.tickers())
    assert answer.value is not None
    assert len(answer.value) == 9610
    assert next(row.cik for row in answer.value if row.ticker == "AAPL") == "0000320193"
    assert answer.value[0].name == "MICROSOFT CORP"


def test_a_filings_folder_lists_its_files_with_sizes_where_given() -> None:
    """An empty size is unknown and not zero."""
    answer = ask(
        recorded("archives-filing-index__0001213900-24-004875"),
        lambda edgar: edgar.filing_index(1, "0001213900-24-004875"),
    )
    assert answer.value is not None
    sizes = {item.name: item.size for item in answer.value}
    assert sizes["0001213900-24-004875-xbrl.zip"] == 101_351
    assert sizes["0001213900-24-004875.txt"] is None
    assert answer.source.url == "https://www.sec.gov/Archives/edgar/data/1/000121390024004875/"


def test_facts_of_a_filer_whose_number_is_a_padded_string() -> None:
    """Logistic Properties' number comes as "0001997711", Apple's as 320193; both are ten digits here."""
    names = ("logistic-properties-of-the-americas", "apple")
    facts = [ask(recorded(f"companyfacts__{name}"), lambda edgar: edgar.company_facts(1)).value for name in names]
    assert [found.cik for found in facts if found] == ["0001997711", "0000320193"]


COVER = "<p>UNITED STATES<br/>SECURITIES&#160;AND <b>EXCHANGE COMMISSION</b></p>"


@pytest.mark.parametrize(
    "text", [f"<html><body>{COVER}Annual report</body></html>", "<HTML><ix:header/></HTML>", f"{COVER} in plain text"]
)
def test_a_document_is_its_text(text: str) -> None:
    """The primary document of a filing comes as it is."""
    page = httpx.Response(200, html=text)
    answer = ask(page, lambda edgar: edgar.document("0001318605", "0001628280-26-003952", "tsla-20251231.htm"))
    assert answer.value == text
    assert answer.source.url == "https://www.sec.gov/Archives/edgar/data/1318605/000162828026003952/tsla-20251231.htm"


@pytest.mark.parametrize(
    "text", ["<html><body>Please enable cookies</body></html>", f"<html><body>{COVER}Annual rep", '{"message": "no"}']
)
def test_another_page_or_a_cut_off_one_is_no_document(text: str) -> None:
    """A web page that is not a report, and a report without its end, are bad answers and not reports without themes."""
    with pytest.raises(BadAnswer):
        ask(httpx.Response(200, html=text), lambda edgar: edgar.document(1, "0000000001-26-000001", "a.htm"))


@pytest.mark.parametrize(
    "call",
    [
        lambda edgar: edgar.submissions(1),
        lambda edgar: edgar.company_facts("0000000001"),
        lambda edgar: edgar.older_filings("CIK0000000001-submissions-001.json"),
        lambda edgar: edgar.document(1, "0000000001-26-000001", "gone.htm"),
    ],
)
def test_the_stores_no_such_key_is_nothing_there(call: Callable[[SecEdgar], Awaitable[Answer[Any]]]) -> None:
    """EDGAR answers for an unknown filer with XML and 404."""
    assert ask(httpx.Response(404, text=NO_SUCH_KEY), call).value is None


def test_a_filer_of_other_figures_has_no_facts() -> None:
    """Figures without revenue, profit or cash are nothing that fiscal years could be made of."""
    other = {"cik": 1, "entityName": "Fund", "facts": {"dei": {"EntityPublicFloat": {"units": {"USD": []}}}}}
    assert ask(httpx.Response(200, json=other), lambda edgar: edgar.company_facts(1)).value is None


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        (httpx.Response(403, html="<html>Your Request Originates from an Undeclared Automated Tool</html>"), Refused),
        (httpx.Response(403, html="<html>Request Rate Threshold Exceeded</html>"), RateLimited),
        (httpx.Response(429, headers={"retry-after": "600"}), RateLimited),
        (httpx.Response(503, html="<html></html>"), Unreachable),
        (httpx.Response(408), Unreachable),
        (httpx.Response(404, html="<html>a proxy's page</html>"), BadAnswer),
        (httpx.Response(200, html="<html>maintenance</html>"), BadAnswer),
        (httpx.Response(200, text='{"cik": "0000320193", "filings": {"rec'), BadAnswer),
        (httpx.Response(200, content=b""), BadAnswer),
        (httpx.Response(200, json=[1]), BadAnswer),
        (httpx.Response(200, json={"cik": "0000320193", "name": "Apple Inc."}), BadAnswer),
        (httpx.Response(200, json={"cik": "apple", "name": "Apple Inc.", "filings": {}}), BadAnswer),
    ],
)
def test_whatever_is_no_answer_is_sorted(response: httpx.Response, expected: type[ProviderError]) -> None:
    """Each way to fail has its own error, and none is mistaken for "nothing there"."""
    with pytest.raises(expected):
        ask(response, lambda edgar: edgar.submissions(320193))


def test_the_refusal_says_what_to_set() -> None:
    """A person who reads it knows what to do."""
    with pytest.raises(Refused, match="PARTNERFORGE_CONTACT"):
        ask(httpx.Response(403, html="<html></html>"), lambda edgar: edgar.submissions(1))


def test_columns_of_unequal_length_are_a_bad_answer() -> None:
    """Rows would otherwise be made of different filings."""
    apple = body("sec-edgar/submissions__apple.json")
    apple["filings"]["recent"]["items"].pop()
    with pytest.raises(BadAnswer, match="unequal"):
        ask(httpx.Response(200, json=apple), lambda edgar: edgar.submissions(320193))


@given(st.integers(min_value=1, max_value=10**10 - 1))
def test_a_filer_number_is_the_same_however_it_is_written(number: int) -> None:
    """Integer, digits and padded digits are one number, and padding is done once."""
    assert padded(number) == padded(str(number)) == padded(f"{number:010}") == padded(padded(number))
    assert len(padded(number)) == 10


@pytest.mark.parametrize("wrong", ["", "AAPL", "-1", "0", 0, True, "12345678901", "１２"])
def test_what_is_no_filer_number_is_refused_by_name(wrong: str | int) -> None:
    """A path is never made of it."""
    with pytest.raises(ValueError, match="CIK"):
        padded(wrong)


def test_only_the_name_of_an_older_page_is_taken_for_one() -> None:
    """A name from somewhere else cannot lead to another path."""

    async def session() -> None:
        async with httpx.AsyncClient() as http:
            await SecEdgar(http).older_filings("../files/company_tickers.json")

    with pytest.raises(ValueError, match="older page"):
        asyncio.run(session())
