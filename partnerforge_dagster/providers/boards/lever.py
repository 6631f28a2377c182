"""Lever job sites, https://github.com/lever/postings-api. Format seen in recorded answers.

Not for: finding a company's site name (posting.board_link).
"""

from functools import partial
from typing import Any

import httpx

from partnerforge_dagster.providers.boards.posting import Posting, hosts_in
from partnerforge_dagster.providers.client import parsed_json
from partnerforge_dagster.providers.days import epoch_day
from partnerforge_dagster.providers.lenient import Row, mapping, number, read_rows, text
from partnerforge_dagster.providers.plain_text import plain

HOST = "api.lever.co"

_REMOTE = {"remote": True, "hybrid": False, "on-site": False, "onsite": False}


def request(site: str) -> httpx.Request:
    """All postings of a site (without `mode=json` Lever answers HTML)."""
    return httpx.Request("GET", f"https://{HOST}/v0/postings/{site}", params={"mode": "json"})


def parse(response: httpx.Response, site: str) -> tuple[Posting, ...] | None:
    """Open postings; None for an unknown site: a 404, or the 404's object in place of the array."""
    if response.status_code == 404 or isinstance(parsed_json(response), dict):
        return None
    return read_rows(parsed_json(response), partial(_posting, site=site), "postings")


def is_answer(body: Any) -> bool:  # noqa: ANN401 - any JSON
    """An array of postings, or the object that says "unknown site"."""
    return isinstance(body, list) or (isinstance(body, dict) and body.get("error") == "Document not found")


def _posting(row: Row, site: str) -> Posting:
    categories, created = mapping(row.get("categories")), number(row.get("createdAt"))
    words = _html(row)
    return Posting(
        board=f"lever:{site}",
        title=row["text"].strip(),
        department=text(categories.get("department")) or text(categories.get("team")),
        location=text(categories.get("location")),
        posted_on=epoch_day(created / 1000 if created is not None else None),
        url=row["hostedUrl"],
        text=plain(words),
        links_to=hosts_in(words),
        remote=_REMOTE.get(str(row.get("workplaceType")).lower()),
    )


def _html(row: Row) -> str:
    """Description, the lists ("What we value") and the closing words; `...Plain` is not always there for all."""
    lists = [f"{part.get('text', '')} {part.get('content', '')}" for part in row.get("lists") or ()]
    return " ".join([row.get("description") or "", *lists, row.get("additional") or ""])
