"""How numbers, dates, money and lists are written for people. The same value always gives the same words.

Not for: sentences (brief/sections/, scoring/) or escaping (brief/render_*.py).
"""

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Final
from urllib.parse import urlsplit

from babel import Locale

from partnerforge_dagster.models.base import Money
from partnerforge_dagster.models.provenance import GapKind

# Not strftime: its month names follow the process's locale, and the same brief must give the same bytes everywhere.
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_COUNTRIES: Final = Locale("en").territories
"""Unicode's names (CLDR): `South Korea`, where ISO has `Korea, Republic of`."""
_SYMBOLS: Final = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"}
_SCALES: Final = ((1e12, " tn"), (1e9, " bn"), (1e6, " M"))
_PROVIDERS: Final = {
    "builtwith": "BuiltWith",
    "similarweb": "SimilarWeb",
    "yahoo": "Yahoo Finance",
    "sec_edgar": "SEC EDGAR",
    "web_search": "Web search",
    "job_boards": "Job boards",
    "wikidata": "Wikidata",
    "web_page": "Company website",
    "gdelt": "GDELT",
    "tranco": "Tranco",
    "dns": "DNS",
    "common_crawl": "Common Crawl",
}
GAP_KINDS: Final = {
    GapKind.COULD_NOT_ASK: "could not ask",
    GapKind.NOTHING_THERE: "asked, nothing there",
    GapKind.NOT_APPLICABLE: "does not apply",
}


def _scaled(value: float, digits_from_100: int) -> str:
    for scale, unit in _SCALES:
        # Rounded before it is compared: 999,960,000 is "1 bn", not "1,000 M".
        scaled = round(value / scale, 1)
        if scaled >= 1:
            return _plain(scaled, digits_from_100 if scaled >= 100 else 1) + unit
    return f"{value:,.0f}"


def _plain(value: float, decimals: int) -> str:
    text = f"{value:,.{decimals}f}"
    return text.removesuffix(".0")


def money(amount: Money) -> str:
    """`$254.5 bn`, `CNY 941.2 bn`, `−£3 M`, `$52,300`."""
    symbol = _SYMBOLS.get(amount.currency, f"{amount.currency} ")
    return ("−" if amount.amount < 0 else "") + symbol + _scaled(abs(amount.amount), 1)


def count(number: float) -> str:
    """`131 M`, `4.2 M`, `316,000`."""
    return _scaled(number, 0)


def percent(share: float) -> str:
    """0.126 is `12.6 %`."""
    return ("−" if round(share, 3) < 0 else "") + _plain(abs(share) * 100, 1) + " %"


def change(ratio: float) -> str:
    """0.042 is `+4.2 %`, -0.03 is `−3 %`."""
    return ("+" if round(ratio, 3) > 0 else "") + percent(ratio)


def day(moment: date | datetime) -> str:
    """`3 Oct 2026` (of an aware moment: its UTC day)."""
    return f"{moment.day} {month(moment)}"


def month(moment: date | datetime) -> str:
    """`Oct 2026`."""
    return f"{_MONTHS[moment.month - 1]} {moment.year}"


def moment(at: datetime) -> str:
    """`3 Oct 2026, 14:05 UTC`."""
    return f"{day(at)}, {at:%H:%M} UTC"


def plural(number: int, noun: str) -> str:
    """`1 role`, `1,204 roles`, `2 technologies`; regular nouns only."""
    if number == 1:
        return f"1 {noun}"
    ending_in_y = noun.endswith("y") and noun[-2:-1] not in "aeiou"
    return f"{number:,} {noun[:-1]}ies" if ending_in_y else f"{number:,} {noun}s"


def listed(items: Sequence[str]) -> str:
    """`a, b and c`."""
    return " and ".join([", ".join(items[:-1]), items[-1]] if len(items) > 1 else list(items))


def spaced(key: str) -> str:
    """A key as words: `economic_buyer` is `economic buyer`."""
    return key.replace("_", " ")


def title(key: str) -> str:
    """A key as a label: `Economic buyer`."""
    words = spaced(key)
    return words[:1].upper() + words[1:]


def name(key: str) -> str:
    """A key as a proper name: `north_america` is `North America`."""
    return spaced(key).title()


def country(code: str) -> str:
    """An ISO 3166 alpha-2 code, in any case, as the country's English name; anything else as it is."""
    return _COUNTRIES.get(code.upper(), code) if len(code) == 2 else code


def clip(text: str, limit: int = 240) -> str:
    """One line of at most `limit` characters, cut between words and then ended by an ellipsis."""
    line = re.sub(r"\s+", " ", text).strip()
    if len(line) <= limit:
        return line
    kept = line[: limit - 1]
    return (kept[: kept.rfind(" ")] if " " in kept else kept).rstrip(" ,;:.") + "…"


def sentence(text: str) -> str:
    """The text with a capital and a full stop; a domain keeps its small letter, a mark of its own stays the end."""
    line = clip(text, 400)
    if "." not in line.split(" ", 1)[0].rstrip("."):
        line = line[:1].upper() + line[1:]
    return line if line.endswith((".", "!", "?", "…", "”")) else f"{line}."


def provider(name: str) -> str:
    """A provider's name as people write it; an unknown one as it is."""
    return _PROVIDERS.get(name, title(name))


def web_url(url: str | None) -> str | None:
    """The URL if a page may link to it (http or https, a host, nothing that could end an attribute), else None."""
    if url is None or re.search(r"[\s<>\"'`\\]", url):
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.netloc else None


def unbroken(text: str) -> str:
    """The text with numbers and their units held together at line ends by no-break spaces."""
    return re.sub(r"(?<=\d) (?=(?:%|tn\b|bn\b|M\b))", "\u00a0", text)


def runs(numbers: Sequence[int]) -> tuple[tuple[int, int], ...]:
    """Sorted numbers as runs: 1 2 3 5 is ((1, 3), (5, 5)). A pair stays two runs, for `1, 2` is as short as `1–2`."""
    found: list[tuple[int, int]] = []
    for number in sorted(set(numbers)):
        if found and number == found[-1][1] + 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return tuple(
        run for first, last in found for run in ([(first, last)] if last - first != 1 else [(first,) * 2, (last,) * 2])
    )
