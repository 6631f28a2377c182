"""The process's provider clients: each a plain client over its governor over the wire.

Sandbox mode talks to the emulator in this process, or to a served one (`PARTNERFORGE_SANDBOX_URL`); a provider's
`base_url` replaces its hosts in either mode. A tape records what the governors answer, or answers in their place.
Not for: what a client asks (its own file) or what the governor does with it (governor/).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import httpx
import sqlalchemy as sa
from pydantic import SecretStr

from partnerforge_dagster import __version__
from partnerforge_dagster.governor.clock import Clock
from partnerforge_dagster.governor.policy import ProviderPolicy
from partnerforge_dagster.governor.transport import GovernorTransport
from partnerforge_dagster.models.base import Mode
from partnerforge_dagster.models.failures import NotConfigured
from partnerforge_dagster.privacy.bodies import body_without
from partnerforge_dagster.providers import (
    builtwith,
    common_crawl,
    curl_transport,
    dns,
    gdelt,
    job_boards,
    sec_edgar,
    similarweb,
    tranco,
    web_pages,
    web_search,
    wikidata,
)
from partnerforge_dagster.providers import yahoo as yahoo_finance
from partnerforge_dagster.providers.account_calls import with_account_calls
from partnerforge_dagster.providers.builtwith import BuiltWith
from partnerforge_dagster.providers.common_crawl import CommonCrawl
from partnerforge_dagster.providers.curl_transport import CurlTransport
from partnerforge_dagster.providers.dns import Dns
from partnerforge_dagster.providers.gdelt import Gdelt
from partnerforge_dagster.providers.job_boards import JobBoards
from partnerforge_dagster.providers.keys import keeping_keys
from partnerforge_dagster.providers.public_hosts import PublicHosts
from partnerforge_dagster.providers.sandbox.faults import Faults
from partnerforge_dagster.providers.sandbox.latency import Latency
from partnerforge_dagster.providers.sandbox.transport import SandboxTransport, ServedSandboxTransport
from partnerforge_dagster.providers.sandbox.world import World
from partnerforge_dagster.providers.sec_edgar import SecEdgar
from partnerforge_dagster.providers.similarweb import SimilarWeb
from partnerforge_dagster.providers.tranco import Tranco
from partnerforge_dagster.providers.web_pages import WebPages
from partnerforge_dagster.providers.web_search import WebSearch
from partnerforge_dagster.providers.wikidata import Wikidata
from partnerforge_dagster.providers.yahoo import YahooFinance
from partnerforge_dagster.settings import Settings
from partnerforge_dagster.settings_providers import Providers, ProviderSettings, WebPageSettings, YahooSettings
from partnerforge_dagster.store.forgotten import Remembered

CONNECT_S = 5.0

Tape = Callable[[str, Callable[[], httpx.AsyncBaseTransport]], httpx.AsyncBaseTransport]
"""Given a provider's name and how its governor is made: what stands under its client (recording_transports.py)."""


@dataclass(frozen=True)
class Clients:
    """One client for each provider, by the argument names that modules use."""

    builtwith: BuiltWith
    similarweb: SimilarWeb
    yahoo: YahooFinance
    edgar: SecEdgar
    search: WebSearch
    boards: JobBoards
    wikidata: Wikidata
    web_pages: WebPages
    gdelt: Gdelt
    tranco: Tranco
    common_crawl: CommonCrawl
    dns: Dns


