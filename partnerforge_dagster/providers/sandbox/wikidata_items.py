"""Wikidata's item of a company, and the items that it points to.

Items of industries, places, exchanges and people are numbers made from their English labels, so that any process can
read the label back from the number.
Not for: requests (wikidata.py), or the numbers of companies (identity.py, companies/).
"""

import re
from datetime import date, timedelta
from typing import Any

from partnerforge_dagster.providers.sandbox import identity
from partnerforge_dagster.providers.sandbox.company import Company
from partnerforge_dagster.providers.sandbox.draw import number_below, uuid_of
from partnerforge_dagster.providers.sandbox.executives import chief_executive
from partnerforge_dagster.providers.sandbox.yahoo_modules import COUNTRIES

_LABEL_MARK, _MERGED_MARK = b"\x01", b"\x02"
"""First bytes of numbers made here; a domain's number (identity.py) begins with a letter or digit."""

_SOCIAL_NETWORKS = {
    "P4264": "https://www.linkedin.com/company/",
    "P2002": "https://x.com/",
    "P2013": "https://www.facebook.com/",
    "P2003": "https://www.instagram.com/",
    "P2397": "https://www.youtube.com/channel/",
}
"""Properties that hold a company's account, and how its address begins; other addresses Wikidata does not show."""
_DATATYPES = {
    **dict.fromkeys(("P5531", *_SOCIAL_NETWORKS), "external-id"), "P856": "url", "wikibase-entityid": "wikibase-item",
}  # fmt: skip
_EXCHANGES = {
    "NasdaqGS": ("Nasdaq", ""),
    "NYSE": ("New York Stock Exchange", ""),
    "LSE": ("London Stock Exchange", ".L"),
    "XETRA": ("Xetra", ".DE"),
    "Paris": ("Euronext Paris", ".PA"),
    "Stockholm": ("Nasdaq Stockholm", ".ST"),
}
"""Yahoo's exchange -> Wikidata's, and the suffix of Yahoo's tickers. Other listings Wikidata does not know."""
_LONGEST_NUMBER = 700
"""Digits; Python refuses to read very long ones."""

Json = dict[str, Any]


def website_of(company: Company) -> str:
    """Official website (P856), in one of the usual spellings."""
    bare = number_below(3, company.domain, "website") == 0
    return f"https://{company.domain}" if bare else f"https://www.{company.domain}/"


def item_shown(company: Company) -> str:
    """The item that the query service names: now and then one that was merged into the company's item since."""
    item = company.wikidata or ""
    if item == identity.wikidata_of(company.domain) and number_below(7, company.domain, "merged") == 0:
        return _number(_MERGED_MARK, item)
    return item


def redirected(item: str) -> str:
    """The item that a merged one leads to; any other stays."""
    return _text(_MERGED_MARK, item) or item


def item_of(label: str) -> str:
    """The item with this English label."""
    return _number(_LABEL_MARK, label)


def label_of(item: str) -> str | None:
    """The label of an item of `item_of`; None for any other."""
    return _text(_LABEL_MARK, item)


def description_of(company: Company) -> str:
    """The line under the label."""
    return f"{company.industry.lower()} company based in {company.city}"


def company_entity(company: Company, today: date) -> Json:
    """The whole item."""
    item = company.wikidata or ""
    claims = {name: statements for name, statements in _claims(company, today).items() if statements}
    return {
        "pageid": number_below(10**8, item),
        "ns": 0,
        "title": item,
        "lastrevid": number_below(10**9, item, "revision"),
        "modified": f"{today}T05:21:49Z",
        "type": "item",
        "id": item,
        "labels": {"en": {"language": "en", "value": company.name}},
        "descriptions": {"en": {"language": "en", "value": description_of(company)}},
        "aliases": {"en": [{"language": "en", "value": company.legal_name}]},
        "claims": claims,
        "sitelinks": {"enwiki": {"site": "enwiki", "title": company.name, "badges": []}},
    }


