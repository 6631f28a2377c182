"""What Yahoo Finance answers, as records: prices in major units, empty values as None.

Yahoo quotes London in pence (`GBp`) but states the market value of the same company in pounds, and reports in
a second currency (`financialCurrency`). All of that is settled here, so that no other file knows of it.
Not for: requests and error sorting (yahoo.py), cookie and crumb (yahoo_session.py).
"""

import math
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from partnerforge_dagster.models.base import Frozen, Money
from partnerforge_dagster.models.financial_profile import FiscalYear, PricePoint
from partnerforge_dagster.models.provenance import Sources
from partnerforge_dagster.providers.days import epoch_day
from partnerforge_dagster.providers.fiscal_years import fiscal_year_named, statement
from partnerforge_dagster.providers.lenient import text

MINOR_UNITS = {"GBp": "GBP", "GBX": "GBP", "ZAc": "ZAR", "ZAC": "ZAR", "ILA": "ILS"}
"""Currencies that Yahoo quotes in hundredths (GBp seen in a recorded answer; the others unverified)."""

ANNUAL_ITEMS = {
    "annualTotalRevenue": "revenue",
    "annualGrossProfit": "gross_profit",
    "annualOperatingIncome": "operating_income",
    "annualNetIncome": "net_income",
    "annualCashAndCashEquivalents": "cash",
}
"""Series of the time-series endpoint -> field of a fiscal year."""


class Officer(Frozen):
    """A person of `assetProfile.companyOfficers`. Age and pay are not kept."""

    name: str
    title: str


class QuoteSummary(Frozen):
    """One symbol's profile, quote and calendar (`/v10/finance/quoteSummary`)."""

    symbol: str
    name: str | None
    quote_type: str | None
    """`EQUITY`, `ETF`, ..."""
    exchange: str | None
    """Yahoo's name: `NasdaqGS`, `LSE`."""
    price: Money | None
    """Last price, in the quote's major unit."""
    market_value: Money | None
    financial_currency: str | None
    """Of the statements; BABA is quoted in USD and reports in CNY."""
    last_fiscal_year_end: date | None
    website: str | None
    """Evidence for who this is, not a key: Amazon's is aboutamazon.com."""
    industry: str | None
    sector: str | None
    employees: int | None
    city: str | None
    region: str | None
    country: str | None
    """In words: `United States`."""
    description: str | None
    officers: tuple[Officer, ...]
    earnings_dates: tuple[date, ...]
    """Expected dates of the next report, earliest first; two are the ends of a window."""
    earnings_date_estimated: bool


class Quote(Frozen):
    """One row of `/v7/finance/quote`."""

    symbol: str
    name: str | None
    quote_type: str | None
    exchange: str | None
    price: Money | None
    market_value: Money | None


class Chart(Frozen):
    """Daily closing prices (`/v8/finance/chart`), oldest first, in major units of `currency`."""

    symbol: str
    currency: str | None
    closes: tuple[PricePoint, ...]


class SearchHit(Frozen):
    """A security that Yahoo's search offers; it need not be the one asked for (ADH finds ADHI.JK)."""

    symbol: str
    name: str | None
    quote_type: str | None
    exchange: str | None
    industry: str | None


class ReportedFigure(Frozen):
    """One figure of one fiscal year."""

    item: str
    """Field of a fiscal year: `revenue`, `cash`, ..."""
    ends_on: date
    """Yahoo rounds it to the month's end: 2024-09-30 for Apple's 28 September."""
    value: Money


class Fundamentals(Frozen):
    """Annual income and balance series of one symbol."""

    figures: tuple[ReportedFigure, ...]

    def fiscal_years(self, sources: Sources) -> tuple[FiscalYear, ...]:
        """The figures by fiscal year, newest first; one currency a year (that of its revenue, else the first)."""
        ends = {figure.ends_on for figure in self.figures}
        years = {}
        for end in sorted(ends):
            items = {figure.item: figure.value for figure in self.figures if figure.ends_on == end}
            years[fiscal_year_named(end)] = statement(end, items, sources)
        return tuple(years[name] for name in sorted(years, reverse=True))


def number(value: Any) -> float | None:  # noqa: ANN401 - Yahoo's values come bare, wrapped or empty
    """A number, from `5`, `{"raw": 5, "fmt": "5"}`, `{}` or the false zero `{"raw": 0, "fmt": null}`."""
    if isinstance(value, Mapping):
        raw = number(value.get("raw"))
        return None if raw == 0 and value.get("fmt") is None else raw
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)


def day(value: Any) -> date | None:  # noqa: ANN401
    """The UTC day of epoch seconds; None for an empty value or one that no calendar holds."""
    return epoch_day(number(value))


def major_currency(code: Any) -> str | None:  # noqa: ANN401
    """The ISO code behind a quote's currency: GBP for `GBp`; None when it is no code at all."""
    spelled = text(code)
    iso = MINOR_UNITS.get(spelled, spelled) if spelled else None
    return iso if iso and len(iso) == 3 and iso.isascii() and iso.isupper() and iso.isalpha() else None


def price(value: Any, currency: Any) -> Money | None:  # noqa: ANN401
    """A quoted price in major units: 309 GBp is 3.09 GBP."""
    amount, iso = number(value), major_currency(currency)
    if amount is None or iso is None:
        return None
    # Rounded because 248.6 / 100 is 2.4859999999999998.
    return Money(amount=round(amount / 100, 6) if currency in MINOR_UNITS else amount, currency=iso)


