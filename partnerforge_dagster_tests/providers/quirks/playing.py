"""Clients that are asked over the socket, and what came of it: the outcome, the ledger's row and what was kept.

Not for: the server (server.py).
"""

import asyncio
import json
import zlib
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine, select

from partnerforge_dagster.governor import retry, transport
from partnerforge_dagster.models.base import Mode
from partnerforge_dagster.models.failures import ProviderError
from partnerforge_dagster.models.provenance import Answer
from partnerforge_dagster.providers.clients import Clients, build_clients
from partnerforge_dagster.providers.similarweb import last_months
from partnerforge_dagster.settings import Settings
from partnerforge_dagster.settings_providers import Providers
from partnerforge_dagster.store.database import migrate, open_engine
from partnerforge_dagster.store.tables import answers, calls
from partnerforge_dagster_tests.providers.quirks.server import Heard, Quirk, QuirkServer

SECRET = "sk-quirk-0123456789"
DOMAIN = "costco.com"
TIMEOUT_S = 30.0
SLOW_S = 1.5
MONTHS = last_months(datetime(2026, 11, 16, 12, tzinfo=UTC), 3)

Asking = Callable[[Clients], Awaitable[Answer[Any]]]


@dataclass(frozen=True)
class Case:
    """One question to one client."""

    endpoint: str
    """The client's name for it, which is the ledger's."""
    host: str
    ask: Asking
    cost: int = 0
    """Credits of a good answer."""
    path: str = ""
    """How the paths begin that the quirk is for; a client may have to ask for other things first."""
    largest: int = 5_000_000
    """Bytes that an answer may have."""

    def meant(self, heard: Heard) -> bool:
        """Whether the quirk is for this request."""
        # A site's robots.txt is asked for before any page of it (test_robots.py plays that one's quirks).
        return heard.host == self.host and heard.path.startswith(self.path) and heard.path != "/robots.txt"


_BUILTWITH, _YAHOO, _SEC, _MB = "api.builtwith.com", "query2.finance.yahoo.com", "data.sec.gov", 1_000_000

CASES = {
    "builtwith": Case("domain", _BUILTWITH, lambda c: c.builtwith.domain(DOMAIN), 1),
    "builtwith_list": Case("recommendations", _BUILTWITH, lambda c: c.builtwith.recommendations(DOMAIN), 1),
    "similarweb": Case("traffic", "api.similarweb.com", lambda c: c.similarweb.traffic(DOMAIN, MONTHS), 3),
    "yahoo": Case("quote_summary", _YAHOO, lambda c: c.yahoo.quote_summary("COST"), path="/v10/finance/quoteSummary"),
    "yahoo_search": Case("search", _YAHOO, lambda c: c.yahoo.search("Costco")),
    "sec_edgar": Case("submissions", _SEC, lambda c: c.edgar.submissions(909832), largest=50 * _MB),
    "sec_tickers": Case("tickers", "www.sec.gov", lambda c: c.edgar.tickers(), largest=50 * _MB),
    "brave": Case("brave_web", "api.search.brave.com", lambda c: c.search.brave_web("Costco"), 1),
    "brave_news": Case("brave_news", "api.search.brave.com", lambda c: c.search.brave_news("Costco"), 1),
    "serper": Case("serper_web", "google.serper.dev", lambda c: c.search.serper_web("Costco"), 1),
    "tavily": Case("tavily_web", "api.tavily.com", lambda c: c.search.tavily_web("Costco"), 1),
    "greenhouse": Case(
        "greenhouse", "boards-api.greenhouse.io", lambda c: c.boards.greenhouse("costco"), largest=30 * _MB
    ),
    "lever": Case("lever", "api.lever.co", lambda c: c.boards.lever("grainger"), largest=30 * _MB),
    "ashby": Case("ashby", "api.ashbyhq.com", lambda c: c.boards.ashby("etsy"), largest=30 * _MB),
    "workable": Case("workable", "apply.workable.com", lambda c: c.boards.workable("ikea"), largest=30 * _MB),
    "theirstack": Case("theirstack", "api.theirstack.com", lambda c: c.boards.theirstack(DOMAIN), 25, largest=30 * _MB),
    "wikidata": Case("website_match", "query.wikidata.org", lambda c: c.wikidata.company("ikea.com")),
    "wikidata_entity": Case("entity", "www.wikidata.org", lambda c: c.wikidata.entity("Q715583"), path="/wiki/"),
    "gdelt": Case("news", "api.gdeltproject.org", lambda c: c.gdelt.news("Costco", ("platform", "names"))),
    "tranco": Case("rank", "tranco-list.eu", lambda c: c.tranco.rank(DOMAIN)),
    "common_crawl": Case("pages", "index.commoncrawl.org", lambda c: c.common_crawl.pages(DOMAIN), path="/CC-MAIN"),
    "dns": Case("aliases", "dns.google", lambda c: c.dns.aliases(f"www.{DOMAIN}")),
    "web_page": Case("page", DOMAIN, lambda c: c.web_pages.page(f"https://{DOMAIN}/")),
}


