"""Statements of a Wikidata entity: ranks, qualifiers, times, and the company they add up to.

Data model: https://www.mediawiki.org/wiki/Wikibase/DataModel/JSON. `somevalue` and `novalue` snaks have no value and
are skipped; of several statements the preferred ones count, else the latest by "point in time"; deprecated never.
Not for: fetching (wikidata.py).
"""

from collections.abc import Iterator, Mapping
from datetime import date
from urllib.parse import quote

from partnerforge_dagster.models.base import Frozen
from partnerforge_dagster.providers.lenient import Row, mapping, text

OFFICES = {"P169": "Chief Executive Officer", "P488": "Chairperson", "P1037": "Director", "P3320": "Board Member"}
"""Properties that name people in office, the highest first, and what to call them."""

_SOCIAL_PAGES = {
    "P4264": "https://www.linkedin.com/company/{}",
    "P2002": "https://x.com/{}",
    "P2013": "https://www.facebook.com/{}",
    "P2003": "https://www.instagram.com/{}/",
    "P2397": "https://www.youtube.com/channel/{}",
}
"""Properties with the company's id on a social network; addresses by each property's own formatter URL."""

_REFERRING = ("P452", "P159", "P17", "P414", *OFFICES)
_DAY_PRECISION = 11
_TIME_PARTS = 3


class Officer(Frozen):
    """A person in office; who left (an end date) is not among them."""

    name: str
    title: str
    since: date | None
    """None unless Wikidata knows the day."""


class WikidataCompany(Frozen):
    """A company as Wikidata knows it. Names of other items are their English labels."""

    qid: str
    label: str
    legal_name: str | None
    """Official name (P1448)."""
    description: str | None
    website: str | None
    ticker: str | None
    """As the exchange writes it: `OCDO`, without Yahoo's suffix."""
    exchange: str | None
    """Label of the exchange: `London Stock Exchange`."""
    cik: str | None
    """Ten digits, zero-padded."""
    lei: str | None
    industry: str | None
    employees: int | None
    headquarters: str | None
    """Label of the place, as a rule a city."""
    country: str | None
    """ISO 3166 alpha-2 code where known, else the label."""
    founded: int | None
    """Year."""
    officers: tuple[Officer, ...]
    """Those in the highest office first."""
    social_profiles: tuple[str, ...]
    """URLs."""


def items_named(entity: Row) -> tuple[str, ...]:
    """Ids of the items whose labels `company_of` needs, each once."""
    claims = mapping(entity.get("claims"))
    found = (item for code in _REFERRING for item in _items(claims, code))
    return tuple(dict.fromkeys(found))


def company_of(entity: Row, labels: Mapping[str, str], country_code: str | None) -> WikidataCompany | None:
    """The record of an entity; None when it has no name in any language."""
    claims = mapping(entity.get("claims"))
    label = english(entity.get("labels")) or text(_best_value(claims, "P1448", "text"))
    if label is None:
        return None

    def named(code: str) -> str | None:
        return next((labels[item] for item in _items(claims, code) if item in labels), None)

    ticker, exchange = _listing(claims, labels)
    return WikidataCompany(
        qid=entity["id"],
        label=label,
        legal_name=text(_best_value(claims, "P1448", "text")),
        description=english(entity.get("descriptions")),
        website=text(_best_value(claims, "P856")),
        ticker=ticker,
        exchange=exchange,
        cik=_cik(_best_value(claims, "P5531")),
        lei=text(_best_value(claims, "P1278")),
        industry=named("P452"),
        employees=_amount(_best_value(claims, "P1128", "amount")),
        headquarters=named("P159"),
        country=country_code or named("P17"),
        founded=_year(_best_value(claims, "P571", "time")),
        officers=tuple(_officers(claims, labels)),
        social_profiles=tuple(_social_profiles(claims)),
    )


def statements(claims: Row, code: str) -> tuple[Row, ...]:
    """Statements of a property that hold now, the best first: preferred rank, then the latest point in time (P585).

    Left out: deprecated ones, those without a value, and those with an end (P582). When one is preferred, only the
    preferred are given.
    """
    rows = claims.get(code)
    held = [row for row in rows if _holds(row)] if isinstance(rows, list) else []
    preferred = [row for row in held if row.get("rank") == "preferred"]
    return tuple(sorted(preferred or held, key=_point_in_time, reverse=True))


