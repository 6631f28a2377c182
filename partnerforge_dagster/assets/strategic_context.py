"""M07 strategic context: dated events in the news and on the web.

Not for: what events are worth (signal_scoring.py) or by which words they are told (research/events.py).
"""

import asyncio

from partnerforge_dagster.models.account import Account
from partnerforge_dagster.models.company_context import CompanyContext
from partnerforge_dagster.models.strategic_context import StrategicContext
from partnerforge_dagster.orchestration.module import module
from partnerforge_dagster.providers.web_search import WebSearch
from partnerforge_dagster.research.company_names import names_of
from partnerforge_dagster.research.events import events
from partnerforge_dagster.research.inquiry import Inquiry
from partnerforge_dagster.research.stating import explain_empty, or_empty

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
async def strategic_context(account: Account, company_context: CompanyContext, search: WebSearch) -> StrategicContext:
    """Acquisitions, replatforming, expansion, leadership changes, funding, layoffs, launches, each with URL and date.

    One news search for each kind and a web search, all together; only dated hits that name the company count, and
    several articles about one event are one event.
    """
    inquiry = Inquiry(account)
    if not inquiry.rests_on(company_context, name="company_context", subject=EVENTS, counts_as_answer=False):
        return inquiry.result(StrategicContext)
    name = company_context.name
    searches = [
        *(search.news(f'"{name}" {topic}', freshness_days=FRESHNESS_DAYS) for topic in NEWS_TOPICS),
        *(search.web(f'"{name}" {topic}') for topic in WEB_TOPICS),
    ]
    answers = await asyncio.gather(*(inquiry.ask(EVENTS, or_empty(asked)) for asked in searches))
    hits = [(hit, answer.source) for answer in answers if answer is not None for hit in answer.value or ()]
    found = events(hits, names_of(company_context), account.as_of.date())
    if not found:
        explain_empty(inquiry, EVENTS, f"no dated article of the last two years tells of an event at {name}")
    return inquiry.result(StrategicContext, events=found)
