"""Which account a request asks about, for the request log.

Not for: answering it (the emulators).
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass

from starlette.datastructures import QueryParams

from partnerforge_dagster.accounts import BadDomain, account_domain
from partnerforge_dagster.providers.sandbox.company import Company
from partnerforge_dagster.providers.sandbox.search_terms import company_meant
from partnerforge_dagster.providers.sandbox.world import World


@dataclass(frozen=True)
class Asked:
    """The parts of a request that can name an account."""

    host: str
    path: str
    query: QueryParams
    body: bytes

    @property
    def segments(self) -> list[str]:
        """Of the path."""
        return self.path.strip("/").split("/")

    def field(self, name: str) -> str:
        """A text (or the first of a list) in a JSON body; empty when there is none."""
        try:
            content = json.loads(self.body)
        except ValueError:
            return ""
        value = content.get(name) if isinstance(content, dict) else None
        if isinstance(value, list) and value:
            value = value[0]
        return value if isinstance(value, str) else ""


def account_of(world: World, provider: str, asked: Asked) -> str | None:
    """Domain of the account (several of a batch joined by commas); None when the request does not tell."""
    found = _FINDERS[provider](world, asked)
    return found.domain if isinstance(found, Company) else found or None


def _builtwith(world: World, asked: Asked) -> str:  # noqa: ARG001
    return asked.query.get("LOOKUP", "").lower()


def _similarweb(world: World, asked: Asked) -> str:  # noqa: ARG001
    return asked.query.get("domain", "").lower()


def _yahoo(world: World, asked: Asked) -> Company | None:
    match asked.segments:
        case ["v1", "finance", "search"]:
            words = asked.query.get("q", "")
            return world.by_ticker(words) if words.isupper() else company_meant(world, words)
        case ["v7", "finance", "quote"]:
            return world.by_ticker(asked.query.get("symbols", "").partition(",")[0])
        case ["v8" | "v10" | "ws", *_, symbol]:
            return world.by_ticker(symbol)
        case _:
            return None


def _sec_edgar(world: World, asked: Asked) -> Company | None:
    numbers = re.search(r"CIK(\d{10})|/edgar/data/(\d+)/", asked.path) or re.search(
        r"()(\d+)", asked.query.get("ciks", "")
    )
    return world.by_cik(int(numbers[1] or numbers[2])) if numbers else None


def _web_search(world: World, asked: Asked) -> Company | None:
    return company_meant(world, asked.query.get("q") or asked.field("q"))


def _job_boards(world: World, asked: Asked) -> Company | str | None:
    match asked.segments:
        case ["v1", "boards", slug, *_]:
            return world.by_board("greenhouse", slug)
        case ["v0", "postings", slug, *_]:
            return world.by_board("lever", slug)
        case ["posting-api", "job-board", slug, *_]:
            return world.by_board("ashby", slug)
        case ["api", "v1", "widget", "accounts", slug, *_]:
            return world.by_board("workable", slug)
        case _:
            return asked.field("company_domain_or")


def _wikidata(world: World, asked: Asked) -> Company | str | None:
    query = asked.query.get("query") or asked.body.decode(errors="replace")
    if site := re.search(r"https?(?:://|%3A%2F%2F)(?:www\.)?([a-z0-9.-]+)", query):
        return site[1]
    if item := re.search(r"Q\d+", asked.path + " " + asked.query.get("ids", "")):
        return world.by_wikidata(item[0])
    return company_meant(world, asked.query.get("search", ""))


def _web_page(world: World, asked: Asked) -> str:  # noqa: ARG001
    try:
        return account_domain(asked.host)
    except BadDomain:
        return asked.host


def _gdelt(world: World, asked: Asked) -> Company | None:
    return company_meant(world, asked.query.get("query", ""))


def _tranco(world: World, asked: Asked) -> str:  # noqa: ARG001
    return asked.segments[-1].lower()


def _common_crawl(world: World, asked: Asked) -> str:  # noqa: ARG001
    return asked.query.get("url", "").partition("/")[0].lower()


def _dns(world: World, asked: Asked) -> str:  # noqa: ARG001
    return asked.query.get("name", "").lower().removeprefix("www.")


_FINDERS: dict[str, Callable[[World, Asked], Company | str | None]] = {
    "builtwith": _builtwith,
    "similarweb": _similarweb,
    "yahoo": _yahoo,
    "sec_edgar": _sec_edgar,
    "web_search": _web_search,
    "job_boards": _job_boards,
    "wikidata": _wikidata,
    "web_page": _web_page,
    "gdelt": _gdelt,
    "tranco": _tranco,
    "common_crawl": _common_crawl,
    "dns": _dns,
}
