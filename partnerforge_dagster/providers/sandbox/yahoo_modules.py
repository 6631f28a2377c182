"""Yahoo's quoteSummary modules and quote rows of one company, as recorded answers have them.

With `formatted=false` some modules give bare numbers and others `{raw, fmt, longFmt}`; missing values are `{}`.
Not for: requests (yahoo.py).
"""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from partnerforge_dagster.providers.sandbox import dates
from partnerforge_dagster.providers.sandbox.building import shift_months
from partnerforge_dagster.providers.sandbox.company import Company
from partnerforge_dagster.providers.sandbox.draw import number_below

_EXCHANGES = {"NasdaqGS": "NMS", "NYSE": "NYQ", "LSE": "LSE", "NasdaqCM": "NCM", "XETRA": "GER", "Paris": "PAR"}
COUNTRIES = {
    "AT": "Austria", "AU": "Australia", "BE": "Belgium", "BR": "Brazil", "CA": "Canada", "CH": "Switzerland",
    "CN": "China", "DE": "Germany", "DK": "Denmark", "ES": "Spain", "FI": "Finland", "FR": "France",
    "GB": "United Kingdom", "IE": "Ireland", "IN": "India", "IT": "Italy", "JP": "Japan", "KR": "South Korea",
    "MX": "Mexico", "NL": "Netherlands", "NO": "Norway", "NZ": "New Zealand", "PL": "Poland", "PT": "Portugal",
    "SE": "Sweden", "SG": "Singapore", "US": "United States", "ZA": "South Africa",
}  # fmt: skip

Json = dict[str, Any]


def module(name: str, company: Company, today: date) -> Json | None:
    """One module; None for a name that Yahoo does not know or has nothing for."""
    build = _MODULES.get(name)
    return build(company, today) if build else None


def exchange_code(company: Company) -> str:
    """Yahoo's short code: `NMS` for NasdaqGS."""
    exchange = company.exchange or ""
    return _EXCHANGES.get(exchange, exchange[:3].upper())


def quote_row(company: Company, today: date) -> Json:
    """A row of `/v7/finance/quote`."""
    price = company.share_price or 0.0
    return {
        "language": "en-US",
        "region": "US",
        "quoteType": "EQUITY",
        "typeDisp": "Equity",
        "shortName": company.legal_name,
        "longName": company.legal_name,
        "currency": company.quote_currency,
        "exchange": exchange_code(company),
        "fullExchangeName": company.exchange,
        "financialCurrency": company.currency,
        "marketState": "CLOSED",
        "regularMarketPrice": price,
        "regularMarketTime": dates.seconds(today) - 10_800,
        "marketCap": _whole(company.market_value),
        "fiftyTwoWeekLow": round(price * 0.78, 2),
        "fiftyTwoWeekHigh": round(price * 1.09, 2),
        "symbol": company.ticker,
    }


def _asset_profile(company: Company, today: date) -> Json:
    """Without the salutations that Yahoo puts before names: they cannot be told from a name."""
    return {
        **_address(company),
        "companyOfficers": [
            {
                "maxAge": 1,
                "name": person.name,
                "title": person.title,
                "fiscalYear": today.year - 1,
                "totalPay": {},
                "exercisedValue": {"raw": 0, "fmt": None, "longFmt": "0"},
            }
            for person in company.executives
        ],
        "executiveTeam": [],
        "maxAge": 86400,
    }


def _summary_profile(company: Company, today: date) -> Json:  # noqa: ARG001
    return {**_address(company), "companyOfficers": [], "executiveTeam": [], "maxAge": 86400}


def _address(company: Company) -> Json:
    key = company.industry.lower().replace(" ", "-")
    sector = company.sector.lower().replace(" ", "-")
    address = {
        "city": company.city,
        "state": company.region,
        "country": COUNTRIES.get(company.country, company.country),
        "website": f"https://www.{company.domain}",
        "industry": company.industry,
        "industryKey": key,
        "industryDisp": company.industry,
        "sector": company.sector,
        "sectorKey": sector,
        "sectorDisp": company.sector,
        "longBusinessSummary": company.description,
        "fullTimeEmployees": company.employees,
    }
    # Yahoo leaves out what it has not.
    return {name: value for name, value in address.items() if value is not None}


