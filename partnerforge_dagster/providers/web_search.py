"""Web and news search: Brave first, then Serper, then Tavily, whichever has a key and answers.

Not for: an engine's format (engines/) or what the hits mean (research/events.py).
"""

from collections.abc import Awaitable, Callable
from typing import ClassVar, TypeVar

import httpx

from partnerforge_dagster.governor.policy import HeaderKeys, ProviderPolicy
from partnerforge_dagster.models.failures import BadAnswer, NotConfigured, OverBudget, ProviderError
from partnerforge_dagster.models.provenance import Answer
from partnerforge_dagster.providers.client import ProviderClient
from partnerforge_dagster.providers.days import worded_day
from partnerforge_dagster.providers.engines import brave, serper, tavily
from partnerforge_dagster.providers.engines.records import SearchResult
from partnerforge_dagster.settings_providers import WebSearchSettings

T = TypeVar("T")
Results = tuple[SearchResult, ...]

_CLASSIFY = {brave.HOST: brave.classify, serper.HOST: serper.classify, tavily.HOST: tavily.classify}


class WebSearch(ProviderClient):
    """One question to whichever engine answers. All methods raise ProviderError when none could be asked."""

    provider: ClassVar[str] = "web_search"

    @classmethod
    def classify(cls, response: httpx.Response) -> ProviderError | None:
        """By the engine that was asked; its host stays in the request even where a sandbox answers."""
        return _CLASSIFY[response.request.url.host](cls.provider, response)

    async def web(self, query: str) -> Answer[Results]:
        """Pages about `query`, best first."""
        return await _first(
            lambda: self.brave_web(query), lambda: self._serper_results(query), lambda: self.tavily_web(query)
        )

    async def news(self, query: str, *, freshness_days: int | None = None) -> Answer[Results]:
        """Articles about `query`, at most about `freshness_days` old (engines know day, week, month, year)."""
        return await _first(
            lambda: self.brave_news(query, freshness_days=freshness_days),
            lambda: self.serper_news(query, freshness_days=freshness_days),
            lambda: self.tavily_news(query, freshness_days=freshness_days),
        )

    async def brave_web(self, query: str) -> Answer[Results]:
        """Brave's web search."""
        return await self.ask("brave_web", brave.web_request(query), brave.parse_web)

    async def brave_news(self, query: str, *, freshness_days: int | None = None) -> Answer[Results]:
        """Brave's news search."""
        return await self.ask("brave_news", brave.news_request(query, freshness_days), brave.parse_news)

    async def serper_web(self, query: str) -> Answer[serper.SerperPage]:
        """Google's hits by Serper, with the company panel (`knowledge_graph`) where Google shows one."""
        answer = await self.ask("serper_web", serper.web_request(query), serper.parse_web)
        page = answer.value
        if page is None:
            return answer
        dated = page.model_copy(update={"results": _dated(page.results, answer)})
        return answer.model_copy(update={"value": dated})

    async def serper_news(self, query: str, *, freshness_days: int | None = None) -> Answer[Results]:
        """Google's news by Serper; relative dates count from the moment the answer was fetched."""
        answer = await self.ask("serper_news", serper.news_request(query, freshness_days), serper.parse_news)
        return answer.model_copy(update={"value": _dated(answer.value, answer)}) if answer.value else answer

    async def tavily_web(self, query: str) -> Answer[Results]:
        """Tavily's general topic."""
        return await self.ask("tavily_web", tavily.web_request(query), tavily.parse)

    async def tavily_news(self, query: str, *, freshness_days: int | None = None) -> Answer[Results]:
        """Tavily's news topic."""
        return await self.ask("tavily_news", tavily.news_request(query, freshness_days), tavily.parse)

    async def _serper_results(self, query: str) -> Answer[Results]:
        answer = await self.serper_web(query)
        results = answer.value.results if answer.value else ()
        return Answer(value=results or None, source=answer.source)


async def _first(*attempts: Callable[[], Awaitable[Answer[T]]]) -> Answer[T]:
    """The first engine that answers, "nothing there" being an answer too.

    An answer in the wrong format or a spent budget ends the search: the next engine would cost without need, or
    is bound by the same budget. When none answers, the first real failure is raised, else "not configured".
    """
    failures: list[ProviderError] = []
    for attempt in attempts:
        try:
            return await attempt()
        except (BadAnswer, OverBudget):
            raise
        except ProviderError as failure:
            failures.append(failure)
    raise next((failure for failure in failures if not isinstance(failure, NotConfigured)), failures[0])


def _dated(results: Results, answer: Answer[T]) -> Results:
    """Hits whose age is in words (`2 weeks ago`), counted from the moment the answer was fetched."""
    fetched_at = answer.source.fetched_at
    return tuple(hit.model_copy(update={"on": worded_day(hit.age, fetched_at)}) if hit.age else hit for hit in results)


def policy(settings: WebSearchSettings) -> ProviderPolicy:
    """What the governor must know: a key per engine, one credit a request."""
    return ProviderPolicy(
        name=WebSearch.provider,
        settings=settings,
        classify=WebSearch.classify,
        authorizer=HeaderKeys(
            {
                brave.HOST: (brave.KEY_HEADER, "{key}", settings.api_key),
                serper.HOST: (serper.KEY_HEADER, "{key}", settings.serper_api_key),
                tavily.HOST: ("Authorization", "Bearer {key}", settings.tavily_api_key),
            }
        ),
    )
