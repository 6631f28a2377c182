"""Job boards: four public ones without a key, and TheirStack where a key is set.

Not for: a board's format (boards/) or what the roles mean (research/roles.py).
"""

from functools import partial
from typing import ClassVar

import httpx

from partnerforge_dagster.governor.policy import HeaderKeys, ProviderPolicy
from partnerforge_dagster.models.failures import ProviderError
from partnerforge_dagster.models.provenance import Answer
from partnerforge_dagster.providers.boards import ashby, greenhouse, lever, theirstack, workable
from partnerforge_dagster.providers.boards.posting import Posting
from partnerforge_dagster.providers.client import ProviderClient
from partnerforge_dagster.providers.http_status import has_list, sort_json
from partnerforge_dagster.settings_providers import JobBoardsSettings

Postings = tuple[Posting, ...]

_UNKNOWN_SLUG = frozenset({404})

_ENVELOPES = {
    greenhouse.HOST: has_list("jobs"),
    lever.HOST: lever.is_answer,
    ashby.HOST: has_list("jobs"),
    workable.HOST: has_list("jobs"),
    theirstack.HOST: has_list("data"),
}


class JobBoards(ProviderClient):
    """One method per board. None is an unknown slug; an empty tuple a known board with no openings."""

    provider: ClassVar[str] = "job_boards"

    @classmethod
    def classify(cls, response: httpx.Response) -> ProviderError | None:
        """404 is how all four boards say "unknown slug", which is an answer."""
        return sort_json(cls.provider, response, _ENVELOPES[response.request.url.host], answers=_UNKNOWN_SLUG)

    async def greenhouse(self, token: str) -> Answer[Postings]:
        """A Greenhouse board by its token."""
        return await self.ask("greenhouse", greenhouse.request(token), partial(greenhouse.parse, token=token))

    async def lever(self, site: str) -> Answer[Postings]:
        """A Lever site by its name."""
        return await self.ask("lever", lever.request(site), partial(lever.parse, site=site))

    async def ashby(self, board: str) -> Answer[Postings]:
        """An Ashby board by its name; an unknown one may also come as an empty tuple."""
        return await self.ask("ashby", ashby.request(board), partial(ashby.parse, board=board))

    async def workable(self, slug: str) -> Answer[Postings]:
        """A Workable account by its slug."""
        return await self.ask("workable", workable.request(slug), partial(workable.parse, slug=slug))

    async def theirstack(self, domain: str) -> Answer[Postings]:
        """Jobs of the last two months by the company's domain; None when there is none. Up to 25 credits."""
        return await self.ask("theirstack", theirstack.request(domain), partial(theirstack.parse, domain=domain))


def policy(settings: JobBoardsSettings) -> ProviderPolicy:
    """What the governor must know: only TheirStack has a key and costs credits, one per job returned."""
    return ProviderPolicy(
        name=JobBoards.provider,
        settings=settings,
        classify=JobBoards.classify,
        authorizer=HeaderKeys({theirstack.HOST: ("Authorization", "Bearer {key}", settings.theirstack_api_key)}),
        credits=lambda request: theirstack.LIMIT if request.url.host == theirstack.HOST else 0,
        per_host_at_once=settings.per_host_at_once,
    )
