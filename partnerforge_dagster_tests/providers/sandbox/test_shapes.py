"""The sandbox's answers beside recorded ones: nothing is there that the real providers do not send."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from partnerforge_dagster.providers.sandbox.sec_facts import facts_of
from partnerforge_dagster_tests.payloads import body
from partnerforge_dagster_tests.providers.sandbox.asking import WORLD
from partnerforge_dagster_tests.providers.sandbox.calls import call

CRUMB = "crumb=sAndb0xCrumb"
COOKIE = {"cookie": "A3=d=AQABBSandbox&S=AQAAAsandbox", "user-agent": "tests"}
MODULES = (
    "assetProfile,summaryProfile,price,summaryDetail,financialData,defaultKeyStatistics,calendarEvents,"
    "incomeStatementHistory"
)
ANNUAL = "annualTotalRevenue,annualGrossProfit,annualOperatingIncome,annualNetIncome"
YAHOO = "https://query2.finance.yahoo.com"


def paths(value: Any, prefix: str = "") -> set[str]:
    """Every key of a JSON value with the keys above it; rows of a list count together."""
    if isinstance(value, dict):
        parts = [{f"{prefix}.{key}", *paths(part, f"{prefix}.{key}")} for key, part in value.items()]
    elif isinstance(value, list):
        parts = [paths(part, f"{prefix}[]") for part in value]
    else:
        parts = []
    return set[str]().union(*parts)


def beyond(answer: Any, recorded: Any, ours: Iterable[str] = ()) -> set[str]:
    """Keys of the sandbox's answer that the recorded one has not."""
    return {path for path in paths(answer) - paths(recorded) if not path.startswith(tuple(ours))}


CASES = [
    (f"{YAHOO}/v10/finance/quoteSummary/COST?modules={MODULES}&{CRUMB}", "yahoo/quoteSummary__AAPL.json", (
        # a recorded module has `{}` where the sandbox has a figure, or the other way round
        ".quoteSummary.result[].defaultKeyStatistics",
    )),
    (f"{YAHOO}/v7/finance/quote?symbols=COST&{CRUMB}", "yahoo/quote__AAPL.json", (
        ".quoteResponse.result[].symbol", ".quoteResponse.result[].marketCap",
    )),
    (f"{YAHOO}/v8/finance/chart/COST?interval=1d", "yahoo/chart__AAPL.json", ()),
    (f"{YAHOO}/v1/finance/search?q=Costco", "yahoo/search__AAPL.json", ()),
    (
        f"{YAHOO}/ws/fundamentals-timeseries/v1/finance/timeseries/COST?type={ANNUAL}",
        "yahoo/fundamentals-timeseries-annual__AAPL.json", (),
    ),
    ("https://data.sec.gov/submissions/CIK0000909832.json", "sec-edgar/submissions__apple.json", ()),
    ("https://data.sec.gov/api/xbrl/companyfacts/CIK0000909832.json", "sec-edgar/companyfacts__apple.json", ()),
    ('https://api.search.brave.com/res/v1/web/search?q="Costco"', "brave/web-search__hello-world.json", ()),
    ('https://api.search.brave.com/res/v1/news/search?q="Costco"', "brave/news-search__hello-world.json", ()),
    ("https://boards-api.greenhouse.io/v1/boards/costco/jobs?content=true",
     "greenhouse/board-jobs-content__gitlab.json", (".jobs[].sandbox_unknown_key",)),
    ("https://api.lever.co/v0/postings/grainger?mode=json", "lever/postings__palantir.json", (
        "[].categories.department",
    )),
    ("https://api.ashbyhq.com/posting-api/job-board/etsy", "ashby/job-board__linear.json", (
        ".jobs[].address.postalAddress.addressLocality",
    )),
]  # fmt: skip


@pytest.mark.parametrize(("url", "recorded", "ours"), CASES, ids=[recorded for _, recorded, _ in CASES])
def test_every_key_is_one_that_was_recorded(url: str, recorded: str, ours: tuple[str, ...]) -> None:
    """The sandbox invents no key, apart from those that the provider's documents name or that are meant to be odd."""
    yahoo = "yahoo.com" in url
    answer = call(url, headers=COOKIE) if yahoo else call(url)
    assert answer.status_code == 200
    assert beyond(answer.json(), body(recorded), ours) == set()


