# ruff: noqa: E501 - a table reads best with a row a line
"""Industries and countries that derived companies come from.

Not for: how one is chosen for a domain (derive.py).
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Industry:
    """What companies of an industry have in common. Names are Yahoo's, verticals BuiltWith's, SIC the SEC's."""

    name: str
    sector: str
    vertical: str
    sic: tuple[str, str]
    offers: str
    words: tuple[str, ...]
    """Stems that give a member away by its domain, and of which names of members are made."""
    keywords: tuple[str, ...]
    sells_online: bool = True


@dataclass(frozen=True)
class Country:
    """Where companies are, are listed and how they are called there."""

    cities: tuple[str, ...]
    currency: str
    quote_currency: str
    exchange: str
    legal_form: str
    suffixes: tuple[str, ...]
    """Public suffixes that place a domain there."""


INDUSTRIES: tuple[Industry, ...] = (
    Industry(
        "Apparel Retail", "Consumer Cyclical", "Shopping", ("5651", "Retail-Family Clothing Stores"),
        "clothing and shoes", ("wear", "fashion", "shoe", "style", "denim", "dress"),
        ("dresses", "sneakers", "jackets", "denim", "sale"),
    ),
    Industry(
        "Specialty Retail", "Consumer Cyclical", "Shopping", ("5990", "Retail-Retail Stores, NEC"),
        "beauty, hobby and gift articles", ("beauty", "gift", "hobby", "toy", "craft", "book"),
        ("gifts", "new arrivals", "best sellers", "sets", "gift card"),
    ),
    Industry(
        "Pet Supplies Retail", "Consumer Cyclical", "Pets", ("5990", "Retail-Retail Stores, NEC"),
        "food and supplies for pets", ("pet", "paw", "dog", "cat"),
        ("dog food", "cat litter", "aquarium", "leash", "vet diet"),
    ),
    Industry(
        "Home Improvement Retail", "Consumer Cyclical", "Home And Garden", ("5211", "Retail-Lumber & Other Building Materials"),
        "tools, building and garden supplies", ("tool", "home", "garden", "build", "paint"),
        ("power tools", "paint", "flooring", "garden furniture", "lighting"),
    ),
    Industry(
        "Furnishings, Fixtures & Appliances", "Consumer Cyclical", "Home And Garden", ("5712", "Retail-Furniture Stores"),
        "furniture and household goods", ("sofa", "furniture", "kitchen", "decor", "bed"),
        ("sofa", "mattress", "dining table", "rugs", "lamps"),
    ),
    Industry(
        "Grocery Stores", "Consumer Defensive", "Food And Drink", ("5411", "Retail-Grocery Stores"),
        "food and household staples", ("food", "fresh", "grocer", "market", "wine"),
        ("delivery", "recipes", "offers", "organic", "wine"),
    ),
    Industry(
        "Electronics & Computer Distribution", "Technology", "Technology And Computing",
        ("5731", "Retail-Radio, TV & Consumer Electronics Stores"), "consumer electronics",
        ("electro", "tech", "gadget", "audio", "phone"), ("laptop", "headphones", "tv", "smartphone", "gaming"),
    ),
    Industry(
        "Leisure", "Consumer Cyclical", "Sports", ("5940", "Retail-Miscellaneous Shopping Goods Stores"),
        "sporting goods and outdoor gear", ("sport", "outdoor", "bike", "run", "camp", "fit"),
        ("running shoes", "tents", "bikes", "fitness", "swimwear"),
    ),
    Industry(
        "Industrial Distribution", "Industrials", "Business And Industrial", ("5080", "Wholesale-Machinery & Equipment"),
        "parts and supplies for industry", ("parts", "supply", "industr", "bearing", "safety"),
        ("fasteners", "safety gloves", "bearings", "hoses", "mro"),
    ),
    Industry(
        "Publishing", "Communication Services", "News", ("2711", "Newspapers: Publishing"),
        "news and magazines", ("news", "times", "daily", "media", "post"),
        ("news", "opinion", "politics", "sports", "subscribe"), sells_online=False,
    ),
    Industry(
        "Software - Application", "Technology", "Technology And Computing", ("7372", "Services-Prepackaged Software"),
        "software for businesses", ("soft", "cloud", "data", "app", "labs"),
        ("pricing", "integrations", "api", "documentation", "demo"), sells_online=False,
    ),
    Industry(
        "Travel Services", "Consumer Cyclical", "Travel", ("4700", "Transportation Services"),
        "trips, stays and tickets", ("travel", "trip", "hotel", "flight", "tour"),
        ("hotels", "flights", "city breaks", "car rental", "deals"), sells_online=False,
    ),
)  # fmt: skip

COUNTRIES: dict[str, Country] = {
    "US": Country(("Columbus", "Denver", "Austin", "Charlotte"), "USD", "USD", "NasdaqGS", "Inc.", ("us",)),
    "GB": Country(("Leeds", "Bristol", "Manchester"), "GBP", "GBp", "LSE", "plc", ("uk", "co.uk")),
    "DE": Country(("Hamburg", "Cologne", "Leipzig"), "EUR", "EUR", "XETRA", "SE", ("de",)),
    "FR": Country(("Lyon", "Lille", "Nantes"), "EUR", "EUR", "Paris", "SA", ("fr",)),
    "NL": Country(("Utrecht", "Eindhoven"), "EUR", "EUR", "Amsterdam", "BV", ("nl",)),
    "SE": Country(("Malmo", "Gothenburg"), "SEK", "SEK", "Stockholm", "AB", ("se",)),
    "CA": Country(("Toronto", "Montreal"), "CAD", "CAD", "Toronto", "Corp.", ("ca",)),
    "AU": Country(("Melbourne", "Brisbane"), "AUD", "AUD", "ASX", "Ltd", ("au", "com.au")),
    "JP": Country(("Osaka", "Fukuoka"), "JPY", "JPY", "Tokyo", "KK", ("jp", "co.jp")),
}
