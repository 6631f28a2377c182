"""Three of ten answers spoilt by a served sandbox: no wrong one is kept or delivered, and few calls are added.

Not for: single faults (test_tries.py, the providers' tests).
"""

import asyncio
import itertools
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from partnerforge_dagster.governor.retry import TRIES
from partnerforge_dagster.models.failures import ProviderError
from partnerforge_dagster.models.provenance import Answer
from partnerforge_dagster.providers.clients import build_clients
from partnerforge_dagster.settings import Settings
from partnerforge_dagster.settings_providers import BuiltWithSettings, Providers
from partnerforge_dagster.store.tables import answers
from partnerforge_dagster_tests.governor import virtual
from partnerforge_dagster_tests.providers.sandbox.served import served

KINDS = ("timeout", "reset", "429", "500", "truncated", "html", "error200")
SHARE = 1 - 0.7 ** (1 / len(KINDS))
"""Of each kind, so that three of ten answers are struck by one."""
FAULTS = ",".join(f"builtwith:{kind}:{SHARE:.4f}" for kind in KINDS)
DOMAINS = ("costco.com", "ikea.com", "etsy.com", "zalando.com", "grainger.com", *(f"shop-{n}.com" for n in range(15)))
ENDPOINTS = ("relationships", "recommendations", "keywords", "trust", "redirects")

Outcome = Answer[Any] | ProviderError


def ask_everything(engine: Engine, sandbox_url: str | None) -> list[Outcome]:
    """What each of 100 questions comes to; a provider as quick as can be, and patient: a busy machine is no fault."""
    quick = BuiltWithSettings(per_minute=6000, at_once=20, timeout_s=8, breaker_after=10_000)
    settings = Settings(sandbox_url=sandbox_url, providers=Providers(builtwith=quick))

    async def ask() -> list[Any]:
        client = build_clients(settings, engine).builtwith
        async with client.http:
            questions = (getattr(client, endpoint)(domain) for domain in DOMAINS for endpoint in ENDPOINTS)
            return await asyncio.gather(*questions, return_exceptions=True)

    outcomes = asyncio.run(ask())
    for outcome in outcomes:
        if not isinstance(outcome, Answer | ProviderError):
            raise outcome
    return outcomes


def kept(engine: Engine) -> dict[str, tuple[int, bytes]]:
    """Stored answers by question."""
    with engine.connect() as connection:
        rows = connection.execute(select(answers.c.key, answers.c.status_code, answers.c.body)).all()
    return {key: (status, body) for key, status, body in rows}


def added(log: list[dict[str, Any]]) -> int:
    """Requests of a question after one that no fault had struck, or past the tries that the policy allows."""
    faults = {line["id"]: line.get("fault") for line in log if line["event"] == "response"}
    tries: dict[str, list[str | None]] = defaultdict(list)
    for line in log:
        if line["event"] == "request":
            tries[line["question"]].append(faults[line["id"]])
    assert len(tries) == len(DOMAINS) * len(ENDPOINTS)
    struck = sum(fault is not None for found in tries.values() for fault in found)
    assert struck / sum(map(len, tries.values())) == pytest.approx(0.3, abs=0.12), "the sandbox strikes three of ten"
    return sum(
        max(0, len(found) - TRIES) + sum(before is None for before, _ in itertools.pairwise(found))
        for found in tries.values()
    )


@pytest.mark.slow
def test_no_wrong_fact_and_few_added_calls(engine: Engine, tmp_path: Path) -> None:
    """What is kept and delivered is what an undisturbed provider says; added calls stay within a tenth."""
    with virtual.quick_store(tmp_path / "undisturbed") as undisturbed:
        right = ask_everything(undisturbed, None)
        said = kept(undisturbed)
    with served(tmp_path, faults=FAULTS) as sandbox:
        outcomes = ask_everything(engine, sandbox.url)
        extra = added(sandbox.settled())
    assert extra <= 0.1 * len(right)
    for outcome, expected in zip(outcomes, right, strict=True):
        assert isinstance(expected, Answer)
        assert isinstance(outcome, ProviderError) or outcome.value == expected.value
    assert kept(engine).items() <= said.items()
    assert sum(isinstance(outcome, Answer) for outcome in outcomes) >= 0.7 * len(right)
