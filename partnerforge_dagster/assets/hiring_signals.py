"""M06 hiring signals: open roles and what they say about plans.

Not for: who would buy (buying_committee.py).
"""

import asyncio
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from datetime import date, timedelta

from partnerforge_dagster import wording
from partnerforge_dagster.models.account import Account
from partnerforge_dagster.models.company_context import CompanyContext
from partnerforge_dagster.models.hiring_signals import Count, HiringSignals, HiringTrend, OpenRole
from partnerforge_dagster.models.provenance import Answer, Fact, GapKind, Source
from partnerforge_dagster.orchestration.module import module
from partnerforge_dagster.providers.boards.posting import BoardLink, Posting
from partnerforge_dagster.providers.common_crawl import CommonCrawl
from partnerforge_dagster.providers.job_boards import JobBoards
from partnerforge_dagster.providers.web_pages import WebPages
from partnerforge_dagster.research.boards import is_board_of, joined
from partnerforge_dagster.research.company_names import label_of, mentions, normalised
from partnerforge_dagster.research.inquiry import Inquiry
from partnerforge_dagster.research.roles import function_of, seniority_of
from partnerforge_dagster.research.stating import explain_empty, or_empty
from partnerforge_dagster.seller import Seller

ROLES = "open roles"
CAREERS = "careers page"
BOARDS = ("greenhouse", "lever", "ashby", "workable")
MOST_BOARDS = 4
"""Linked boards that are asked: an investor's page links to those of everybody it invests in."""
MOST_RELEVANT_ROLES = 25
MONTH = timedelta(days=30)


@module
async def hiring_signals(
    account: Account,
    company_context: CompanyContext,
    boards: JobBoards,
    web_pages: WebPages,
    common_crawl: CommonCrawl,
    seller: Seller,
) -> HiringSignals:
    """Open roles by function and level, those that matter to the seller, technologies named in postings, the trend.

    Job boards are those that the company's own pages link to or embed; where there is none, the usual spellings of its
    name are tried on Greenhouse, Lever, Ashby and Workable and kept only when the board itself says whose it is.
    Where the home page does not let us in, Common Crawl may know the careers page. TheirStack is asked last, as it is
    paid.
    """
    inquiry = Inquiry(account)
    inquiry.rests_on(company_context, name="company_context", subject="company name", counts_as_answer=False)
    answers = await _postings(inquiry, company_context, boards, web_pages, common_crawl)
    if not answers:
        return inquiry.result(HiringSignals)
    found = joined(answers)
    roles = [_open_role(posting, source, seller) for posting, source in found]
    sources = tuple(answer.source for answer in answers)
    return inquiry.result(
        HiringSignals,
        open_roles=Fact(value=len(roles), sources=sources),
        by_function=Fact(value=_counted(role.function for role in roles), sources=sources, inferred=True),
        by_seniority=Fact(value=_counted(role.seniority for role in roles), sources=sources, inferred=True),
        relevant_roles=_relevant(roles),
        technologies=Fact(value=_counted(name for role in roles for name in role.technologies), sources=sources),
        trend=_trend(inquiry, roles, sources),
        boards=tuple(dict.fromkeys(posting.board for posting, _ in found)),
    )


async def _postings(
    inquiry: Inquiry, context: CompanyContext, boards: JobBoards, web_pages: WebPages, common_crawl: CommonCrawl
) -> tuple[Answer[tuple[Posting, ...]], ...]:
    """Answers of the boards that are the company's, () when there is none: the gap is then noted."""
    links = await _linked_boards(inquiry, web_pages, common_crawl)
    asked = await asyncio.gather(*(inquiry.ask(ROLES, _board(boards, link)) for link in links))
    found = tuple(answer for answer in asked if answer is not None and answer.value is not None)
    if not found and None not in asked:
        found = await _guessed(inquiry, context, boards)
    if not found:
        paid = await inquiry.ask(ROLES, boards.theirstack(inquiry.account.domain))
        found = (paid,) if paid is not None and paid.value is not None else ()
    if not found:
        explain_empty(inquiry, ROLES, "no job board is known to be this company's")
    return found


