"""SEC EDGAR as the sandbox serves it: tickers, submissions, older pages, reported facts, filings, full-text search.

Shapes as in recorded answers; full-text search is unverified: from public clients.
Not for: the figures' rows (sec_facts.py) or the words of filings (companies/, derive.py).
"""

import re
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from partnerforge_dagster.providers.sandbox.company import Company
from partnerforge_dagster.providers.sandbox.refusals import UNDECLARED_TOOL
from partnerforge_dagster.providers.sandbox.sec_facts import facts_of
from partnerforge_dagster.providers.sandbox.sec_filings import Filed, filed_by, is_recent
from partnerforge_dagster.providers.sandbox.world import World

PROVIDER = "sec_edgar"
HOSTS = ("www.sec.gov", "data.sec.gov", "efts.sec.gov")

_UNNAMED_TOOL = re.compile(r"^$|^(python|curl|wget|httpx|aiohttp|go-http|java|okhttp|libwww)", re.IGNORECASE)
"""User-Agents that name a tool and no contact."""

_NO_SUCH_KEY = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>NoSuchKey</Code>'
    "<Message>The specified key does not exist.</Message><RequestId>SANDBOX</RequestId></Error>"
)


def _refused(request: Request) -> bool:
    return _UNNAMED_TOOL.match(request.headers.get("user-agent", "")) is not None


def _no_such_key() -> Response:
    return Response(_NO_SUCH_KEY, status_code=404, media_type="application/xml")


def tickers(request: Request) -> Response:
    """`/files/company_tickers.json`: the known companies. Derived ones are found by their CIK, not listed."""
    if _refused(request):
        return UNDECLARED_TOOL
    world: World = request.app.state.world
    listed = [company for company in map(world.company, world.known()) if company.cik and company.ticker]
    rows = [{"cik_str": c.cik, "ticker": c.ticker, "title": _filer_name(c)} for c in listed]
    return JSONResponse({str(index): row for index, row in enumerate(rows)})


def submissions(request: Request) -> Response:
    """`/submissions/CIK{10 digits}.json`: the filer, its filings of the last two years, the names of older pages."""
    company = _filer(request, request.path_params["cik"])
    if isinstance(company, Response):
        return company
    world: World = request.app.state.world
    filed = filed_by(company)
    recent = [filing for filing in filed if is_recent(filing, world.today)]
    older = [filing for filing in filed if not is_recent(filing, world.today)]
    return JSONResponse(
        {**_filer_card(company), "filings": {"recent": _columns(recent), "files": _pages(company, older)}}
    )


def older_page(request: Request) -> Response:
    """`/submissions/CIK{10 digits}-submissions-001.json`: bare columns, without an envelope."""
    company = _filer(request, request.path_params["cik"])
    if isinstance(company, Response):
        return company
    world: World = request.app.state.world
    older = [filing for filing in filed_by(company) if not is_recent(filing, world.today)]
    return JSONResponse(_columns(older)) if older else _no_such_key()


def company_facts(request: Request) -> Response:
    """`/api/xbrl/companyfacts/CIK{10 digits}.json`: 404 for who reports no figures."""
    company = _filer(request, request.path_params["cik"])
    if isinstance(company, Response):
        return company
    if not company.years:
        return _no_such_key()
    # The number's type differs between filers: foreign ones came with a padded string.
    number = f"{company.cik:010d}" if company.ifrs else company.cik
    return JSONResponse({"cik": number, "entityName": company.legal_name, "facts": facts_of(company)})


def folder(request: Request) -> Response:
    """`/Archives/edgar/data/{cik}/{accession}/index.json`."""
    found = _filing(request)
    if isinstance(found, Response):
        return found
    company, filing = found
    where = f"/Archives/edgar/data/{company.cik}/{filing.folder}"
    stamp = f"{filing.filing.filed} 16:21:45"
    names = {f"{filing.accession}-index.html": "", f"{filing.accession}.txt": "", filing.document: str(filing.size)}
    items = [{"last-modified": stamp, "name": name, "type": "text.gif", "size": size} for name, size in names.items()]
    parent = f"/Archives/edgar/data/{company.cik}"
    return JSONResponse({"directory": {"item": items, "name": where, "parent-dir": parent}})


def document(request: Request) -> Response:
    """`/Archives/edgar/data/{cik}/{accession}/{document}`: the filing's text as a web page."""
    found = _filing(request)
    if isinstance(found, Response):
        return found
    company, filing = found
    if request.path_params["document"] != filing.document:
        return PlainTextResponse("Not Found", status_code=404)
    return HTMLResponse(filing.page(_filer_name(company)))


