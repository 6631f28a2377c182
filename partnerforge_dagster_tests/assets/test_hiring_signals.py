"""M06: whose board it is, what its postings say, and what is said when no board can be asked."""

import asyncio
from collections.abc import Callable
from datetime import date
from typing import Any

import httpx
import pytest

from partnerforge_dagster.assets.hiring_signals import hiring_signals
from partnerforge_dagster.models.company_context import CompanyContext
from partnerforge_dagster.models.hiring_signals import HiringSignals, HiringTrend
from partnerforge_dagster.models.provenance import GapKind
from partnerforge_dagster.models.result import Status
from partnerforge_dagster.providers.common_crawl import CommonCrawl
from partnerforge_dagster.providers.job_boards import JobBoards
from partnerforge_dagster.providers.web_pages import WebPages
from partnerforge_dagster.seller import load_seller
from partnerforge_dagster_tests.sandboxed import Clients, account, ask, context_of

SELLER = load_seller(None)
ACME = CompanyContext(
    account="acme.test", as_of=account("acme.test").as_of, mode=account("acme.test").mode, status=Status.COMPLETE
)
NOT_FOUND = httpx.Response(404)
OPEN_ROLES = "open roles"


def hiring(domain: str, faults: str = "") -> HiringSignals:
    """M06 of the sandbox; its upstream is asked without the faults."""

    async def upstream(clients: Clients) -> CompanyContext:
        return await context_of(domain, clients)

    context = ask(upstream)

    async def run(clients: Clients) -> HiringSignals:
        return await hiring_signals(
            account(domain), context, clients.boards, clients.web_pages, clients.common_crawl, SELLER
        )

    return ask(run, faults=faults)


def of_acme(server: Callable[[httpx.Request], httpx.Response], context: CompanyContext = ACME) -> HiringSignals:
    async def session() -> HiringSignals:
        async with (
            httpx.AsyncClient(transport=httpx.MockTransport(server)) as boards,
            httpx.AsyncClient(transport=httpx.MockTransport(server)) as pages,
        ):
            clients = JobBoards(boards), WebPages(pages), CommonCrawl(pages)
            return await hiring_signals(account("acme.test"), context, *clients, SELLER)

    return asyncio.run(session())


def job(number: int, title: str, posted: str, **more: Any) -> dict[str, Any]:
    address = f"https://job-boards.greenhouse.io/acme/jobs/{number}"
    return {"title": title, "absolute_url": address, "first_published": posted, **more}


class Web:
    """Pages and boards by address without query; everything else is a 404."""

    def __init__(self, **answers: httpx.Response) -> None:
        self.answers = answers
        self.asked: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        address = f"{request.url.host}{request.url.path}"
        self.asked.append(address)
        found = next((answer for part, answer in self.answers.items() if part.replace("__", "/") in address), NOT_FOUND)
        return httpx.Response(found.status_code, content=found.content, headers=found.headers)


def board(*jobs: dict[str, Any]) -> httpx.Response:
    return httpx.Response(200, json={"jobs": list(jobs), "meta": {"total": len(jobs)}})


def page(link: str) -> httpx.Response:
    return httpx.Response(200, html=f'<a href="{link}">Careers</a>')


def test_costco_hires_for_what_the_seller_sells() -> None:
    """Roles, functions, technologies and trend of the sandbox's Costco, all from its Greenhouse board."""
    found = hiring("costco.com")
    assert found.status is Status.COMPLETE
    assert found.boards == ("greenhouse:costco",)
    assert found.open_roles is not None
    assert found.technologies is not None
    assert found.by_function is not None
    assert sum(count.count for count in found.by_function.value) == found.open_roles.value > 20
    assert "Elasticsearch" in {count.name for count in found.technologies.value}
    assert any("search" in role.title.lower() for role in found.relevant_roles)
    dates = [role.posted_on for role in found.relevant_roles if role.posted_on]
    assert dates == sorted(dates, reverse=True)


def test_a_company_that_nobody_knows_has_no_board() -> None:
    """Everybody was asked, TheirStack last: nothing there. The board `nothinghere` is that of nothinghere.com."""
    found = hiring("nothing-here.com")
    assert (found.status, found.open_roles) == (Status.COMPLETE, None)
    assert {gap.subject for gap in found.gaps} == {OPEN_ROLES, "guessed job board"}
    assert {gap.kind for gap in found.gaps} == {GapKind.NOTHING_THERE}


@pytest.mark.parametrize("fault", ["down", "500", "429", "html", "truncated", "unauthorized"])
def test_boards_that_cannot_be_asked_are_not_empty_boards(fault: str) -> None:
    """Unavailable, so that the last good result stays in use; never "no open roles"."""
    found = hiring("costco.com", f"job_boards:{fault}")
    assert (found.status, found.open_roles) == (Status.UNAVAILABLE, None)
    assert {gap.kind for gap in found.gaps} == {GapKind.COULD_NOT_ASK}


