"""SEC EDGAR (official, no key): tickers, filers, filings, reported figures and documents.

https://www.sec.gov/search-filings/edgar-application-programming-interfaces. A User-Agent that names the software and
a contact is required, and at most ten requests a second in all; both are seen to elsewhere (HTTP client, governor).
Not for: what the answers mean (sec_edgar_records.py), fiscal years (sec_edgar_facts.py).
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, TypeVar

import httpx

from partnerforge_dagster.governor.policy import ProviderPolicy, free
from partnerforge_dagster.governor.retry import retry_after
from partnerforge_dagster.models.failures import BadAnswer, ProviderError, RateLimited, Refused
from partnerforge_dagster.models.provenance import Answer
from partnerforge_dagster.providers.client import ProviderClient, parsed_json
from partnerforge_dagster.providers.http_status import sort_by_status
from partnerforge_dagster.providers.sec_edgar_facts import CONCEPTS
from partnerforge_dagster.providers.sec_edgar_records import (
    CompanyFacts,
    FiledDocument,
    FilingRow,
    Submissions,
    TickerRow,
    folder,
    padded,
    read_facts,
    read_filings,
    read_index,
    read_submissions,
    read_tickers,
)
from partnerforge_dagster.settings_providers import SecEdgarSettings

T = TypeVar("T")

DATA = "https://data.sec.gov"
TICKERS = "https://www.sec.gov/files/company_tickers.json"
BROWSE = "https://www.sec.gov/cgi-bin/browse-edgar?action=getcompany&CIK="
"""A filer's page for people."""

_GAP = r"(?:\s|&#?\w+;|<[^>]*>)+"
_REPORT = re.compile(rf"<ix:|\bsecurities{_GAP}and{_GAP}exchange{_GAP}commission\b", re.IGNORECASE)
"""Inline XBRL, which annual and quarterly reports must have, or the Commission's name, which stands on every cover."""
_OPENED, _CLOSED = (re.compile(words, re.IGNORECASE) for words in (r"<html\b", r"</html\s*>"))

OLDER_PAGE = re.compile(r"CIK(\d{10})-submissions-\d+\.json")


class SecEdgar(ProviderClient):
    """Client of EDGAR. An unknown filer, filing or document is "nothing there"."""

    provider: ClassVar[str] = "sec_edgar"

    @classmethod
    def classify(cls, response: httpx.Response) -> ProviderError | None:
        """Sort by status, path and body.

        A 404 is an answer where it can only mean "no such thing": on the data host with S3's `NoSuchKey` (seen in
        recorded answers), and anywhere in the archive. A 403 is the missing User-Agent, or too high a rate.
        """
        status, path = response.status_code, response.request.url.path
        if status == 404:
            if path.startswith("/Archives/") or b"NoSuchKey" in response.content[:2000]:
                return None
            return BadAnswer(cls.provider, "HTTP 404 where EDGAR has an answer for everyone", status=404)
        if status == 403:
            return cls._forbidden(response)
        failure = sort_by_status(cls.provider, response, answers=frozenset())
        if failure is None and path.endswith(".json"):
            return cls._unreadable(response)
        if failure is None and path.startswith("/Archives/"):
            return cls._no_report(response)
        return failure

    @classmethod
    def _no_report(cls, response: httpx.Response) -> ProviderError | None:
        """Reports have no format of their own: another web page, or half of one, must not pass for one."""
        name = response.request.url.path.rpartition("/")[2]
        if not _REPORT.search(response.text):
            return BadAnswer(cls.provider, f"{name} is no report to the SEC", status=200)
        if _OPENED.search(response.text) and not _CLOSED.search(response.text):
            return BadAnswer(cls.provider, f"{name} is cut off", status=200)
        return None

    @classmethod
    def _forbidden(cls, response: httpx.Response) -> ProviderError:
        if "Threshold" in response.text[:5000]:
            return RateLimited(
                cls.provider, "more than 10 requests a second", status=403, retry_after=retry_after(response)
            )
        advice = "HTTP 403: EDGAR wants a User-Agent with a contact; set PARTNERFORGE_CONTACT to an address of yours"
        return Refused(cls.provider, advice, status=403)

    @classmethod
    def _unreadable(cls, response: httpx.Response) -> ProviderError | None:
        try:
            whole = isinstance(parsed_json(response), dict)
        except ValueError:
            whole = False
        return None if whole else BadAnswer(cls.provider, "a body that is not a JSON object", status=200)

    async def tickers(self) -> Answer[tuple[TickerRow, ...]]:
        """Every listed filer's ticker and number, largest first; about 10,000 rows."""
        return await self._json("tickers", TICKERS, read_tickers)

    async def submissions(self, cik: str | int) -> Answer[Submissions]:
        """A filer and its newest filings. ValueError when `cik` is no filer number."""
        number = padded(cik)
        return await self._json(
            "submissions", f"{DATA}/submissions/CIK{number}.json", read_submissions, page=f"{BROWSE}{number}"
        )

    async def older_filings(self, name: str) -> Answer[tuple[FilingRow, ...]]:
        """A page of `Submissions.older_pages`. ValueError when `name` is not of that form."""
        matched = OLDER_PAGE.fullmatch(name)
        if matched is None:
            raise ValueError(f"{name!r} is not the name of an older page: CIK##########-submissions-###.json")
        return await self._json(
            "older_filings", f"{DATA}/submissions/{name}", lambda body: read_filings(matched.group(1), body)
        )

    async def company_facts(self, cik: str | int) -> Answer[CompanyFacts]:
        """The filer's reported figures that fiscal years are made of. Nothing there for who reports none of them."""
        number = padded(cik)
        return await self._json(
            "company_facts",
            f"{DATA}/api/xbrl/companyfacts/CIK{number}.json",
            lambda body: read_facts(body, CONCEPTS),
            page=f"{BROWSE}{number}&type=10-K",
        )

    async def filing_index(self, cik: str | int, accession: str) -> Answer[tuple[FiledDocument, ...]]:
        """The files of one filing."""
        where = folder(cik, accession)
        return await self._json("filing_index", f"{where}/index.json", read_index, page=f"{where}/")

    async def document(self, cik: str | int, accession: str, name: str) -> Answer[str]:
        """The primary document of a report as text, nearly always HTML; up to 15 MB."""
        request = self.http.build_request("GET", f"{folder(cik, accession)}/{name}")

        def parse(response: httpx.Response) -> str | None:
            return None if response.status_code == 404 else response.text

        return await self.ask("document", request, parse)

    async def _json(
        self, endpoint: str, url: str, read: Callable[[Mapping[str, Any]], T | None], *, page: str | None = None
    ) -> Answer[T]:
        request = self.http.build_request("GET", url)

        def parse(response: httpx.Response) -> T | None:
            return None if response.status_code == 404 else read(parsed_json(response))

        return await self.ask(endpoint, request, parse, url=page)


def policy(settings: SecEdgarSettings) -> ProviderPolicy:
    """EDGAR as the governor sees it: free and without credentials."""
    return ProviderPolicy(
        name=SecEdgar.provider,
        settings=settings,
        classify=SecEdgar.classify,
        credits=free,
    )
