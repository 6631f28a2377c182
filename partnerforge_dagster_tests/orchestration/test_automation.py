"""Schedules and sensors over a real store and instance: what they ask for, what they tell, what is on by default."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from partnerforge_dagster.definitions import build_defs, declared_modules, open_store
from partnerforge_dagster.models.modules import MODULES
from partnerforge_dagster.models.result import ModuleResult, Status
from partnerforge_dagster.orchestration.backfills import Open, open_backfills
from partnerforge_dagster.orchestration.partitions import add_accounts
from partnerforge_dagster.providers.clients import build_clients
from partnerforge_dagster.settings import RetentionSettings, Settings
from partnerforge_dagster.store.results import Results
from partnerforge_dagster_tests.orchestration.graph import COSTCO, PATAGONIA, settings_in

Whole = dict[tuple[str, str], ModuleResult]
SPENDING = {"nightly", "weekly", "dropped_accounts", "failed_accounts"}


@dataclass(frozen=True)
class Place:
    """A code location over a new store, and an instance."""

    folder: Path
    repository: dg.RepositoryDefinition
    instance: dg.DagsterInstance
    results: Results

    def schedule(self, name: str) -> str:
        """One tick of a schedule; what it tells."""
        context = dg.build_schedule_context(instance=self.instance)
        told = self.repository.get_schedule_def(name).evaluate_tick(context)
        assert told.run_requests == []
        return told.skip_message or ""

    def sensor(self, name: str, cursor: str | None = None) -> tuple[str, str | None]:
        """One tick of a sensor; what it tells, and its cursor."""
        context = dg.build_sensor_context(instance=self.instance, repository_def=self.repository, cursor=cursor)
        told = self.repository.get_sensor_def(name).evaluate_tick(context)
        return told.skip_message or "", told.cursor

    def asked(self) -> list[Open]:
        """Backfills that were asked for."""
        return open_backfills(self.instance)

    def put(self, result: ModuleResult, module: str) -> None:
        """Store a result, as a run would."""
        self.results.put(result, module=module, run_id="run", duration_s=0.1)


@contextmanager
def place_in(folder: Path, instance: dg.DagsterInstance, **changes: Any) -> Iterator[Place]:
    url = Settings().database_url
    settings = settings_in(folder, database_url=url, accounts_folder=folder / "accounts", **changes)
    engine = open_store(settings)
    repository = build_defs(settings, engine=engine, clients=build_clients(settings, engine)).get_repository_def()
    yield Place(folder, repository, instance, Results(engine))
    engine.dispose()


@pytest.fixture
def place(tmp_path: Path, instance: dg.DagsterInstance) -> Iterator[Place]:
    with place_in(tmp_path, instance) as new:
        yield new


def test_what_spends_is_off_until_it_is_switched_on(place: Place) -> None:
    """A fresh deployment starts nothing that costs; one setting turns all on; what only reads is always on."""

    def on(repository: dg.RepositoryDefinition) -> set[str]:
        every = [*repository.schedule_defs, *repository.sensor_defs]
        return {one.name for one in every if one.default_status.value == "RUNNING"}

    free = {"alerts", "died_runs", "waiting_runs", "expired_rows"}
    assert on(place.repository) == free
    with place_in(place.folder, place.instance, automation=True) as switched_on:
        assert on(switched_on.repository) == free | SPENDING


def test_nightly_asks_for_what_is_stale(place: Place, whole: Whole) -> None:
    """A whole account rests; one that lacks a module gets it and what stands on it; asked twice, nothing is doubled."""
    add_accounts(place.instance, [COSTCO, PATAGONIA])
    for name in MODULES:
        place.put(whole[name, COSTCO], name)
        if name != "hiring_signals":
            place.put(whole[name, PATAGONIA], name)
    assert place.schedule("nightly") == "1 accounts asked for"
    (backfill,) = place.asked()
    assert backfill.accounts == {PATAGONIA}
    assert backfill.tags["dagster/priority"] == "-10"
    stored = place.instance.get_backfill(backfill.id)
    modules = {key.to_user_string() for key in stored.asset_selection}
    assert "hiring_signals" in modules
    assert modules < set(MODULES)
    assert {name for name in MODULES if "hiring_signals" in declared_modules()[name].needs} <= modules
    assert place.schedule("nightly") == "nothing to do; 1 are queued or running already"
    assert len(place.asked()) == 1


def test_what_is_past_its_time_goes_by_itself(tmp_path: Path, instance: dg.DagsterInstance, whole: Whole) -> None:
    """A replaced result, by the setting; what is current stays."""
    with place_in(tmp_path, instance, retention=RetentionSettings(results_days=1e-9)) as place:
        for name in ("traffic_analysis", "technology_stack"):
            place.put(whole[name, COSTCO], name)
        assert place.sensor("expired_rows")[0] == "nothing is past its time"
        place.results.put(whole["traffic_analysis", COSTCO], module="traffic_analysis", run_id="later", duration_s=0.1)
        assert place.sensor("expired_rows")[0] == "let go of 1 results"
        newest = place.results.latest_of([COSTCO], ["traffic_analysis", "technology_stack"])
        assert {row.run_id for row in newest.values()} == {"run", "later"}


def test_weekly_asks_for_everything(place: Place, whole: Whole) -> None:
    """All modules of all accounts, fresh or not."""
    add_accounts(place.instance, [COSTCO, PATAGONIA])
    for name in MODULES:
        place.put(whole[name, COSTCO], name)
    assert place.schedule("weekly") == "2 accounts asked for"
    (backfill,) = place.asked()
    assert backfill.accounts == {COSTCO, PATAGONIA}
    assert len(place.instance.get_backfill(backfill.id).asset_selection) == len(MODULES)


def test_a_full_queue_leaves_the_rest_for_the_next_time(tmp_path: Path, instance: dg.DagsterInstance) -> None:
    """As many as fit are asked for, and the line says how many wait."""
    with place_in(tmp_path, instance, queue_bound=2) as place:
        add_accounts(place.instance, ["a.com", "b.com", "c.com"])
        assert place.schedule("nightly").startswith("2 accounts asked for; 1 wait for the next time: the queue is full")
        assert [backfill.accounts for backfill in place.asked()] == [{"a.com", "b.com"}]


def test_a_dropped_file_is_imported_and_queued(place: Place) -> None:
    """Once it is no longer being written; a second look takes it no more."""
    (place.folder / "accounts").mkdir()
    (place.folder / "accounts" / "list.csv").write_text("domain\netsy.com\nnot a domain\nikea.com\n")
    told, cursor = place.sensor("dropped_accounts")
    assert told == "no new file"
    told, cursor = place.sensor("dropped_accounts", cursor)
    assert told == "list.csv: 2 accounts, 2 of them new"
    assert [backfill.accounts for backfill in place.asked()] == [{"etsy.com", "ikea.com"}]
    told, _ = place.sensor("dropped_accounts", cursor)
    assert told == "no new file"
    assert len(place.asked()) == 1


def test_failures_are_tried_again_when_their_time_has_come(place: Place, whole: Whole) -> None:
    """Not before: a failure of now waits."""
    failed = whole["traffic_analysis", COSTCO].model_copy(update={"status": Status.UNAVAILABLE})
    place.put(failed, "traffic_analysis")
    assert place.sensor("failed_accounts")[0] == "nothing to do"
    assert place.asked() == []


def test_alerts_begin_with_now(place: Place) -> None:
    """The first look only notes where the changes end; without new ones the cursor stays."""
    told, cursor = place.sensor("alerts")
    assert (told, cursor) == ("watching from now on", "0")
    assert place.sensor("alerts", cursor) == ("0 changes worth an alert", "0")


def test_every_asset_has_the_freshness_of_its_setting(place: Place) -> None:
    """A warning at the age of the setting, a failure at twice that."""
    for name in MODULES:
        days = getattr(settings_in(place.folder).fresh_days, name)
        (spec,) = place.repository.assets_defs_by_key[dg.AssetKey(name)].specs
        policy = spec.freshness_policy
        assert policy is not None
        assert policy.warn_window.to_timedelta().total_seconds() == days * 86_400
        assert policy.fail_window.to_timedelta().total_seconds() == 2 * days * 86_400
