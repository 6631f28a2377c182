"""How long answers take."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnerforge_dagster.governor.context import calling
from partnerforge_dagster.models.modules import MODULES
from partnerforge_dagster.providers.sandbox.faults import PROVIDERS
from partnerforge_dagster.providers.sandbox.latency import MODULE_SECONDS, SHARES, Latency
from partnerforge_dagster_tests.providers.sandbox.calls import ONE_OF_EACH, call

SPARQL, ENTITY, LABELS = (
    ("wikidata", "/sparql"),
    ("wikidata", "/wiki/Special:EntityData/Q1.json"),
    ("wikidata", "/w/api.php"),
)
SUMMARY = ("yahoo", "/v10/finance/quoteSummary/COST")
SITES = "/v5/website-analysis/websites"
LONGEST_CHAINS = {
    "company_context": (SPARQL, ENTITY, LABELS, ("yahoo", "/v1/test/getcrumb"), SUMMARY),
    "technology_stack": (("builtwith", "/v23/api.json"),),
    "traffic_analysis": (("similarweb", f"{SITES}/geography/aggregated"),),
    "financial_profile": (SPARQL, ENTITY, LABELS, ("sec_edgar", "/api/xbrl/companyfacts/CIK1.json")),
    "competitor_intelligence": (
        ("similarweb", f"{SITES}/similar-sites/aggregated"),
        ("similarweb", f"{SITES}/traffic-and-engagement"),
    ),
    "hiring_signals": (
        ("web_page", "/"),
        ("web_page", "/careers"),
        ("job_boards", "/v1/boards/costco/jobs"),
        ("job_boards", "/v1/jobs/search"),
    ),
    "strategic_context": (("web_search", "/res/v1/news/search"),),
    "investor_intelligence": (
        ("sec_edgar", "/submissions/CIK0000909832.json"),
        ("sec_edgar", "/Archives/edgar/data/909832/1/a.htm"),
    ),
    "executive_intelligence": (SPARQL, ENTITY, LABELS),
}


def test_every_module_has_its_seconds_and_every_share_is_a_modules() -> None:
    """The table has the fifteen modules and no other names."""
    assert set(MODULE_SECONDS) == set(MODULES)
    assert set(SHARES) == set(LONGEST_CHAINS)


@pytest.mark.parametrize("module", LONGEST_CHAINS)
def test_the_longest_chain_of_calls_takes_the_modules_time(module: str) -> None:
    """Calls in a chain add up to what the module takes; calls beside it take no longer."""
    realistic = Latency.parse("realistic")
    assert sum(realistic.seconds(module, *call) for call in LONGEST_CHAINS[module]) == MODULE_SECONDS[module]


@given(st.floats(0, 1000), st.sampled_from([*MODULES, None]), st.sampled_from(PROVIDERS))
def test_a_factor_scales_every_answer(factor: float, module: str | None, provider: str) -> None:
    """Seconds are the realistic ones times the factor; `none` is 0."""
    realistic = Latency.parse("realistic").seconds(module, provider, "/x")
    assert Latency.parse(repr(factor)).seconds(module, provider, "/x") == pytest.approx(realistic * factor)
    assert Latency.parse("none").seconds(module, provider, "/x") == 0


@pytest.mark.parametrize("text", ["fast", "-1", "nan", "inf", ""])
def test_another_word_is_refused(text: str) -> None:
    """Only `none`, `realistic` and factors are known."""
    with pytest.raises(ValueError, match="is not `none`, `realistic` or a factor"):
        Latency.parse(text)


def test_the_running_module_is_told_to_the_sandbox() -> None:
    """A call on behalf of a module takes that module's share: 15 s of technology_stack, times 0.02."""
    with calling(module="technology_stack"):
        started = time.monotonic()
        call(ONE_OF_EACH["builtwith"], latency="0.02")
    assert 0.3 <= time.monotonic() - started < 2