def full_text(request: Request) -> Response:
    """`/LATEST/search-index`: filings of the named CIKs (else of known companies) with every quoted phrase in them."""
    if _refused(request):
        return UNDECLARED_TOOL
    world: World = request.app.state.world
    asked = request.query_params
    numbers = [int(number) for number in asked.get("ciks", "").split(",") if number.isdigit()]
    companies = [world.by_cik(number) for number in numbers] if numbers else map(world.company, world.known())
    forms = set(filter(None, asked.get("forms", "").split(",")))
    phrases = re.findall(r'"([^"]+)"', asked.get("q", "")) or asked.get("q", "").split()
    hits = [
        _hit(company, filing)
        for company in companies
        if company and company.cik
        for filing in filed_by(company)
        if (not forms or filing.filing.form in forms)
        and asked.get("startdt", "") <= f"{filing.filing.filed}" <= asked.get("enddt", "9999")
        and all(phrase.casefold() in filing.text for phrase in phrases)
    ]
    return JSONResponse({"hits": {"total": {"value": len(hits), "relation": "eq"}, "hits": hits}})


def _hit(company: Company, filing: Filed) -> dict[str, Any]:
    source = {
        "ciks": [f"{company.cik:010d}"],
        "display_names": [f"{_filer_name(company)}  ({company.ticker})  (CIK {company.cik:010d})"],
        "adsh": filing.accession,
        "form": filing.filing.form,
        "file_type": filing.filing.form,
        "file_date": f"{filing.filing.filed}",
        "period_ending": f"{filing.filing.period}" if filing.filing.period else None,
        "items": list(filing.filing.items),
        "sics": [company.sic[0]] if company.sic else [],
    }
    return {"_id": f"{filing.accession}:{filing.document}", "_source": source}


def _filer(request: Request, cik: str) -> Company | Response:
    """The filer, or what is said instead: 403 without a proper User-Agent, S3's 404 for an unknown number."""
    if _refused(request):
        return UNDECLARED_TOOL
    world: World = request.app.state.world
    company = world.by_cik(int(cik)) if cik.isdigit() else None
    return company or _no_such_key()


def _filing(request: Request) -> tuple[Company, Filed] | Response:
    company = _filer(request, request.path_params["cik"])
    if isinstance(company, Response):
        return company
    wanted = request.path_params["accession"]
    filing = next((filing for filing in filed_by(company) if filing.folder == wanted), None)
    return (company, filing) if filing else _no_such_key()


def _filer_name(company: Company) -> str:
    return company.legal_name.upper()


def _filer_card(company: Company) -> dict[str, Any]:
    month, day = company.fiscal_year_end
    address = {
        "street1": "1 SANDBOX WAY",
        "street2": None,
        "city": company.city.upper(),
        "stateOrCountry": (company.region or company.country)[:2].upper(),
        "zipCode": "00000",
        "stateOrCountryDescription": company.region or company.country,
        "isForeignLocation": 0 if company.country == "US" else 1,
        "foreignStateTerritory": None,
        "country": None,
        "countryCode": None,
    }
    return {
        "cik": f"{company.cik:010d}",
        "entityType": "operating",
        "sic": company.sic[0] if company.sic else "",
        "sicDescription": company.sic[1] if company.sic else "",
        "ownerOrg": None,
        "insiderTransactionForOwnerExists": 0,
        "insiderTransactionForIssuerExists": 1,
        "name": _filer_name(company),
        "tickers": [company.ticker] if company.ticker else [],
        "exchanges": [(company.exchange or "").removesuffix("GS")] if company.ticker else [],
        "ein": "000000000",
        "lei": None,
        "description": "",
        # Nearly always empty in the real ones too.
        "website": "",
        "investorWebsite": "",
        "category": "Large accelerated filer",
        "fiscalYearEnd": f"{month:02d}{day:02d}",
        "stateOfIncorporation": "",
        "stateOfIncorporationDescription": "",
        "addresses": {"mailing": address, "business": address},
        "phone": "",
        "flags": "",
        "formerNames": [],
    }


def _columns(filed: list[Filed]) -> dict[str, list[Any]]:
    rows = [filing.row() for filing in filed]
    return {name: [row[name] for row in rows] for name in Filed.COLUMNS}


def _pages(company: Company, older: list[Filed]) -> list[dict[str, Any]]:
    if not older:
        return []
    days = sorted(filing.filing.filed for filing in older)
    name = f"CIK{company.cik:010d}-submissions-001.json"
    return [{"name": name, "filingCount": len(older), "filingFrom": f"{days[0]}", "filingTo": f"{days[-1]}"}]


ROUTES = [
    Route("/files/company_tickers.json", tickers),
    Route("/submissions/CIK{cik:str}-submissions-001.json", older_page),
    Route("/submissions/CIK{cik:str}.json", submissions),
    Route("/api/xbrl/companyfacts/CIK{cik:str}.json", company_facts),
    Route("/Archives/edgar/data/{cik}/{accession}/index.json", folder),
    Route("/Archives/edgar/data/{cik}/{accession}/{document}", document),
    Route("/LATEST/search-index", full_text),
]
