"""Greenhouse job boards, https://developers.greenhouse.io/job-board.html. Format seen in recorded answers.

Not for: finding a company's token (posting.board_link).
"""

import html
from functools import partial

import httpx

from partnerforge_dagster.providers.boards.posting import Posting, hosts_in
from partnerforge_dagster.providers.client import parsed_json
from partnerforge_dagster.providers.days import iso_day
from partnerforge_dagster.providers.lenient import Row, mapping, read_rows, text
from partnerforge_dagster.providers.plain_text import plain

HOST = "boards-api.greenhouse.io"


def request(token: str) -> httpx.Request:
    """All jobs of a board in one answer (there are no pages; megabytes for a big board)."""
    return httpx.Request("GET", f"https://{HOST}/v1/boards/{token}/jobs", params={"content": "true"})


def parse(response: httpx.Response, token: str) -> tuple[Posting, ...] | None:
    """Open jobs; None for an unknown token (404)."""
    if response.status_code == 404:
        return None
    return read_rows(parsed_json(response)["jobs"], partial(_posting, token=token), "jobs")


def _posting(row: Row, token: str) -> Posting:
    location = text(mapping(row.get("location")).get("name"))
    departments = [text(mapping(found).get("name")) for found in row.get("departments") or ()]
    return Posting(
        board=f"greenhouse:{token}",
        company=text(row.get("company_name")),
        title=row["title"].strip(),
        department=next(iter(departments), None),
        location=location,
        posted_on=iso_day(row.get("first_published") or row.get("updated_at")),
        url=row["absolute_url"],
        # `content` is HTML whose markup is itself escaped: `&lt;p&gt;`.
        text=plain(html.unescape(row.get("content") or "")),
        links_to=hosts_in(row.get("content") or ""),
        remote=True if location and "remote" in location.lower() else None,
    )
