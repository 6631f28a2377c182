from collections.abc import Mapping
from datetime import date, timedelta
from typing import TypeVar

import pytest

from partnerforge_dagster.changes.rules import NOT_COMPARED, RULES
from partnerforge_dagster.models.base import Money
from partnerforge_dagster.models.changes import Change, ChangeKind, Significance
from partnerforge_dagster.models.company_context import CompanyContext
from partnerforge_dagster.models.competitor_intelligence import CompetitorIntelligence
from partnerforge_dagster.models.executive_intelligence import Executive, ExecutiveIntelligence
from partnerforge_dagster.models.financial_profile import FinancialProfile
from partnerforge_dagster.models.hiring_signals import HiringSignals
from partnerforge_dagster.models.modules import MODULES
from partnerforge_dagster.models.provenance import Fact, Source
from partnerforge_dagster.models.result import ModuleResult
from partnerforge_dagster.models.signals import Signal, SignalKind
from partnerforge_dagster.models.strategic_context import StrategicContext
from partnerforge_dagster.models.traffic_analysis import TrafficAnalysis
from partnerforge_dagster_tests.brief import sample
from partnerforge_dagster_tests.changes.stacks import follow, said

R = TypeVar("R", bound=ModuleResult)

FIELDS_OF_RULES = {
    "competitors' use of the seller": "competitors",
    "competitors' search vendors": "competitors",
    "competitors' platforms": "competitors",
    "competitors' visits": "competitors",
}
"""Rules that read something inside a field."""


def first(kind: type[R]) -> R:
    """The sample's result."""
    return next(result for result in sample.RESULTS.values() if isinstance(result, kind))


def told(before: R, *changes: Mapping[str, object]) -> list[Change]:
    """What changes when the result is seen again, a month later each time, with these fields instead."""
    name = next(name for name, spec in MODULES.items() if isinstance(before, spec.result))
    results: list[ModuleResult] = [before]
    for number, fields in enumerate(changes, start=1):
        later = before.as_of + timedelta(days=30 * number)
        results.append(before.model_copy(update={**fields, "as_of": later}))
    return [change for found in follow(results, name) for change in found]


@pytest.mark.parametrize("module", [name for name in MODULES if name != "strategic_signal_brief"])
def test_every_field_is_compared_or_there_is_a_reason_why_not(module: str) -> None:
    """No field of a record is forgotten, and none is both compared and left out."""
    compared = {FIELDS_OF_RULES.get(rule.field, rule.field) for rule in RULES[module]}
    left_out = set(NOT_COMPARED[module])
    assert compared | left_out == set(MODULES[module].result.model_fields)
    assert not compared & left_out


def test_rules_of_a_module_have_names_of_their_own() -> None:
    """A field's name is the key of what is believed of it."""
    for rules in RULES.values():
        assert len({rule.field for rule in rules}) == len(rules)


def test_visits_that_move_little_are_no_change() -> None:
    """A month with a tenth more visits is noise, one with half of them an alert."""
    traffic = first(TrafficAnalysis)
    assert traffic.months is not None
    months = traffic.months.value

    def with_visits(factor: float) -> dict[str, object]:
        last = months[-1].model_copy(update={"visits": months[-1].visits * factor})
        return {"months": traffic.months and traffic.months.model_copy(update={"value": (*months[:-1], last)})}

    assert told(traffic, with_visits(1.1), with_visits(0.9)) == []
    (change,) = told(traffic, with_visits(0.45))
    assert change.significance is Significance.ALERT


def test_an_amount_in_another_currency_is_another_amount() -> None:
    """The same number of pounds is not the same revenue."""
    profile = first(FinancialProfile)
    assert profile.revenue is not None
    pounds = Money(amount=profile.revenue.value.amount, currency="GBP")
    changes = told(profile, {"revenue": profile.revenue.model_copy(update={"value": pounds})})
    assert [one.field for one in changes] == ["revenue"]


def test_a_title_written_otherwise_is_the_same() -> None:
    """Case, commas and ampersands are a source's taste; another office is a change."""
    found = first(ExecutiveIntelligence)
    person = Executive(
        name="Ada Lund", title="EVP & Chief Digital Officer", since=None, sources=found.executives[0].sources
    )
    other = person.model_copy(update={"title": "EVP and chief digital officer"})
    promoted = person.model_copy(update={"title": "Chief Executive Officer"})
    result = found.model_copy(update={"executives": (person,)})
    assert told(result, {"executives": (other,)}) == []
    assert said(told(result, {"executives": (promoted,)})) == [
        ("executives Ada Lund", "EVP & Chief Digital Officer", "Chief Executive Officer")
    ]