@dataclass(frozen=True)
class Came:
    """What came of a question."""

    outcome: Answer[Any] | ProviderError
    status: str
    """The ledger's, of the call that was asked last, as are the next two."""
    tries: int
    credits: int
    kept: bytes | None
    """The body that was stored."""


class Desk:
    """Clients with a store of their own, whose every provider is the server of quirks."""

    def __init__(self, server: QuirkServer, engine: Engine) -> None:
        self.server = server
        self.engine = engine

    def settings(self, **changes: Any) -> Settings:
        """Live mode with keys, quick limits and the server's address in place of the providers' own."""

        def provider(name: str) -> dict[str, Any]:
            model = Providers.model_fields[name].annotation
            keys = [key for key in model.model_fields if key.endswith("api_key")]  # type: ignore[union-attr]
            quick = {"per_minute": 60_000, "at_once": 50, "breaker_after": 1_000, "timeout_s": TIMEOUT_S}
            if "spacing_s" in model.model_fields:  # type: ignore[union-attr]
                quick["spacing_s"] = 0.001
            secrets = dict.fromkeys(keys, SecretStr(SECRET))
            switch = {"enabled": True} if name == "yahoo" else {}
            return {"base_url": self.server.url, **switch, **quick, **secrets, **changes}

        return Settings(mode=Mode.LIVE, providers={name: provider(name) for name in Providers.model_fields})

    def ask(self, cases: Mapping[str, Case], quirk: Quirk | None, **changes: Any) -> dict[str, Came]:
        """Put all questions at once; the quirk is for them and for nothing that they need besides."""
        settings = self.settings(**changes)

        async def one(case: Case, clients: Clients) -> Answer[Any] | ProviderError:
            try:
                return await case.ask(clients)
            except ProviderError as failure:
                return failure

        async def session() -> list[Answer[Any] | ProviderError]:
            clients = build_clients(settings, self.engine)
            try:
                return await asyncio.gather(*(one(case, clients) for case in cases.values()))
            finally:
                for client in vars(clients).values():
                    await client.http.aclose()

        self.server.heard.clear()
        self.server.quirk = quirk
        self.server.only = lambda heard: any(case.meant(heard) for case in cases.values())
        outcomes = asyncio.run(session())
        return {name: self._came(cases[name], came) for name, came in zip(cases, outcomes, strict=True)}

    def _came(self, case: Case, outcome: Answer[Any] | ProviderError) -> Came:
        mine = (calls.c.endpoint == case.endpoint) & calls.c.question.is_not(None)
        query = select(calls).where(mine).order_by(calls.c.asked_at.desc())
        with self.engine.connect() as connection:
            call = connection.execute(query).mappings().first()
            assert call is not None, f"no row in the ledger for {case.endpoint}"
            body = select(answers.c.body).where(answers.c.key == call["question"])
            kept = connection.execute(body).scalar_one_or_none()
        return Came(outcome, call["status"], call["tries"], call["credits"], zlib.decompress(kept) if kept else None)

    def everything(self) -> str:
        """Every row of answers and calls as text: no key may be in it."""
        with self.engine.connect() as connection:
            rows = [row._asdict() for table in (answers, calls) for row in connection.execute(select(table))]
        for row in rows:
            if "body" in row:
                row["body"] = zlib.decompress(row["body"]).decode("utf-8", "replace")
        return json.dumps(rows, default=str)


@contextmanager
def desk(server: QuirkServer, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A new store. Two tries a call, a moment apart: how often and how long is the governor's tests' matter."""
    monkeypatch.setattr(transport, "TRIES", 2)
    monkeypatch.setattr(retry, "FIRST_WAIT_S", 0.001)
    engine = open_engine(f"sqlite:///{folder / 'store.db'}")
    migrate(engine)
    try:
        yield Desk(server, engine)
    finally:
        engine.dispose()
