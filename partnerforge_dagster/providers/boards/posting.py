"""What every job board's answer becomes, and how a link gives a board away.

Not for: reading one board's format (the board's own file) or judging a role (research/roles.py).
"""

import re
from datetime import date
from urllib.parse import parse_qs, urlsplit

from partnerforge_dagster.models.base import Frozen


class Posting(Frozen):
    """One open role as its board shows it."""

    board: str
    """`greenhouse:gitlab`: board and slug (TheirStack: the domain)."""
    title: str
    department: str | None
    location: str | None
    posted_on: date | None
    url: str
    text: str
    """Plain text of the posting; empty where the board gives none."""
    remote: bool | None
    """None where the board does not say."""
    company: str | None = None
    """The employer as the board writes it; None where it does not."""
    links_to: tuple[str, ...] = ()
    """Hosts that its text links to or gives e-mail addresses at."""


class BoardLink(Frozen):
    """A board that a page links to or embeds."""

    board: str
    """`greenhouse`, `lever`, `ashby` or `workable`: the name of the `JobBoards` method."""
    slug: str


_HOSTS = {
    "boards.greenhouse.io": "greenhouse",
    "job-boards.greenhouse.io": "greenhouse",
    "boards-api.greenhouse.io": "greenhouse",
    "jobs.lever.co": "lever",
    "api.lever.co": "lever",
    "jobs.ashbyhq.com": "ashby",
    "api.ashbyhq.com": "ashby",
    "apply.workable.com": "workable",
}
_NOT_SLUGS = {"", "v0", "v1", "api", "boards", "postings", "posting-api", "job-board", "embed", "job_board", "js", "j"}
_NAMED_HOST = re.compile(r"(?:https?://|@|\bwww\.)([a-z0-9-]+(?:\.[a-z0-9-]+)+)", re.IGNORECASE)
_SLUG = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,80}")


def board_link(url: str) -> BoardLink | None:
    """The board behind a link: `https://boards.greenhouse.io/embed/job_board?for=costco` is `greenhouse`, `costco`."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
    except ValueError:
        return None
    if host.endswith(".workable.com") and host not in {"apply.workable.com", "www.workable.com"}:
        return BoardLink(board="workable", slug=host.removesuffix(".workable.com"))
    board = _HOSTS.get(host)
    if board is None:
        return None
    asked_for = parse_qs(parts.query).get("for", [])
    if board == "workable" and parts.path.startswith("/j/"):
        return None  # one job's short address, which names no account
    slug = next((part for part in [*asked_for, *parts.path.split("/")] if part.lower() not in _NOT_SLUGS), None)
    return BoardLink(board=board, slug=slug) if slug and _SLUG.fullmatch(slug) else None


def hosts_in(text: str) -> tuple[str, ...]:
    """Hosts of the links and e-mail addresses in a posting, HTML or not, without `www.`."""
    return tuple(dict.fromkeys(host.lower().removeprefix("www.") for host in _NAMED_HOST.findall(text)))
