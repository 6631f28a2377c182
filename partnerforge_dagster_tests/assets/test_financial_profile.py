"""M04 on the sandbox, and with parts of it down."""

from datetime import date

import pytest

from partnerforge_dagster.assets.financial_profile import financial_profile
from partnerforge_dagster.models.base import Money
from partnerforge_dagster.models.financial_profile import FinancialProfile
from partnerforge_dagster.models.provenance import Gap, GapKind
from partnerforge_dagster.models.result import Status
from partnerforge_dagster.providers.sandbox.world import World
from partnerforge_dagster_tests.sandboxed import TODAY, WORLD, Clients, account, ask


def profile(domain: str, *, faults: str = "", world: World = WORLD) -> FinancialProfile:
    async def call(clients: Clients) -> FinancialProfile:
        return await financial_profile(
            account(domain),
            yahoo=clients.yahoo,
            edgar=clients.edgar,
            search=clients.search,
            gdelt=clients.gdelt,
            wikidata=clients.wikidata,
            builtwith=clients.builtwith,
            waterfalls=clients.waterfalls,
        )

    return ask(call, faults=faults, world=world)


def gap(result: FinancialProfile, subject: str) -> Gap | None:
    return next((found for found in result.gaps if found.subject == subject), None)


def test_a_company_that_files_with_the_sec_has_its_figures_from_there() -> None:
    """Costco: five years in dollars from EDGAR, market value and prices from Yahoo, news; nothing is missing."""
    result, truth = profile("costco.com"), WORLD.company("costco.com")
    assert result.status is Status.COMPLETE
    assert result.gaps == ()
    assert [year.fiscal_year for year in result.years] == [year.fiscal_year for year in truth.years]
    assert result.revenue is not None
    assert result.revenue.value == Money(amount=truth.years[0].revenue, currency="USD")
    assert [source.provider for source in result.revenue.sources] == ["sec_edgar"]
    assert not result.revenue.estimate
    assert result.revenue_growth is not None
    assert result.revenue_growth.value == pytest.approx(truth.years[0].revenue / truth.years[1].revenue - 1)
    assert result.market_value is not None
    assert result.market_value.sources[0].provider == "yahoo"
    assert result.fiscal_year_end is not None
    assert result.fiscal_year_end.value == "08-31"
    assert result.public is not None
    assert result.public.value
    assert any("earnings" in item.title for item in result.news)


def test_prices_are_month_ends_of_the_last_twelve_months() -> None:
    """The sandbox's day is in the middle of November, so October is the last month."""
    prices = profile("costco.com").prices
    assert prices is not None
    assert len(prices.value) == 12
    assert (prices.value[0].on.year, prices.value[0].on.month) == (2025, 11)
    assert date(2026, 10, 26) < prices.value[-1].on <= date(2026, 10, 31)


def test_a_company_outside_the_sec_has_yahoos_figures_in_pounds() -> None:
    """Ocado: statements and price in pounds, and that it files nothing with the SEC is nobody's failure."""
    result, truth = profile("ocado.com"), WORLD.company("ocado.com")
    assert result.status is Status.COMPLETE
    assert result.years[0].sources[0].provider == "yahoo"
    assert result.revenue is not None
    assert result.revenue.value == Money(amount=truth.years[0].revenue, currency="GBP")
    assert result.share_price is not None
    assert truth.share_price is not None
    assert result.share_price.value == Money(amount=round(truth.share_price / 100, 6), currency="GBP")
    assert result.prices is not None
    assert all(1 < point.close < 5 for point in result.prices.value)
    missing = gap(result, "SEC figures")
    assert missing is not None
    assert missing.kind is GapKind.NOT_APPLICABLE


def test_a_company_may_report_in_another_currency_than_it_is_quoted_in() -> None:
    """Alibaba: renminbi in the statements, dollars on the exchange."""
    result = profile("alibaba.com")
    assert result.currency is not None
    assert result.currency.value == "CNY"
    assert result.revenue is not None
    assert result.revenue.value.currency == "CNY"
    assert result.market_value is not None
    assert result.market_value.value.currency == "USD"


def test_a_filer_under_ifrs_has_its_figures_from_the_sec_too() -> None:
    """Birkenstock: four years in euros from EDGAR's `ifrs-full`, the price in dollars from Yahoo."""
    result, truth = profile("birkenstock.com"), WORLD.company("birkenstock.com")
    assert result.status is Status.COMPLETE
    assert [year.fiscal_year for year in result.years] == [year.fiscal_year for year in truth.years]
    assert {source.provider for year in result.years for source in year.sources} == {"sec_edgar"}
    assert result.revenue is not None
    assert result.revenue.value == Money(amount=truth.years[0].revenue, currency="EUR")
    assert result.gross_margin is not None
    assert result.share_price is not None
    assert result.share_price.value == Money(amount=truth.share_price or 0, currency="USD")