def build_clients(
    settings: Settings, engine: sa.Engine, clock: Clock | None = None, tape: Tape | None = None
) -> Clients:
    """Clients that share the store's limits, cache and ledger; real time unless told otherwise. Opens no connection."""
    providers = settings.providers if settings.mode is Mode.LIVE else _without_keys(settings.providers)
    wire = _wire(settings)
    remembered = Remembered(engine)

    def clean(body: bytes, account: str | None) -> bytes:
        forgotten = remembered.of(account)
        return body if forgotten is None else body_without(body, forgotten)

    def governed(policy: ProviderPolicy) -> httpx.AsyncBaseTransport:
        reason = why_left_out(settings, policy.name)
        if reason is not None:
            return LeftOut(policy.name, reason)
        guarded = replace(keeping_keys(with_account_calls(policy)), clean=clean)
        return GovernorTransport(guarded, wire(policy.settings), engine, clock)

    def http(policy: ProviderPolicy) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            transport=tape(policy.name, partial(governed, policy)) if tape else governed(policy),
            headers={"User-Agent": f"PartnerForge/{__version__} ({settings.contact})"},
            timeout=httpx.Timeout(policy.settings.timeout_s, connect=CONNECT_S, pool=None),
            follow_redirects=True,
        )

    return Clients(
        builtwith=BuiltWith(http(builtwith.policy(providers.builtwith)), providers.builtwith),
        similarweb=SimilarWeb(http(similarweb.policy(providers.similarweb))),
        yahoo=YahooFinance(http(yahoo_finance.policy(providers.yahoo))),
        edgar=SecEdgar(http(sec_edgar.policy(providers.sec_edgar))),
        search=WebSearch(http(web_search.policy(providers.web_search))),
        boards=JobBoards(http(job_boards.policy(providers.job_boards))),
        wikidata=Wikidata(http(wikidata.policy(providers.wikidata))),
        web_pages=WebPages(http(web_pages.policy(providers.web_page))),
        gdelt=Gdelt(http(gdelt.policy(providers.gdelt))),
        tranco=Tranco(http(tranco.policy(providers.tranco))),
        common_crawl=CommonCrawl(http(common_crawl.policy(providers.common_crawl))),
        dns=Dns(http(dns.policy(providers.dns))),
    )


class LeftOut(httpx.AsyncBaseTransport):
    """Stands for a provider that is not to be asked at all, for want of something other than a key."""

    def __init__(self, provider: str, reason: str) -> None:
        self._provider = provider
        self._reason = reason

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Raises NotConfigured."""
        del request
        raise NotConfigured(self._provider, self._reason)


def why_left_out(settings: Settings, provider: str) -> str | None:
    """Why live mode does not ask Yahoo; None when it does, and for every other provider. The sandbox always has it."""
    if provider != YahooFinance.provider or settings.mode is not Mode.LIVE:
        return None
    switch = "PARTNERFORGE_PROVIDERS__YAHOO__ENABLED"
    if not settings.providers.yahoo.enabled:
        return f"it is not switched on, so it was not asked ({switch}=true; its terms: docs/providers/yahoo.md)"
    if not curl_transport.installed():
        return f"{switch} is true, but curl_cffi is not installed: pip install 'partnerforge[yahoo]'"
    return None


def _without_keys(providers: Providers) -> Providers:
    """The sandbox takes any key, and a real one must not reach it: its log is a file."""

    def masked(provider: ProviderSettings) -> ProviderSettings:
        keys = [name for name in type(provider).model_fields if name.endswith("api_key")]
        return provider.model_copy(update=dict.fromkeys(keys, SecretStr("sandbox")))

    return providers.model_copy(update={name: masked(provider) for name, provider in providers.named().items()})


def _wire(settings: Settings) -> Callable[[ProviderSettings], httpx.AsyncBaseTransport]:
    """What carries the requests of a provider."""
    in_process: list[SandboxTransport] = []
    # Each would read the certificates of all authorities anew, which is a tenth of what a run's process takes to start.
    tls = httpx.create_ssl_context()

    def transport(provider: ProviderSettings) -> httpx.AsyncBaseTransport:
        real: httpx.AsyncBaseTransport
        if settings.mode is Mode.LIVE and isinstance(provider, YahooSettings):
            real = CurlTransport(provider.max_body_bytes)
        elif settings.mode is Mode.LIVE and isinstance(provider, WebPageSettings) and not provider.base_url:
            real = PublicHosts(WebPages.provider, tls, provider.at_once)
        else:
            real = httpx.AsyncHTTPTransport(verify=tls, limits=httpx.Limits(max_connections=provider.at_once))
        if provider.base_url:
            return ServedSandboxTransport(provider.base_url, real)
        if settings.mode is Mode.LIVE:
            return real
        if settings.sandbox_url:
            return ServedSandboxTransport(settings.sandbox_url, real)
        if not in_process:
            in_process.append(
                SandboxTransport(
                    World(settings.sandbox_date()),
                    latency=Latency.parse(settings.sandbox_latency),
                    faults=Faults.parse(settings.sandbox_faults),
                )
            )
        return in_process[0]

    return transport
