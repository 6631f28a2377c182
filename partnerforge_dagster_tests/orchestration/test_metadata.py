"""What the asset pages show of every record: full, nearly empty and unavailable, in values that Dagster can store."""

import json
from typing import Any

import dagster as dg
import pytest

from partnerforge_dagster.brief.compose import compose
from partnerforge_dagster.models.account import Account
from partnerforge_dagster.models.base import Mode
from partnerforge_dagster.models.company_context import CompanyContext
from partnerforge_dagster.models.modules import BRIEF, MODULES
from partnerforge_dagster.models.provenance import GapKind
from partnerforge_dagster.models.result import ModuleResult, Status
from partnerforge_dagster.orchestration.enrichment import unavailable
from partnerforge_dagster.orchestration.metadata import (
    MOST_ROWS,
    highlights,
    metadata_of,
    picture,
    said,
    sources_of,
    table,
)
from partnerforge_dagster_tests.brief import sample
from partnerforge_dagster_tests.changes.stacks import follow, stack
from partnerforge_dagster_tests.changes.test_scores import scored
from partnerforge_dagster_tests.orchestration.graph import COSTCO, NOBODY, PATAGONIA, Graph
from partnerforge_dagster_tests.scoring.records import AS_OF, fact, result, source, unasked

LARGEST = 200_000
"""Bytes of an event row: one is stored for every module of every account at every refresh."""


def stored(metadata: dict[str, Any]) -> dict[str, dg.MetadataValue]:
    """The metadata as Dagster keeps it; it refuses what it cannot. A round trip through its JSON."""
    event = dg.AssetMaterialization("asset", metadata=metadata)
    text = dg.serialize_value(event)
    assert len(text) < LARGEST
    kept = dg.deserialize_value(text, dg.AssetMaterialization).metadata
    assert dict(kept) == dict(event.metadata)
    return dict(kept)


@pytest.mark.parametrize("domain", [COSTCO, PATAGONIA, NOBODY])
@pytest.mark.parametrize("name", MODULES)
def test_every_record_renders(name: str, domain: str, whole: dict[tuple[str, str], ModuleResult]) -> None:
    """A listed company, a private one, and one of which nothing is known."""
    record = whole[name, domain]
    kept = stored(metadata_of(record, 1.23456))
    assert kept["status"].value == record.status.value
    assert kept["duration (s)"].value == 1.235
    assert ("gaps" in kept) == bool(record.gaps)
    assert ("sources" in kept) == bool(sources_of(record))


@pytest.mark.parametrize("name", MODULES)
def test_an_unavailable_record_renders(name: str, answered: Graph) -> None:
    """Status and the reason; the module's own part has nothing to show and does not break."""
    record = unavailable(answered.modules[name], Account(domain="acme.com", as_of=AS_OF), "similarweb: HTTP 500")
    kept = stored(metadata_of(record))
    assert kept["status"].value == "unavailable"
    assert "duration (s)" not in kept
    assert "sources" not in kept
    (row,) = kept["gaps"].records
    assert row.data == {
        "missing": MODULES[name].title.lower(),
        "why": "could not ask",
        "reason": "similarweb: HTTP 500",
    }


@pytest.mark.parametrize("name", MODULES)
def test_every_record_has_highlights_of_its_own(name: str, whole: dict[tuple[str, str], ModuleResult]) -> None:
    """No module's page shows the common part only."""
    assert type(whole[name, COSTCO]) in highlights.registry
    assert highlights(whole[name, COSTCO])


@pytest.mark.parametrize("name", [name for name in MODULES if name != BRIEF])
def test_all_sources_of_a_record_are_listed_once(name: str, whole: dict[tuple[str, str], ModuleResult]) -> None:
    """As many as there are different ones anywhere in the record's JSON."""
    record = whole[name, COSTCO]

    def anywhere(value: Any) -> list[str]:
        if isinstance(value, dict):
            own = [json.dumps(value, sort_keys=True)] if {"endpoint", "fetched_at"} <= value.keys() else []
            return own + [found for item in value.values() for found in anywhere(item)]
        return [found for item in value for found in anywhere(item)] if isinstance(value, list) else []

    listed = sources_of(record)
    assert len(listed) == len(set(listed)) == len(set(anywhere(record.model_dump(mode="json"))))


