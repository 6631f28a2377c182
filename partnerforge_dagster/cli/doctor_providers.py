"""The providers as `partnerforge doctor` sees them: keys, reachability, plan, credits. Only calls that cost nothing.

They go through the governor like any other: limits, breaker and ledger hold, and a finding is what modules would see.
Not for: what the calls are (providers/account_calls.py).
"""

import asyncio
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, NamedTuple

import httpx

from partnerforge_dagster.cli.doctor_findings import Finding, State
from partnerforge_dagster.governor.context import calling
from partnerforge_dagster.governor.extensions import DELIVERY, ENDPOINT
from partnerforge_dagster.key_gains import KeyGain, gain_of
from partnerforge_dagster.models.base import Mode
from partnerforge_dagster.models.failures import CircuitOpen, ProviderError, Refused
from partnerforge_dagster.providers.account_calls import ACCOUNT_CALLS, AccountCall, Standing
from partnerforge_dagster.providers.client import parsed_json
from partnerforge_dagster.providers.clients import Clients, why_left_out
from partnerforge_dagster.settings import PREFIX, Settings
from partnerforge_dagster.wording import provider as wording

if TYPE_CHECKING:
    import sqlalchemy as sa

PART = "Providers"
ASK_S = 20.0
"""Seconds for one provider, tries included."""
_ENGINES = {"api_key": "Brave", "serper_api_key": "Serper", "tavily_api_key": "Tavily"}
_WOULD_COST = "its key is set; not asked: every call is billed"


class _Question(NamedTuple):
    """A free call of a provider that has no account: is it there?"""

    endpoint: str
    url: str


_FREE: dict[str, _Question] = {
    # An entity without filings: the smallest answer there is.
    "sec_edgar": _Question("submissions", "https://data.sec.gov/submissions/CIK0000350001.json"),
    "wikidata": _Question(
        "entities",
        "https://www.wikidata.org/w/api.php?action=wbgetentities&ids=Q1&props=labels&languages=en&format=json",
    ),
    "job_boards": _Question("greenhouse", "https://boards-api.greenhouse.io/v1/boards/greenhouse/jobs"),
    "yahoo": _Question("quote", "https://query2.finance.yahoo.com/v7/finance/quote?symbols=AAPL"),
    "gdelt": _Question(
        "news", "https://api.gdeltproject.org/api/v2/doc/doc?query=costco&mode=artlist&format=json&maxrecords=1"
    ),
    "tranco": _Question("rank", "https://tranco-list.eu/api/ranks/domain/wikipedia.org"),
    "common_crawl": _Question("crawls", "https://index.commoncrawl.org/collinfo.json"),
    "dns": _Question("aliases", "https://dns.google/resolve?name=dns.google&type=A"),
}


class Answered(NamedTuple):
    """What came of one call."""

    response: httpx.Response | None
    failure: str = "it could not be asked"
    refused: bool = False
    """Whether a person must act: key, plan or credits."""


