"""Ashby job boards, https://developers.ashbyhq.com/docs/public-job-posting-api. Format seen in a recorded answer.

Not for: finding a company's board name (posting.board_link).
"""

from functools import partial

import httpx

from partnerforge_dagster.providers.boards.posting import Posting, hosts_in
from partnerforge_dagster.providers.client import parsed_json
from partnerforge_dagster.providers.days import iso_day
from partnerforge_dagster.providers.lenient import Row, mapping, read_rows, text
from partnerforge_dagster.providers.plain_text import plain

HOST = "api.ashbyhq.com"


def request(board: str) -> httpx.Request:
    """All jobs of a board in one answer."""
    return httpx.Request("GET", f"https://{HOST}/posting-api/job-board/{board}")


def parse(response: httpx.Response, board: str) -> tuple[Posting, ...] | None:
    """Listed jobs; None for an unknown board (404).

    Public notes disagree: an unknown board may also be a 200 with no jobs, so an empty tuple proves no board.
    """
    if response.status_code == 404:
        return None
    listed = [row for row in parsed_json(response)["jobs"] if mapping(row).get("isListed") is not False]
    return read_rows(listed, partial(_posting, board=board), "jobs")


def _posting(row: Row, board: str) -> Posting:
    return Posting(
        board=f"ashby:{board}",
        title=row["title"].strip(),
        department=text(row.get("department")) or text(row.get("team")),
        location=text(row.get("location")),
        posted_on=iso_day(row.get("publishedAt")),
        url=row["jobUrl"],
        text=plain(row.get("descriptionHtml") or ""),
        remote=row.get("isRemote"),
        links_to=hosts_in(row.get("descriptionHtml") or ""),
    )