def test_a_middle_initial_makes_nobody_new() -> None:
    """Sources differ in middle names."""
    found = first(ExecutiveIntelligence)
    executives = tuple(one.model_copy(update={"name": one.name.replace(" ", " Q. ", 1)}) for one in found.executives)
    assert told(found, {"executives": executives}) == []


def event(title: str, on: date, url: str, kind: SignalKind = SignalKind.ACQUISITION) -> Signal:
    """An event with the sample's sources."""
    sources = first(StrategicContext).events[0].sources
    return Signal(kind=kind, title=title, summary="", on=on, url=url, confidence=0.7, sources=sources)


def test_another_article_about_the_same_event_is_no_news() -> None:
    """Which article speaks for an event may change; a new event is told, and one that drops out is not taken back."""
    context = first(StrategicContext)
    today = context.as_of.date()
    deal = event("Norvale buys map maker Trailhead", today - timedelta(days=9), "https://a.example/1")
    retold = event("Trailhead bought: Norvale takes map maker", today - timedelta(days=7), "https://b.example/2")
    fresh = event("Norvale acquires ski rental Pistely", today + timedelta(days=20), "https://a.example/3")
    known = context.model_copy(update={"events": (deal,)})
    assert told(known, {"events": (retold,)}, {"events": ()}, {"events": ()}) == []
    (change,) = told(known, {"events": (retold, fresh)})
    assert (change.kind, change.after, change.significance) == (
        ChangeKind.ADDED,
        "Norvale acquires ski rental Pistely",
        Significance.ALERT,
    )


def test_an_old_event_that_is_found_late_is_no_news() -> None:
    """What happened long before the last look was found late, and not new."""
    context = first(StrategicContext)
    old = event("Norvale acquires Pistely", context.as_of.date() - timedelta(days=200), "https://a.example/3")
    assert told(context, {"events": (*context.events, old)}) == []


def test_a_full_list_of_roles_misses_nothing() -> None:
    """Of more roles than are kept the older ones drop out without being closed."""
    hiring = first(HiringSignals)
    role = hiring.relevant_roles[0]
    roles = tuple(role.model_copy(update={"url": f"https://jobs.example/{n}"}) for n in range(30))
    full = hiring.model_copy(update={"relevant_roles": roles[:25]})
    newer = {"relevant_roles": roles[5:]}
    assert {one.kind for one in told(full, newer, newer, newer)} == {ChangeKind.ADDED}


def test_a_competitor_that_turns_to_the_seller_is_an_alert() -> None:
    """Whether a known competitor uses the seller is told; of a new one in the list only that it is new."""
    found = first(CompetitorIntelligence)
    one = found.competitors[0]
    assert one.uses_seller is not None
    turned = one.model_copy(
        update={"uses_seller": one.uses_seller.model_copy(update={"value": not one.uses_seller.value})}
    )
    changes = told(found, {"competitors": (turned, *found.competitors[1:])})
    assert [(change.field, change.item, change.significance) for change in changes] == [
        ("competitors' use of the seller", one.domain, Significance.ALERT)
    ]
    added = one.model_copy(update={"domain": "another.example"})
    changes = told(found, {"competitors": (*found.competitors, added)})
    assert [(change.field, change.item) for change in changes] == [("competitors", "another.example")]


def test_a_recount_is_no_alert() -> None:
    """Employees counted anew move a little, or are a minor change."""
    company = first(CompanyContext)
    assert company.employees is not None

    def counted(factor: float) -> dict[str, object]:
        employees = company.employees
        assert employees is not None
        return {"employees": Fact(value=int(employees.value * factor), sources=employees.sources)}

    assert told(company, counted(1.1)) == []
    assert [one.significance for one in told(company, counted(2))] == [Significance.MINOR]


def test_another_provider_in_other_words_is_no_change_of_the_company() -> None:
    """A fallback words the industry and counts heads in its own way; from then on it is compared with itself."""
    company = first(CompanyContext)
    assert company.industry is not None
    theirs = company.industry.sources[0]
    stand_in = theirs.model_copy(update={"provider": "a stand-in"})

    def industry(words: str, source: Source) -> dict[str, object]:
        return {"industry": Fact(value=words, sources=(source,))}

    assert told(company, industry("retail", stand_in)) == []
    assert told(company, industry("retail", stand_in), industry("banking", theirs)) == []
    (change,) = told(company, industry("retail", stand_in), industry("banking", stand_in))
    assert (change.before, change.after) == ("retail", "banking")
    (change,) = told(company, industry("banking", theirs))
    assert change.after == "banking"
