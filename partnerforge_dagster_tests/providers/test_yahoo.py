"""Yahoo Finance's answers, recorded ones first."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date
from typing import TypeVar

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnerforge_dagster.models.base import Money
from partnerforge_dagster.models.failures import BadAnswer, ProviderError, RateLimited, Refused, Unreachable
from partnerforge_dagster.models.provenance import Answer
from partnerforge_dagster.providers.yahoo import YahooFinance
from partnerforge_dagster.providers.yahoo_records import QuoteSummary, number, price
from partnerforge_dagster_tests.payloads import raw

T = TypeVar("T")

START, END = date(2020, 8, 31), date(2025, 2, 21)


def ask(response: httpx.Response, call: Callable[[YahooFinance], Awaitable[Answer[T]]]) -> Answer[T]:
    """What the client makes of one response."""

    async def session() -> Answer[T]:
        transport = httpx.MockTransport(lambda _: response)
        async with httpx.AsyncClient(transport=transport) as http:
            return await call(YahooFinance(http))

    return asyncio.run(session())


def recorded(name: str, status: int = 200) -> httpx.Response:
    return httpx.Response(status, content=raw(f"yahoo/{name}.json"))


def summary(symbol: str) -> QuoteSummary:
    answer = ask(recorded(f"quoteSummary__{symbol}"), lambda yahoo: yahoo.quote_summary(symbol))
    assert answer.value is not None
    return answer.value


def test_apple_is_read_as_yahoo_showed_it_in_february_2025() -> None:
    """Name, exchange, price, market value, head office and staff are those of the recorded answer."""
    apple = summary("AAPL")
    assert (apple.name, apple.exchange, apple.quote_type) == ("Apple Inc.", "NasdaqGS", "EQUITY")
    assert apple.price == Money(amount=245.55, currency="USD")
    assert apple.market_value == Money(amount=3_688_676_720_640, currency="USD")
    assert (apple.city, apple.region, apple.country) == ("Cupertino", "CA", "United States")
    assert apple.employees == 150_000
    assert apple.industry == "Consumer Electronics"
    assert apple.last_fiscal_year_end == date(2024, 9, 28)


def test_apples_officers_have_name_and_title_and_nothing_else() -> None:
    """The first officer is the chief executive; age and pay are not kept."""
    first = summary("AAPL").officers[0]
    assert first.model_dump() == {"name": "Mr. Timothy D. Cook", "title": "CEO & Director"}


def test_apples_next_report_is_a_window_and_an_estimate() -> None:
    """Two dates are the ends of the window that Yahoo estimates."""
    apple = summary("AAPL")
    assert apple.earnings_dates == (date(2025, 4, 30), date(2025, 5, 5))
    assert apple.earnings_date_estimated


def test_amazons_web_site_is_not_its_shop() -> None:
    """The profile names aboutamazon.com: evidence for a person, not a key."""
    amazon = summary("AMZN")
    assert amazon.website == "https://www.aboutamazon.com"
    assert amazon.market_value == Money(amount=2_295_249_764_352, currency="USD")
    assert amazon.last_fiscal_year_end == date(2024, 12, 31)


def test_alibaba_is_quoted_in_dollars_and_reports_in_renminbi() -> None:
    """Two currencies stay two."""
    alibaba = summary("BABA")
    assert alibaba.price == Money(amount=143.75, currency="USD")
    assert alibaba.market_value == Money(amount=341_542_830_080, currency="USD")
    assert alibaba.financial_currency == "CNY"


def test_ocado_is_priced_in_pounds() -> None:
    """309 pence are 3.09 pounds, while the market value of 2.5 billion was in pounds all along."""
    ocado = summary("OCDO.L")
    assert ocado.price == Money(amount=3.09, currency="GBP")
    assert ocado.market_value == Money(amount=2_544_151_552, currency="GBP")
    assert ocado.financial_currency == "GBP"
    assert ocado.earnings_dates == (date(2025, 2, 27),)
    assert not ocado.earnings_date_estimated


def test_an_unknown_symbol_is_nothing_there() -> None:
    """A 404 with the code `Not Found` is an answer without a value."""
    answer = ask(recorded("quoteSummary-404__ADH", 404), lambda yahoo: yahoo.quote_summary("ADH"))
    assert answer.value is None
    assert answer.source.endpoint == "quote_summary"


def test_a_delisted_symbol_has_no_quote() -> None:
    """An empty list in a 200 is nothing there, too."""
    assert ask(recorded("quote__SIX"), lambda yahoo: yahoo.quote(["SIX"])).value is None


def test_apples_quote() -> None:
    """One row for one symbol."""
    answer = ask(recorded("quote__AAPL"), lambda yahoo: yahoo.quote(["AAPL"]))
    assert answer.value is not None
    (apple,) = answer.value
    assert (apple.symbol, apple.name, apple.exchange) == ("AAPL", "Apple Inc.", "NasdaqGS")
    assert apple.price == Money(amount=244.6, currency="USD")
    assert apple.market_value == Money(amount=3_674_405_863_424, currency="USD")


def test_apples_chart_has_a_close_for_each_of_49_days() -> None:
    """Days are those of the exchange, oldest first."""
    answer = ask(recorded("chart__AAPL"), lambda yahoo: yahoo.chart("AAPL", START, END))
    assert answer.value is not None
    closes = answer.value.closes
    assert len(closes) == 49
    assert (closes[0].on, closes[-1].on) == (date(2020, 8, 31), date(2020, 11, 6))
    assert closes[0].close == pytest.approx(129.04)
    assert closes[-1].close == pytest.approx(118.69)
    assert answer.value.currency == "USD"


def test_the_search_for_apple_finds_it_first_and_skips_what_has_no_symbol() -> None:
    """Crunchbase's row `AAPlasma` has no symbol and is left out."""
    answer = ask(recorded("search__AAPL"), lambda yahoo: yahoo.search("AAPL"))
    assert answer.value is not None
    assert (answer.value[0].symbol, answer.value[0].name) == ("AAPL", "Apple Inc.")
    assert "AAPlasma" not in [hit.name for hit in answer.value]


