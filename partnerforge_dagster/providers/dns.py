"""Records of a domain in the DNS, by Google Public DNS over HTTPS. No key.

https://developers.google.com/speed/public-dns/docs/doh/json. Over HTTPS, because limits, cache, ledger and sandbox then
hold for these questions as for all others. The form is the documented one; unverified, never seen from the service.
Not for: which product a record gives away (research/fingerprints).
"""

from http.client import BAD_REQUEST
from typing import Any, ClassVar, NamedTuple

import httpx

from partnerforge_dagster.governor.policy import ProviderPolicy, free
from partnerforge_dagster.models.failures import BadAnswer, ProviderError, Unreachable
from partnerforge_dagster.models.provenance import Answer
from partnerforge_dagster.providers.client import ProviderClient, parsed_json
from partnerforge_dagster.providers.http_status import sort_json
from partnerforge_dagster.providers.lenient import Row, read_rows
from partnerforge_dagster.settings_providers import DnsSettings

HOST = "dns.google"

_NO_ERROR, _NO_SUCH_NAME = 0, 3
"""https://www.iana.org/assignments/dns-parameters, RCODEs. Any other one says that the resolver could not find out."""


class _Kind(NamedTuple):
    """A kind of record: what is asked for, and the number of what is kept of the answer."""

    asked: str
    kept: int


# An address is asked for, because the answer then holds the whole chain of aliases that leads to it.
_ALIASES, _MAIL, _TEXTS = _Kind("A", 5), _Kind("MX", 15), _Kind("TXT", 16)


class Dns(ProviderClient):
    """Where names lead. An empty tuple is a name without such records, or one that does not exist."""

    provider: ClassVar[str] = "dns"

    @classmethod
    def classify(cls, response: httpx.Response) -> ProviderError | None:
        """A resolver that cannot find out says so inside a 200."""
        if response.status_code == BAD_REQUEST:
            return BadAnswer(cls.provider, "HTTP 400: the name cannot be asked for", status=BAD_REQUEST)
        failure = sort_json(cls.provider, response, _is_answer)
        if failure is not None:
            return failure
        code = parsed_json(response)["Status"]
        if code in (_NO_ERROR, _NO_SUCH_NAME):
            return None
        return Unreachable(cls.provider, f"the resolver could not find out (code {code})", status=200)

    async def aliases(self, host: str) -> Answer[tuple[str, ...]]:
        """Hosts that `host` stands for, one after the other: `shops.myshopify.com`."""
        return await self._records("aliases", host, _ALIASES)

    async def mail_hosts(self, domain: str) -> Answer[tuple[str, ...]]:
        """Hosts that take the domain's mail."""
        answer = await self._records("mail_hosts", domain, _MAIL)
        hosts = tuple(record.rpartition(" ")[2] for record in answer.value or ())  # after the preference: `10 mx.x.com`
        return Answer(value=hosts, source=answer.source)

    async def texts(self, domain: str) -> Answer[tuple[str, ...]]:
        """The domain's TXT records, and of an SPF record each word by itself: hosts that may send its mail."""
        answer = await self._records("texts", domain, _TEXTS)
        texts = tuple(text.replace('"', "").strip() for text in answer.value or ())
        senders = (word.partition(":")[2] for text in texts if text.startswith("v=spf1") for word in text.split())
        return Answer(value=(*texts, *(sender for sender in senders if sender)), source=answer.source)

    async def _records(self, endpoint: str, name: str, kind: _Kind) -> Answer[tuple[str, ...]]:
        address = httpx.URL(f"https://{HOST}/resolve", params={"name": name, "type": kind.asked})
        request = httpx.Request("GET", address, headers={"Accept": "application/dns-json"})
        page = f"https://{HOST}/query?name={name}&rr_type={kind.asked}"

        def parse(response: httpx.Response) -> tuple[str, ...]:
            rows = read_rows(parsed_json(response).get("Answer", []), _record, "Answer")
            return tuple(data.rstrip(".").lower() for number, data in rows if number == kind.kept)

        return await self.ask(endpoint, request, parse, url=page)


def _is_answer(body: Any) -> bool:  # noqa: ANN401 - JSON is what it is
    return isinstance(body, dict) and isinstance(body.get("Status"), int) and isinstance(body.get("Answer", []), list)


def _record(row: Row) -> tuple[int, str]:
    return int(row["type"]), str(row["data"])


def policy(settings: DnsSettings) -> ProviderPolicy:
    """What the governor must know: free, no key."""
    return ProviderPolicy(name=Dns.provider, settings=settings, classify=Dns.classify, credits=free)
