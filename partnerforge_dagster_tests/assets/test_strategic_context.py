"""M07 over the sandbox: events, none, and nobody to ask."""

import pytest

from partnerforge_dagster.assets.strategic_context import strategic_context
from partnerforge_dagster.models.company_context import CompanyContext
from partnerforge_dagster.models.provenance import Fact, GapKind, Source
from partnerforge_dagster.models.result import Status
from partnerforge_dagster.models.signals import SignalKind
from partnerforge_dagster.models.strategic_context import StrategicContext
from partnerforge_dagster_tests.sandboxed import Clients, account, ask


def known(domain: str, name: str | None, status: Status = Status.COMPLETE) -> CompanyContext:
    asked = account(domain)
    source = Source(provider="wikidata", endpoint="entity", url=None, fetched_at=asked.as_of)
    fact: Fact[str] | None = Fact(value=name, sources=(source,)) if name else None
    return CompanyContext(account=domain, as_of=asked.as_of, mode=asked.mode, status=status, trading_name=fact)


def strategy(context: CompanyContext, faults: str = "") -> StrategicContext:
    async def run(clients: Clients) -> StrategicContext:
        return await strategic_context(account(context.account), context, clients.search)

    return ask(run, faults=faults)


COSTCO = known("costco.com", "Costco")


def test_costcos_events_are_dated_and_cited() -> None:
    """The sandbox's events by kind, newest first, each with the article's address and a confidence."""
    found = strategy(COSTCO)
    assert found.status is Status.COMPLETE
    assert {event.kind for event in found.events} >= {
        SignalKind.REPLATFORMING,
        SignalKind.LEADERSHIP_CHANGE,
        SignalKind.EXPANSION,
        SignalKind.LAUNCH,
        SignalKind.ACQUISITION,
    }
    days = [event.on for event in found.events]
    assert None not in days
    assert days == sorted(days, key=str, reverse=True)
    assert all(event.url and event.url == event.sources[0].url and event.confidence > 0 for event in found.events)


def test_one_event_in_several_searches_is_one_event() -> None:
    """Eight searches find the same articles again and again."""
    titles = [event.title for event in strategy(COSTCO).events]
    assert len(titles) == len(set(titles))


def test_a_company_without_news_has_no_events() -> None:
    """Asked, nothing there."""
    found = strategy(known("nothing-here.com", None))
    assert (found.status, found.events) == (Status.COMPLETE, ())
    assert [gap.kind for gap in found.gaps] == [GapKind.NOTHING_THERE]


@pytest.mark.parametrize("fault", ["down", "500", "429", "html", "truncated", "unauthorized"])
def test_a_search_that_cannot_be_asked_is_not_silence(fault: str) -> None:
    """Unavailable, so that the last good events stay; never "no events"."""
    found = strategy(COSTCO, f"web_search:{fault}")
    assert (found.status, found.events) == (Status.UNAVAILABLE, ())
    assert {gap.kind for gap in found.gaps} == {GapKind.COULD_NOT_ASK}


def test_without_its_upstream_it_is_unavailable() -> None:
    """Without a name there is nothing to search for."""
    found = strategy(known("costco.com", None, Status.UNAVAILABLE))
    assert (found.status, found.gaps[0].reason) == (Status.UNAVAILABLE, "company_context is unavailable")