def test_the_board_is_found_by_way_of_the_careers_page() -> None:
    """The home page links to the careers page, that one to the board; nothing is guessed then."""
    web = Web(
        greenhouse=board(job(1, "Cook", "2026-11-01")), careers=page("https://boards.greenhouse.io/acmeco"),
        acme=page("/careers"),
    )  # fmt: skip
    found = of_acme(web)
    assert found.boards == ("greenhouse:acmeco",)
    assert [asked for asked in web.asked if "lever" in asked or "ashby" in asked] == []


def test_the_careers_page_may_be_in_the_sitemap_only() -> None:
    """The home page does not name it; the sandbox's site does, in a packed file of an index."""
    found = hiring("hidden-shop.com")
    assert found.status is Status.COMPLETE
    assert len(found.boards) == 1
    assert all("careers" not in gap.subject for gap in found.gaps)


def test_a_site_that_forbids_robots_is_not_read_and_says_so() -> None:
    """Its pages could not be asked; the guessed board is asked, as that is another site."""
    found = hiring("closed-shop.com")
    (gap,) = (gap for gap in found.gaps if gap.subject == "careers page")
    assert gap.kind is GapKind.COULD_NOT_ASK
    assert "robots.txt of closed-shop.com forbids PartnerForge" in gap.reason
    assert found.status is not Status.COMPLETE


def test_two_boards_are_both_kept_and_double_postings_count_once() -> None:
    """The same title at the same place on both boards is one opening; twice on one board it is two."""
    cook = {"title": "Cook", "first_published": "2026-11-01", "location": {"name": "Bonn"}}
    first = board(*(job(n, **cook_of(cook)) for n in (1, 2)), job(3, "Baker", "2026-11-01"))
    openings = [("cook", "Bonn"), ("Cook", "Bonn"), ("Cook", "Bonn"), ("Cook", "Ulm")]
    second = httpx.Response(
        200,
        json={
            "jobs": [
                {"title": title, "location": place, "jobUrl": f"https://jobs.ashbyhq.com/acme/{n}", "isListed": True}
                for n, (title, place) in enumerate(openings)
            ]
        },
    )
    links = (
        '<a href="https://boards.greenhouse.io/acme">a</a><script src="https://jobs.ashbyhq.com/acme/embed"></script>'
    )
    found = of_acme(Web(greenhouse=first, ashbyhq=second, acme=httpx.Response(200, html=links)))
    assert found.open_roles is not None
    assert found.open_roles.value == 5
    assert len(found.open_roles.sources) == 2
    assert found.boards == ("greenhouse:acme", "ashby:acme")


def cook_of(row: dict[str, Any]) -> dict[str, Any]:
    return {"title": row["title"], "posted": row["first_published"], "location": row["location"]}


def test_a_board_that_a_script_names_is_found() -> None:
    """Slashes may be escaped there."""
    script = r'<script>load("https:\/\/boards-api.greenhouse.io\/v1\/boards\/acmeco\/jobs")</script>'
    found = of_acme(Web(greenhouse=board(job(1, "Cook", "2026-11-01")), acme=httpx.Response(200, html=script)))
    assert found.boards == ("greenhouse:acmeco",)


@pytest.mark.parametrize(
    ("description", "url", "proven"),
    [
        ("At Acme you cook.", "https://jobs.lever.co/acme/1", False),
        ('See <a href="https://www.acme.test/about">us</a>.', "https://jobs.lever.co/acme/1", True),
        ("Write to jobs@acme.test.", "https://jobs.lever.co/acme/1", True),
        ("At Acme you cook.", "https://careers.acme.test/1", True),
        ('See <a href="https://www.notacme.test/">us</a>.', "https://jobs.lever.co/acme/1", False),
    ],
)
def test_a_guessed_board_that_names_no_employer_must_lead_to_the_company(
    description: str, url: str, proven: bool
) -> None:
    """That it speaks of Acme proves nothing: it was found by that name, and others may bear it."""
    rows = [{"text": "Cook", "hostedUrl": url, "description": description, "createdAt": 1_793_000_000_000}]
    found = of_acme(Web(lever=httpx.Response(200, json=rows), acme=page("/about")))
    assert (found.open_roles is not None) == proven
    if not proven:
        (gap,) = (gap for gap in found.gaps if gap.subject == "guessed job board")
        assert gap.kind is GapKind.NOTHING_THERE
        assert gap.reason == "nothing on lever:acme says that it is this company's"


def test_another_employer_is_not_made_this_company_by_a_link() -> None:
    """An agency's board may link to its client."""
    rows = job(1, "Cook", "2026-11-01", company_name="Hire Inc", content="for https://www.acme.test/")
    assert of_acme(Web(greenhouse=board(rows), acme=page("/about"))).open_roles is None


