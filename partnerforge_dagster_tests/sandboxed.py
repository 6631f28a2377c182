"""Provider clients over the sandbox, with credentials but without a governor: what a module's test needs.

Not for: limits, cache, retries (the governor's tests), or the wire format of one provider (MockTransport and payloads).
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TypeVar

import httpx
from pydantic import SecretStr

from partnerforge_dagster.assets.company_context import company_context
from partnerforge_dagster.governor.policy import ProviderPolicy
from partnerforge_dagster.models.account import Account
from partnerforge_dagster.models.company_context import CompanyContext
from partnerforge_dagster.providers import (
    builtwith,
    common_crawl,
    dns,
    gdelt,
    job_boards,
    sec_edgar,
    tranco,
    web_pages,
    web_search,
    wikidata,
)
from partnerforge_dagster.providers import yahoo as yahoo_finance
from partnerforge_dagster.providers.builtwith import BuiltWith
from partnerforge_dagster.providers.common_crawl import CommonCrawl
from partnerforge_dagster.providers.dns import Dns
from partnerforge_dagster.providers.gdelt import Gdelt
from partnerforge_dagster.providers.job_boards import JobBoards
from partnerforge_dagster.providers.sandbox.faults import Faults
from partnerforge_dagster.providers.sandbox.transport import SandboxTransport
from partnerforge_dagster.providers.sandbox.world import World
from partnerforge_dagster.providers.sec_edgar import SecEdgar
from partnerforge_dagster.providers.tranco import Tranco
from partnerforge_dagster.providers.web_pages import WebPages
from partnerforge_dagster.providers.web_search import WebSearch
from partnerforge_dagster.providers.wikidata import Wikidata
from partnerforge_dagster.providers.yahoo import YahooFinance
from partnerforge_dagster.settings import SANDBOX_TODAY, Settings
from partnerforge_dagster.settings_providers import BuiltWithSettings, JobBoardsSettings, WebSearchSettings
from partnerforge_dagster.settings_waterfalls import Waterfalls

R = TypeVar("R")

TODAY: date = SANDBOX_TODAY
WORLD = World(TODAY)


def account(domain: str) -> Account:
    """A domain on the sandbox's day."""
    return Account(domain=domain, as_of=datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=UTC))


@dataclass(frozen=True)
class Clients:
    """The clients that modules take, by argument name."""

    yahoo: YahooFinance
    edgar: SecEdgar
    search: WebSearch
    wikidata: Wikidata
    builtwith: BuiltWith
    boards: JobBoards
    web_pages: WebPages
    gdelt: Gdelt
    tranco: Tranco
    common_crawl: CommonCrawl
    dns: Dns
    waterfalls: Waterfalls


class Signing(httpx.AsyncBaseTransport):
    """Adds a provider's credentials on the way, as the governor does."""

    def __init__(self, policy: ProviderPolicy, inner: httpx.AsyncBaseTransport) -> None:
        self._authorizer = policy.authorizer
        self._inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Sign and send."""
        send = self._inner.handle_async_request
        return await send(await self._authorizer.sign(request, send))


def ask(call: Callable[[Clients], Awaitable[R]], *, faults: str = "", world: World = WORLD) -> R:
    """What `call` makes of the sandbox, which plays the faults (`yahoo:down,sec_edgar:429`)."""

    async def session() -> R:
        wire = SandboxTransport(world, faults=Faults.parse(faults))
        async with AsyncExitStack() as stack:

            async def http(policy: ProviderPolicy) -> httpx.AsyncClient:
                client = httpx.AsyncClient(
                    transport=Signing(policy, wire), headers={"User-Agent": "PartnerForge (ops@partnerforge.invalid)"}
                )
                return await stack.enter_async_context(client)

            providers = Settings().providers
            key = SecretStr("the sandbox takes any")
            paid, searching = BuiltWithSettings(api_key=key), WebSearchSettings(api_key=key)
            hiring = JobBoardsSettings(theirstack_api_key=key)
            return await call(
                Clients(
                    yahoo=YahooFinance(await http(yahoo_finance.policy(providers.yahoo))),
                    edgar=SecEdgar(await http(sec_edgar.policy(providers.sec_edgar))),
                    search=WebSearch(await http(web_search.policy(searching))),
                    wikidata=Wikidata(await http(wikidata.policy(providers.wikidata))),
                    builtwith=BuiltWith(await http(builtwith.policy(paid)), paid),
                    boards=JobBoards(await http(job_boards.policy(hiring))),
                    web_pages=WebPages(await http(web_pages.policy(providers.web_page))),
                    gdelt=Gdelt(await http(gdelt.policy(providers.gdelt))),
                    tranco=Tranco(await http(tranco.policy(providers.tranco))),
                    common_crawl=CommonCrawl(await http(common_crawl.policy(providers.common_crawl))),
                    dns=Dns(await http(dns.policy(providers.dns))),
                    waterfalls=Waterfalls(),
                )
            )

    return asyncio.run(session())


async def context_of(domain: str, clients: Clients) -> CompanyContext:
    """The company's context, which most modules stand on."""
    return await company_context(
        account(domain),
        clients.search,
        clients.builtwith,
        clients.wikidata,
        clients.edgar,
        clients.yahoo,
        clients.waterfalls,
    )
