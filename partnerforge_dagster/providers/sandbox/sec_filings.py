"""A company's filings as EDGAR numbers, lists and shows them.

Not for: reported figures (sec_facts.py).
"""

import html
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from partnerforge_dagster.providers.sandbox.company import Company, Filing
from partnerforge_dagster.providers.sandbox.draw import number_below

_RECENT_DAYS = 500
"""Older filings are on a page of their own. The real limit is about 1,000 filings."""


@dataclass(frozen=True)
class Filed:
    """A filing with its accession number."""

    filing: Filing
    accession: str
    """`0000909832-26-000012`."""
    document: str

    COLUMNS: ClassVar[tuple[str, ...]] = (
        "accessionNumber", "filingDate", "reportDate", "acceptanceDateTime", "act", "form", "fileNumber", "filmNumber",
        "items", "core_type", "size", "isXBRL", "isInlineXBRL", "primaryDocument", "primaryDocDescription",
    )  # fmt: skip

    @property
    def folder(self) -> str:
        """The accession number as it stands in addresses."""
        return self.accession.replace("-", "")

    @property
    def text(self) -> str:
        """All words, folded for searching."""
        return " ".join(self.filing.paragraphs).casefold()

    @property
    def size(self) -> int:
        """Bytes, roughly."""
        return 20_000 + len(self.text)

    def row(self) -> dict[str, Any]:
        """The cells of its columns."""
        filing = self.filing
        cells = (
            self.accession, f"{filing.filed}", f"{filing.period}" if filing.period else "",
            f"{filing.filed}T16:05:12.000Z", "34", filing.form, "000-00000", "26000000",
            ",".join(filing.items), "XBRL", self.size, 1, 1, self.document, filing.form,
        )  # fmt: skip
        return dict(zip(self.COLUMNS, cells, strict=True))

    def page(self, filer: str) -> str:
        """The document as a web page, with the headings that a reader of such filings looks for."""
        title = html.escape(f"{self.filing.form} {filer}")
        items = "".join(f"<h2>Item {html.escape(item)}</h2>" for item in self.filing.items)
        paragraphs = "".join(f"<p>{html.escape(paragraph)}</p>\n" for paragraph in self.filing.paragraphs)
        cover = "<p>UNITED STATES SECURITIES AND EXCHANGE COMMISSION, Washington, D.C. 20549</p>"
        head = f"<html><head><title>{title}</title></head>"
        return f"{head}<body>{cover}<h1>{title}</h1>\n{items}{paragraphs}</body></html>"


def filed_by(company: Company) -> list[Filed]:
    """A company's filings, newest first."""
    newest_first = sorted(company.filings, key=lambda filing: filing.filed, reverse=True)
    return [_filed(company, filing) for filing in newest_first]


def is_recent(filing: Filed, today: date) -> bool:
    """Whether it stands in the submissions answer itself rather than on an older page."""
    return (today - filing.filing.filed).days <= _RECENT_DAYS


def accession_of(company: Company, form: str, filed: date, items: tuple[str, ...] = ()) -> str:
    """The number of a filing, listed or so old that it is not."""
    number = number_below(10**6, company.domain, form, filed, items)
    return f"{company.cik:010d}-{filed:%y}-{number:06d}"


def _filed(company: Company, filing: Filing) -> Filed:
    accession = accession_of(company, filing.form, filing.filed, filing.items)
    period = filing.period or filing.filed
    stem = (company.ticker or company.domain).lower().replace(".", "").replace("-", "")
    number = accession.rpartition("-")[2]
    suffix = "" if filing.form.startswith(("10-", "20-")) else f"_{filing.form.lower().replace('-', '')}_{number}"
    return Filed(filing, accession, f"{stem}-{period:%Y%m%d}{suffix}.htm")
