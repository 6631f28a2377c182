"""What becomes of a provider that could not be asked."""

import asyncio
from typing import NoReturn

import pytest

from partnerforge_dagster.models.failures import NotConfigured, OverBudget, ProviderError, Refused, Unreachable
from partnerforge_dagster.models.provenance import GapKind
from partnerforge_dagster.research.inquiry import Inquiry
from partnerforge_dagster_tests.sandboxed import account


@pytest.mark.parametrize("kind", [NotConfigured, OverBudget, Refused, Unreachable])
def test_only_a_missing_key_makes_another_try_useless(kind: type[ProviderError]) -> None:
    """The gap says who could not be asked and why, and whether that is for want of a key."""

    async def fails() -> NoReturn:
        raise kind("builtwith", "no luck")

    inquiry = Inquiry(account("costco.com"))
    assert asyncio.run(inquiry.ask("search vendor", fails())) is None
    (gap,) = inquiry.gaps
    assert (gap.kind, gap.provider, gap.reason) == (GapKind.COULD_NOT_ASK, "builtwith", "builtwith: no luck")
    assert gap.needs_key is (kind is NotConfigured)
    assert gap.refused is (kind is Refused)
