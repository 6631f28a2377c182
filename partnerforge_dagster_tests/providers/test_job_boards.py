"""The job boards' answers, recorded ones first."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any, TypeVar

import httpx
import pytest

from partnerforge_dagster.models.failures import BadAnswer, ProviderError, RateLimited, Refused, Unreachable
from partnerforge_dagster.models.provenance import Answer
from partnerforge_dagster.providers.boards import greenhouse, theirstack
from partnerforge_dagster.providers.boards.posting import BoardLink, Posting, board_link
from partnerforge_dagster.providers.job_boards import JobBoards, policy
from partnerforge_dagster.settings_providers import JobBoardsSettings
from partnerforge_dagster_tests.payloads import raw
from partnerforge_dagster_tests.providers.wire import Server
from partnerforge_dagster_tests.providers.wire import ask as ask_wire

R = TypeVar("R")
Method = Callable[[JobBoards, str], Awaitable[Answer[tuple[Posting, ...]]]]


def ask(server: Server, call: Callable[[JobBoards], Awaitable[R]]) -> R:
    return ask_wire(server, JobBoards, call)


def postings(method: Method, content: bytes | list[Any] | dict[str, Any]) -> tuple[Posting, ...] | None:
    response = httpx.Response(200, content=content) if isinstance(content, bytes) else httpx.Response(200, json=content)
    return ask(response, lambda boards: method(boards, "acme")).value


# ── recorded answers ──


def test_allbirds_had_one_opening() -> None:
    """The one job of the recorded board, posted on 18 March 2026; without `content` there is no text."""
    (job,) = postings(JobBoards.greenhouse, raw("greenhouse/board-jobs__allbirds.json")) or ()
    assert (job.title, job.location) == ("Manager, Product Planning", "San Francisco, Bay Area")
    assert (job.posted_on, job.company, job.text) == (date(2026, 3, 18), "Allbirds", "")
    assert job.url == "https://www.allbirds.com/pages/careers?gh_jid=7707532"


@pytest.mark.parametrize(
    ("company", "openings", "remote", "first", "location"),
    [
        ("airbnb", 189, 31, "Acquisition Manager", "Berlin, Germany"),
        ("stripe", 576, 102, "Account Executive, AI Startups (Hunter)", "San Francisco"),
    ],
)
def test_big_boards_are_read_whole(company: str, openings: int, remote: int, first: str, location: str) -> None:
    """All jobs of the recorded boards; "remote" in the location is remote, of the others nothing is said."""
    found = postings(JobBoards.greenhouse, raw(f"greenhouse/board-jobs__{company}.json")) or ()
    assert len(found) == openings
    assert (found[0].title, found[0].location) == (first, location)
    assert sum(job.remote is True for job in found) == remote
    assert {job.remote for job in found} == {True, None}


def test_gitlabs_escaped_texts_are_read_as_text() -> None:
    """Greenhouse escapes the HTML of `content`: no tag and no entity is left of it."""
    found = postings(JobBoards.greenhouse, raw("greenhouse/board-jobs-content__gitlab.json")) or ()
    assert [(job.title, job.department) for job in found] == [
        ("Account Executive - Italy", "EMEA - Commercial"),
        ("AI Engineer", "Enterprise Applications"),
    ]
    assert found[0].text.startswith("GitLab is the intelligent orchestration platform for DevSecOps. GitLab enables")
    assert "our values and continuous knowledge exchange" in found[0].text
    assert not any(mark in found[0].text for mark in ("<p>", "&lt;", "&nbsp;", "&amp;"))


def test_palantirs_two_postings_are_dated_from_milliseconds() -> None:
    """`createdAt` counts milliseconds; a hybrid role is not remote; the lists belong to the text."""
    found = postings(JobBoards.lever, raw("lever/postings__palantir.json")) or ()
    assert [(job.title, job.location) for job in found] == [
        ("Administrative Business Partner", "London, United Kingdom"),
        ("Administrative Business Partner - Security", "Palo Alto, CA"),
    ]
    assert [job.posted_on for job in found] == [date(2024, 3, 25), date(2026, 5, 12)]
    assert {(job.department, job.remote) for job in found} == {("Administrative", False)}
    assert "What We Value" in found[0].text
    assert "Life at Palantir" in found[0].text


def test_linears_two_jobs_are_remote() -> None:
    """Ashby says outright whether a role is remote."""
    found = postings(JobBoards.ashby, raw("ashby/job-board__linear.json")) or ()
    assert [(job.title, job.location, job.posted_on) for job in found] == [
        ("Senior / Staff Fullstack Engineer", "Europe", date(2021, 4, 27)),
        ("Senior / Staff Fullstack Engineer", "North America", date(2021, 8, 18)),
    ]
    assert {(job.department, job.remote) for job in found} == {("Product", True)}
    assert "React and TypeScript" in found[0].text


# ── habits ──


def test_ashbys_unlisted_jobs_are_left_out_and_titles_stripped() -> None:
    """Titles can begin with a space; what is not listed is not an opening."""
    jobs = [
        {"title": " Designer ", "jobUrl": "https://j.test/1", "isListed": True},
        {"title": "Secret", "jobUrl": "https://j.test/2", "isListed": False},
    ]
    assert [job.title for job in postings(JobBoards.ashby, {"jobs": jobs}) or ()] == ["Designer"]


def test_workables_empty_strings_are_unknown() -> None:
    """Workable writes "" for what is missing; the place is put together of its parts."""
    row = {
        "title": "Cook",
        "url": "https://w.test/1",
        "department": "",
        "city": "Athens",
        "state": "",
        "country": "Greece",
    }
    job = (postings(JobBoards.workable, {"name": "Acme", "jobs": [{**row, "published_on": "2026-11-01"}]}) or ())[0]
    assert (job.department, job.location, job.posted_on) == (None, "Athens, Greece", date(2026, 11, 1))
    assert (job.board, job.company, job.remote) == ("workable:acme", "Acme", None)


def test_theirstack_finds_jobs_by_domain() -> None:
    """The employer's page is cited rather than the aggregator's."""
    row = {
        "job_title": "Buyer",
        "url": "https://t.test/1",
        "final_url": "https://acme.test/1",
        "date_posted": "2026-11-01",
    }
    job = (postings(JobBoards.theirstack, {"metadata": {}, "data": [row]}) or ())[0]
    assert (job.title, job.url, job.posted_on) == ("Buyer", "https://acme.test/1", date(2026, 11, 1))


@pytest.mark.parametrize(
    ("method", "body"),
    [
        (
            JobBoards.greenhouse,
            {"jobs": [{"title": None}, {"title": "A", "absolute_url": "https://x.test/", "new": 1}]},
        ),
        (JobBoards.lever, ["?", {"text": "A", "hostedUrl": "https://x.test/", "createdAt": "soon"}]),
        (JobBoards.ashby, {"jobs": [None, {"title": "A", "jobUrl": "https://x.test/", "publishedAt": 5}]}),
        (JobBoards.workable, {"jobs": [{"url": 1}, {"title": "A", "url": "https://x.test/"}]}),
        (JobBoards.theirstack, {"data": [{}, {"job_title": "A", "url": "https://x.test/"}]}),
    ],
)
def test_a_broken_row_costs_only_itself(method: Method, body: Any) -> None:
    """Unknown keys are ignored, an unreadable date is no date, an unreadable row is left out."""
    assert [(job.title, job.posted_on) for job in postings(method, body) or ()] == [("A", None)]


# ── nothing there and nothing open ──


@pytest.mark.parametrize("method", [JobBoards.greenhouse, JobBoards.lever, JobBoards.ashby, JobBoards.workable])
def test_an_unknown_slug_is_nothing_there(method: Method) -> None:
    """404 is how boards say that they know no such company."""
    response = httpx.Response(404, json={"ok": False, "error": "Document not found"})
    assert ask(response, lambda boards: method(boards, "acme")).value is None


def test_lever_may_send_the_unknown_sites_object_with_a_200() -> None:
    """An object in place of the array, with the words of the 404."""
    assert postings(JobBoards.lever, {"ok": False, "error": "Document not found"}) is None


@pytest.mark.parametrize(
    ("method", "body"),
    [
        (JobBoards.greenhouse, {"jobs": [], "meta": {"total": 0}}),
        (JobBoards.lever, []),
        (JobBoards.ashby, {"jobs": []}),
        (JobBoards.workable, {"name": "Acme", "jobs": []}),
    ],
)
def test_a_known_board_without_openings_is_empty(method: Method, body: Any) -> None:
    """An empty board is a finding, not a gap."""
    assert postings(method, body) == ()


def test_theirstack_without_jobs_is_nothing_there() -> None:
    """An aggregator that lists nothing knows nothing of the company."""
    assert postings(JobBoards.theirstack, {"data": []}) is None


# ── failures ──


@pytest.mark.parametrize(
    ("response", "failure"),
    [
        (httpx.Response(500), Unreachable),
        (httpx.Response(429, headers={"retry-after": "30"}), RateLimited),
        (httpx.Response(403), Refused),
        (httpx.Response(200, text="<html>maintenance</html>"), BadAnswer),
        (httpx.Response(200, text='{"jobs": [{"title": "Coo'), BadAnswer),
        (httpx.Response(200, json={"postings": []}), BadAnswer),
        (httpx.Response(200, json={"jobs": {}}), BadAnswer),
        (httpx.Response(200, json={"jobs": [{"name": "renamed"}]}), BadAnswer),
        (httpx.Response(200), BadAnswer),
    ],
)
@pytest.mark.parametrize("method", [JobBoards.greenhouse, JobBoards.ashby, JobBoards.workable])
def test_what_cannot_be_read_is_a_failure_and_never_an_empty_board(
    response: httpx.Response, failure: type[ProviderError], method: Method
) -> None:
    """Outage, refusal, HTML, cut-off JSON, another form, and rows none of which can be read."""
    with pytest.raises(failure):
        ask(response, lambda boards: method(boards, "acme"))


def test_a_lever_object_that_says_something_else_is_a_bad_answer() -> None:
    """Only "Document not found" means an unknown site."""
    with pytest.raises(BadAnswer):
        postings(JobBoards.lever, {"ok": False, "error": "Internal"})


# ── links, keys, credits ──


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://boards.greenhouse.io/gitlab", ("greenhouse", "gitlab")),
        ("https://job-boards.greenhouse.io/gitlab/jobs/8503792002", ("greenhouse", "gitlab")),
        ("https://boards.greenhouse.io/embed/job_board/js?for=costco", ("greenhouse", "costco")),
        ("https://boards-api.greenhouse.io/v1/boards/gitlab/jobs", ("greenhouse", "gitlab")),
        ("https://jobs.lever.co/palantir?team=x", ("lever", "palantir")),
        ("https://jobs.ashbyhq.com/linear/d3bc1ced", ("ashby", "linear")),
        ("https://apply.workable.com/acme/", ("workable", "acme")),
        ("https://acme.workable.com/", ("workable", "acme")),
        ("https://www.workable.com/pricing", None),
        ("https://boards.greenhouse.io/", None),
        ("https://acme.test/jobs.lever.co/palantir", None),
        ("https://[", None),
    ],
)
def test_a_link_gives_the_board_away(url: str, link: tuple[str, str] | None) -> None:
    """By host and first telling part of the path, or the `for` of an embedded board."""
    assert board_link(url) == (BoardLink(board=link[0], slug=link[1]) if link else None)


def test_only_theirstack_costs_and_needs_a_key() -> None:
    """A request to it is counted at the most it can cost; the public boards are free and open."""
    rules = policy(JobBoardsSettings())
    free, paid = greenhouse.request("acme"), theirstack.request("acme.test")
    assert (rules.credits(free), rules.credits(paid)) == (0, theirstack.LIMIT)
    assert rules.authorizer.configured(free)
    assert not rules.authorizer.configured(paid)
    assert rules.per_host_at_once == 2