def test_a_private_company_has_an_estimate_that_says_so() -> None:
    """Patagonia: BuiltWith's twelve months, no market value, and the run is complete."""
    result = profile("patagonia.com")
    assert result.status is Status.COMPLETE
    assert result.public is not None
    assert not result.public.value
    assert result.revenue is not None
    assert result.revenue.estimate
    assert result.revenue.value.currency == "USD"
    assert result.revenue.value.amount % 12 == 0
    assert [source.provider for source in result.revenue.sources] == ["builtwith"]
    assert (result.years, result.market_value, result.prices) == ((), None, None)
    for subject in ("revenue by year", "market value", "share prices"):
        missing = gap(result, subject)
        assert missing is not None
        assert missing.kind is GapKind.NOT_APPLICABLE


@pytest.mark.parametrize("fault", ["down", "429", "500", "truncated", "html", "unauthorized"])
def test_without_edgar_yahoos_figures_stand_and_the_gap_is_told(fault: str) -> None:
    """Whatever befalls the SEC's facts, the other half comes and nothing pretends that there was nothing."""
    result = profile("costco.com", faults=f"sec_edgar/api:{fault}")
    assert result.status is Status.PARTIAL
    assert {source.provider for year in result.years for source in year.sources} == {"yahoo"}
    assert result.revenue is not None
    missing = gap(result, "SEC figures")
    assert missing is not None
    assert (missing.kind, missing.provider) == (GapKind.COULD_NOT_ASK, "sec_edgar")


@pytest.mark.parametrize("fault", ["down", "429", "500", "truncated", "html", "unauthorized"])
def test_without_yahoo_the_filed_figures_stand_and_there_is_no_market_value(fault: str) -> None:
    """Years from EDGAR; price and market value could not be asked."""
    result = profile("costco.com", faults=f"yahoo:{fault}")
    assert result.status is Status.PARTIAL
    assert result.years[0].sources[0].provider == "sec_edgar"
    assert (result.market_value, result.share_price, result.prices) == (None, None, None)
    for subject in ("market value", "share prices", "published statements"):
        missing = gap(result, subject)
        assert missing is not None
        assert (missing.kind, missing.provider) == (GapKind.COULD_NOT_ASK, "yahoo")


def test_when_the_sec_cannot_be_asked_who_files_it_is_not_called_a_non_filer() -> None:
    """Ocado with EDGAR down: that it does not file would be a guess."""
    result = profile("ocado.com", faults="sec_edgar:down")
    assert result.status is Status.PARTIAL
    assert gap(result, "SEC figures") is None
    missing = gap(result, "SEC registration")
    assert missing is not None
    assert missing.kind is GapKind.COULD_NOT_ASK


def test_when_nobody_can_say_whether_it_is_listed_an_estimate_is_still_had() -> None:
    """Identity sources down: no finding about being public, an estimate of revenue, and a gap for the statements."""
    result = profile("costco.com", faults="wikidata:down,yahoo:down,sec_edgar:down")
    assert result.status is Status.PARTIAL
    assert result.public is None
    assert result.revenue is not None
    assert result.revenue.estimate
    missing = gap(result, "revenue by year")
    assert missing is not None
    assert missing.kind is GapKind.COULD_NOT_ASK


def test_without_any_provider_it_is_unavailable() -> None:
    """Nothing could be asked, and nothing is stated."""
    everything = ",".join(
        f"{name}:down" for name in ("wikidata", "yahoo", "sec_edgar", "builtwith", "web_search", "gdelt")
    )
    result = profile("costco.com", faults=everything)
    assert result.status is Status.UNAVAILABLE
    assert (result.revenue, result.years, result.news) == (None, (), ())
    assert {found.kind for found in result.gaps} == {GapKind.COULD_NOT_ASK}


def test_a_company_without_an_estimate_says_that_there_is_none() -> None:
    """BuiltWith was asked and has nothing: another gap than a BuiltWith that is down."""
    asked, unasked = profile("nothing-here.com"), profile("nothing-here.com", faults="builtwith:500")
    kinds = [getattr(gap(result, "revenue estimate"), "kind", None) for result in (asked, unasked)]
    assert kinds == [GapKind.NOTHING_THERE, GapKind.COULD_NOT_ASK]
    assert asked.revenue is None


def test_a_filer_that_stopped_reporting_has_a_history_and_no_headline() -> None:
    """Figures of long ago stay in the table; revenue of today is not made of them."""
    result = profile_years_later()
    assert result.years
    assert (result.revenue, result.revenue_growth) == (None, None)
    missing = gap(result, "recent revenue")
    assert missing is not None
    assert "2026" in missing.reason


def profile_years_later() -> FinancialProfile:
    """Costco's figures of the sandbox's day, read four years later."""

    async def call(clients: Clients) -> FinancialProfile:
        later = account("costco.com").model_copy(
            update={"as_of": account("costco.com").as_of.replace(year=TODAY.year + 4)}
        )
        return await financial_profile(
            later,
            yahoo=clients.yahoo,
            edgar=clients.edgar,
            search=clients.search,
            gdelt=clients.gdelt,
            wikidata=clients.wikidata,
            builtwith=clients.builtwith,
            waterfalls=clients.waterfalls,
        )

    return ask(call)
