"""News about a company's earnings, for the two modules that look at its money.

Both ask the same question in the same words, so that the second answer comes out of the cache and costs nothing.
Not for: events of other kinds (events.py).
"""

from partnerforge_dagster.models.provenance import Source
from partnerforge_dagster.models.signals import NewsItem
from partnerforge_dagster.providers.engines.records import SearchResult
from partnerforge_dagster.providers.web_search import WebSearch
from partnerforge_dagster.research.company_names import mentions
from partnerforge_dagster.research.inquiry import Inquiry

FRESHNESS_DAYS = 365
KEPT = 10


async def earnings_news(inquiry: Inquiry, search: WebSearch, name: str) -> tuple[NewsItem, ...]:
    """At most ten articles of the last year that name the company, newest first, undated ones last."""
    answer = await inquiry.ask("earnings news", search.news(f'"{name}" earnings', freshness_days=FRESHNESS_DAYS))
    if answer is None or answer.value is None:
        return ()
    on_topic = [_item(hit, answer.source) for hit in answer.value if mentions(f"{hit.title}. {hit.snippet}", (name,))]
    if not on_topic:
        inquiry.nothing_there("earnings news", answer.source.provider, f"no article found names {name}")
    dated = sorted((item for item in on_topic if item.on), key=lambda item: str(item.on), reverse=True)
    return tuple((*dated, *(item for item in on_topic if not item.on))[:KEPT])


def _item(hit: SearchResult, source: Source) -> NewsItem:
    return NewsItem(
        title=hit.title, url=hit.url, snippet=hit.snippet, on=hit.on, publisher=hit.publisher, sources=(source,)
    )