def test_the_search_for_adh_finds_other_symbols_only() -> None:
    """A hit need not be what was asked for: no row is `ADH` itself."""
    answer = ask(recorded("search__ADH"), lambda yahoo: yahoo.search("ADH"))
    assert answer.value is not None
    symbols = [hit.symbol for hit in answer.value]
    assert symbols == ["ADH.XA", "ADHI.JK", "SABTNL.BO", "0P000124C9.F", "HPAL.NS"]


@pytest.mark.parametrize(
    ("name", "item", "expected"),
    [
        ("annual", "revenue", [394_328e6, 383_285e6, 391_035e6]),
        ("annual", "gross_profit", [170_782e6, 169_148e6, 180_683e6]),
        ("annual", "operating_income", [119_437e6, 114_301e6, 123_216e6]),
        ("annual", "net_income", [99_803e6, 96_995e6, 93_736e6]),
        ("balance-annual", "cash", [23_646e6, 29_965e6, 29_943e6]),
    ],
)
def test_apples_annual_statements(name: str, item: str, expected: list[float]) -> None:
    """Three years of each line, the 183 series without a value leaving no trace."""
    answer = ask(
        recorded(f"fundamentals-timeseries-{name}__AAPL"), lambda yahoo: yahoo.fundamentals("AAPL", START, END)
    )
    assert answer.value is not None
    assert [figure.value.amount for figure in answer.value.figures if figure.item == item] == expected


def test_apples_fiscal_years_are_named_by_their_end() -> None:
    """Yahoo's 2024-09-30 is fiscal year 2024, and the newest comes first."""
    answer = ask(recorded("fundamentals-timeseries-annual__AAPL"), lambda yahoo: yahoo.fundamentals("AAPL", START, END))
    assert answer.value is not None
    years = answer.value.fiscal_years((answer.source,))
    assert [year.fiscal_year for year in years] == [2024, 2023, 2022]
    assert years[0].revenue == Money(amount=391_035e6, currency="USD")


