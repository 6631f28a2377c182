"""Tranco: a rank, no rank, and no answer. No real answer was at hand: the shape is that of public clients."""

import httpx
import pytest

from partnerforge_dagster.models.failures import BadAnswer, ProviderError, RateLimited, Unreachable
from partnerforge_dagster.providers.tranco import Tranco
from partnerforge_dagster_tests.providers.wire import Server, ask


def rank(server: Server) -> int | None:
    return ask(server, Tranco, lambda tranco: tranco.rank("example.com")).value


def test_the_newest_rank_counts_wherever_it_stands() -> None:
    """Newest first is an observation, no promise."""
    ranks = [{"date": "2026-11-13", "rank": 500}, {"date": "2026-11-15", "rank": 512}]
    assert rank(httpx.Response(200, json={"ranks": ranks, "domain": "example.com"})) == 512


def test_a_domain_past_the_first_million_has_no_rank() -> None:
    """Asked, nothing there."""
    assert rank(httpx.Response(200, json={"ranks": [], "domain": "example.com"})) is None


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (httpx.Response(429), RateLimited),
        (httpx.Response(502), Unreachable),
        (httpx.Response(200, html="<html></html>"), BadAnswer),
        (httpx.Response(200, json={"domain": "example.com"}), BadAnswer),
        (httpx.Response(200, json={"ranks": [{"rank": None}]}), BadAnswer),
        (httpx.Response(404), BadAnswer),
    ],
)
def test_no_answer_is_not_unranked(answer: httpx.Response, kind: type[ProviderError]) -> None:
    """Each way of not answering is a failure."""
    with pytest.raises(kind):
        rank(answer)
