"""Tickers in Yahoo's spelling."""

import pytest

from partnerforge_dagster.research.tickers import is_american, yahoo_symbol


@pytest.mark.parametrize(
    ("ticker", "exchange", "symbol"),
    [
        ("OCDO", "London Stock Exchange", "OCDO.L"),
        ("OCDO.L", "London Stock Exchange", "OCDO.L"),
        ("BRK.B", "New York Stock Exchange", "BRK-B"),
        ("cost", "Nasdaq", "COST"),
        ("HM-B", "Nasdaq Stockholm", "HM-B.ST"),
        ("7203", "Tokyo Stock Exchange", "7203.T"),
        ("ABC", "Exchange of the Moon", None),
        ("ABC", None, None),
    ],
)
def test_the_exchange_decides_the_suffix(ticker: str, exchange: str | None, symbol: str | None) -> None:
    """An unknown exchange gives no symbol: a bare ticker would be somebody else's in America."""
    assert yahoo_symbol(ticker, exchange) == symbol


@pytest.mark.parametrize(
    ("exchange", "american"),
    [("NasdaqGS", True), ("NYSE", True), ("Nasdaq Stockholm", False), ("LSE", False), (None, False)],
)
def test_nordic_nasdaqs_are_not_american(exchange: str | None, american: bool) -> None:
    """Yahoo's and Wikidata's names both count."""
    assert is_american(exchange) is american
