from datetime import date
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partnerforge_dagster.brief.compose import compose
from partnerforge_dagster.brief.missing import UPSTREAM
from partnerforge_dagster.brief.render_html import render_html
from partnerforge_dagster.brief.render_json import render_json
from partnerforge_dagster.brief.render_markdown import render_markdown
from partnerforge_dagster.models.buying_committee import BuyingCommittee
from partnerforge_dagster.models.displacement_analysis import Incumbency
from partnerforge_dagster.models.icp_priority_mapping import Tier
from partnerforge_dagster.models.provenance import Gap, GapKind
from partnerforge_dagster.models.result import ModuleResult, Status
from partnerforge_dagster.models.strategic_signal_brief import Section, StrategicSignalBrief
from partnerforge_dagster_tests.brief import sample

FAILURES = [*combinations(UPSTREAM, 1), *combinations(UPSTREAM, 2)]


def brief_of(**changed: ModuleResult) -> StrategicSignalBrief:
    """The sample's brief with some modules' results replaced."""
    return compose(sample.ACCOUNT, {**sample.RESULTS, **changed}, sample.SELLER)


def texts(brief: StrategicSignalBrief, section: Section | None = None) -> list[str]:
    """The statements' texts, of one section or of all."""
    return [item.text for item in brief.statements if section in (None, item.section)]


def assert_sound(brief: StrategicSignalBrief, results: dict[str, ModuleResult]) -> None:
    """What holds for every brief, whatever was there."""
    listed = {source.n for source in brief.sources}
    assert all(item.sources and set(item.sources) <= listed for item in brief.statements)
    ids = [item.id for item in brief.statements]
    assert len(ids) == len(set(ids))
    named = {row.module for row in brief.data_gaps}
    lost = {name for name in UPSTREAM if name not in results or results[name].status is Status.UNAVAILABLE}
    assert lost <= named
    assert [row.module for row in brief.modules] == list(UPSTREAM)
    if lost:
        assert brief.status is not Status.COMPLETE
    assert (brief.status is Status.UNAVAILABLE) == (lost == set(UPSTREAM))
    for render in (render_html, render_markdown, render_json):
        assert render(brief) == render(brief)


def emptied(result: ModuleResult, fields: set[str]) -> ModuleResult:
    """The result without some of its findings, as when a provider had nothing."""
    defaults = type(result)(**{name: getattr(result, name) for name in ModuleResult.model_fields})
    return result.model_copy(update={name: getattr(defaults, name) for name in fields})


@st.composite
def partial_results(draw: st.DrawFn) -> dict[str, ModuleResult]:
    """Any subset of modules: absent, unavailable, stale or there, each with some findings missing."""
    results: dict[str, ModuleResult] = {}
    for name, full in sample.RESULTS.items():
        fate = draw(st.sampled_from(["there", "emptied", "stale", "unavailable", "absent"]))
        if fate == "unavailable":
            results[name] = sample.unavailable(name)
        elif fate == "emptied":
            own = sorted(set(type(full).model_fields) - set(ModuleResult.model_fields))
            results[name] = emptied(full, draw(st.sets(st.sampled_from(own))))
        elif fate != "absent":
            results[name] = full.model_copy(update={"status": Status.STALE}) if fate == "stale" else full
    return results


@settings(max_examples=60, deadline=None)
@given(partial_results())
def test_every_statement_is_cited_whatever_is_missing(results: dict[str, ModuleResult]) -> None:
    """For any subset of module results each statement cites listed sources and each lost module is a gap."""
    assert_sound(compose(sample.ACCOUNT, results, sample.SELLER), results)


@pytest.mark.parametrize("failed", FAILURES, ids="+".join)
def test_a_brief_comes_out_of_any_one_or_two_failures(failed: tuple[str, ...]) -> None:
    """Any single or pairwise failure leaves a valid, partial brief with statements."""
    results = {**sample.RESULTS, **{name: sample.unavailable(name) for name in failed}}
    brief = compose(sample.ACCOUNT, results, sample.SELLER)
    assert_sound(brief, results)
    assert brief.status is Status.PARTIAL
    assert brief.statements


def test_nothing_at_all_gives_an_unavailable_brief_that_names_every_module() -> None:
    """Without any module there is no statement, and every module is a gap that was never asked."""
    brief = compose(sample.ACCOUNT, {}, sample.SELLER)
    assert brief.status is Status.UNAVAILABLE
    assert brief.statements == brief.sources == ()
    assert {row.module for row in brief.data_gaps} == set(UPSTREAM)
    assert {row.gap.kind for row in brief.data_gaps} == {GapKind.COULD_NOT_ASK}
    assert brief.title == sample.DOMAIN