def test_a_source_row_says_when_and_how() -> None:
    """Provider, endpoint, address, time in UTC, cached and stale."""
    record = result(CompanyContext, founded=fact(1983))
    (row,) = stored(metadata_of(record))["sources"].records
    assert row.data == {
        "provider": "builtwith",
        "endpoint": "domain",
        "url": source().url,
        "fetched at": "2026-11-16 12:00 UTC",
        "from cache": False,
        "stale": False,
    }


def test_both_kinds_of_gaps_are_told_apart() -> None:
    """Could not ask, and nothing there, in words."""
    gaps = [unasked("ticker"), unasked("CIK").model_copy(update={"kind": GapKind.NOTHING_THERE})]
    rows = stored(metadata_of(result(CompanyContext, gaps=gaps)))["gaps"].records
    assert [row.data["why"] for row in rows] == ["could not ask", "nothing there"]


class Unshowable(ModuleResult):
    """A record whose highlights have a bug."""


@highlights.register
def _(result: Unshowable) -> dict[str, object]:
    raise KeyError(result.account)


def test_a_bug_in_what_is_shown_is_shown() -> None:
    """It fails nobody's step, and the rest of the page is there."""
    broken = Unshowable(account="costco.com", as_of=AS_OF, mode=Mode.SANDBOX, status=Status.COMPLETE)
    shown = metadata_of(broken)
    assert shown["not shown"] == "internal error: KeyError: 'costco.com'"
    assert shown["status"] == "complete"


def test_a_table_may_be_empty() -> None:
    """Asked, nothing there: a company without open roles has no roles by function."""
    assert table([]).records == []


def test_a_table_is_cut_at_its_most_rows() -> None:
    """An event row does not grow with the record."""
    assert len(table([{"number": number} for number in range(MOST_ROWS + 5)]).records) == MOST_ROWS


def test_columns_have_the_type_of_their_first_known_value() -> None:
    """So that the UI sorts numbers as numbers; a column that is never known is text."""
    rows = [
        {"flag": None, "count": 1, "share": None, "name": "a", "unknown": None},
        {"flag": True, "count": None, "share": 0.5, "name": "b", "unknown": None},
    ]
    kinds = {column.name: column.type for column in table(rows).schema.columns}
    assert kinds == {"flag": "bool", "count": "int", "share": "float", "name": "string", "unknown": "string"}


def test_a_picture_is_an_image_in_markdown() -> None:
    """Base64, so that nothing in the SVG can end the Markdown."""
    shown = picture("visits ](x)", "<svg/>").value
    assert shown.endswith("](data:image/svg+xml;base64,PHN2Zy8+)")


def test_a_missing_fact_is_a_dash() -> None:
    """And a known one is its value."""
    assert said(None) == "–"
    assert said(fact("Algolia")) == "Algolia"


def test_what_changed_is_a_table_with_the_reasons_of_a_score() -> None:
    """Old and new value, since when, and which parts moved a score; without changes there is no table."""
    before, after = (
        scored({"hiring": 0.2, "events": share, "investor": 0.5}, months=month)
        for month, share in enumerate((0.4, 0.9))
    )
    changes = follow([before, after], "signal_scoring")[1]
    (record,) = stored(metadata_of(after, 1.0, changes))["what changed"].records
    row = record.data
    assert (row["what"], row["before"], row["after"], row["alert"]) == ("Intent score", "36.5", "59", True)
    assert row["why"] == "Events +22.5 (18 to 40.5): events gives 0.90."
    assert row["last seen"] == f"{before.as_of:%Y-%m-%d}"
    assert "what changed" not in stored(metadata_of(after, 1.0, ()))


def test_a_brief_shows_the_changes_of_all_modules() -> None:
    """Its page has the same table, of everything since the last brief."""
    told = follow([stack(0, search="Algolia"), stack(30, search="Coveo")])[1]
    brief = compose(sample.ACCOUNT, sample.RESULTS, sample.SELLER).model_copy(update={"changes": told})
    (record,) = stored(metadata_of(brief))["what changed"].records
    row = record.data
    assert (row["what"], row["before"], row["after"]) == ("Search vendor", "Algolia", "Coveo")