def _claims(company: Company, today: date) -> dict[str, list[Json]]:
    name = {"text": company.legal_name, "language": "en"}
    return {
        "P856": [_statement(_snak("P856", "string", website_of(company)))],
        "P1448": [_statement(_snak("P1448", "monolingualtext", name))],
        "P452": [_statement(_item("P452", company.industry))],
        "P159": [_statement(_item("P159", company.city))],
        "P17": [_statement(_item("P17", COUNTRIES.get(company.country, company.country)))],
        "P571": [_statement(_time("P571", f"+{company.founded:04d}-00-00T00:00:00Z", precision=9))],
        "P1128": _employees(company, today),
        "P414": _listings(company),
        "P5531": [_statement(_snak("P5531", "string", _cik(company)))] if company.cik else [],
        "P169": _chiefs(company),
        **{name: _accounts(company, name, start) for name, start in _SOCIAL_NETWORKS.items()},
        # Owned by somebody, nobody says by whom.
        "P127": [_statement({"snaktype": "somevalue", "property": "P127", "datatype": "wikibase-item"})],
    }


def _listings(company: Company) -> list[Json]:
    """The exchange, with its own spelling of the ticker as a qualifier."""
    exchange, suffix = _EXCHANGES.get(company.exchange or "", ("", ""))
    ticker = (company.ticker or "").removesuffix(suffix)
    if not exchange or not ticker or "." in ticker:
        return []
    return [_statement(_item("P414", exchange), {"P249": [_snak("P249", "string", ticker)]})]


def _employees(company: Company, today: date) -> list[Json]:
    """Two counts of different days, and a wrong one that was deprecated; the preferred rank is not used."""
    if not company.employees:
        return []
    counts = ((0.94, 760, "normal"), (1.0, 400, "normal"), (9.0, 30, "deprecated"))
    return [
        _statement(
            _snak("P1128", "quantity", {"amount": f"+{round(company.employees * share)}", "unit": "1"}),
            {"P585": [_day("P585", today - timedelta(days=days))]},
            rank,
        )
        for share, days, rank in counts
    ]


def _chiefs(company: Company) -> list[Json]:
    """The chief executive, and a predecessor whose time has an end."""
    chief = chief_executive(company)
    if chief is None:
        return []
    qualifiers = {"P580": [_day("P580", chief.since)]} if chief.since else {}
    statements = [_statement(_item("P169", chief.name), qualifiers)]
    if chief.since:
        ended = {"P582": [_day("P582", chief.since)]}
        statements.append(_statement(_item("P169", "Alex Predecessor"), ended))
    return statements


def _accounts(company: Company, name: str, start: str) -> list[Json]:
    """The account's id alone, as external ids are."""
    ids = (re.fullmatch(rf"{re.escape(start)}([^/]+)/?", address) for address in company.socials)
    return [_statement(_snak(name, "string", match[1])) for match in ids if match]


def _cik(company: Company) -> str:
    """Padding varies between items."""
    return f"{company.cik:010d}" if number_below(2, company.domain, "padding") else f"{company.cik}"


def _statement(mainsnak: Json, qualifiers: dict[str, list[Json]] | None = None, rank: str = "normal") -> Json:
    statement: Json = {"mainsnak": mainsnak, "type": "statement", "rank": rank}
    if qualifiers:
        statement |= {"qualifiers": qualifiers, "qualifiers-order": list(qualifiers)}
    return {**statement, "id": uuid_of(statement)}


def _snak(name: str, kind: str, value: object) -> Json:
    datatype = _DATATYPES.get(name) or _DATATYPES.get(kind, kind)
    return {"snaktype": "value", "property": name, "datavalue": {"value": value, "type": kind}, "datatype": datatype}


def _item(name: str, label: str) -> Json:
    return _snak(name, "wikibase-entityid", {"entity-type": "item", "id": item_of(label)})


def _day(name: str, day: date) -> Json:
    return _time(name, f"+{day}T00:00:00Z", precision=11)


def _time(name: str, moment: str, *, precision: int) -> Json:
    calendar = "http://www.wikidata.org/entity/Q1985727"
    value = {"time": moment, "timezone": 0, "before": 0, "after": 0, "precision": precision, "calendarmodel": calendar}
    return _snak(name, "time", value)


def _number(mark: bytes, text: str) -> str:
    return f"Q{int.from_bytes(mark + text.encode(), 'big')}"


def _text(mark: bytes, item: str) -> str | None:
    if not item.startswith("Q") or not item[1:].isdecimal() or len(item) > _LONGEST_NUMBER:
        return None
    number = int(item[1:])
    content = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return content[1:].decode(errors="replace") if content.startswith(mark) else None
