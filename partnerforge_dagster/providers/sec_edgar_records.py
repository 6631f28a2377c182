"""What SEC EDGAR answers, as records: filers, filings and reported figures.

EDGAR writes a filer's number (CIK) as an integer, as digits or as ten padded digits, depending on endpoint and filer;
here it is always ten digits. Filings come as columns of equal length; here they are rows.
Not for: requests and error sorting (sec_edgar.py), fiscal years (sec_edgar_facts.py).
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from partnerforge_dagster.models.base import Frozen
from partnerforge_dagster.providers.lenient import mapping, number, text, texts

ARCHIVES = "https://www.sec.gov/Archives/edgar/data"

COLUMNS = ("accessionNumber", "filingDate", "reportDate", "form", "items", "primaryDocument", "primaryDocDescription")
"""The columns that are read; all of them are in every recorded answer, the older pages included."""


class TickerRow(Frozen):
    """One row of `company_tickers.json`; a filer has one for each class of shares."""

    cik: str
    """Ten digits."""
    ticker: str
    name: str


class FilingRow(Frozen):
    """One filing."""

    form: str
    filed_on: date
    period_end: date | None
    """EDGAR's `reportDate`; often empty."""
    accession: str
    """With dashes: `0000320193-25-000079`."""
    document: str | None
    """Name of the primary document; None when EDGAR names none (old paper filings)."""
    description: str | None
    items: tuple[str, ...]
    """8-K item numbers."""
    url: str
    """The primary document, or the filing's folder when there is none."""


class Submissions(Frozen):
    """A filer: a company, a fund or a natural person, and its newest filings (about 1,000 or one year)."""

    cik: str
    name: str
    entity_type: str | None
    """`operating` for companies; natural persons and shells are `other`."""
    sic: str | None
    sic_description: str | None
    """Industry in words: `Electronic Computers`."""
    tickers: tuple[str, ...]
    exchanges: tuple[str, ...]
    fiscal_year_end: str | None
    """MM-DD."""
    city: str | None
    state_or_country: str | None
    """Of the business address; two letters, EDGAR's own codes for countries."""
    filings: tuple[FilingRow, ...]
    """Newest first."""
    older_pages: tuple[str, ...]
    """Names for `SecEdgar.older_filings`."""


class FactRow(Frozen):
    """One reported value. The same period comes back in every later filing."""

    taxonomy: str
    """`us-gaap` or `ifrs-full`."""
    concept: str
    unit: str
    """`USD`, `shares`, `USD/shares`."""
    start: date | None
    """None for a balance at a moment."""
    end: date
    value: float
    form: str
    filed_on: date
    accession: str


class CompanyFacts(Frozen):
    """A filer's reported figures; only the concepts that were asked for."""

    cik: str
    name: str
    rows: tuple[FactRow, ...]


class FiledDocument(Frozen):
    """One file in a filing's folder."""

    name: str
    size: int | None
    """Bytes; None where EDGAR leaves it empty."""


def padded(cik: str | int) -> str:
    """Ten digits from `320193`, `"320193"` or `"0000320193"`. ValueError for anything else."""
    digits = str(cik).strip()
    if isinstance(cik, bool) or not digits.isdecimal() or not digits.isascii() or not 0 < int(digits) < 10**10:
        raise ValueError(f"{cik!r} is not an SEC filer number (CIK): up to ten digits")
    return digits.zfill(10)


def folder(cik: str | int, accession: str) -> str:
    """Address of a filing's folder, without a slash at the end."""
    return f"{ARCHIVES}/{int(padded(cik))}/{accession.replace('-', '')}"


def read_tickers(body: Mapping[str, Any]) -> tuple[TickerRow, ...] | None:
    """`company_tickers.json`: an object of rows under running numbers."""
    rows = tuple(filter(None, map(_ticker, body.values())))
    if not rows:
        raise ValueError("no row with cik_str and ticker")
    return rows


def _ticker(row: object) -> TickerRow | None:
    found = mapping(row)
    ticker, name = text(found.get("ticker")), text(found.get("title"))
    try:
        cik = padded(found["cik_str"])
    except (KeyError, ValueError):
        return None
    return TickerRow(cik=cik, ticker=ticker, name=name) if ticker and name else None