def test_wikidatas_statements_have_the_recorded_form() -> None:
    """Snaks, values, ranks and qualifiers look like those of a recorded item, whatever the property."""
    entity = call("https://www.wikidata.org/wiki/Special:EntityData/Q715583.json").json()["entities"]["Q715583"]
    recorded = body("wikidata/entity__Q2112-bielefeld.json")
    ours = {key for statements in entity["claims"].values() for key in paths(statements)}
    theirs = {key for statements in recorded["claims"].values() for key in paths(statements)}
    by_property = {key for key in ours | theirs if ".qualifiers.P" in key}
    assert ours - theirs - by_property == set()
    assert set(entity) <= set(recorded)


def test_serpers_answer_has_the_recorded_form() -> None:
    """Hits, panel and related searches as recorded; the panel's attributes differ from company to company."""
    answer = call("https://google.serper.dev/search", method="POST", json={"q": "Costco"}).json()
    free = (".knowledgeGraph.attributes.", ".credits", ".organic[].date")
    assert beyond(answer, body("serper/search__amazon.json"), free) == set()


def test_tavilys_answer_has_the_recorded_form() -> None:
    """Rows as recorded; `published_date` of news and `request_id` are in its documents only."""
    asked = {"query": "Costco", "topic": "news"}
    key = {"authorization": "Bearer key"}
    answer = call("https://api.tavily.com/search", method="POST", json=asked, headers=key).json()
    documented = (".results[].published_date", ".request_id")
    assert beyond(answer, body("tavily/search__samsung-news.json"), documented) == set()


def test_an_unknown_symbol_is_said_as_recorded() -> None:
    """404 with Yahoo's error for quoteSummary, an empty list for quote."""
    unknown = call(f"{YAHOO}/v10/finance/quoteSummary/ZZ ZZ?modules=assetProfile&{CRUMB}", headers=COOKIE)
    assert (unknown.status_code, unknown.json()) == (404, body("yahoo/quoteSummary-404__ADH.json"))
    empty = call(f"{YAHOO}/v7/finance/quote?symbols=ZZ ZZ&{CRUMB}", headers=COOKIE)
    assert empty.json() == body("yahoo/quote__SIX.json")


def test_an_older_page_is_bare_columns_as_recorded() -> None:
    """The page named by submissions has the columns of the recent ones and no envelope."""
    submissions = call("https://data.sec.gov/submissions/CIK0000354950.json").json()
    name = submissions["filings"]["files"][0]["name"]
    older = call(f"https://data.sec.gov/submissions/{name}").json()
    assert set(older) == set(body("sec-edgar/submissions-older-page__expedia.json"))
    assert {len(column) for column in older.values()} == {submissions["filings"]["files"][0]["filingCount"]}


def test_ifrs_filers_have_the_recorded_form() -> None:
    """A foreign filer's facts are `ifrs-full` alone, its labels are empty (the recorded one reports in dollars)."""
    recorded = body("sec-edgar/companyfacts__logistic-properties-of-the-americas.json")["facts"]["ifrs-full"]
    facts = facts_of(replace(WORLD.company("birkenstock.com"), currency="USD"))
    assert list(facts) == ["ifrs-full"]
    assert set(facts["ifrs-full"]) <= set(recorded) | {"GrossProfit"}
    assert paths(list(facts["ifrs-full"].values())) <= paths(list(recorded.values()))


def test_a_fact_comes_again_in_later_filings_and_the_revenue_tag_changes() -> None:
    """One year stands in up to three annual reports with the same value; the two oldest years have the old tag."""
    facts = call("https://data.sec.gov/api/xbrl/companyfacts/CIK0000909832.json").json()["facts"]["us-gaap"]
    rows = [row for row in facts["NetIncomeLoss"]["units"]["USD"] if row["form"] == "10-K"]
    by_end: dict[str, set[tuple[int, str]]] = {}
    for row in rows:
        by_end.setdefault(row["end"], set()).add((row["val"], row["filed"]))
    assert sorted(len(filed) for filed in by_end.values()) == [1, 2, 3, 3, 3]
    assert all(len({value for value, _ in filed}) == 1 for filed in by_end.values())
    old, new = (
        {row["end"] for row in facts[tag]["units"]["USD"] if row["form"] == "10-K"}
        for tag in ("Revenues", "RevenueFromContractWithCustomerExcludingAssessedTax")
    )
    assert len(old) == 2
    assert max(old) < min(new)
