import asyncio
from datetime import UTC, datetime, timedelta

from partnerforge_dagster.models.account import Account
from partnerforge_dagster.models.company_context import CompanyContext
from partnerforge_dagster.models.failures import Unreachable
from partnerforge_dagster.models.hiring_signals import HiringSignals
from partnerforge_dagster.models.provenance import Answer, Source
from partnerforge_dagster.models.result import Heard, Status, Unasked
from partnerforge_dagster.research.inquiry import Inquiry

NOON = datetime(2026, 11, 16, 12, tzinfo=UTC)
ACCOUNT = Account(domain="costco.com", as_of=NOON)


def asked(inquiry: Inquiry, subject: str, provider: str, *hours: int, failures: int = 0) -> Inquiry:
    """The inquiry after answers that were fetched so many hours after noon, and failures."""

    async def answer(hour: int) -> Answer[int]:
        fetched = NOON + timedelta(hours=hour)
        return Answer(value=None, source=Source(provider=provider, endpoint="e", url=None, fetched_at=fetched))

    async def failure() -> Answer[int]:
        raise Unreachable(provider, "HTTP 500")

    async def session() -> None:
        for hour in hours:
            await inquiry.ask(subject, answer(hour))
        for _ in range(failures):
            await inquiry.ask(subject, failure())

    asyncio.run(session())
    return inquiry


def test_who_was_heard_and_when() -> None:
    """Empty answers count: by them a refresh is told from a second look into the cache."""
    result = asked(Inquiry(ACCOUNT), "roles", "job_boards", 3, 1, 2).result(HiringSignals)
    hour = timedelta(hours=1)
    assert result.heard == (Heard(provider="job_boards", oldest=NOON + hour, newest=NOON + 3 * hour),)
    assert result.unasked == ()


def test_what_could_not_be_asked_wholly_and_in_part() -> None:
    """A subject of which some questions were answered is told from one of which none was."""
    inquiry = asked(Inquiry(ACCOUNT), "roles", "job_boards", 1, failures=2)
    result = asked(inquiry, "careers page", "web_page", failures=1).result(HiringSignals)
    assert set(result.unasked) == {
        Unasked(record="HiringSignals", subject="roles", provider="job_boards", some=True),
        Unasked(record="HiringSignals", subject="careers page", provider="web_page"),
    }


def test_what_a_result_stands_on_is_part_of_its_trail() -> None:
    """What upstream could not ask, this one does not know; whom it heard, too, unless they were heard here."""
    above = asked(asked(Inquiry(ACCOUNT), "name", "wikidata", failures=1), "web", "web_search", 5)
    company = asked(above, "boards", "job_boards", 7).result(CompanyContext)
    inquiry = asked(Inquiry(ACCOUNT), "roles", "job_boards", 1)
    assert inquiry.rests_on(company, name="company_context", subject="name")
    result = inquiry.result(HiringSignals)
    assert result.status is Status.COMPLETE
    assert result.unasked == (Unasked(record="CompanyContext", subject="name", provider="wikidata"),)
    assert {one.provider: one.newest.hour for one in result.heard} == {"job_boards": 13, "web_search": 17}


def test_of_an_unavailable_result_nothing_is_known() -> None:
    """Whatever differs on top of it is not a change."""
    missing = asked(Inquiry(ACCOUNT), "name", "wikidata", failures=1).result(CompanyContext)
    assert missing.status is Status.UNAVAILABLE
    inquiry = asked(Inquiry(ACCOUNT), "roles", "job_boards", 1)
    inquiry.trail.inherits(missing)
    assert inquiry.trail.unasked("HiringSignals") == (
        Unasked(record="CompanyContext", subject="anything", provider=None),
    )