def _holds(row: object) -> bool:
    row = mapping(row)
    has_value = mapping(row.get("mainsnak")).get("snaktype") == "value"
    return has_value and row.get("rank") != "deprecated" and "P582" not in mapping(row.get("qualifiers"))


def _point_in_time(row: Row) -> tuple[int, ...]:
    return _time_parts(mapping(_qualifier(row, "P585")).get("time"))


def _value(snak: Row) -> object:
    return mapping(snak.get("datavalue")).get("value")


def _qualifier(row: Row, code: str) -> object:
    """Value of a statement's first qualifier of this property that has one."""
    rows = mapping(row.get("qualifiers")).get(code)
    values = (_value(mapping(snak)) for snak in rows) if isinstance(rows, list) else iter(())
    return next((value for value in values if value is not None), None)


def _best_value(claims: Row, code: str, part: str | None = None) -> object:
    """Value of the best statement, or one part of it (`amount`, `time`, `text`); None without one."""
    best = next(iter(statements(claims, code)), None)
    value = _value(mapping(best["mainsnak"])) if best else None
    return mapping(value).get(part) if part else value


def _items(claims: Row, code: str) -> Iterator[str]:
    for row in statements(claims, code):
        item = text(mapping(_value(mapping(row["mainsnak"]))).get("id"))
        if item:
            yield item


def _listing(claims: Row, labels: Mapping[str, str]) -> tuple[str | None, str | None]:
    """Ticker and exchange of the current listing that has a ticker; American exchanges first (they lead to EDGAR)."""
    found = []
    for row in statements(claims, "P414"):
        ticker = text(_qualifier(row, "P249"))
        exchange = labels.get(str(mapping(_value(mapping(row["mainsnak"]))).get("id")))
        if ticker:
            found.append((ticker, exchange))
    american = [pair for pair in found if pair[1] and ("nasdaq" in pair[1].lower() or "new york" in pair[1].lower())]
    return next(iter(american + found), (None, None))


def _officers(claims: Row, labels: Mapping[str, str]) -> Iterator[Officer]:
    for code, office in OFFICES.items():
        for row in statements(claims, code):
            name = labels.get(str(mapping(_value(mapping(row["mainsnak"]))).get("id")))
            if name:
                yield Officer(name=name, title=office, since=_day(_qualifier(row, "P580")))


def _social_profiles(claims: Row) -> Iterator[str]:
    for code, page in _SOCIAL_PAGES.items():
        account = text(_best_value(claims, code))
        if account:
            yield page.format(quote(account, safe=""))


def english(terms: object) -> str | None:
    """The English term of labels or descriptions, else the language-independent one, else that of any language."""
    by_language = mapping(terms)
    found = (text(mapping(by_language.get(language)).get("value")) for language in ("en", "mul", *sorted(by_language)))
    return next((term for term in found if term), None)


def _cik(value: object) -> str | None:
    said = text(value)
    return said.zfill(10) if said and said.isdigit() and len(said) <= 10 else None


def _amount(value: object) -> int | None:
    """`+228000` as 228000."""
    try:
        return int(float(str(value)))
    except (ValueError, OverflowError):
        return None


def _time_parts(moment: object) -> tuple[int, ...]:
    """(1976, 4, 1) of `+1976-04-01T00:00:00Z`. Month and day are 00 where unknown, so it is no ISO date."""
    said = str(moment)
    if not said.startswith("+"):
        return ()
    parts = said[1:].split("T")[0].split("-")
    return tuple(int(part) for part in parts) if all(part.isdigit() for part in parts) else ()


def _year(moment: object) -> int | None:
    return next(iter(_time_parts(moment)), None)


def _day(time: object) -> date | None:
    """The day of a time value whose precision is a day."""
    parts = _time_parts(mapping(time).get("time"))
    if mapping(time).get("precision") != _DAY_PRECISION or len(parts) != _TIME_PARTS:
        return None
    try:
        return date(*parts)
    except ValueError:
        return None
