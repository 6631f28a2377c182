import asyncio

from partnerforge_dagster.assets.strategic_signal_brief import strategic_signal_brief
from partnerforge_dagster.brief.compose import compose
from partnerforge_dagster.brief.missing import UPSTREAM
from partnerforge_dagster.orchestration.module import DECLARED
from partnerforge_dagster_tests.brief import sample


def test_the_brief_needs_all_other_modules() -> None:
    """M15 takes the fourteen other modules, so that the graph waits for each of them."""
    assert set(DECLARED["strategic_signal_brief"].needs) == set(UPSTREAM)


def test_the_module_composes_what_it_is_given() -> None:
    """Each argument arrives under its own module's name."""
    brief = asyncio.run(strategic_signal_brief(sample.ACCOUNT, **sample.RESULTS, seller=sample.SELLER))
    assert brief == compose(sample.ACCOUNT, sample.RESULTS, sample.SELLER)
