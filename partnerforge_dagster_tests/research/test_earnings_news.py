"""News about earnings, from a search engine on the wire."""

import asyncio
from datetime import date

import httpx
import pytest

from partnerforge_dagster.models.provenance import GapKind
from partnerforge_dagster.models.signals import NewsItem
from partnerforge_dagster.providers.gdelt import Gdelt
from partnerforge_dagster.providers.web_search import WebSearch
from partnerforge_dagster.research.company_news import Newsroom
from partnerforge_dagster.research.earnings_news import KEPT, earnings_news
from partnerforge_dagster.research.inquiry import Inquiry
from partnerforge_dagster_tests.sandboxed import account


def found(*articles: dict[str, str], status: int = 200) -> tuple[tuple[NewsItem, ...], Inquiry, list[httpx.Request]]:
    """What is kept of the articles that Brave answers with."""
    asked: list[httpx.Request] = []

    def serve(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        rows = [
            {"type": "news_result", "url": f"https://news.example/{n}", "description": "", **article}
            for n, article in enumerate(articles)
        ]
        return httpx.Response(status, json={"type": "news", "query": {"original": "q"}, "results": rows})

    async def session() -> tuple[NewsItem, ...]:
        async with httpx.AsyncClient(transport=httpx.MockTransport(serve)) as http:
            return await earnings_news(
                inquiry, Newsroom(WebSearch(http), Gdelt(http), ["web_search"]), "Example Stores"
            )

    inquiry = Inquiry(account("example.com"))
    return asyncio.run(session()), inquiry, asked


def test_articles_that_name_the_company_are_kept_newest_first_and_undated_ones_last() -> None:
    """An article about another company is not news about this one."""
    items, inquiry, asked = found(
        {"title": "Example Stores earnings rise", "page_age": "2026-08-01T09:00:00"},
        {"title": "Somebody else's earnings fall", "page_age": "2026-11-01T09:00:00"},
        {"title": "What to know", "description": "The results of Example Stores, undated"},
        {"title": "Example Stores reports", "page_age": "2026-11-02T09:00:00"},
    )
    assert [item.on for item in items] == [date(2026, 11, 2), date(2026, 8, 1), None]
    assert items[0].sources[0].provider == "web_search"
    assert inquiry.gaps == ()
    assert asked[0].url.params["q"] == '"Example Stores" earnings'


def test_at_most_ten_are_kept() -> None:
    """Ten articles say what fifty say."""
    assert len(found(*({"title": f"Example Stores earnings {n}"} for n in range(30)))[0]) == KEPT


@pytest.mark.parametrize("articles", [[], [{"title": "Somebody else's earnings fall"}]])
def test_nothing_about_the_company_is_nothing_there(articles: list[dict[str, str]]) -> None:
    """No article, or none that names it: asked and answered."""
    items, inquiry, _ = found(*articles)
    assert items == ()
    assert [gap.kind for gap in inquiry.gaps] == [GapKind.NOTHING_THERE]


def test_a_search_that_is_down_could_not_be_asked() -> None:
    """A failure is never an empty list."""
    items, inquiry, _ = found(status=500)
    assert items == ()
    assert [gap.kind for gap in inquiry.gaps] == [GapKind.COULD_NOT_ASK]
