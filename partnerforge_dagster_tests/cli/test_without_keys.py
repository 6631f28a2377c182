"""Live, without any key, by the command that a user types: the sandbox stands for the free sources and is the judge.

The paid hosts are addresses where nobody listens.
"""

import json
from collections import Counter
from dataclasses import astuple, dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from partnerforge_dagster.key_gains import KEY_GAINS
from partnerforge_dagster_tests.cli.running import Ran, run, sandbox
from partnerforge_dagster_tests.once import made_once

ACCOUNTS = ("costco.com", "homedepot.com", "etsy.com")
FREE = ("sec_edgar", "job_boards", "wikidata", "web_page", "gdelt", "tranco", "common_crawl", "dns")
PAID = ("builtwith", "similarweb", "web_search")
NOBODY = "http://127.0.0.1:9"


@dataclass(frozen=True)
class Keyless:
    """What three enrichments left, and the sandbox's log of them."""

    ran: Ran
    lines: list[dict[str, Any]]

    def brief(self, account: str, form: str = "json") -> str:
        """A brief's text."""
        return Path(self.ran.report["accounts"][account]["brief"][form]).read_text("utf-8")


@pytest.fixture(scope="module")
def keyless(tmp_path_factory: pytest.TempPathFactory) -> Keyless:
    """One run for all tests."""

    def make(folder: Path) -> tuple[tuple[int, str, str], list[dict[str, Any]]]:
        log = folder / "requests.jsonl"
        with sandbox(folder, "--log", str(log)) as (_, url):
            there = {f"PARTNERFORGE_PROVIDERS__{name.upper()}__BASE_URL": url for name in FREE}
            nowhere = {f"PARTNERFORGE_PROVIDERS__{name.upper()}__BASE_URL": NOBODY for name in (*PAID, "yahoo")}
            ran = run(folder, "enrich", *ACCOUNTS, "--json", PARTNERFORGE_MODE="live", **there, **nowhere)
        return astuple(ran), [json.loads(line) for line in log.read_text("utf-8").splitlines()]

    _, (ran, lines) = made_once(tmp_path_factory, "keyless", make)
    return Keyless(Ran(*ran), lines)


def test_every_brief_is_written_and_nobody_paid_is_asked(keyless: Keyless) -> None:
    """By the sandbox's own log, and by the ledger."""
    assert keyless.ran.code == 0, keyless.ran.err
    asked = Counter(line["provider"] for line in keyless.lines if line["event"] == "request")
    assert set(asked) <= set(FREE)
    calls = keyless.ran.report["calls"]
    assert not set(calls) & set(PAID)
    assert all(counts["credits"] == 0 for counts in calls.values())


def test_gdelt_is_asked_once_an_account_and_never_twice_in_five_seconds(keyless: Keyless) -> None:
    """Two modules want news of each account; the second has it from the cache."""
    at = [line["at"] for line in keyless.lines if line["event"] == "request" and line["provider"] == "gdelt"]
    assert len(at) == len(ACCOUNTS)
    assert all(later - earlier >= 5 for earlier, later in pairwise(at))


@pytest.mark.parametrize("account", ACCOUNTS)
def test_a_brief_has_company_technology_news_filings_jobs_and_scores(keyless: Keyless, account: str) -> None:
    """Each stated with a source that takes no key."""
    brief = json.loads(keyless.brief(account))
    assert brief["mode"] == "live"
    provider = {source["n"]: source["provider"] for source in brief["sources"]}
    assert set(provider.values()) <= set(FREE)
    from_whom: dict[str, set[str]] = {}
    for statement in brief["statements"]:
        label = statement["text"].partition(":")[0]
        from_whom.setdefault(label, set()).update(provider[n] for n in statement["sources"])
    assert "wikidata" in from_whom["Legal name"] | from_whom["Industry"]
    assert from_whom["Revenue"] == {"sec_edgar"}
    assert from_whom["Latest 10-K"] == {"sec_edgar"}
    assert from_whom["Open roles"] == {"job_boards"}
    assert from_whom["Tranco rank"] == {"tranco"}
    cited = {provider[n] for statement in brief["statements"] for n in statement["sources"]}
    assert {"web_page", "gdelt"} <= cited, "technology and news"
    assert all(score["value"] is not None for score in brief["scores"].values())
    assert brief["tier"]


@pytest.mark.parametrize("account", ACCOUNTS)
def test_a_brief_says_what_each_missing_key_would_add(keyless: Keyless, account: str) -> None:
    """In all three forms, for each key that would fill a gap of it."""
    gains = {key["provider"]: key["adds"] for key in json.loads(keyless.brief(account))["missing_keys"]}
    assert set(gains) >= set(PAID)
    assert all(gains[gain.provider] == gain.adds for gain in KEY_GAINS if gain.provider in gains)
    for form in ("html", "markdown"):
        page = keyless.brief(account, form)
        assert "What a key would add" in page
        assert all(gain.service in page for gain in KEY_GAINS if gain.provider in gains)


def test_every_step_of_a_waterfall_has_its_reason(keyless: Keyless) -> None:
    """Who was passed over, and who answered."""
    steps = {
        one["subject"]: [(step["provider"], step["outcome"]) for step in one["steps"]]
        for one in json.loads(keyless.brief("costco.com"))["waterfalls"]
    }
    assert steps["strategic events"] == [("web_search", "no_key"), ("gdelt", "answered")]
    assert steps["global rank"] == [("similarweb", "no_key"), ("tranco", "answered")]
    assert steps["industry"] == [("yahoo", "switched_off"), ("wikidata", "answered"), ("builtwith", "no_key")]
