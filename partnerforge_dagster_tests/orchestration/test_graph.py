"""The whole graph in a real Dagster instance: what is materialized, shown, checked and reused.

Not for: the executor (test_executor.py) or launching runs from the command line (tests/cli).
"""

from base64 import b64decode
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import dagster as dg
import pytest

from partnerforge_dagster.brief.files import brief_files
from partnerforge_dagster.definitions import declared_modules
from partnerforge_dagster.governor.context import CallContext, current
from partnerforge_dagster.models.account import Account
from partnerforge_dagster.models.modules import BRIEF, MODULES
from partnerforge_dagster.models.result import ModuleResult, Status
from partnerforge_dagster.store.results import content_hash
from partnerforge_dagster_tests.orchestration.deployment import Deployment, deployment_in
from partnerforge_dagster_tests.orchestration.graph import COSTCO, PATAGONIA, SALLY, failing, unhurried

VERSION = "dagster/data_version"


@dataclass(frozen=True)
class Enriched:
    """A deployment after a run for costco.com, one run for two accounts more, and costco.com once again."""

    deployment: Deployment
    alone: dg.ExecuteInProcessResult
    together: dg.ExecuteInProcessResult
    again: dg.ExecuteInProcessResult

    def event(
        self, module: str, domain: str = COSTCO, run: dg.ExecuteInProcessResult | None = None
    ) -> dg.AssetMaterialization:
        """The materialization of one partition by its first run or by another; a run has exactly one."""
        run_id = (run or (self.alone if domain == COSTCO else self.together)).run_id
        (event,) = (
            record.asset_materialization
            for record in self.deployment.materialized(module, domain)
            if record.run_id == run_id
        )
        assert event is not None
        return event


@pytest.fixture(scope="module")
def enriched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Enriched]:
    with deployment_in(tmp_path_factory.mktemp("enriched")) as deployment:
        yield Enriched(deployment, deployment.run(COSTCO), deployment.run(PATAGONIA, SALLY), deployment.run(COSTCO))


def results_of(
    deployment: Deployment, run: dg.ExecuteInProcessResult
) -> dict[tuple[str, str], dg.AssetCheckEvaluation]:
    """Check evaluations of a run by asset and name, as the instance has kept them."""
    records = deployment.instance.get_records_for_run(
        run.run_id, of_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION
    ).records
    found = [record.event_log_entry.dagster_event.asset_check_evaluation_data for record in records]
    assert len(found) == len({(one.asset_key, one.check_name) for one in found})
    return {(one.asset_key.to_user_string(), one.check_name): one for one in found}


def value(metadata: Any) -> Any:
    return metadata.value


# ── what is materialized ──


def test_a_run_materializes_all_fifteen_once(enriched: Enriched) -> None:
    """One materialization for each module, of the account's partition, and one stored result."""
    made = Counter(
        (event.asset_key.to_user_string(), event.partition)
        for event in enriched.alone.get_asset_materialization_events()
    )
    assert made == {(name, COSTCO): 1 for name in MODULES}
    for name in MODULES:
        runs = [row.run_id for row in enriched.deployment.results.history(COSTCO, name)]
        assert runs == [enriched.again.run_id, enriched.alone.run_id]


def test_a_run_for_several_accounts_materializes_each_once(enriched: Enriched) -> None:
    """One run, one step a module, one materialization for each account of the range, each with its own metadata."""
    steps = enriched.together.get_step_success_events()
    assert len(steps) == len(MODULES)
    for name in MODULES:
        for domain in (PATAGONIA, SALLY):
            event = enriched.event(name, domain)
            stored = enriched.deployment.results.latest(domain, name)
            assert stored is not None
            assert stored.run_id == enriched.together.run_id
            assert value(event.metadata["status"]) == stored.status.value
    names = {value(enriched.event("company_context", domain).metadata["name"]) for domain in (PATAGONIA, SALLY)}
    assert names == {"Patagonia", "Sally Beauty"}


def test_the_brief_of_every_account_is_written(enriched: Enriched) -> None:
    """Three files each, the private company's too."""
    for domain in (COSTCO, PATAGONIA, SALLY):
        for path in brief_files(domain, enriched.deployment.briefs):
            assert domain in path.read_text()


# ── what the pages show ──