def test_guesses_are_four_unless_the_name_is_spelt_otherwise() -> None:
    """And none where a page says which board it is."""
    web = Web(acme=page("/about"))
    of_acme(web)
    hosts = ("boards-api.greenhouse.io", "api.lever.co", "api.ashbyhq.com", "apply.workable.com")
    assert sorted(one.split("/")[0] for one in web.asked if one.startswith(hosts)) == sorted(hosts)


def test_a_guessed_board_must_name_the_company() -> None:
    """Somebody else may have taken the slug: the employer's name, address or text has to fit."""
    stranger = Web(greenhouse=board(job(1, "Cook", "2026-11-01", company_name="Acme Trucks")), acme=page("/about"))
    assert of_acme(stranger).open_roles is None
    itself = Web(greenhouse=board(job(1, "Cook", "2026-11-01", company_name="Acme")), acme=page("/about"))
    roles = of_acme(itself).open_roles
    assert roles is not None
    assert roles.value == 1


def test_a_linked_board_without_openings_is_a_finding() -> None:
    """No open roles, and no gap about it."""
    found = of_acme(Web(greenhouse=board(), acme=page("https://boards.greenhouse.io/acme")))
    assert found.open_roles is not None
    assert (found.open_roles.value, found.gaps) == (0, ())


def test_the_trend_counts_two_spans_of_thirty_days() -> None:
    """The day itself counts, 30 days back belongs to the span before, 60 days back to none."""
    days = ("2026-11-16", "2026-10-18", "2026-10-17", "2026-09-18", "2026-09-17", "2027-01-01")
    jobs = [job(number, "Cook", day) for number, day in enumerate(days)]
    found = of_acme(Web(greenhouse=board(*jobs), acme=page("https://boards.greenhouse.io/acme")))
    assert found.trend is not None
    assert found.trend.value == HiringTrend(last_30_days=2, previous_30_days=2)


def test_undated_postings_have_no_trend() -> None:
    """Zero would be a statement; the gap says why there is none."""
    jobs = [{**job(1, "Cook", ""), "first_published": None}]
    found = of_acme(Web(greenhouse=board(*jobs), acme=page("https://boards.greenhouse.io/acme")))
    assert found.trend is None
    assert ("hiring trend", GapKind.NOTHING_THERE) in {(gap.subject, gap.kind) for gap in found.gaps}


def test_technologies_are_those_that_the_posting_names() -> None:
    """As names: who reacts to changes does not use React."""
    jobs = [
        job(1, "Search Engineer", "2026-11-01", content="&lt;p&gt;You run Elasticsearch and React.&lt;/p&gt;"),
        job(2, "Cook", "2026-11-02", content="You react quickly."),
    ]
    found = of_acme(Web(greenhouse=board(*jobs), acme=page("https://boards.greenhouse.io/acme")))
    assert found.technologies is not None
    assert [(count.name, count.count) for count in found.technologies.value] == [("Elasticsearch", 1), ("React", 1)]
    (role,) = found.relevant_roles
    assert (role.title, role.posted_on) == ("Search Engineer", date(2026, 11, 1))


def test_without_its_upstream_the_domain_is_still_asked_about() -> None:
    """The gap names the upstream module; the linked board needs no company name."""
    missing = ACME.model_copy(update={"status": Status.UNAVAILABLE})
    found = of_acme(Web(greenhouse=board(), acme=page("https://boards.greenhouse.io/acme")), missing)
    assert found.status is Status.PARTIAL
    assert [gap.reason for gap in found.gaps] == ["company_context is unavailable"]


def test_where_the_home_page_lets_nobody_in_the_crawl_knows_the_careers_page() -> None:
    """On a host of its own, which lets us in; that the home page could not be read stays a gap."""

    def server(request: httpx.Request) -> httpx.Response:
        match request.url.host, request.url.path:
            case "index.commoncrawl.org", "/collinfo.json":
                return httpx.Response(200, json=[{"id": "CC-MAIN-2026-43"}])
            case "index.commoncrawl.org", _:
                return httpx.Response(
                    200, text='{"url": "https://careers.acme.test/jobs/1"}\n{"url": "https://careers.acme.test/jobs"}\n'
                )
            case _, "/robots.txt":
                return httpx.Response(404)
            case "careers.acme.test", "/jobs":
                return httpx.Response(
                    200, html='<html><body><a href="https://jobs.lever.co/acme">all</a></body></html>'
                )
            case "api.lever.co", _:
                return httpx.Response(200, json=[])
        return httpx.Response(403)

    result = of_acme(server)
    assert result.open_roles is not None
    assert {source.provider for source in result.open_roles.sources} == {"job_boards"}
    assert ("web_page", "careers page") in {(gap.provider, gap.subject) for gap in result.gaps}