def market_value(value: Any, currency: Any) -> Money | None:  # noqa: ANN401
    """A market value; Yahoo states it in major units even where the price is in pence (OCDO.L, recorded)."""
    amount, iso = number(value), major_currency(currency)
    return Money(amount=amount, currency=iso) if amount and iso else None


def read_quote_summary(symbol: str, body: dict[str, Any]) -> QuoteSummary | None:
    """One `/v10/finance/quoteSummary` body; None for an unknown symbol. KeyError for another envelope."""
    results = body["quoteSummary"]["result"]
    if not results:
        return None
    modules: dict[str, dict[str, Any]] = {name: part for name, part in results[0].items() if isinstance(part, dict)}
    profile, quote = modules.get("assetProfile", {}), modules.get("price", {})
    earnings = modules.get("calendarEvents", {}).get("earnings") or {}
    employees = number(profile.get("fullTimeEmployees"))
    return QuoteSummary(
        symbol=text(quote.get("symbol")) or symbol,
        name=text(quote.get("longName")) or text(quote.get("shortName")),
        quote_type=text(quote.get("quoteType")),
        exchange=text(quote.get("exchangeName")),
        price=price(quote.get("regularMarketPrice"), quote.get("currency")),
        market_value=market_value(quote.get("marketCap"), quote.get("currency")),
        financial_currency=major_currency(modules.get("financialData", {}).get("financialCurrency")),
        last_fiscal_year_end=day(modules.get("defaultKeyStatistics", {}).get("lastFiscalYearEnd")),
        website=text(profile.get("website")),
        industry=text(profile.get("industry")),
        sector=text(profile.get("sector")),
        employees=None if employees is None else int(employees),
        city=text(profile.get("city")),
        region=text(profile.get("state")),
        country=text(profile.get("country")),
        description=text(profile.get("longBusinessSummary")),
        officers=tuple(_officers(profile.get("companyOfficers"))),
        earnings_dates=tuple(sorted(filter(None, map(day, earnings.get("earningsDate") or [])))),
        earnings_date_estimated=earnings.get("isEarningsDateEstimate") is True,
    )


def _officers(rows: Any) -> Iterable[Officer]:  # noqa: ANN401
    for row in rows if isinstance(rows, list) else []:
        if isinstance(row, dict) and (name := text(row.get("name"))) and (title := text(row.get("title"))):
            yield Officer(name=" ".join(name.split()), title=title)


def read_quotes(body: dict[str, Any]) -> tuple[Quote, ...] | None:
    """One `/v7/finance/quote` body; None when none of the symbols is known."""
    rows = body["quoteResponse"]["result"] or []
    quotes = tuple(
        Quote(
            symbol=row["symbol"],
            name=text(row.get("longName")) or text(row.get("shortName")),
            quote_type=text(row.get("quoteType")),
            exchange=text(row.get("fullExchangeName")) or text(row.get("exchange")),
            price=price(row.get("regularMarketPrice"), row.get("currency")),
            market_value=market_value(row.get("marketCap"), row.get("currency")),
        )
        for row in rows
        if isinstance(row, dict) and text(row.get("symbol"))
    )
    return quotes or None


def read_chart(symbol: str, body: dict[str, Any]) -> Chart | None:
    """One `/v8/finance/chart` body; None for an unknown symbol. Days without a close are left out."""
    results = body["chart"]["result"]
    if not results:
        return None
    meta = results[0]["meta"]
    closes = results[0]["indicators"]["quote"][0].get("close") or []
    days = results[0].get("timestamp") or []
    if len(days) != len(closes):
        raise ValueError(f"{len(days)} timestamps for {len(closes)} closes")
    offset = number(meta.get("gmtoffset")) or 0
    points = []
    for moment, close in zip(days, closes, strict=True):
        on, quoted = day((number(moment) or 0) + offset), price(close, meta.get("currency"))
        if on and quoted:
            points.append(PricePoint(on=on, close=quoted.amount))
    points.sort(key=lambda point: point.on)
    return Chart(
        symbol=text(meta.get("symbol")) or symbol, currency=major_currency(meta.get("currency")), closes=tuple(points)
    )


def read_search(body: dict[str, Any]) -> tuple[SearchHit, ...] | None:
    """One `/v1/finance/search` body; rows without a symbol (Crunchbase's) are left out; None when none is left."""
    hits = tuple(
        SearchHit(
            symbol=row["symbol"],
            name=text(row.get("longname")) or text(row.get("shortname")),
            quote_type=text(row.get("quoteType")),
            exchange=text(row.get("exchDisp")),
            industry=text(row.get("industry")),
        )
        for row in body["quotes"]
        if isinstance(row, dict) and text(row.get("symbol"))
    )
    return hits or None


def read_fundamentals(body: dict[str, Any]) -> Fundamentals | None:
    """One time-series body; None when no series has a value (an unknown symbol among them)."""
    figures = []
    for series in body["timeseries"]["result"] or []:
        kind = next(iter(series["meta"]["type"]), "")
        if kind in ANNUAL_ITEMS:
            figures += list(_figures(ANNUAL_ITEMS[kind], series.get(kind) or []))
    return Fundamentals(figures=tuple(figures)) if figures else None


def _figures(item: str, rows: list[Any]) -> Iterable[ReportedFigure]:
    for row in rows:
        if not isinstance(row, dict) or row.get("periodType") != "12M":
            continue
        amount, currency = number(row.get("reportedValue")), major_currency(row.get("currencyCode"))
        try:
            ends_on = date.fromisoformat(str(row.get("asOfDate")))
        except ValueError:
            continue
        if amount is not None and currency:
            yield ReportedFigure(item=item, ends_on=ends_on, value=Money(amount=amount, currency=currency))
