"""News about a company from whoever is first in the order of the settings and has some.

GDELT is asked once for all modules, in the same words, so that the second one has its answer from the cache: it lets
one request through every five seconds. It gives headlines only.
Not for: what the news tell (events.py, earnings_news.py).
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from partnerforge_dagster.models.provenance import Answer
from partnerforge_dagster.providers.engines.records import SearchResult
from partnerforge_dagster.providers.gdelt import Gdelt
from partnerforge_dagster.providers.web_search import WebSearch
from partnerforge_dagster.research.inquiry import Inquiry
from partnerforge_dagster.research.stating import or_empty
from partnerforge_dagster.research.waterfall import fall

Hits = Answer[tuple[SearchResult, ...]]

GDELT_WORDS = (
    "acquires", "acquisition", "acquired", "merger", "replatforming", "e-commerce platform", "new platform", "expands",
    "expansion", "opens", "appoints", "appointed", "names", "chief executive", "funding", "raises", "layoffs",
    "job cuts", "launches", "launch", "earnings", "quarterly results",
)  # fmt: skip
"""GDELT finds words as they are written, not their stems."""


@dataclass(frozen=True)
class Newsroom:
    """Who can be asked for news."""

    search: WebSearch
    gdelt: Gdelt
    order: Sequence[str]

    async def ask(
        self, inquiry: Inquiry, subject: str, name: str, searches: Callable[[], Sequence[Awaitable[Hits]]]
    ) -> tuple[Hits, ...]:
        """Answers about the company called `name`; `searches` are the web searches. An empty one is no gap."""
        return await fall(
            inquiry,
            subject,
            self.order,
            {
                WebSearch.provider: lambda: [or_empty(call) for call in searches()],
                Gdelt.provider: lambda: [or_empty(self.gdelt.news(name, GDELT_WORDS))],
            },
        )
