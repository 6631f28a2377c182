"""Workable's public widget, https://apply.workable.com/api/v1/widget/accounts/{slug}.

Format from public code that read it live in April 2026; unverified: never seen in a recorded answer.
Not for: finding a company's slug (posting.board_link).
"""

from functools import partial

import httpx

from partnerforge_dagster.providers.boards.posting import Posting, hosts_in
from partnerforge_dagster.providers.client import parsed_json
from partnerforge_dagster.providers.days import iso_day
from partnerforge_dagster.providers.lenient import Row, read_rows, text
from partnerforge_dagster.providers.plain_text import plain

HOST = "apply.workable.com"


def request(slug: str) -> httpx.Request:
    """All jobs of an account in one answer; `details` adds the texts."""
    return httpx.Request("GET", f"https://{HOST}/api/v1/widget/accounts/{slug}", params={"details": "true"})


def parse(response: httpx.Response, slug: str) -> tuple[Posting, ...] | None:
    """Open jobs; None for an unknown slug (404)."""
    if response.status_code == 404:
        return None
    body = parsed_json(response)
    return read_rows(body["jobs"], partial(_posting, slug=slug, company=text(body.get("name"))), "jobs")


def _posting(row: Row, slug: str, company: str | None) -> Posting:
    place = [row.get(part) for part in ("city", "state", "country")]
    return Posting(
        board=f"workable:{slug}",
        company=company,
        title=row["title"].strip(),
        # A missing string is "" here.
        department=row.get("department") or None,
        location=", ".join(part for part in place if part) or None,
        posted_on=iso_day(row.get("published_on") or row.get("created_at")),
        url=row["url"],
        text=plain(row.get("description") or ""),
        remote=row.get("telecommuting"),
        links_to=hosts_in(row.get("description") or ""),
    )