def test_complete_modules_make_a_complete_brief_and_stale_ones_a_stale_one() -> None:
    """Status follows the modules: complete, partial, stale; a stale source alone is enough for stale."""
    complete = {name: result.model_copy(update={"status": Status.COMPLETE}) for name, result in sample.RESULTS.items()}
    assert compose(sample.ACCOUNT, complete, sample.SELLER).status is Status.COMPLETE
    assert brief_of().status is Status.PARTIAL
    stale = sample.HIRING.model_copy(update={"status": Status.STALE})
    assert brief_of(hiring_signals=stale).status is Status.STALE
    old = sample.WIKIDATA.model_copy(update={"stale": True})
    company = sample.COMPANY.model_copy(update={"founded": sample.fact(1974, old)})
    assert compose(sample.ACCOUNT, {**complete, "company_context": company}, sample.SELLER).status is Status.STALE


def test_every_section_is_filled_from_full_results() -> None:
    """Full results fill all six sections, and each statement's text begins with its label."""
    brief = brief_of()
    assert {item.section for item in brief.statements} == set(Section)
    assert all(item.text.startswith(f"{item.label}: ") for item in brief.statements)


def test_a_competitor_without_a_search_product_is_a_conclusion_and_an_unread_one_says_nothing() -> None:
    """A stack that was read and shows none is not the same as a stack that nobody could read."""
    *_, last = sample.COMPETITION.competitors
    unread = last.model_copy(update={"uses_seller": None})
    for competitor, kind, text in (
        (last, "inference", "Competitor: wildtrail.example, no known search product"),
        (unread, "fact", "Competitor: wildtrail.example"),
    ):
        brief = brief_of(competitor_intelligence=sample.COMPETITION.model_copy(update={"competitors": (competitor,)}))
        assert (kind, text) in [(item.kind, item.text) for item in brief.statements]


def test_the_headline_says_whether_to_call_and_whom_to_ask_for() -> None:
    """Tier and scores make the verdict, the likeliest candidate and the strongest signal the next step."""
    verdict, following = texts(brief_of(), Section.HEADLINE)
    assert verdict.startswith("Call now: Norvale Outfitters is a hot account: fit 84 (80 to 90 possible), intent 64")
    assert following.startswith("Next: Ask for Priya Raman, Chief Digital Officer; open with “Norvale to leave")


def test_a_customer_is_not_pitched() -> None:
    """An account that already uses the seller is handed over, not called."""
    customer = sample.DISPLACEMENT.model_copy(
        update={"incumbency": Incumbency.CUSTOMER, "incumbent": sample.fact("Algolia", sample.STACK)}
    )
    brief = brief_of(displacement_analysis=customer)
    verdict, following = texts(brief, Section.HEADLINE)
    assert verdict.startswith(f"Already a customer of {sample.SELLER.name}: ")
    assert "Leave new business alone" in following
    assert "Customer: The site already uses Algolia, 4.7 years in place." in texts(brief, Section.WHY_US)
    assert not any(item.label == "Objection" for item in brief.statements)


def test_a_cold_account_is_not_to_be_called() -> None:
    """A cold tier says so and spends no call."""
    verdict, following = texts(
        brief_of(icp_priority_mapping=sample.ICP.model_copy(update={"tier": Tier.COLD})), Section.HEADLINE
    )
    assert verdict.startswith("Do not call: ")
    assert following.startswith("Next: Spend no call now")


def test_why_now_lists_the_strongest_signals_with_date_and_age() -> None:
    """Signals come in the order of their points, dated and aged; the events stand in when nothing weighed them."""
    now = texts(brief_of(), Section.WHY_NOW)
    assert now[0].startswith(
        "3 Oct 2026: Replatforming: Norvale to leave its old shop system by next autumn (44 days ago)."
    )
    assert now[2].endswith("in the 30 days before (4 days ago).")
    assert "Next earnings: 3 Dec 2026" in now
    assert any(text.startswith("Dropped: Adobe Experience Manager is gone from the site") for text in now)
    unweighed = texts(brief_of(signal_scoring=sample.unavailable("signal_scoring")), Section.WHY_NOW)
    assert unweighed[0] == now[0]
    assert unweighed[1].startswith("19 Aug 2026: Leadership change")


def test_an_earnings_date_is_told_once() -> None:
    """A signal of the earnings day makes the line about it superfluous; a past date is not called next."""
    earnings = sample.EXPANSION.model_copy(update={"kind": "earnings", "on": sample.INVESTORS.next_earnings.value})
    scored = sample.SIGNALS.top_signals[0].model_copy(update={"signal": earnings})
    told = brief_of(signal_scoring=sample.SIGNALS.model_copy(update={"top_signals": (scored,)}))
    past = sample.INVESTORS.model_copy(update={"next_earnings": sample.fact(date(2026, 9, 3), sample.QUOTE)})
    for brief in (told, brief_of(investor_intelligence=past)):
        assert not any(text.startswith("Next earnings") for text in texts(brief))


def test_a_signal_without_a_date_says_so() -> None:
    """An undated signal is not given today's date."""
    undated = sample.REPLATFORMING.model_copy(update={"on": None})
    scored = sample.SIGNALS.top_signals[0].model_copy(update={"signal": undated})
    brief = brief_of(signal_scoring=sample.SIGNALS.model_copy(update={"top_signals": (scored,)}))
    assert texts(brief, Section.WHY_NOW)[0].startswith("No date: Replatforming: Norvale to leave")


