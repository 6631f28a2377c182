"""M07 strategic context: dated events in the news and on the web.

Not for: what events are worth (signal_scoring.py) or by which words they are told (research/events.py).
"""

from collections.abc import Awaitable, Sequence

from partnerforge_dagster.models.account import Account
from partnerforge_dagster.models.company_context import CompanyContext
from partnerforge_dagster.models.strategic_context import StrategicContext
from partnerforge_dagster.orchestration.module import module
from partnerforge_dagster.providers.gdelt import Gdelt
from partnerforge_dagster.providers.web_search import WebSearch
from partnerforge_dagster.research.company_names import names_of
from partnerforge_dagster.research.company_news import Hits, Newsroom
from partnerforge_dagster.research.events import events
from partnerforge_dagster.research.inquiry import Inquiry
from partnerforge_dagster.research.stating import explain_empty
from partnerforge_dagster.settings_waterfalls import Waterfalls

EVENTS = "strategic events"
NEWS_TOPICS = (
    "acquisition",
    "new commerce platform",
    "expansion",
    "appoints chief officer",
    "funding",
    "layoffs",
    "launch",
)
WEB_TOPICS = ("replatforming e-commerce platform migration",)
FRESHNESS_DAYS = 365


@module
async def strategic_context(
    account: Account, company_context: CompanyContext, search: WebSearch, gdelt: Gdelt, waterfalls: Waterfalls
) -> StrategicContext:
    """Acquisitions, replatforming, expansion, leadership changes, funding, layoffs, launches, each with URL and date.

    One news search for each kind and a web search, all together; only dated hits that name the company count, and
    several articles about one event are one event. Without a search engine GDELT's headlines are read.
    """
    inquiry = Inquiry(account)
    if not inquiry.rests_on(company_context, name="company_context", subject=EVENTS, counts_as_answer=False):
        return inquiry.result(StrategicContext)
    name = company_context.name
    answers = await Newsroom(search, gdelt, waterfalls.news).ask(inquiry, EVENTS, name, lambda: _searches(search, name))
    hits = [(hit, answer.source) for answer in answers for hit in answer.value or ()]
    found = events(hits, names_of(company_context), account.as_of.date())
    if not found:
        explain_empty(inquiry, EVENTS, f"no dated article of the last two years tells of an event at {name}")
    return inquiry.result(StrategicContext, events=found)


def _searches(search: WebSearch, name: str) -> Sequence[Awaitable[Hits]]:
    return [
        *(search.news(f'"{name}" {topic}', freshness_days=FRESHNESS_DAYS) for topic in NEWS_TOPICS),
        *(search.web(f'"{name}" {topic}') for topic in WEB_TOPICS),
    ]
