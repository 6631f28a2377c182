"""M09 over the sandbox: who is in office, since when, and what they said."""

from datetime import date

import pytest

from partnerforge_dagster.assets.executive_intelligence import executive_intelligence
from partnerforge_dagster.assets.strategic_context import strategic_context
from partnerforge_dagster.models.company_context import CompanyContext
from partnerforge_dagster.models.executive_intelligence import ExecutiveIntelligence
from partnerforge_dagster.models.provenance import GapKind
from partnerforge_dagster.models.result import Status
from partnerforge_dagster.models.strategic_context import StrategicContext
from partnerforge_dagster_tests.sandboxed import Clients, account, ask, context_of

EVERYBODY = ("yahoo", "sec_edgar", "web_search", "wikidata")


def executives(domain: str, faults: str = "") -> ExecutiveIntelligence:
    """M09 of the sandbox; its upstream modules are asked without the faults."""

    async def upstream(clients: Clients) -> tuple[CompanyContext, StrategicContext]:
        context = await context_of(domain, clients)
        return context, await strategic_context(
            account(domain), context, clients.search, clients.gdelt, clients.waterfalls
        )

    context, events = ask(upstream)

    async def run(clients: Clients) -> ExecutiveIntelligence:
        return await executive_intelligence(
            account(domain), context, events, clients.yahoo, clients.edgar, clients.search, clients.wikidata
        )

    return ask(run, faults=faults)


def test_costcos_executives_come_highest_first() -> None:
    """One record a person, though Yahoo, Wikidata and the company's own page all name some of them."""
    found = executives("costco.com")
    assert found.status is Status.COMPLETE
    assert found.executives[0].title == "President and Chief Executive Officer"
    assert len(found.executives[0].sources) > 1
    names = [executive.name for executive in found.executives]
    assert len(names) == len(set(names)) >= 5


def test_news_of_an_appointment_says_since_when() -> None:
    """The article of 27 August names her, and is cited beside the profile."""
    (person,) = [person for person in executives("costco.com").executives if person.name == "Marisa Delgado-Stone"]
    assert person.since == date(2026, 8, 27)
    assert "web_search" in {source.provider for source in person.sources}


def test_quotes_are_words_of_known_executives() -> None:
    """With date and address, newest first."""
    found = executives("costco.com")
    names = {executive.name for executive in found.executives}
    assert found.quotes
    assert all(quote.person in names and quote.url.startswith("https://") for quote in found.quotes)
    days = [quote.on for quote in found.quotes]
    assert days == sorted(days, key=str, reverse=True)


def test_a_private_company_is_read_from_wikidata_and_its_own_pages() -> None:
    """Yahoo has no profile of it, which is nobody's fault."""
    found = executives("acme-tools.com")
    assert found.status is Status.COMPLETE
    assert len(found.executives) > 1
    assert {gap.kind for gap in found.gaps} <= {GapKind.NOT_APPLICABLE, GapKind.NOTHING_THERE}


def test_nobody_known_is_nothing_there() -> None:
    """Everybody was asked."""
    found = executives("nothing-here.com")
    assert (found.status, found.executives, found.quotes) == (Status.COMPLETE, (), ())
    assert ("executives", GapKind.NOTHING_THERE) in {(gap.subject, gap.kind) for gap in found.gaps}


@pytest.mark.parametrize("down", EVERYBODY)
def test_one_source_less_is_a_partial_answer(down: str) -> None:
    """The others' executives are there, and the gap names who could not be asked."""
    found = executives("costco.com", f"{down}:down")
    assert (found.status, bool(found.executives)) == (Status.PARTIAL, True)
    assert down in {gap.provider for gap in found.gaps if gap.kind is GapKind.COULD_NOT_ASK}


def test_with_everybody_down_it_is_unavailable() -> None:
    """Never "no executives"."""
    found = executives("costco.com", ",".join(f"{provider}:down" for provider in EVERYBODY))
    assert found.status is Status.UNAVAILABLE
    assert {gap.kind for gap in found.gaps} == {GapKind.COULD_NOT_ASK}
