"""Job boards as the sandbox serves them: Greenhouse, Lever, Ashby, Workable, and TheirStack's search by domain.

Shapes of the first three as in recorded answers; Workable and TheirStack are unverified: from public clients.
Not for: what the postings say (roles.py, companies/).
"""

import html
import json
from datetime import timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from partnerforge_dagster.providers.sandbox import dates
from partnerforge_dagster.providers.sandbox.company import BoardKind, Company, Job
from partnerforge_dagster.providers.sandbox.draw import number_below, uuid_of
from partnerforge_dagster.providers.sandbox.refusals import THEIRSTACK_UNAUTHORIZED
from partnerforge_dagster.providers.sandbox.world import World

PROVIDER = "job_boards"
HOSTS = (
    "boards-api.greenhouse.io",
    "api.lever.co",
    "api.eu.lever.co",
    "api.ashbyhq.com",
    "apply.workable.com",
    "api.theirstack.com",
)


def greenhouse(request: Request) -> Response:
    """`/v1/boards/{token}/jobs`; texts and departments only with `content=true`."""
    company = _company(request, "greenhouse")
    if company is None:
        return JSONResponse({"status": 404, "error": "Job not found"}, status_code=404)
    token = request.path_params["slug"]
    with_content = request.query_params.get("content") == "true"
    jobs = [_greenhouse_job(company, token, job, with_content) for job in company.jobs]
    return JSONResponse({"jobs": jobs, "meta": {"total": len(jobs)}})


def _greenhouse_job(company: Company, token: str, job: Job, with_content: bool) -> dict[str, Any]:
    number = _number(company, job)
    row = {
        "absolute_url": f"https://job-boards.greenhouse.io/{token}/jobs/{number}",
        "data_compliance": [{"type": "gdpr", "requires_consent": False, "retention_period": None}],
        "internal_job_id": number // 2,
        "location": {"name": f"Remote, {job.location}" if job.remote else job.location},
        "metadata": None,
        "id": number,
        "updated_at": f"{job.posted}T09:12:00-04:00",
        "requisition_id": f"R{number % 100_000}",
        # Titles come with stray blanks, as people type them.
        "title": f"{job.title} " if number % 5 == 0 else job.title,
        "company_name": company.name,
        "first_published": f"{job.posted}T09:12:00-04:00",
        "language": "en",
        "application_deadline": None,
        "ai_disclaimer": None,
        "sandbox_unknown_key": {"kept": "aside"},
    }
    if with_content:
        department = {"id": 4_000_000 + number_below(10**6, job.department), "name": job.department}
        row |= {
            "content": html.escape(_as_html(job)),
            "departments": [{**department, "child_ids": [], "parent_id": None}],
            "offices": [{"id": 4_100_000, "name": job.location, "location": None, "child_ids": [], "parent_id": None}],
        }
    return row


def lever(request: Request) -> Response:
    """`/v0/postings/{site}`: an array with `mode=json`, a web page without."""
    company = _company(request, "lever")
    if company is None:
        return JSONResponse({"ok": False, "error": "Document not found"}, status_code=404)
    wants_json = request.query_params.get("mode") == "json" or "json" in request.headers.get("accept", "")
    if not wants_json:
        return HTMLResponse(f"<html><body>{''.join(map(_as_html, company.jobs))}</body></html>")
    skip, limit = (_whole(request, name, default) for name, default in (("skip", 0), ("limit", len(company.jobs))))
    site = request.path_params["slug"]
    return JSONResponse([_lever_posting(company, site, job) for job in company.jobs[skip : skip + limit]])


def _lever_posting(company: Company, site: str, job: Job) -> dict[str, Any]:
    number = uuid_of(company.domain, job.title, job.posted)
    text = _as_html(job)
    return {
        "id": number,
        "text": job.title,
        "categories": {
            "commitment": "Full-time",
            "department": job.department,
            "location": job.location,
            "team": job.department,
            "allLocations": [job.location],
        },
        "country": company.country,
        "createdAt": dates.seconds(job.posted) * 1000,
        "workplaceType": "remote" if job.remote else "hybrid",
        "opening": "",
        "openingPlain": "",
        "description": text,
        "descriptionPlain": job.description,
        "descriptionBody": text,
        "descriptionBodyPlain": job.description,
        "lists": [],
        "additional": "",
        "additionalPlain": "",
        "hostedUrl": f"https://jobs.lever.co/{site}/{number}",
        "applyUrl": f"https://jobs.lever.co/{site}/{number}/apply",
    }


def ashby(request: Request) -> Response:
    """`/posting-api/job-board/{board}`; an unknown board is a 404 here (sources disagree)."""
    company = _company(request, "ashby")
    if company is None:
        return PlainTextResponse("Not Found", status_code=404)
    board = request.path_params["slug"]
    jobs = [_ashby_job(company, board, job, listed=True) for job in company.jobs]
    if company.jobs:
        jobs.append(_ashby_job(company, board, company.jobs[-1], listed=False))
    return JSONResponse({"jobs": jobs, "apiVersion": "1"})


