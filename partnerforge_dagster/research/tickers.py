"""Tickers in Yahoo's spelling: the exchange's own symbol and a suffix for the exchange.

Suffixes: https://help.yahoo.com/kb/SLN2310.html. Not for: finding a company's ticker (identity.py).
"""

_SUFFIXES = {
    "london stock exchange": ".L",
    "euronext paris": ".PA",
    "euronext amsterdam": ".AS",
    "euronext brussels": ".BR",
    "euronext lisbon": ".LS",
    "euronext dublin": ".IR",
    "borsa italiana": ".MI",
    "bolsa de madrid": ".MC",
    "frankfurt stock exchange": ".F",
    "xetra": ".DE",
    "six swiss exchange": ".SW",
    "vienna stock exchange": ".VI",
    "warsaw stock exchange": ".WA",
    "nasdaq stockholm": ".ST",
    "stockholm stock exchange": ".ST",
    "nasdaq copenhagen": ".CO",
    "nasdaq helsinki": ".HE",
    "oslo stock exchange": ".OL",
    "tokyo stock exchange": ".T",
    "hong kong stock exchange": ".HK",
    "korea exchange": ".KS",
    "taiwan stock exchange": ".TW",
    "singapore exchange": ".SI",
    "national stock exchange of india": ".NS",
    "bombay stock exchange": ".BO",
    "australian securities exchange": ".AX",
    "new zealand exchange": ".NZ",
    "toronto stock exchange": ".TO",
    "b3": ".SA",
    "mexican stock exchange": ".MX",
    "johannesburg stock exchange": ".JO",
}
_AMERICAN = ("nasdaq", "new york", "nyse")


def is_american(exchange: str | None) -> bool:
    """Whether the exchange is one whose companies file with the SEC under this ticker."""
    said = (exchange or "").lower()
    return said not in _SUFFIXES and any(name in said for name in _AMERICAN)


def yahoo_symbol(ticker: str, exchange: str | None) -> str | None:
    """`OCDO` of the London Stock Exchange is `OCDO.L`, `BRK.B` of New York `BRK-B`; None for an unknown exchange.

    A ticker that already has the suffix is left as it is.
    """
    if is_american(exchange):
        return ticker.replace(".", "-").upper()
    suffix = _SUFFIXES.get((exchange or "").lower())
    if suffix is None:
        return None
    return ticker if ticker.upper().endswith(suffix) else f"{ticker.upper()}{suffix}"