@pytest.mark.parametrize("name", MODULES)
def test_an_asset_says_what_it_is(name: str, enriched: Enriched) -> None:
    """Group by wave, kinds, owner, description, module number, record, upstream and partitions."""
    asset = enriched.deployment.definitions.resolve_assets_def(name)
    spec = next(iter(asset.specs))
    module = declared_modules()[name]
    assert spec.group_name == f"wave_{MODULES[name].wave}"
    assert 1 <= len(spec.kinds) <= 3
    assert "python" in spec.kinds
    assert list(spec.owners) == ["team:partner-sales"]
    assert spec.tags["module"] == f"M{MODULES[name].number:02d}"
    assert spec.metadata["record"] == MODULES[name].result.__name__
    assert spec.description == module.description
    assert len(spec.description or "") > 40
    assert {dep.asset_key.to_user_string() for dep in spec.deps} == set(module.needs)
    assert isinstance(asset.partitions_def, dg.DynamicPartitionsDefinition)
    assert asset.partitions_def.name == "account"


def test_the_waves_are_the_specified_ones(enriched: Enriched) -> None:
    """Four, three, four and four modules."""
    specs = enriched.deployment.definitions.resolve_all_asset_specs()
    assert Counter(spec.group_name for spec in specs) == {"wave_1": 4, "wave_2": 3, "wave_3": 4, "wave_4": 4}


@pytest.mark.parametrize("name", MODULES)
def test_every_page_says_status_mode_and_sources(name: str, enriched: Enriched) -> None:
    """SANDBOX in plain sight, the date, the duration, and the sources with links."""
    metadata = enriched.event(name).metadata
    assert value(metadata["status"]) == "complete"
    assert value(metadata["mode"]) == "SANDBOX"
    assert isinstance(metadata["as of"], dg.TimestampMetadataValue)
    assert isinstance(metadata["duration (s)"], dg.FloatMetadataValue)
    if name == BRIEF:
        return  # its sources are numbered in the preview
    rows = [record.data for record in metadata["sources"].records]
    assert all(row["provider"] and row["endpoint"] for row in rows)
    assert any(str(row["url"]).startswith("https://") for row in rows)


def drawn(metadata: Any) -> ElementTree.Element:
    """The SVG of a picture in Markdown. Raises for what a browser would not draw."""
    _, _, encoded = value(metadata).removesuffix(")").partition("base64,")
    return ElementTree.fromstring(b64decode(encoded, validate=True))


@pytest.mark.parametrize(
    ("name", "picture"),
    [
        ("traffic_analysis", "visits by month"),
        ("icp_priority_mapping", "fit chart"),
        ("signal_scoring", "intent chart"),
        ("displacement_analysis", "displacement chart"),
        ("strategic_signal_brief", "technology timeline"),
    ],
)
def test_charts_are_pictures(name: str, picture: str, enriched: Enriched) -> None:
    """An SVG that parses, with shapes and words in it."""
    tags = {element.tag.rpartition("}")[2] for element in drawn(enriched.event(name).metadata[picture]).iter()}
    assert "text" in tags
    assert tags & {"path", "rect", "polyline", "line"}


@pytest.mark.parametrize(
    ("name", "table", "columns"),
    [
        ("technology_stack", "technologies", {"technology", "category", "first seen", "last seen", "live"}),
        ("financial_profile", "by fiscal year", {"fiscal year", "revenue", "currency"}),
        ("competitor_intelligence", "compared", {"domain", "visits", "search vendor", "uses the seller"}),
        ("strategic_context", "timeline", {"on", "title", "url"}),
        ("investor_intelligence", "filings", {"form", "filed", "url"}),
        ("executive_intelligence", "people", {"name", "title", "since"}),
        ("buying_committee", "seats", {"seat", "who"}),
        ("icp_priority_mapping", "fit parts", {"part", "points", "of", "known", "why"}),
        ("signal_scoring", "intent parts", {"part", "points", "of", "known", "why"}),
        ("displacement_analysis", "displacement parts", {"part", "points", "of", "known", "why"}),
    ],
)
def test_tables_have_rows(name: str, table: str, columns: set[str], enriched: Enriched) -> None:
    """The table that people look for on the asset's page, with its columns."""
    shown = enriched.event(name).metadata[table]
    assert isinstance(shown, dg.TableMetadataValue)
    assert shown.records
    assert columns <= {column.name for column in shown.schema.columns}


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("icp_priority_mapping", "fit score"),
        ("signal_scoring", "intent score"),
        ("displacement_analysis", "displacement score"),
        ("traffic_analysis", "visits last month"),
        ("strategic_signal_brief", "fit score"),
    ],
)
def test_scores_are_numbers_that_the_ui_plots(name: str, number: str, enriched: Enriched) -> None:
    """An int or a float, not text."""
    assert isinstance(enriched.event(name).metadata[number], dg.FloatMetadataValue | dg.IntMetadataValue)


