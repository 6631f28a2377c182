"""BuiltWith: which technologies a domain runs and ran, and what hangs on it. https://api.builtwith.com

Its habits: errors inside HTTP 200, as objects with a code or as bare sentences; array endpoints that answer an error
with an object; versions that drift per endpoint (settings). Two endpoints of older designs, financial and social, were
retired by July 2026 and are not here.
Not for: the records and how JSON becomes them (builtwith_records.py, builtwith_reading.py), limits, keys (governor/).
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from typing import Any, ClassVar, TypeVar

import httpx

from partnerforge_dagster.governor.policy import HeaderKeys, ProviderPolicy
from partnerforge_dagster.governor.retry import retry_after
from partnerforge_dagster.models.failures import BadAnswer, ProviderError, RateLimited, Refused, Unreachable
from partnerforge_dagster.models.provenance import Answer
from partnerforge_dagster.providers import builtwith_reading as reading
from partnerforge_dagster.providers.builtwith_records import (
    BuiltWithDomain,
    Recommendation,
    Redirects,
    Related,
    Trust,
)
from partnerforge_dagster.providers.client import ProviderClient, parsed_json
from partnerforge_dagster.providers.http_status import sort_by_status
from partnerforge_dagster.providers.lenient import mapping, number, text
from partnerforge_dagster.settings_providers import BuiltWithSettings

T = TypeVar("T")

HOST = "api.builtwith.com"

LOOKUPS_AT_ONCE = 16
"""Domains in one call of the domain endpoint, each billed (vendor's documents)."""

_REFUSALS = {
    -1: "the requested return type is not served",
    -2: "the API key is malformed or wrong; set PARTNERFORGE_PROVIDERS__BUILTWITH__API_KEY",
    -3: "out of credits; buy more or wait for the next period",
    -5: "the plan does not include this; upgrade it",
}
_NOTHING_THERE = (-4, -8)
"""Technology not found; no such root domain or technology."""
_WORTH_ANOTHER_TRY = (-6, -99)
"""Error saving usage; internal error."""
_ONE_AT_A_TIME = -7
_SENTENCES = {
    "api key": -2,
    "root domain": -8,
    "invalid domain": -8,
    "rate limit": -7,
    "one lookup": -7,
    "internal error": -99,
    "not found": -4,
}
"""What a bare sentence stands for, by the first of these that it holds in lower case ("API key not found" is a wrong
key); any other sentence is a refusal. Wording unverified."""

_ENVELOPES: dict[str, tuple[type, ...]] = {
    "Results": (list,),
    "Relationships": (list,),
    "Keywords": (list,),
    "Assessment": (dict,),
    "DBRecord": (dict, type(None)),
    "Inbound": (list, type(None)),
    "Outbound": (list, type(None)),
}
"""What every answer has one of, and its type; recommendations alone are a top-level array."""


class BuiltWith(ProviderClient):
    """One method per endpoint that is live. All raise ProviderError; a value of None is "asked, nothing there"."""

    provider: ClassVar[str] = "builtwith"

    def __init__(self, http: httpx.AsyncClient, settings: BuiltWithSettings) -> None:
        super().__init__(http)
        self._settings = settings

    @classmethod
    def classify(cls, response: httpx.Response) -> ProviderError | None:
        """Sort an answer: -2, -3, -5 are Refused, -6 and -99 Unreachable, -7 RateLimited, -4 and -8 nothing there.

        Any 4xx but 408 and 429 is Refused, a retired endpoint's 404 included: trying again changes nothing.
        """
        status = response.status_code
        if status == 429:
            return RateLimited(cls.provider, "HTTP 429", status=status, retry_after=_pause(response))
        if status != 408 and 400 <= status < 500:
            return Refused(cls.provider, f"HTTP {status}: {_words(response)}", status=status)
        if status != 200:
            return sort_by_status(cls.provider, response, answers=frozenset())
        try:
            body = parsed_json(response)
        except ValueError:
            return BadAnswer(cls.provider, "an answer that is not JSON", status=status)
        return next(filter(None, (_failure(*error, _pause(response)) for error in _errors(body))), None) or _shape(body)

    async def domain(self, domain: str, *, live_only: bool = False) -> Answer[BuiltWithDomain]:
        """Technologies, spend and company facts of one registrable domain. One credit.

        `live_only` leaves out what BuiltWith itself calls gone; `live` of the rest follows our own rule all the same.
        Recorded answers of 2019 and of v21 (2024) are read; v22 and later were never seen from the real service.
        """
        answers = await self._look_up([domain], live_only=live_only)
        return answers[domain]

    async def domains(self, domains: Sequence[str]) -> dict[str, Answer[BuiltWithDomain]]:
        """The same for many, 16 to a call, a credit each; a domain that BuiltWith does not know has the value None.

        Raises ProviderError when any of the calls fails. Sorted, so that the same set is the same cached call.
        """
        wanted = sorted(set(domains))
        chunks = [wanted[start : start + LOOKUPS_AT_ONCE] for start in range(0, len(wanted), LOOKUPS_AT_ONCE)]
        answered = await asyncio.gather(*(self._look_up(chunk) for chunk in chunks))
        found = {domain: answer for answers in answered for domain, answer in answers.items()}
        return {domain: found[domain] for domain in domains}

    async def relationships(self, domain: str) -> Answer[tuple[Related, ...]]:
        """Domains that share an identifier with this one: the first page, 500 matches. One credit. Never seen."""
        return await self._about(
            "relationships",
            self._settings.relationships_version,
            domain,
            lambda body: reading.read_relationships(body["Relationships"], domain) or None,
            page=f"https://builtwith.com/relationships/{domain}",
        )

    async def recommendations(self, domain: str) -> Answer[tuple[Recommendation, ...]]:
        """Technologies that similar sites have, best match first. Never seen from the real service."""
        return await self._about(
            "recommendations",
            self._settings.recommendations_version,
            domain,
            lambda body: reading.read_recommendations(body) or None,
        )

    async def keywords(self, domain: str) -> Answer[tuple[str, ...]]:
        """Words that the site uses of itself. Never seen from the real service."""
        return await self._about(
            "keywords",
            self._settings.keywords_version,
            domain,
            lambda body: reading.read_keywords(body["Keywords"]) or None,
        )

    async def trust(self, domain: str) -> Answer[Trust]:
        """How established the site looks; v1 or v2 by the setting. Never seen from the real service."""
        return await self._about("trust", self._settings.trust_version, domain, reading.read_trust)

    async def redirects(self, domain: str) -> Answer[Redirects]:
        """Domains that redirect here and where this one redirects. Seen in a recorded answer of 2023."""
        return await self._about(
            "redirects",
            self._settings.redirects_version,
            domain,
            reading.read_redirects,
            page=f"https://builtwith.com/redirects/{domain}",
        )

    async def _look_up(self, domains: list[str], *, live_only: bool = False) -> dict[str, Answer[BuiltWithDomain]]:
        # Flags count as set by being there, whatever their value: NOPII leaves personal data out.
        flags = {"NOPII": ""} | ({"LIVEONLY": ""} if live_only else {})
        request = self._request(self._settings.domain_version, ",".join(domains), **flags)

        def parse(response: httpx.Response) -> dict[str, BuiltWithDomain]:
            body = parsed_json(response)
            return reading.read_domains(body.get("Results"), domains)

        answer = await self.ask("domain", request, parse)
        found = answer.value or {}
        return {
            domain: Answer(
                value=found.get(domain),
                source=answer.source.model_copy(update={"url": f"https://builtwith.com/{domain}"}),
            )
            for domain in domains
        }

    async def _about(
        self, endpoint: str, version: str, domain: str, read: Callable[[Any], T | None], *, page: str | None = None
    ) -> Answer[T]:
        def parse(response: httpx.Response) -> T | None:
            body = parsed_json(response)
            return None if _says_nothing_there(body) else read(body)

        return await self.ask(endpoint, self._request(version, domain), parse, url=page)

    def _request(self, version: str, lookup: str, **flags: str) -> httpx.Request:
        return self.http.build_request("GET", f"https://{HOST}/{version}/api.json", params={"LOOKUP": lookup, **flags})


def policy(settings: BuiltWithSettings) -> ProviderPolicy:
    """What the governor must know of BuiltWith."""
    return ProviderPolicy(
        name=BuiltWith.provider,
        settings=settings,
        classify=BuiltWith.classify,
        authorizer=HeaderKeys({HOST: ("Authorization", "API {key}", settings.api_key)}),
        credits=_credits,
    )


def _credits(request: httpx.Request) -> int:
    """A credit for each domain looked up (vendor's documents); the other endpoints take one domain."""
    lookup: str = request.url.params.get("LOOKUP", "")
    return lookup.count(",") + 1


def _errors(body: object) -> Iterator[tuple[int | None, str]]:
    """Code and message of each error in a body; items are objects in recordings and bare strings elsewhere."""
    said = [mapping(body).get(key) for key in ("Errors", "errors", "error")]
    for item in (item for items in said if items for item in (items if isinstance(items, list) else [items])):
        error = mapping(item)
        code = number(error.get("Code", error.get("code")))
        message = text(item) or text(error.get("Message")) or text(error.get("message")) or "an error without words"
        yield None if code is None else int(code), message


def _failure(code: int | None, message: str, pause: float | None) -> ProviderError | None:
    """The failure that an error stands for; None for one that means "nothing there"."""
    provider, words = BuiltWith.provider, message.lower()
    if code is None:
        code = next((code for said, code in _SENTENCES.items() if said in words), None)
    if code in _NOTHING_THERE:
        return None
    if code == _ONE_AT_A_TIME:
        return RateLimited(provider, message, status=200, retry_after=pause)
    if code in _WORTH_ANOTHER_TRY:
        return Unreachable(provider, f"{message} (code {code})", status=200)
    meaning = f"code {code}: {_REFUSALS.get(code, 'undocumented')}" if code is not None else "an error without a code"
    return Refused(provider, f"{message} ({meaning})", status=200)


def _says_nothing_there(body: object) -> bool:
    """Whether an answer that `classify` let through holds an error (so -4 or -8) and nothing else."""
    return any(_errors(body)) and not any(mapping(body).get(key) for key in _ENVELOPES)


def _shape(body: object) -> BadAnswer | None:
    """The envelope, strictly: an answer of another shape must not be stored for a month as "nothing there"."""
    if isinstance(body, list) or any(_errors(body)):
        return None
    seen = {key: value for key, value in mapping(body).items() if key in _ENVELOPES}
    if seen and all(isinstance(value, _ENVELOPES[key]) for key, value in seen.items()):
        return None
    return BadAnswer(BuiltWith.provider, "an answer in none of BuiltWith's envelopes", status=200)


def _pause(response: httpx.Response) -> float | None:
    """Seconds to wait: `retryAfterSeconds` of the body, else the Retry-After header."""
    try:
        said = number(mapping(parsed_json(response)).get("retryAfterSeconds"))
    except ValueError:
        said = None
    return retry_after(response) if said is None else said


def _words(response: httpx.Response) -> str:
    """What a refusal says for people: its first error, or a word on what it may be."""
    try:
        errors = list(_errors(parsed_json(response)))
    except ValueError:
        errors = []
    return errors[0][1] if errors else "key, plan or a retired endpoint; check the key and the version settings"
