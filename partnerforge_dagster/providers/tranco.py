"""Tranco, https://tranco-list.eu: a domain's place in a research list of the million most popular ones. No key.

The list combines several others over 30 days, so a place is no count of visits and is not SimilarWeb's rank.
Format from public clients of it; unverified, never seen from the real service.
Not for: visits (similarweb.py).
"""

from typing import ClassVar
from urllib.parse import quote

import httpx

from partnerforge_dagster.governor.policy import ProviderPolicy, free
from partnerforge_dagster.models.failures import ProviderError
from partnerforge_dagster.models.provenance import Answer
from partnerforge_dagster.providers.client import ProviderClient, parsed_json
from partnerforge_dagster.providers.http_status import has_list, sort_json
from partnerforge_dagster.providers.lenient import Row, read_rows
from partnerforge_dagster.settings_providers import TrancoSettings

HOST = "tranco-list.eu"


class Tranco(ProviderClient):
    """The rank of a domain."""

    provider: ClassVar[str] = "tranco"

    @classmethod
    def classify(cls, response: httpx.Response) -> ProviderError | None:
        """No habits of its own are known."""
        return sort_json(cls.provider, response, has_list("ranks"))

    async def rank(self, domain: str) -> Answer[int]:
        """The newest rank, 1 is the most popular domain; None when it is not among the first million."""
        request = httpx.Request("GET", f"https://{HOST}/api/ranks/domain/{quote(domain)}")
        return await self.ask("rank", request, _parse, url=f"https://{HOST}/")


def _parse(response: httpx.Response) -> int | None:
    """By date: that the newest comes first is a client's observation."""
    ranks = read_rows(parsed_json(response)["ranks"], _dated_rank, "ranks")
    return max(ranks)[1] if ranks else None


def _dated_rank(row: Row) -> tuple[str, int]:
    return str(row["date"]), int(row["rank"])


def policy(settings: TrancoSettings) -> ProviderPolicy:
    """What the governor must know: free, no key, and a pause between any two requests."""
    return ProviderPolicy(
        name=Tranco.provider, settings=settings, classify=Tranco.classify, credits=free, spacing_s=settings.spacing_s
    )