async def _linked_boards(inquiry: Inquiry, web_pages: WebPages, common_crawl: CommonCrawl) -> tuple[BoardLink, ...]:
    """Boards that the home page links to, else those of the careers page, which the sitemap may name."""
    # An inquiry of its own: a page that can be read is no answer about roles, so without a board nothing is known.
    pages = Inquiry(inquiry.account)
    home = page = await pages.value(CAREERS, web_pages.home(inquiry.account.domain))
    if home is None or not home.board_links:
        careers_url = home.careers_url if home is not None else None
        if home is None:
            careers_url = await pages.value("crawled pages", common_crawl.careers_url(inquiry.account.domain))
        elif careers_url is None:
            careers_url = await pages.value("sitemap", web_pages.careers_url(home.url))
        if careers_url is not None:
            page = await pages.value(CAREERS, web_pages.page(careers_url))
    if any(read is not None and not read.whole for read in (home, page)):
        pages.trail.failed("end of the careers page", WebPages.provider)
    inquiry.trail.joins(pages.trail)
    for gap in pages.gaps:
        if gap.kind is GapKind.COULD_NOT_ASK:
            inquiry.could_not_ask(gap.subject, gap.provider, gap.reason)
    return page.board_links[:MOST_BOARDS] if page else ()


async def _guessed(
    inquiry: Inquiry, context: CompanyContext, boards: JobBoards
) -> tuple[Answer[tuple[Posting, ...]], ...]:
    """Boards under the usual spellings of the name that are proven to be the company's; a gap tells of others.

    The second spelling is tried when nobody has the first one, so that most companies cost four questions.
    """
    for slug in dict.fromkeys((label_of(context.account), normalised(context.name).replace(" ", ""))):
        guesses = [BoardLink(board=board, slug=slug) for board in BOARDS]
        # A spelling that nobody has is no finding about the company, hence `or_empty`.
        asked = await asyncio.gather(*(inquiry.ask(ROLES, or_empty(_board(boards, guess))) for guess in guesses))
        taken = [(guess, answer) for guess, answer in zip(guesses, asked, strict=True) if answer and answer.value]
        proven = tuple(answer for _, answer in taken if is_board_of(context, answer.value or ()))
        if taken and not proven:
            names = wording.listed([f"{guess.board}:{guess.slug}" for guess, _ in taken])
            reason = f"nothing on {names} says that it is this company's"
            inquiry.nothing_there("guessed job board", JobBoards.provider, reason)
        if taken or None in asked:
            return proven
    return ()


def _board(boards: JobBoards, link: BoardLink) -> Awaitable[Answer[tuple[Posting, ...]]]:
    methods: dict[str, Callable[[str], Awaitable[Answer[tuple[Posting, ...]]]]] = {
        "greenhouse": boards.greenhouse,
        "lever": boards.lever,
        "ashby": boards.ashby,
        "workable": boards.workable,
    }
    return methods[link.board](link.slug)


def _open_role(posting: Posting, source: Source, seller: Seller) -> OpenRole:
    words = f"{posting.title} {posting.text}"
    return OpenRole(
        title=posting.title,
        function=function_of(posting.title, posting.department),
        seniority=seniority_of(posting.title),
        location=posting.location,
        posted_on=posting.posted_on,
        url=posting.url,
        relevant_because=next(
            (role.why for role in seller.relevant_roles if re.search(role.pattern, posting.title, re.IGNORECASE)), None
        ),
        technologies=tuple(
            product.name for product in seller.posting_technologies if mentions(words, product.recognized_by)
        ),
        sources=(source,),
    )


def _counted(names: Iterable[str]) -> tuple[Count, ...]:
    """Most frequent first, then by name."""
    counts = Counter(str(name) for name in names)
    return tuple(Count(name=name, count=counts[name]) for name in sorted(counts, key=lambda n: (-counts[n], n)))


def _relevant(roles: Iterable[OpenRole]) -> tuple[OpenRole, ...]:
    """Newest first; undated ones last."""
    matching = [role for role in roles if role.relevant_because is not None]
    newest = sorted(matching, key=lambda role: (role.posted_on or date.min, role.title), reverse=True)
    return tuple(newest[:MOST_RELEVANT_ROLES])


def _trend(inquiry: Inquiry, roles: list[OpenRole], sources: tuple[Source, ...]) -> Fact[HiringTrend] | None:
    """Of the postings that are open now: older ones that were filled meanwhile cannot be seen, hence inferred."""
    dates = [role.posted_on for role in roles if role.posted_on is not None]
    if roles and not dates:
        inquiry.nothing_there("hiring trend", sources[0].provider, "the postings are not dated")
        return None
    today = inquiry.account.as_of.date()
    last = sum(today - MONTH < day <= today for day in dates)
    previous = sum(today - 2 * MONTH < day <= today - MONTH for day in dates)
    return Fact(value=HiringTrend(last_30_days=last, previous_30_days=previous), sources=sources, inferred=True)