class Examination:
    """Asks every provider side by side."""

    def __init__(self, settings: Settings, engine: "sa.Engine", clients: Clients) -> None:
        self._settings = settings
        self._engine = engine
        self._https = {client.provider: client.http for client in vars(clients).values()}
        self.skews: list[float] = []
        """Seconds that this machine's clock was ahead of each answer's Date."""

    def findings(self) -> list[Finding]:
        """Of all providers, in the order of the settings."""

        async def all_of_them() -> list[list[Finding]]:
            try:
                return await asyncio.gather(*(self._provider(name) for name in self._settings.providers.named()))
            finally:
                await asyncio.gather(*(http.aclose() for http in self._https.values()))

        return [finding for some in asyncio.run(all_of_them()) for finding in some]

    async def _provider(self, name: str) -> list[Finding]:
        """With accounts: a line for each key. Others: whether it is there."""
        budget = self._over_budget(name)
        gain = gain_of(name)
        keyed = [await self._key(gain, key) for key in gain.keys] if gain else []
        if gain and not any(finding.state is not State.OFF for finding in keyed):
            keyed = [self._without_key(gain)]
        free = [await self._reachable(name)] if name in _FREE else []
        if not keyed and not free:
            free = [Finding(PART, wording(name), State.NOT_ASKED, "not one service: asked as accounts need it")]
        return [*free, *(finding for finding in keyed if finding.state is not State.OFF or len(keyed) == 1), *budget]

    async def _key(self, gain: KeyGain, key: str) -> Finding:
        name = _name(gain, key)
        provider = self._settings.providers.named()[gain.provider]
        calls = [call for call in ACCOUNT_CALLS.get(gain.provider, ()) if call.key == key]
        sandbox = self._settings.mode is Mode.SANDBOX
        if not sandbox and not getattr(provider, key):
            return Finding(PART, name, State.OFF, "no key")
        if not calls:
            found = "not asked: every call is billed" if sandbox else _WOULD_COST
            return Finding(PART, name, State.NOT_ASKED, found, details={"key": not sandbox})
        return await self._account(gain, name, key, calls)

    async def _account(self, gain: KeyGain, name: str, key: str, calls: list[AccountCall]) -> Finding:
        standing = Standing()
        for call in calls:
            answered = await self._ask(gain.provider, call.endpoint, call.request())
            if answered.response is None:
                return _failed(name, answered, call.host, f"check {_variable(gain.provider, key)}, plan and credits")
            said = call.read(parsed_json(answered.response)) or Standing()
            standing = standing._replace(**{name: value for name, value in said._asdict().items() if value is not None})
        left = None if standing.remaining is None else f"{standing.remaining:,} credits left"
        found = ", ".join(part for part in (standing.plan, left, standing.limits) if part) or "it answers"
        details = {"key": self._settings.mode is Mode.LIVE, **standing._asdict()}
        if versions := self._versions(gain.provider):
            found = f"{found}; paths {', '.join(versions.values())}"
            details["versions"] = versions
        if standing.remaining is not None and standing.remaining <= 0:
            return Finding(PART, name, State.FIX, found, "buy credits, or wait for the next period", details)
        return Finding(PART, name, State.OK, found, details=details)

    def _versions(self, provider: str) -> dict[str, str]:
        """Path versions that drift, of the provider that has such."""
        given = self._settings.providers.named()[provider]
        names = [name for name in type(given).model_fields if name.endswith("_version")]
        return {name.removesuffix("_version"): getattr(given, name) for name in names}

    def _without_key(self, gain: KeyGain) -> Finding:
        hint = f"{' or '.join(gain.variables)} would add {gain.adds}"
        return Finding(PART, gain.service, State.OFF, f"no key. {gain.instead}", hint, {"key": False})

    async def _reachable(self, name: str) -> Finding:
        reason = why_left_out(self._settings, name)
        if reason is not None:
            missing = self._settings.providers.yahoo.enabled
            return Finding(PART, wording(name), State.FIX if missing else State.OFF, reason)
        question = _FREE[name]
        answered = await self._ask(name, question.endpoint, httpx.Request("GET", question.url))
        if answered.response is None:
            return _failed(wording(name), answered, httpx.URL(question.url).host, "it refuses us; see docs/providers")
        return Finding(PART, wording(name), State.OK, "it answers; no key needed")

    async def _ask(self, provider: str, endpoint: str, request: httpx.Request) -> Answered:
        """A new answer, not one of the cache. An old one that stands in for it is a failure."""
        http = self._https[provider]
        request.headers.update(http.headers)
        request.extensions[ENDPOINT] = endpoint
        try:
            with calling(force=True):
                async with asyncio.timeout(ASK_S):
                    response = await http.send(request)
        except TimeoutError:
            return Answered(None, f"no answer within {ASK_S:g} s")
        except ProviderError as failure:
            return _failed_with(failure)
        if response.extensions[DELIVERY]["stale"]:
            return self._last_failure(provider)
        skew = _skew(response)
        if skew is not None:
            self.skews.append(skew)
        return Answered(response)

    def _last_failure(self, provider: str) -> Answered:
        """Why an old answer had to do, as the ledger has it."""
        from partnerforge_dagster.store.calls import Calls

        row = Calls(self._engine).newest(1, provider=provider)[0]
        return Answered(None, str(row["detail"]).removeprefix(f"{provider}: "), row["status"] == "refused")

    def _over_budget(self, name: str) -> list[Finding]:
        """Our own budget of the month, where it is spent."""
        from partnerforge_dagster.store.calls import Calls

        budget = self._settings.providers.named()[name].credits_a_month
        spent = Calls(self._engine).spent(f"{datetime.now(UTC):%Y-%m}").get(name, 0)
        if budget is None or spent < budget:
            return []
        said = f"{spent:,} of our own budget of {budget:,} credits are spent this month"
        fix = f"raise {_variable(name, 'credits_a_month')}, or wait for the next month"
        return [Finding(PART, f"{wording(name)}, budget", State.FIX, said, fix)]


def _name(gain: KeyGain, key: str) -> str:
    return _ENGINES.get(key, gain.service) if gain.provider == "web_search" else gain.service


def _variable(provider: str, name: str) -> str:
    return f"{PREFIX}PROVIDERS__{provider}__{name}".upper()


def _failed(name: str, answered: Answered, host: str, when_refused: str) -> Finding:
    away = f"can {host} be reached from here (network, DNS, firewall)? If so, the trouble is its own: try later"
    return Finding(PART, name, State.FIX, answered.failure, when_refused if answered.refused else away)


def _failed_with(failure: ProviderError) -> Answered:
    if isinstance(failure, CircuitOpen):
        return Answered(None, f"{failure.detail}; it is tried again by itself in {failure.retry_after:.0f} s")
    return Answered(None, failure.detail, isinstance(failure, Refused))


def _skew(response: httpx.Response) -> float | None:
    """Seconds that our clock was ahead of the answer's Date when it came; None without a readable one."""
    try:
        said = parsedate_to_datetime(response.headers["date"])
        age = timedelta(seconds=float(response.headers.get("age", "0")))
    except (KeyError, ValueError):
        return None
    fetched: datetime = response.extensions[DELIVERY]["fetched_at"]
    return (fetched - said.astimezone(UTC) - age).total_seconds()