def test_the_brief_is_previewed(enriched: Enriched) -> None:
    """The page in Markdown, SANDBOX on it, and where the files lie."""
    preview = enriched.event(BRIEF).metadata["preview"]
    assert isinstance(preview, dg.MarkdownMetadataValue)
    assert "**SANDBOX**" in value(preview)
    assert "## Why now" in value(preview)
    assert "<https://" in value(preview)


# ── checks ──


def test_three_checks_of_each_asset_pass(enriched: Enriched) -> None:
    """Status, freshness and sanity of every module are recorded and passed."""
    found = results_of(enriched.deployment, enriched.alone)
    assert set(found) == {(name, check) for name in MODULES for check in ("status", "freshness", "sanity")}
    assert {key: one.description for key, one in found.items() if not one.passed} == {}


def test_the_checks_are_declared(enriched: Enriched) -> None:
    """They stand in the asset graph before anything has run."""
    keys = enriched.deployment.definitions.resolve_asset_graph().asset_check_keys
    assert {(key.asset_key.to_user_string(), key.name) for key in keys} == {
        (name, check) for name in MODULES for check in ("status", "freshness", "sanity")
    }


@pytest.fixture
def troubled(tmp_path: Path) -> Iterator[Deployment]:
    """A deployment with one provider that refuses and one that is down."""
    faults = "yahoo:unauthorized,similarweb:down,tranco:down"
    with deployment_in(tmp_path, sandbox_faults=faults, providers=unhurried(breaker_after=1)) as deployment:
        yield deployment


def test_what_is_not_complete_fails_the_status_check(troubled: Deployment) -> None:
    """Partial is a warning, unavailable an error; both name the account and the provider."""
    run = troubled.run(COSTCO, only=["financial_profile", "traffic_analysis"], raise_on_error=False)
    found = results_of(troubled, run)
    partial, gone = found["financial_profile", "status"], found["traffic_analysis", "status"]
    assert (partial.passed, partial.severity) == (False, dg.AssetCheckSeverity.WARN)
    assert (gone.passed, gone.severity) == (False, dg.AssetCheckSeverity.ERROR)
    assert "partial: " in value(partial.metadata[COSTCO])
    assert "yahoo" in value(partial.metadata[COSTCO])
    assert "unavailable: similarweb" in value(gone.metadata[COSTCO])
    assert troubled.statuses("financial_profile") == ({COSTCO}, set())
    assert troubled.statuses("traffic_analysis") == (set(), {COSTCO})


def test_a_failed_refresh_leaves_the_last_good_result_on_the_page(tmp_path: Path) -> None:
    """Figures and date stay, the partition is failed, and the failure says why; status and freshness warn."""
    only = ["traffic_analysis"]
    with deployment_in(tmp_path) as deployment:
        deployment.run(COSTCO, only=only)
    with deployment_in(tmp_path, modules=failing(declared_modules(), *only)) as deployment:
        run = deployment.run(COSTCO, only=only, raise_on_error=False)
        (good,) = deployment.materialized(*only, COSTCO)
        found = results_of(deployment, run)
        assert deployment.statuses(*only)[1] == {COSTCO}
        stored = deployment.results.latest(COSTCO, *only)
    assert value(good.asset_materialization.metadata["status"]) == "complete"
    assert stored is not None
    assert stored.status is Status.STALE
    (failure,) = run.get_step_failure_events()
    assert value(failure.step_failure_data.user_failure_data.metadata[COSTCO]).startswith(
        "internal error in traffic_analysis: ZeroDivisionError: a bug in traffic_analysis"
    )
    assert {name: (one.passed, one.severity) for (_, name), one in found.items()} == {
        "status": (False, dg.AssetCheckSeverity.WARN),
        "freshness": (False, dg.AssetCheckSeverity.WARN),
        "sanity": (True, dg.AssetCheckSeverity.WARN),
    }


# ── on whose behalf ──


