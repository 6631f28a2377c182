"""`partnerforge record` and `enrich --replay`, judged by the files and by the log of a served sandbox.

Not for: what is taken out of an answer (providers/test_redaction.py).
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from partnerforge_dagster.settings_providers import Providers
from partnerforge_dagster_tests.cli.running import Ran, run, sandbox

ACCOUNTS = ("costco.com", "sallybeauty.com")
KEYS = {
    "BUILTWITH__API_KEY": "bw-5f0e-never-to-be-seen",
    "SIMILARWEB__API_KEY": "sw-77c1-never-to-be-seen",
    "WEB_SEARCH__API_KEY": "brave-90aa-never-to-be-seen",
    "JOB_BOARDS__THEIRSTACK_API_KEY": "ts-1b2d-never-to-be-seen",
}
FAULTS = "builtwith/trustv2:unauthorized,similarweb/v5/website-content:unauthorized"


def live(url: str, **keys: str) -> dict[str, str]:
    """Settings of a deployment in live mode whose every provider is the served sandbox."""
    hosts = {f"PARTNERFORGE_PROVIDERS__{name.upper()}__BASE_URL": url for name in Providers().named()}
    given = {f"PARTNERFORGE_PROVIDERS__{name}": key for name, key in keys.items()}
    return {"PARTNERFORGE_MODE": "live", **hosts, **given}


@dataclass(frozen=True)
class Recorded:
    """A recording made in live mode, the run that made it, and the sandbox that played the providers."""

    folder: Path
    first: Ran
    url: str
    log: Path

    def requests(self) -> int:
        """How many requests the sandbox has had."""
        return sum(json.loads(line)["event"] == "request" for line in self.log.read_text().splitlines())

    def files(self) -> dict[str, str]:
        """Every file of the recording but the briefs."""
        found = (path for path in self.folder.rglob("*.json") if path.parent.name != "briefs")
        return {str(path.relative_to(self.folder)): path.read_text() for path in found}


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recorded]:
    """Two accounts, some of whose questions a provider refuses."""
    folder = tmp_path_factory.mktemp("recorded")
    log = folder / "requests.jsonl"
    with sandbox(folder, "--log", str(log), "--faults", FAULTS) as (_, url):
        first = run(folder, "record", *ACCOUNTS, "--to", "kept", "--json", **live(url, **KEYS))
        yield Recorded(folder / "kept", first, url, log)


def briefs(report: Any) -> dict[str, bytes]:
    """Contents of all files of all briefs, by account and form."""
    return {
        f"{account} {form}": Path(path).read_bytes()
        for account, told in report["accounts"].items()
        for form, path in told["brief"].items()
    }


def test_a_replay_makes_the_same_brief_and_asks_nobody(recorded: Recorded, tmp_path: Path) -> None:
    """HTML, Markdown and JSON are the same bytes, gaps and live mode included, without a key and without a request.

    Where it is replayed nothing says live: mode and moment are the recording's, and the deployment's store stays shut.
    """
    assert recorded.first.code == 0, recorded.first.err
    asked = recorded.requests()
    assert asked > 100
    elsewhere = {**live(recorded.url), "PARTNERFORGE_MODE": "sandbox"}
    replayed = run(tmp_path, "enrich", *ACCOUNTS, "--replay", str(recorded.folder), "--json", **elsewhere)
    assert replayed.code == 0, replayed.err
    assert recorded.requests() == asked
    assert replayed.report["calls"] == {}
    made, again = briefs(recorded.first.report), briefs(replayed.report)
    assert len(made) == 6
    assert made == again
    brief = json.loads(again["costco.com json"])
    assert brief["mode"] == "live"
    assert any(gap["refused"] and gap["provider"] == "builtwith" for gap in brief["gaps"])
    assert all(brief["scores"].values())
    assert not (tmp_path / ".partnerforge" / "partnerforge.db").exists()


def test_no_key_and_no_contact_is_in_a_recording(recorded: Recorded) -> None:
    """Whole files are searched for the keys that were used, for e-mail addresses and for cookies with a value."""
    files = recorded.files()
    assert len(files) > 80
    text = "\n".join(files.values())
    assert "never-to-be-seen" not in text
    assert not re.search(r"[\w.]+@(?!example\.invalid)[\w-]+\.(?:com|org|net|io)\b", text)
    assert not re.search(r'"set-cookie",\s*"[^"=]+=[^"]', text)
    assert "getcrumb" not in text


def test_recording_again_asks_for_nothing(recorded: Recorded, tmp_path: Path) -> None:
    """The same command goes on with a recording: its moment stays, and so does every file."""
    files, asked = recorded.files(), recorded.requests()
    first = briefs(recorded.first.report)
    again = run(tmp_path, "record", "costco.com", "--to", str(recorded.folder), "--json", **live(recorded.url, **KEYS))
    assert again.code == 0, again.err
    assert recorded.requests() == asked
    assert recorded.files() == files
    assert briefs(again.report).items() <= first.items()


def test_what_is_not_in_the_recording_could_not_be_asked(recorded: Recorded, tmp_path: Path) -> None:
    """Another account: no request, no brief that says "nothing there", and the reason in words."""
    asked = recorded.requests()
    other = run(tmp_path, "enrich", "etsy.com", "--replay", str(recorded.folder), "--json", **live(recorded.url))
    assert recorded.requests() == asked
    told = other.report["accounts"]["etsy.com"]
    gaps = json.loads(Path(told["brief"]["json"]).read_bytes())["gaps"]
    assert any("not in the recording" in gap["reason"] for gap in gaps)
    assert {gap["kind"] for gap in gaps if gap["provider"] in ("builtwith", "similarweb")} == {"could_not_ask"}


def test_answers_of_the_cache_are_recorded_without_being_bought_again(tmp_path: Path) -> None:
    """After an enrichment of the same deployment a recording costs nothing and is whole."""
    assert run(tmp_path, "enrich", "costco.com", "--json").code == 0
    made = run(tmp_path, "record", "costco.com", "--to", "kept", "--json")
    assert made.code == 0, made.err
    assert sum(count["made"] for count in made.report["calls"].values()) == 0
    assert made.report["recording"]["answers"] > 40
    again = run(tmp_path, "enrich", "costco.com", "--replay", "kept", "--json")
    assert briefs(again.report) == briefs(made.report)
    assert b'"cached": true' in briefs(again.report)["costco.com json"]


def test_a_folder_that_cannot_be_used_is_refused(tmp_path: Path) -> None:
    """Exit status 2, the folder or the file, and what to do; nothing is written."""
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("mine")
    (tmp_path / "other" / "builtwith").mkdir(parents=True)
    manifest = {"format": 1, "mode": "live", "as_of": "2026-11-01T00:00:00Z", "accounts": ["costco.com"]}
    (tmp_path / "other" / "recording.json").write_text(json.dumps(manifest))
    (tmp_path / "newer").mkdir()
    (tmp_path / "newer" / "recording.json").write_text(json.dumps({**manifest, "format": 2}))
    for words, said in (
        (("enrich", "costco.com", "--replay", "nowhere"), "nowhere holds no recording"),
        (("enrich", "costco.com", "--replay", "full"), "full holds no recording"),
        (("enrich", "costco.com", "--replay", "newer"), "newer/recording.json is not of recording format 1"),
        (("record", "costco.com", "--to", "full"), "full is not empty"),
        (("record", "costco.com", "--to", "other"), "other holds a live recording"),
    ):
        refused = run(tmp_path, *words)
        assert (refused.code, refused.out) == (2, ""), refused
        assert said in refused.err.replace("\n", "")
    (tmp_path / "other" / "builtwith" / "domain-00.json").write_text('{"format": 1, "provi')
    broken = run(tmp_path, "enrich", "costco.com", "--replay", "other")
    assert broken.code == 2
    assert "domain-00.json" in broken.err