def test_the_sellers_own_texts_are_always_inferences() -> None:
    """Pitches, questions, stories and objections are joined to cited facts of the account and marked as inference."""
    seller_words = [
        *(offer.pitch for offer in sample.SELLER.value_propositions),
        *(seat.ask for seat in sample.SELLER.seats),
        *(product.weakness for product in sample.SELLER.competing),
        *(story.headline for story in sample.SELLER.case_studies),
    ]
    said = [item for item in brief_of().statements if any(words[:60] in item.text for words in seller_words)]
    assert len(said) >= 5
    assert {item.kind for item in said} == {"inference"}


def test_a_stated_priority_opens_the_talk_with_the_offer_for_its_theme() -> None:
    """What the company told its investors is joined to the first offer that serves the theme, and cites the filing."""
    brief = brief_of()
    opener = next(item for item in brief.statements if item.section is Section.WHAT_TO_SAY)
    pitch = next(offer.pitch for offer in sample.SELLER.value_propositions if "e-commerce growth" in offer.themes)
    assert opener.text.startswith("Opener: They told investors on 27 Mar 2026: “We intend to grow digital sales")
    assert pitch[:60] in opener.text
    assert [brief.sources[n - 1].url for n in opener.sources] == [sample.TEN_K.url]


def test_seats_are_inferences_and_executives_stand_in_without_a_committee() -> None:
    """Nobody publishes a buying committee; without candidates the executives are listed as facts."""
    seats = [item for item in brief_of().statements if item.section is Section.WHO]
    assert {item.kind for item in seats} == {"inference"}
    assert seats[2].text.startswith("Champion: Being hired: Director of Product, Search & Discovery")
    empty = BuyingCommittee(**{name: getattr(sample.COMMITTEE, name) for name in ModuleResult.model_fields})
    people = [item for item in brief_of(buying_committee=empty).statements if item.section is Section.WHO]
    assert people[0].text == "Executive: Marcus Ekholm, Chief Executive Officer, since Apr 2019."
    assert {item.kind for item in people} == {"fact"}


def test_facts_are_written_for_people() -> None:
    """Money has its currency, shares are per cent, counts are short, estimates are called estimates."""
    facts = texts(brief_of(), Section.FACTS)
    assert "Revenue: $3.4 bn in fiscal 2025" in facts
    assert "Visits: 10.8 M visits a month (Oct 2026)" in facts
    assert "Visits trend: +9.1 % over 3 months and +18.7 % over 12 months" in facts
    assert "Headquarters: Duluth, Minnesota, United States" in facts
    assert "Countries: United States 81 %, Canada 12 %" in facts
    assert "Listed: NASDAQ: NRVL" in facts
    guessed = sample.MONEY.model_copy(
        update={"revenue": sample.fact(sample.MONEY.revenue.value, sample.STACK, estimate=True), "years": ()}
    )
    assert "Revenue: $3.4 bn (the provider's estimate)" in texts(brief_of(financial_profile=guessed), Section.FACTS)


def test_gaps_keep_their_kind_and_reason() -> None:
    """Could not ask, nothing there and not applicable arrive in the brief as the modules told them."""
    kinds = {(row.module, row.gap.kind) for row in brief_of().data_gaps}
    assert kinds == {
        ("technology_stack", GapKind.NOTHING_THERE),
        ("competitor_intelligence", GapKind.COULD_NOT_ASK),
        ("icp_priority_mapping", GapKind.NOT_APPLICABLE),
    }


def test_an_unavailable_module_without_a_word_is_still_a_gap() -> None:
    """A module that failed without naming a gap is named for it."""
    silent = sample.unavailable("hiring_signals").model_copy(update={"gaps": ()})
    (row,) = [row for row in brief_of(hiring_signals=silent).data_gaps if row.module == "hiring_signals"]
    assert row.gap == Gap(
        subject="all of hiring signals",
        kind=GapKind.COULD_NOT_ASK,
        provider=None,
        reason="the module failed and no earlier result is stored",
    )


def test_charts_are_cited_and_bars_end_at_as_of_when_live() -> None:
    """Both charts name their sources; a live technology's bar reaches the brief's day, a gone one its last day."""
    charts = brief_of().charts
    assert len(charts.visits) == 13
    assert charts.visits_sources
    assert charts.technologies_sources
    bars = {bar.name: bar for bar in charts.technologies}
    assert bars["Coveo"].end == sample.AS_OF.date()
    assert (bars["Oracle Endeca"].end.isoformat(), bars["Oracle Endeca"].live) == ("2022-04-20", False)


def test_another_modules_record_under_a_name_is_refused() -> None:
    """A mix-up of records is a bug and says so."""
    with pytest.raises(TypeError, match="hiring_signals holds a CompanyContext, not a HiringSignals"):
        compose(sample.ACCOUNT, {"hiring_signals": sample.COMPANY}, sample.SELLER)