def test_run_tags_say_force_and_batch(tmp_path: Path) -> None:
    """`partnerforge/force` buys answers again, `partnerforge/batch` lets interactive work go first."""
    seen: list[CallContext] = []
    plain = declared_modules()["traffic_analysis"]

    async def notes(account: Account, **given: object) -> ModuleResult:
        seen.append(current())
        return await plain.function(account, **given)

    modules = {**declared_modules(), plain.name: replace(plain, function=notes)}
    with deployment_in(tmp_path, modules=modules) as deployment:
        runs = [
            deployment.run(COSTCO, only=[plain.name], **tags) for tags in ({}, {"batch": "true"}, {"force": "true"})
        ]
        made = [deployment.made_by(run)["similarweb"].made for run in runs]
    assert [(one.force, one.interactive) for one in seen] == [(False, True), (False, False), (True, True)]
    assert [one.run_id for one in seen] == [run.run_id for run in runs]
    assert made[0] == made[2] > 0 == made[1]


# ── versions and reuse ──


@pytest.mark.parametrize("name", MODULES)
def test_the_data_version_is_the_content_hash(name: str, enriched: Enriched) -> None:
    """So that an unchanged result makes nothing downstream stale."""
    stored = enriched.deployment.results.latest(COSTCO, name)
    assert stored is not None
    assert (enriched.event(name).tags or {})[VERSION] == stored.content_hash == content_hash(stored.result)


def test_a_second_run_asks_nobody_and_changes_nothing(enriched: Enriched) -> None:
    """With the same facts: no request leaves, every data version stays, every result is complete again."""
    made, made_again = (enriched.deployment.made_by(run) for run in (enriched.alone, enriched.again))
    assert sum(count.made for count in made.values()) > 30
    assert {name: count.made for name, count in made_again.items()} == dict.fromkeys(made_again, 0)
    for name in MODULES:
        before, after = enriched.event(name), enriched.event(name, run=enriched.again)
        assert (before.tags or {})[VERSION] == (after.tags or {})[VERSION]
        assert value(after.metadata["status"]) == "complete"


def test_an_asset_materialized_alone_brings_its_upstream(tmp_path: Path) -> None:
    """With nothing stored, what it stands on is made first, materialized too, and says for whom."""
    with deployment_in(tmp_path) as deployment:
        run = deployment.run(COSTCO, only=["displacement_analysis"])
        upstream = ("company_context", "technology_stack", "competitor_intelligence")
        for name in upstream:
            (record,) = deployment.materialized(name, COSTCO)
            event = record.asset_materialization
            assert record.run_id == run.run_id
            assert event.tags["partnerforge/made_for"] == "displacement_analysis"
            stored = deployment.results.latest(COSTCO, name)
            assert stored is not None
            assert event.tags[VERSION] == stored.content_hash
        assert len(deployment.materialized("displacement_analysis", COSTCO)) == 1
        assert deployment.materialized("traffic_analysis", COSTCO) == []
        again = deployment.run(COSTCO, only=["displacement_analysis"])
        made = {event.asset_key.to_user_string() for event in again.get_asset_materialization_events()}
        assert made == {"displacement_analysis"}


# ── an account without a brief ──


def test_an_account_without_a_brief_fails_its_step_by_name(tmp_path: Path) -> None:
    """The step fails naming that account; the other one's brief is materialized, stored and written all the same."""
    broken = failing(declared_modules(), BRIEF, only_for=COSTCO)
    with deployment_in(tmp_path, modules=broken) as deployment:
        run = deployment.run(COSTCO, PATAGONIA, raise_on_error=False)
        assert not run.success
        (failure,) = run.get_step_failure_events()
        assert failure.step_key == BRIEF
        assert failure.step_failure_data.user_failure_data.description == (
            "no brief for 1 of 2 accounts: costco.com: internal error in strategic_signal_brief: "
            "ZeroDivisionError: a bug in strategic_signal_brief"
        )
        assert deployment.materialized(BRIEF, COSTCO) == []
        assert len(deployment.materialized(BRIEF, PATAGONIA)) == 1
        assert brief_files(PATAGONIA, deployment.briefs).html.exists()
        assert not brief_files(COSTCO, deployment.briefs).html.exists()
        stored = deployment.results.latest_of([COSTCO, PATAGONIA], [BRIEF])
    assert {domain: row.status for (domain, _), row in stored.items()} == {
        COSTCO: Status.UNAVAILABLE,
        PATAGONIA: Status.COMPLETE,
    }