def _price(company: Company, today: date) -> Json:
    return {
        "maxAge": 1,
        "preMarketChange": {},
        "preMarketPrice": {},
        "regularMarketTime": dates.seconds(today) - 10_800,
        "priceHint": 2,
        "regularMarketPrice": company.share_price,
        "exchange": exchange_code(company),
        "exchangeName": company.exchange,
        "marketState": "CLOSED",
        "quoteType": "EQUITY",
        "symbol": company.ticker,
        "underlyingSymbol": None,
        "shortName": company.legal_name,
        "longName": company.legal_name,
        "currency": company.quote_currency,
        "fromCurrency": None,
        "toCurrency": None,
        "marketCap": _whole(company.market_value),
    }


def _summary_detail(company: Company, today: date) -> Json:  # noqa: ARG001
    return {
        "maxAge": 1,
        "priceHint": 2,
        "previousClose": company.share_price,
        "marketCap": _whole(company.market_value),
        "trailingAnnualDividendRate": {},
        "currency": company.quote_currency,
        "tradeable": False,
    }


def _financial_data(company: Company, today: date) -> Json:  # noqa: ARG001
    if not company.years:
        return {"maxAge": 86400, "financialCurrency": company.currency}
    latest, before = company.years[0], company.years[1] if len(company.years) > 1 else None
    growth = round(latest.revenue / before.revenue - 1, 5) if before and before.revenue else None
    data = {
        "maxAge": 86400,
        "currentPrice": company.share_price,
        "totalCash": round(latest.cash),
        "totalRevenue": round(latest.revenue),
        "grossProfits": round(latest.gross_profit),
        "revenueGrowth": growth,
        "grossMargins": round(latest.gross_profit / latest.revenue, 5),
        "operatingMargins": round(latest.operating_income / latest.revenue, 5),
        "profitMargins": round(latest.net_income / latest.revenue, 5),
        "recommendationKey": "none",
        "financialCurrency": company.currency,
    }
    return {name: value for name, value in data.items() if value is not None}


def _key_statistics(company: Company, today: date) -> Json:  # noqa: ARG001
    if not company.years:
        return {"maxAge": 1}
    latest = company.years[0]
    last, following = dates.year_end(company, latest), dates.seconds(dates.year_end(company, latest)) + 365 * 86400
    return {
        "maxAge": 1,
        "priceHint": 2,
        "category": None,
        "netIncomeToCommon": round(latest.net_income),
        "lastFiscalYearEnd": dates.seconds(last),
        "nextFiscalYearEnd": following,
        "lastSplitFactor": None,
    }


def _calendar_events(company: Company, today: date) -> Json:
    """The next report, as a window of a week: every quarter has its day."""
    quarters = [shift_months(date(today.year, today.month - (today.month - 1) % 3, 1), months) for months in (0, 3)]
    days = [start + timedelta(days=number_below(80, company.domain, "earnings", start)) for start in quarters]
    soonest = next((day for day in days if day >= today), days[-1])
    return {
        "maxAge": 1,
        "earnings": {
            "earningsDate": [dates.seconds(soonest), dates.seconds(soonest + timedelta(days=5))],
            "isEarningsDateEstimate": True,
            "earningsAverage": {},
        },
        "exDividendDate": {},
    }


def _income_statements(company: Company, today: date) -> Json:  # noqa: ARG001
    """Gutted since 2024: only revenue and net income are true, the rest are false zeros and empty objects."""
    rows = [
        {
            "maxAge": 1,
            "endDate": {"raw": dates.seconds(ends), "fmt": f"{ends}"},
            "totalRevenue": _raw(year.revenue),
            "costOfRevenue": {"raw": 0, "fmt": None, "longFmt": "0"},
            "grossProfit": {"raw": 0, "fmt": None, "longFmt": "0"},
            "researchDevelopment": {},
            "operatingIncome": {},
            "netIncome": _raw(year.net_income),
        }
        for year in company.years[:4]
        for ends in (dates.year_end(company, year),)
    ]
    return {"incomeStatementHistory": rows, "maxAge": 86400}


def _raw(value: float) -> Json:
    return {"raw": round(value), "fmt": f"{value / 1e9:.2f}B", "longFmt": f"{round(value):,}"}


def _whole(value: float | None) -> int | Json:
    return {} if value is None else round(value)


_MODULES: dict[str, Callable[[Company, date], Json]] = {
    "assetProfile": _asset_profile,
    "summaryProfile": _summary_profile,
    "price": _price,
    "summaryDetail": _summary_detail,
    "financialData": _financial_data,
    "defaultKeyStatistics": _key_statistics,
    "calendarEvents": _calendar_events,
    "incomeStatementHistory": _income_statements,
}
