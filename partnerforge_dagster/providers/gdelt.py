"""GDELT DOC 2.0, https://api.gdeltproject.org/api/v2/doc/doc: headlines of the last three months. No key.

Format and habits are from public notes of its users; unverified, never seen from the real service: the form of an
article, `{}` for none, a plain sentence with status 200 for "slow down" and for a query that it does not understand.
Not for: what the headlines tell (research/events.py).
"""

from datetime import UTC, datetime
from typing import Any, ClassVar

import httpx

from partnerforge_dagster.governor.policy import ProviderPolicy, free
from partnerforge_dagster.models.failures import BadAnswer, ProviderError, RateLimited
from partnerforge_dagster.models.provenance import Answer
from partnerforge_dagster.providers.client import ProviderClient, parsed_json
from partnerforge_dagster.providers.engines.records import SearchResult
from partnerforge_dagster.providers.http_status import sort_by_status, sort_json
from partnerforge_dagster.providers.lenient import Row, read_rows
from partnerforge_dagster.providers.plain_text import plain
from partnerforge_dagster.settings_providers import GdeltSettings

HOST = "api.gdeltproject.org"
MOST = 250
"""Articles that one answer holds at most."""

_SLOW_DOWN = "limit requests"
"""In the sentence that stands for a 429; the same sentence comes well below the announced rate at times."""


class Gdelt(ProviderClient):
    """News about a company: title, address, day and publisher, no excerpts."""

    provider: ClassVar[str] = "gdelt"

    @classmethod
    def classify(cls, response: httpx.Response) -> ProviderError | None:
        """Throttling is "not measured", whatever its status; a query that was not understood is our mistake."""
        said = response.text.lstrip("\ufeff").strip()
        if response.status_code == httpx.codes.OK and said and said[0] not in "{[<":
            if _SLOW_DOWN in said.lower():
                return RateLimited(cls.provider, "it asks for one request every 5 seconds", status=200)
            return BadAnswer(cls.provider, f"the query was not understood: {said[:120]}", status=200)
        if response.status_code != httpx.codes.OK:
            return sort_by_status(cls.provider, response)
        return sort_json(cls.provider, response, _is_article_list)

    async def news(self, name: str, words: tuple[str, ...]) -> Answer[tuple[SearchResult, ...]]:
        """Articles in English that have the name and at least one of the words, newest first; None when there are none.

        `words` of fewer than three letters and an empty list are not understood by GDELT.
        """
        quoted = (f'"{word}"' if " " in word else word for word in words)
        params = {
            "query": f'"{name.replace(chr(34), " ")}" ({" OR ".join(quoted)}) sourcelang:english',
            "mode": "artlist",
            "format": "json",
            "maxrecords": str(MOST),
            "sort": "datedesc",
        }
        return await self.ask("news", httpx.Request("GET", f"https://{HOST}/api/v2/doc/doc", params=params), _parse)


def _is_article_list(body: Any) -> bool:  # noqa: ANN401 - any JSON
    """`{}` is "no articles"; another object without articles is something else."""
    return isinstance(body, dict) and (not body or isinstance(body.get("articles"), list))


def _parse(response: httpx.Response) -> tuple[SearchResult, ...] | None:
    return read_rows(parsed_json(response).get("articles"), _article, "articles") or None


def _article(row: Row) -> SearchResult:
    seen = datetime.strptime(row["seendate"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    return SearchResult(
        title=plain(row["title"]), url=row["url"], snippet="", on=seen.date(), publisher=row.get("domain") or None
    )


def policy(settings: GdeltSettings) -> ProviderPolicy:
    """What the governor must know: free, no key, and a pause between any two requests."""
    return ProviderPolicy(
        name=Gdelt.provider, settings=settings, classify=Gdelt.classify, credits=free, spacing_s=settings.spacing_s
    )
