"""M07 over the sandbox: events, none, and nobody to ask."""

import pytest

from partnerforge_dagster.assets.strategic_context import strategic_context
from partnerforge_dagster.models.company_context import CompanyContext
from partnerforge_dagster.models.provenance import Fact, GapKind, Outcome, Source
from partnerforge_dagster.models.result import Status
from partnerforge_dagster.models.signals import SignalKind
from partnerforge_dagster.models.strategic_context import StrategicContext
from partnerforge_dagster.settings_waterfalls import Waterfalls
from partnerforge_dagster_tests.sandboxed import Clients, account, ask


def known(domain: str, name: str | None, status: Status = Status.COMPLETE) -> CompanyContext:
    asked = account(domain)
    source = Source(provider="wikidata", endpoint="entity", url=None, fetched_at=asked.as_of)
    fact: Fact[str] | None = Fact(value=name, sources=(source,)) if name else None
    return CompanyContext(account=domain, as_of=asked.as_of, mode=asked.mode, status=status, trading_name=fact)


def strategy(context: CompanyContext, faults: str = "") -> StrategicContext:
    async def run(clients: Clients) -> StrategicContext:
        return await strategic_context(
            account(context.account), context, clients.search, clients.gdelt, clients.waterfalls
        )

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
    found = strategy(COSTCO, f"web_search:{fault},gdelt:{fault}")
    assert (found.status, found.events) == (Status.UNAVAILABLE, ())
    assert {gap.kind for gap in found.gaps} == {GapKind.COULD_NOT_ASK}


@pytest.mark.parametrize("fault", ["down", "429", "unauthorized"])
def test_while_the_search_is_away_headlines_make_do(fault: str) -> None:
    """Events of the last three months are told, and marked as less than what the search knew."""
    found = strategy(COSTCO, f"web_search:{fault}")
    assert (found.status, found.made_do) == (Status.PARTIAL, True)
    assert {source.provider for event in found.events for source in event.sources} == {"gdelt"}
    assert [(step.provider, step.outcome) for step in found.steps] == [
        ("web_search", Outcome.REFUSED if fault == "unauthorized" else Outcome.COULD_NOT_ASK),
        ("gdelt", Outcome.ANSWERED),
    ]
    (gap,) = found.gaps
    assert (gap.provider, gap.needs_key) == ("web_search", False)
    assert gap.reason.endswith("; GDELT was asked instead")


def test_an_order_decides_who_is_asked() -> None:
    """GDELT first: the paid search is not asked."""

    async def run(clients: Clients) -> StrategicContext:
        order = Waterfalls(news=("gdelt", "web_search"))
        return await strategic_context(account("costco.com"), COSTCO, clients.search, clients.gdelt, order)

    found = ask(run, faults="web_search:down")
    assert (found.status, found.made_do, found.gaps) == (Status.COMPLETE, False, ())
    assert [step.outcome for step in found.steps] == [Outcome.ANSWERED, Outcome.NOT_NEEDED]


def test_without_its_upstream_it_is_unavailable() -> None:
    """Without a name there is nothing to search for."""
    found = strategy(known("costco.com", None, Status.UNAVAILABLE))
    assert (found.status, found.gaps[0].reason) == (Status.UNAVAILABLE, "company_context is unavailable")