def _ashby_job(company: Company, board: str, job: Job, *, listed: bool) -> dict[str, Any]:
    number = uuid_of(company.domain, job.title, job.posted, listed)
    return {
        "id": number,
        "title": f" {job.title}",
        "department": job.department,
        "team": job.department,
        "employmentType": "FullTime",
        "location": job.location,
        "shouldDisplayCompensationOnJobPostings": False,
        "secondaryLocations": [],
        "publishedAt": f"{job.posted}T20:13:45.158+00:00",
        "isListed": listed,
        "isRemote": job.remote,
        "workplaceType": "Remote" if job.remote else "Hybrid",
        "address": {"postalAddress": {"addressLocality": job.location, "addressCountry": company.country}},
        "jobUrl": f"https://jobs.ashbyhq.com/{board}/{number}",
        "applyUrl": f"https://jobs.ashbyhq.com/{board}/{number}/application",
        "descriptionHtml": _as_html(job),
        "descriptionPlain": job.description,
        "compensation": {
            "compensationTierSummary": None,
            "scrapeableCompensationSalarySummary": None,
            "compensationTiers": [],
            "summaryComponents": [],
        },
    }


def workable(request: Request) -> Response:
    """`/api/v1/widget/accounts/{slug}`; texts only with `details=true`, missing strings are empty."""
    company = _company(request, "workable")
    if company is None:
        return JSONResponse({"error": "Not found"}, status_code=404)
    details = request.query_params.get("details") == "true"
    jobs = [_workable_job(company, job, details) for job in company.jobs]
    return JSONResponse({"name": company.name, "description": None, "jobs": jobs})


def _workable_job(company: Company, job: Job, details: bool) -> dict[str, Any]:
    code = f"{number_below(16**10, company.domain, job.title, job.posted):010X}"
    url = f"https://apply.workable.com/j/{code}"
    city, _, state = job.location.partition(", ")
    row = {
        "title": job.title,
        "shortcode": code,
        "code": "",
        "employment_type": "Full-time",
        "telecommuting": job.remote,
        "department": job.department,
        "url": url,
        "shortlink": url,
        "application_url": f"{url}/apply",
        "published_on": f"{job.posted}",
        "created_at": f"{job.posted}",
        "country": "",
        "city": city,
        "state": state,
        "education": "",
        "experience": "",
        "function": "",
        "industry": "",
        "locations": [{"country": "", "countryCode": company.country, "city": city, "region": state, "hidden": False}],
    }
    return row | ({"description": _as_html(job)} if details else {})


async def theirstack(request: Request) -> Response:
    """`POST /v1/jobs/search`: jobs by company domain, whatever board they are on; a company filter is required."""
    if not request.headers.get("authorization", "").startswith("Bearer "):
        return THEIRSTACK_UNAUTHORIZED
    try:
        asked = json.loads(await request.body())
        domains, limit = list(asked["company_domain_or"]), int(asked.get("limit", 25))
        days = int(asked.get("posted_at_max_age_days", 3650))
    except (ValueError, KeyError, TypeError, AttributeError):
        return JSONResponse({"error": {"code": "E-022", "title": "Missing required filter"}}, status_code=422)
    world: World = request.app.state.world
    since = world.today - timedelta(days=days)
    found = [(company, job) for company in map(world.company, domains) for job in company.jobs if job.posted >= since]
    start = limit * max(int(asked.get("page") or 0), 0)
    rows = [_theirstack_job(company, job) for company, job in found[start : start + limit]]
    total = len(found) if asked.get("include_total_results") else None
    metadata = {"total_results": total, "truncated_results": 0, "truncated_companies": 0}
    return JSONResponse({"metadata": metadata, "data": rows})


def _theirstack_job(company: Company, job: Job) -> dict[str, Any]:
    number = _number(company, job)
    return {
        "id": number,
        "job_title": job.title,
        "url": f"https://www.indeed.com/viewjob?jk={number:x}",
        "final_url": None,
        "date_posted": f"{job.posted}",
        "discovered_at": f"{job.posted}T12:00:00Z",
        "location": job.location,
        "country_code": company.country,
        "remote": job.remote,
        "hybrid": not job.remote,
        "salary_string": None,
        "min_annual_salary_usd": None,
        "max_annual_salary_usd": None,
        "seniority": None,
        "employment_statuses": ["full_time"],
        "description": job.description,
        "company": company.name,
        "company_domain": company.domain,
        "technology_slugs": [],
        "hiring_team": [],
        "company_object": {"name": company.name, "domain": company.domain, "employee_count": company.employees},
    }


def _company(request: Request, kind: BoardKind) -> Company | None:
    world: World = request.app.state.world
    return world.by_board(kind, request.path_params["slug"])


def _as_html(job: Job) -> str:
    return f"<h2>{html.escape(job.title)}</h2><p>{html.escape(job.description)}</p>"


def _number(company: Company, job: Job) -> int:
    return 4_000_000_000 + number_below(10**9, company.domain, job.title, job.location, job.posted)


def _whole(request: Request, name: str, default: int) -> int:
    said = request.query_params.get(name, "")
    return int(said) if said.isdigit() else default


ROUTES = [
    Route("/v1/boards/{slug}/jobs", greenhouse),
    Route("/v0/postings/{slug}", lever),
    Route("/posting-api/job-board/{slug}", ashby),
    Route("/api/v1/widget/accounts/{slug}", workable),
    Route("/v1/jobs/search", theirstack, methods=["POST"]),
]