def read_submissions(body: Mapping[str, Any]) -> Submissions:
    """`/submissions/CIK##########.json`. KeyError or ValueError for another envelope or unequal columns."""
    cik, filings = padded(body["cik"]), body["filings"]
    business = mapping(mapping(body.get("addresses")).get("business"))
    year_end = text(body.get("fiscalYearEnd"))
    return Submissions(
        cik=cik,
        name=body["name"],
        entity_type=text(body.get("entityType")),
        sic=text(body.get("sic")),
        sic_description=text(body.get("sicDescription")),
        tickers=texts(body.get("tickers")),
        exchanges=texts(body.get("exchanges")),
        fiscal_year_end=f"{year_end[:2]}-{year_end[2:]}" if year_end and len(year_end) == 4 else None,
        city=text(business.get("city")),
        state_or_country=text(business.get("stateOrCountry")),
        filings=read_filings(cik, filings["recent"]),
        older_pages=tuple(page["name"] for page in filings["files"]),
    )


def read_filings(cik: str, columns: Mapping[str, Any]) -> tuple[FilingRow, ...]:
    """Columns to rows, newest first as EDGAR has them; rows without form or date are left out.

    Raises ValueError when the columns are of unequal length: rows would then be made of different filings.
    """
    picked = [columns[name] for name in COLUMNS]
    lengths = {len(column) for column in picked}
    if len(lengths) > 1:
        raise ValueError(f"columns of unequal length: {sorted(lengths)}")
    return tuple(filter(None, (_filing(cik, *cells) for cells in zip(*picked, strict=True))))


def _filing(
    cik: str,
    accession: str,
    filed: str,
    reported: str,
    form: str,
    items: str,
    document: str,
    description: str,
) -> FilingRow | None:
    filed_on = _day(filed)
    if not accession or not form or filed_on is None:
        return None
    where = folder(cik, accession)
    return FilingRow(
        form=form,
        filed_on=filed_on,
        period_end=_day(reported),
        accession=accession,
        document=document or None,
        description=description or None,
        items=tuple(filter(None, (items or "").split(","))),
        url=f"{where}/{document}" if document else f"{where}/",
    )


def read_facts(body: Mapping[str, Any], wanted: frozenset[tuple[str, str]]) -> CompanyFacts | None:
    """`/api/xbrl/companyfacts`: the rows of the wanted (taxonomy, concept) pairs; None when there are none.

    Others are not read: Apple's file alone has 24,000 rows.
    """
    rows = tuple(row for taxonomy, concept in sorted(wanted) for row in _facts(body["facts"], taxonomy, concept))
    return CompanyFacts(cik=padded(body["cik"]), name=body["entityName"], rows=rows) if rows else None


def _facts(facts: Mapping[str, Any], taxonomy: str, concept: str) -> Iterator[FactRow]:
    units = mapping(mapping(mapping(facts.get(taxonomy)).get(concept)).get("units"))
    for unit, rows in units.items():
        for row in rows:
            fact = _fact(taxonomy, concept, unit, mapping(row))
            if fact is not None:
                yield fact


def _fact(taxonomy: str, concept: str, unit: str, row: Mapping[str, Any]) -> FactRow | None:
    end, filed_on, value = _day(row.get("end")), _day(row.get("filed")), number(row.get("val"))
    form, accession = text(row.get("form")), text(row.get("accn"))
    if end is None or filed_on is None or value is None or form is None or accession is None:
        return None
    return FactRow(
        taxonomy=taxonomy,
        concept=concept,
        unit=unit,
        start=_day(row.get("start")),
        end=end,
        value=value,
        form=form,
        filed_on=filed_on,
        accession=accession,
    )


def read_index(body: Mapping[str, Any]) -> tuple[FiledDocument, ...]:
    """`index.json` of a filing's folder."""
    return tuple(
        FiledDocument(name=item["name"], size=int(item["size"]) if str(item.get("size")).isdecimal() else None)
        for item in body["directory"]["item"]
        if text(mapping(item).get("name"))
    )


def _day(value: object) -> date | None:
    """A day written `2025-10-31`; None for the empty strings that EDGAR leaves."""
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None
