"""Wikidata, https://www.wikidata.org: a company by its website, CC0.

Three requests: which item has this website (SPARQL), the item itself, and the English labels of what it points to.
SPARQL and entity formats seen in recorded answers (of other subjects than companies); limits from the query service's
manual: 429 with `Retry-After`, and ignoring it brings a ban of 24 hours.
Not for: reading statements (wikidata_claims.py) or deciding who the account is (research/identity.py).
"""

import re
from functools import partial
from http.client import NOT_FOUND, OK
from typing import Any, ClassVar, NamedTuple

import httpx

from partnerforge_dagster.governor.policy import ProviderPolicy, free
from partnerforge_dagster.governor.retry import retry_after
from partnerforge_dagster.models.failures import BadAnswer, ProviderError, RateLimited
from partnerforge_dagster.models.provenance import Answer
from partnerforge_dagster.providers.client import ProviderClient, parsed_json
from partnerforge_dagster.providers.http_status import has_list, sort_json
from partnerforge_dagster.providers.lenient import Row, mapping, text
from partnerforge_dagster.providers.wikidata_claims import WikidataCompany, company_of, english, items_named
from partnerforge_dagster.settings_providers import WikidataSettings

SPARQL_HOST = "query.wikidata.org"
HOST = "www.wikidata.org"

_QUERY = """SELECT ?item ?sitelinks ?countryCode WHERE {{
  VALUES ?website {{ {websites} }}
  ?item wdt:P856 ?website .
  OPTIONAL {{ ?item wikibase:sitelinks ?sitelinks }}
  OPTIONAL {{ ?item wdt:P17/wdt:P297 ?countryCode }}
}}"""
_ITEM = re.compile(r"http://www\.wikidata\.org/entity/(Q[1-9]\d*)")
_LABELS_AT_ONCE = 50
"""Most ids that one wbgetentities request may name."""


class _Match(NamedTuple):
    """One item that has the website."""

    qid: str
    sitelinks: int
    country_code: str | None


class Wikidata(ProviderClient):
    """A company by its domain."""

    provider: ClassVar[str] = "wikidata"

    @classmethod
    def classify(cls, response: httpx.Response) -> ProviderError | None:
        """A 404 of an entity is "deleted"; the API reports errors inside a 200."""
        if response.request.url.host == SPARQL_HOST:
            return sort_json(cls.provider, response, _is_result_table)
        failure = sort_json(cls.provider, response, lambda body: isinstance(body, dict), answers=frozenset({404}))
        if failure is not None or response.status_code != OK:
            return failure
        error = mapping(parsed_json(response).get("error"))
        if error.get("code") in {"maxlag", "ratelimited"}:
            return RateLimited(cls.provider, str(error.get("code")), status=200, retry_after=retry_after(response))
        if error or not isinstance(parsed_json(response).get("entities"), dict):
            return BadAnswer(
                cls.provider, f"no entities in the answer: {error.get('info', 'unknown form')}", status=200
            )
        return None

    async def company(self, domain: str) -> Answer[WikidataCompany]:
        """The company whose official website (P856) is this domain; None when Wikidata has none.

        Of several items with the same website the one with most Wikipedia articles is taken.
        """
        found = await self.ask("website_match", _match_request(domain), _parse_matches)
        if not found.value:
            return Answer(value=None, source=found.source)
        best = found.value[0]
        entity = await self.entity(best.qid)
        if entity.value is None:
            return Answer(value=None, source=entity.source)
        labels = await self._labels(items_named(entity.value))
        company = company_of(entity.value, labels, best.country_code)
        return Answer(value=company, source=entity.source)

    async def entity(self, qid: str) -> Answer[dict[str, Any]]:
        """One item as Wikidata's JSON; None when it was deleted. A redirected id answers with the item it leads to."""
        request = httpx.Request("GET", f"https://{HOST}/wiki/Special:EntityData/{qid}.json")
        return await self.ask("entity", request, partial(_parse_entity, qid=qid), url=f"https://{HOST}/wiki/{qid}")

    async def _labels(self, items: tuple[str, ...]) -> dict[str, str]:
        labels: dict[str, str] = {}
        for start in range(0, len(items), _LABELS_AT_ONCE):
            params = {
                "action": "wbgetentities",
                "ids": "|".join(items[start : start + _LABELS_AT_ONCE]),
                "props": "labels",
                "languages": "en|mul",
                "format": "json",
            }
            request = httpx.Request("GET", f"https://{HOST}/w/api.php", params=params)
            labels |= (await self.ask("labels", request, _parse_labels)).value or {}
        return labels


def _match_request(domain: str) -> httpx.Request:
    """Exact match over the usual spellings of a website: a substring filter over all websites times out."""
    hosts = (f"www.{domain}", domain)
    spellings = [f"<{scheme}://{host}{end}>" for scheme in ("https", "http") for host in hosts for end in ("/", "")]
    return httpx.Request(
        "GET",
        f"https://{SPARQL_HOST}/sparql",
        params={"query": _QUERY.format(websites=" ".join(spellings)), "format": "json"},
        headers={"Accept": "application/sparql-results+json"},
    )


def _is_result_table(body: Any) -> bool:  # noqa: ANN401 - any JSON
    return isinstance(body, dict) and has_list("bindings")(body.get("results"))


def _parse_matches(response: httpx.Response) -> tuple[_Match, ...] | None:
    """Items, best known first, each once. A variable that is unbound is missing; a bnode is no item."""
    matches = (_match(mapping(row)) for row in parsed_json(response)["results"]["bindings"])
    found = {match.qid: match for match in matches if match is not None}
    return tuple(sorted(found.values(), key=lambda match: (-match.sitelinks, len(match.qid), match.qid))) or None


def _match(row: Row) -> _Match | None:
    item = _ITEM.fullmatch(str(mapping(row.get("item")).get("value")))
    if item is None:
        return None
    sitelinks = str(mapping(row.get("sitelinks")).get("value"))
    return _Match(
        qid=item[1],
        sitelinks=int(sitelinks) if sitelinks.isdigit() else 0,
        country_code=text(mapping(row.get("countryCode")).get("value")),
    )


def _parse_entity(response: httpx.Response, qid: str) -> dict[str, Any] | None:
    """The item under its id, or under another one after a redirect."""
    if response.status_code == NOT_FOUND:
        return None
    entities = parsed_json(response)["entities"]
    entity = entities.get(qid) or next(iter(entities.values()), {"missing": ""})
    return None if "missing" in entity else {"id": entity["id"], **entity}


def _parse_labels(response: httpx.Response) -> dict[str, str]:
    found = {item: english(mapping(entity).get("labels")) for item, entity in parsed_json(response)["entities"].items()}
    return {item: label for item, label in found.items() if label is not None}


def policy(settings: WikidataSettings) -> ProviderPolicy:
    """What the governor must know: free, no key, but a User-Agent with a contact."""
    return ProviderPolicy(
        name=Wikidata.provider,
        settings=settings,
        classify=Wikidata.classify,
        credits=free,
    )
