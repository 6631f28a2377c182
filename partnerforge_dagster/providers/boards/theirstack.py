"""TheirStack, https://theirstack.com/en/docs: paid job search by a company's domain, for who has no readable board.

Format from its public clients; unverified: never seen in a recorded answer. One credit per job returned.
Not for: free boards (the other files here).
"""

from functools import partial

import httpx

from partnerforge_dagster.providers.boards.posting import Posting
from partnerforge_dagster.providers.client import parsed_json
from partnerforge_dagster.providers.days import iso_day
from partnerforge_dagster.providers.lenient import Row, read_rows, text
from partnerforge_dagster.providers.plain_text import plain

HOST = "api.theirstack.com"
LIMIT = 25
"""Most jobs, and so credits, of one request."""
MAX_AGE_DAYS = 60
"""Two months of postings: enough for a trend of 30 days against 30 days."""


def request(domain: str) -> httpx.Request:
    """The newest jobs of the company with this domain."""
    body = {
        "page": 0,
        "limit": LIMIT,
        "company_domain_or": [domain],
        "posted_at_max_age_days": MAX_AGE_DAYS,
        "include_total_results": False,
    }
    return httpx.Request("POST", f"https://{HOST}/v1/jobs/search", json=body)


def parse(response: httpx.Response, domain: str) -> tuple[Posting, ...] | None:
    """Jobs seen in the last two months, at most LIMIT; None when there is none."""
    return read_rows(parsed_json(response)["data"], partial(_posting, domain=domain), "data") or None


def _posting(row: Row, domain: str) -> Posting:
    url = row.get("final_url") or row["url"]
    return Posting(
        board=f"theirstack:{domain}",
        company=row.get("company"),
        title=row["job_title"].strip(),
        department=None,
        location=text(row.get("location")),
        posted_on=iso_day(row.get("date_posted")),
        url=url,
        text=plain(row.get("description") or ""),
        remote=row.get("remote"),
    )
