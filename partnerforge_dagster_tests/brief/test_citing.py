import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from partnerforge_dagster.brief.citing import Citations, Writer, answer_key
from partnerforge_dagster.models.provenance import Source
from partnerforge_dagster.models.strategic_signal_brief import BriefSource, Section, Statement, StrategicSignalBrief
from partnerforge_dagster_tests.brief.sample import AS_OF, fact, src

answers = st.builds(
    src,
    st.sampled_from(["builtwith", "yahoo"]),
    st.sampled_from(["domain", "quote"]),
    st.sampled_from([None, "https://a.example/", "https://b.example/"]),
    age_h=st.sampled_from([1, 2]),
    cached=st.booleans(),
)


def test_without_sources_nothing_is_written() -> None:
    """Cite or omit: a text without a source leaves no statement, whichever way it is offered."""
    writer = Writer(Section.FACTS, Citations())
    writer.fact("Revenue", "$1 bn", ())
    writer.inference("Offer", "anything", [])
    writer.report("Employees", None)
    assert writer.statements == ()


def test_a_statement_without_sources_cannot_even_be_made_by_hand() -> None:
    """The record refuses a statement with no source number."""
    with pytest.raises(ValidationError, match="sources"):
        Statement(id="x.1", section=Section.FACTS, text="Revenue: $1 bn", kind="fact", sources=())


def test_a_brief_refuses_a_statement_whose_source_is_not_listed() -> None:
    """Source numbers that the list lacks are an error, not a dangling note."""
    statement = Statement(id="x.1", section=Section.FACTS, text="Revenue: $1 bn", kind="fact", sources=(7,))
    with pytest.raises(ValidationError, match=r"sources \[7\] that are not listed"):
        StrategicSignalBrief(
            account="a.example", as_of=AS_OF, mode="live", status="complete", title="A", statements=(statement,)
        )


def test_inferred_and_estimated_facts_say_so() -> None:
    """A conclusion is marked as inference, a provider's estimate is called one."""
    writer = Writer(Section.FACTS, Citations())
    source = src("builtwith", "domain")
    writer.report("Growth", fact(0.1, source, inferred=True))
    writer.report("Revenue", fact(5, source, estimate=True))
    growth, revenue = writer.statements
    assert growth.kind == "inference"
    assert revenue.kind == "fact"
    assert revenue.text == "Revenue: 5 (the provider's estimate)"


def test_one_answer_read_twice_is_one_source() -> None:
    """The same answer, first fresh and then from the cache, is one source that was paid for; stale for one is stale."""
    citations = Citations()
    fresh = src("builtwith", "domain", "https://a.example/")
    again = fresh.model_copy(update={"cached": True, "stale": True})
    assert citations.cite([fresh]) == citations.cite([again]) == (1,)
    assert citations.listed() == (BriefSource(n=1, **fresh.model_copy(update={"stale": True}).model_dump()),)


@given(st.lists(st.lists(answers, max_size=5), max_size=8))
def test_numbers_follow_first_use_without_holes(groups: list[list[Source]]) -> None:
    """Numbers run 1, 2, 3 in the order of first use, one per answer, and each leads back to its answer."""
    citations = Citations()
    cited = [citations.cite(group) for group in groups]
    listed = citations.listed()
    order = list(dict.fromkeys(answer_key(source) for group in groups for source in group))
    assert [source.n for source in listed] == list(range(1, len(order) + 1))
    assert [answer_key(source) for source in listed] == order
    for group, numbers in zip(groups, cited, strict=True):
        assert {answer_key(listed[n - 1]) for n in numbers} == {answer_key(source) for source in group}
