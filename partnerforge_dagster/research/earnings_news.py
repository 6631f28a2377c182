"""News about a company's earnings, for the two modules that look at its money.

Both ask the same question in the same words, so that the second answer comes out of the cache and costs nothing.
Not for: events of other kinds (events.py).
"""

import re

from partnerforge_dagster.models.provenance import Source
from partnerforge_dagster.models.signals import NewsItem
from partnerforge_dagster.providers.engines.records import SearchResult
from partnerforge_dagster.providers.web_search import WebSearch
from partnerforge_dagster.research.company_names import mentions
from partnerforge_dagster.research.company_news import Newsroom
from partnerforge_dagster.research.inquiry import Inquiry

SUBJECT = "earnings news"
FRESHNESS_DAYS = 365
KEPT = 10


_EARNINGS = re.compile(
    r"\bearnings\b|\b(quarter(ly)?|annual|full-year) .*\b(results|profit|revenue|sales)\b", re.IGNORECASE
)
"""Whoever is asked about more than earnings is read by these words."""


async def earnings_news(inquiry: Inquiry, newsroom: Newsroom, name: str) -> tuple[NewsItem, ...]:
    """At most ten articles of the last year that name the company, newest first, undated ones last."""
    query = f'"{name}" earnings'
    answers = await newsroom.ask(
        inquiry, SUBJECT, name, lambda: [newsroom.search.news(query, freshness_days=FRESHNESS_DAYS)]
    )
    hits = [(hit, answer.source) for answer in answers for hit in answer.value or ()]
    on_topic = [_item(hit, source) for hit, source in hits if _tells(hit, source, name)]
    if not on_topic and not any(gap.subject == SUBJECT for gap in inquiry.gaps):
        inquiry.nothing_there(SUBJECT, None, f"no article found names {name}")
    dated = sorted((item for item in on_topic if item.on), key=lambda item: str(item.on), reverse=True)
    return tuple((*dated, *(item for item in on_topic if not item.on))[:KEPT])


def _tells(hit: SearchResult, source: Source, name: str) -> bool:
    asked = source.provider == WebSearch.provider or _EARNINGS.search(hit.title) is not None
    return asked and mentions(f"{hit.title}. {hit.snippet}", (name,))


def _item(hit: SearchResult, source: Source) -> NewsItem:
    return NewsItem(
        title=hit.title,
        url=hit.url,
        snippet=hit.snippet,
        on=hit.on,
        publisher=hit.publisher,
        sources=(source.model_copy(update={"url": hit.url}),),
    )