def test_a_page_for_people_is_cited_and_the_request_names_the_symbol() -> None:
    """The source is Yahoo's page; the symbol is quoted in the path."""
    asked = []

    def serve(request: httpx.Request) -> httpx.Response:
        asked.append(request.url)
        return httpx.Response(200, json={"quoteSummary": {"result": [], "error": None}})

    async def session() -> str | None:
        async with httpx.AsyncClient(transport=httpx.MockTransport(serve)) as http:
            return (await YahooFinance(http).quote_summary("BRK/B")).source.url

    assert asyncio.run(session()) == "https://finance.yahoo.com/quote/BRK/B/profile"
    assert asked[0].raw_path.startswith(b"/v10/finance/quoteSummary/BRK%2FB?")


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        (httpx.Response(429, text="Too Many Requests\r\n"), RateLimited),
        (httpx.Response(200, text="Too Many Requests\r\n"), RateLimited),
        (httpx.Response(429, html="<html>Edge: Too Many Requests</html>"), RateLimited),
        (httpx.Response(401, json={"finance": {"result": None, "error": {"code": "Unauthorized"}}}), Refused),
        (
            httpx.Response(
                200, json={"finance": {"result": None, "error": {"code": "x", "description": "Invalid Crumb"}}}
            ),
            Refused,
        ),
        (httpx.Response(403, html="<html></html>"), Refused),
        (httpx.Response(500, text=""), Unreachable),
        (httpx.Response(503, html="<html></html>"), Unreachable),
        (httpx.Response(408), Unreachable),
        (httpx.Response(404, html="<html>no such path</html>"), BadAnswer),
        (httpx.Response(404, json={"quoteSummary": {"result": None, "error": None}}), BadAnswer),
        (httpx.Response(200, html="<html>consent</html>"), BadAnswer),
        (httpx.Response(200, text='{"quoteSummary": {"result": [{"pri'), BadAnswer),
        (httpx.Response(200, content=b""), BadAnswer),
        (httpx.Response(200, json=[]), BadAnswer),
        (httpx.Response(200, json={"quoteSummary": "soon"}), BadAnswer),
        (httpx.Response(200, json={"chart": {"result": None, "error": None}}), BadAnswer),
        (httpx.Response(200, json={"quoteSummary": {"error": {"code": "internal-error"}}}), BadAnswer),
        (httpx.Response(302, headers={"location": "https://guce.yahoo.com/consent"}), BadAnswer),
    ],
)
def test_whatever_is_no_answer_is_sorted(response: httpx.Response, expected: type[ProviderError]) -> None:
    """Each way to fail has its own error, and none is mistaken for "nothing there"."""
    with pytest.raises(expected):
        ask(response, lambda yahoo: yahoo.quote_summary("AAPL"))


def test_a_chart_of_unequal_columns_is_a_bad_answer() -> None:
    """Prices must not slide to other days."""
    body = {
        "chart": {
            "result": [{"meta": {}, "timestamp": [1, 2], "indicators": {"quote": [{"close": [1.0]}]}}],
            "error": None,
        }
    }
    with pytest.raises(BadAnswer):
        ask(httpx.Response(200, json=body), lambda yahoo: yahoo.chart("AAPL", START, END))


def test_days_without_a_close_are_left_out_of_a_london_chart_in_pounds() -> None:
    """A null close is no day; pence become pounds."""
    meta = {"symbol": "OCDO.L", "currency": "GBp", "gmtoffset": 0}
    closes = {"meta": meta, "timestamp": [86400, 172800], "indicators": {"quote": [{"close": [309.0, None]}]}}
    body = {"chart": {"result": [closes], "error": None}}
    answer = ask(httpx.Response(200, json=body), lambda yahoo: yahoo.chart("OCDO.L", START, END))
    assert answer.value is not None
    assert [(point.on, point.close) for point in answer.value.closes] == [(date(1970, 1, 2), 3.09)]
    assert answer.value.currency == "GBP"


@pytest.mark.parametrize("empty", [{}, None, "", "N/A", {"raw": 0, "fmt": None}, {"raw": {}}, True, float("nan")])
def test_yahoos_many_ways_to_say_nothing_are_none(empty: object) -> None:
    """An empty object and the false zero are no numbers."""
    assert number(empty) is None


def test_a_zero_that_yahoo_formats_is_a_zero() -> None:
    """`{"raw": 0, "fmt": "0"}` is what it says."""
    assert number({"raw": 0, "fmt": "0"}) == 0


@given(st.floats(min_value=0, max_value=1e12), st.sampled_from(["GBp", "GBX", "ZAc", "ILA"]))
def test_minor_units_are_a_hundredth_of_an_iso_currency(quoted: float, unit: str) -> None:
    """A price in pence, cents or agorot is a hundredth in pounds, rand or shekels."""
    found = price(quoted, unit)
    assert found is not None
    assert found.currency == {"G": "GBP", "Z": "ZAR", "I": "ILS"}[unit[0]]
    assert found.amount == pytest.approx(quoted / 100, abs=1e-6)
