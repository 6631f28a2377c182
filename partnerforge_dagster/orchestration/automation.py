"""Schedules and sensors: what happens by itself. They report what pure functions decided, and ask for backfills.

Not RunRequests: a night's work is thousands of runs, which a tick would have to make within its minute; a backfill is
one row, and Dagster's daemon makes its runs and takes up where it was killed (docs/decisions/0007-batches.md).
What spends is off until somebody switches it on, by PARTNERFORGE_AUTOMATION or on the Automation page.
Not for: the decisions (planning/, selection.py), or what became of them.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

import dagster as dg
import sqlalchemy as sa

from partnerforge_dagster.changes import words
from partnerforge_dagster.models.modules import MODULES
from partnerforge_dagster.orchestration import backfills
from partnerforge_dagster.orchestration.ageing import raise_waiting
from partnerforge_dagster.orchestration.backfills import open_backfills, room
from partnerforge_dagster.orchestration.died import ask_again
from partnerforge_dagster.orchestration.importing import import_dropped, request_stale
from partnerforge_dagster.orchestration.module import Module
from partnerforge_dagster.orchestration.partitions import ACCOUNT, CHUNK
from partnerforge_dagster.orchestration.selection import stale, with_dependents, young_since
from partnerforge_dagster.planning.due import due
from partnerforge_dagster.planning.priority import PRIORITIES
from partnerforge_dagster.settings import Settings
from partnerforge_dagster.store.changes import Changes
from partnerforge_dagster.store.failures import Failures
from partnerforge_dagster.store.results import Freshness, Results
from partnerforge_dagster.store.retention import expire

MINUTE_S, HOUR_S = 60, 3600
EXPIRING_S = 20.0
"""Seconds that a look spends on letting go; Dagster gives it a minute."""
RETRIES_A_TICK = 500
"""Failed accounts that one look asks for again."""


class Automation:
    """Schedules and sensors over one store."""

    def __init__(self, modules: Mapping[str, Module], *, settings: Settings, engine: sa.Engine) -> None:
        self._modules = modules
        self._settings = settings
        self._engine = engine

    def schedules(self, job_name: str) -> list[dg.ScheduleDefinition]:
        """Nightly what is stale, weekly everything."""
        return [
            dg.ScheduleDefinition(
                name=name,
                job_name=job_name,
                cron_schedule=cron,
                execution_timezone=self._settings.time_zone,
                execution_fn=function,
                description=f"{description} The cache still counts: what a provider said lately is not bought again.",
                default_status=dg.DefaultScheduleStatus.RUNNING
                if self._settings.automation
                else dg.DefaultScheduleStatus.STOPPED,
            )
            for name, cron, function, description in (
                ("nightly", self._settings.nightly_cron, self._nightly, "Runs what is stale, failed or new."),
                ("weekly", self._settings.weekly_cron, self._weekly, "Runs all modules of all accounts."),
            )
        ]

    def sensors(self) -> list[dg.SensorDefinition]:
        """What to do by itself. Those that spend nothing, or finish what was begun, are always on."""
        spends = dg.DefaultSensorStatus.RUNNING if self._settings.automation else dg.DefaultSensorStatus.STOPPED
        free = dg.DefaultSensorStatus.RUNNING
        return [
            dg.SensorDefinition(
                name=name,
                evaluation_fn=function,
                minimum_interval_seconds=interval_s,
                default_status=status,
                description=description,
                asset_selection=dg.AssetSelection.all(),
            )
            for name, function, interval_s, status, description in (
                ("dropped_accounts", self._dropped, MINUTE_S, spends, "Imports files put into the accounts folder."),
                ("failed_accounts", self._failed, MINUTE_S, spends, "Tries failures again whose waiting time is over."),
                ("alerts", self._alerts, MINUTE_S, free, "Writes changes worth an alert to the log."),
                ("died_runs", self._died, MINUTE_S, free, "Asks again for what dead runs owe, where retries gave up."),
                ("waiting_runs", self._waiting, 5 * MINUTE_S, free, "Raises runs that have waited for long."),
                ("expired_rows", self._expired, HOUR_S, free, "Lets go of what is past the time it may be kept."),
            )
        ]

    def _nightly(self, context: dg.ScheduleEvaluationContext) -> dg.SkipReason:
        now = datetime.now(UTC)
        selections: dict[str, Sequence[str]] = {}
        last: dict[str, datetime] = {}
        for account, found in self._freshness(context.instance, young_since(self._settings.fresh_days, now)):
            modules = stale(self._modules, found)
            if modules:
                selections[account] = modules
                last |= {account: found.oldest} if found else {}
        return self._ask(context.instance, selections, last)

    def _weekly(self, context: dg.ScheduleEvaluationContext) -> dg.SkipReason:
        last: dict[str, datetime] = {}
        accounts = []
        for account, found in self._freshness(context.instance, {}):
            accounts.append(account)
            last |= {account: found.oldest} if found else {}
        return self._ask(context.instance, dict.fromkeys(accounts, tuple(MODULES)), last)

    def _freshness(
        self, instance: dg.DagsterInstance, since: Mapping[str, datetime]
    ) -> Iterator[tuple[str, Freshness | None]]:
        """Every account with what is fresh of it, some thousand accounts in memory at a time; None without results."""
        accounts = instance.get_dynamic_partitions(ACCOUNT)
        for start in range(0, len(accounts), CHUNK):
            some = accounts[start : start + CHUNK]
            found = Results(self._engine).freshness_of(some, since)
            yield from ((account, found.get(account)) for account in some)

    def _failed(self, context: dg.SensorEvaluationContext) -> dg.SkipReason:
        failed = Failures(self._engine).due(datetime.now(UTC), accounts=RETRIES_A_TICK)
        again = {account: with_dependents(self._modules, modules) for account, modules in failed.items()}
        return self._ask(context.instance, again, {})

    def _ask(
        self, instance: dg.DagsterInstance, selections: Mapping[str, Sequence[str]], last: Mapping[str, datetime]
    ) -> dg.SkipReason:
        """Ask for what is due, behind everything that a person asked for."""
        under_way = {account for backfill in open_backfills(instance) for account in backfill.left}
        found = due(selections, last, under_way=under_way, room=room(instance, self._settings))
        backfills.request(instance, found.selections, settings=self._settings, priority=PRIORITIES["background"])
        return dg.SkipReason(found.told())

    def _dropped(self, context: dg.SensorEvaluationContext) -> dg.SensorResult:
        files, cursor = import_dropped(self._settings.accounts_folder, context.cursor, self._engine, context.instance)
        told = []
        for file in files:
            if file.problem:
                context.log.warning(file.problem)
            if file.imported is not None:
                accounts = file.imported.accounts
                told.append(f"{file.name}: {len(accounts)} accounts, {file.imported.new} of them new")
                self._ask_for_dropped(context, accounts)
        return dg.SensorResult(skip_reason="; ".join(told) or "no new file", cursor=cursor)

    def _ask_for_dropped(self, context: dg.SensorEvaluationContext, accounts: Sequence[str]) -> None:
        try:
            request_stale(
                accounts, self._modules, engine=self._engine, instance=context.instance, settings=self._settings
            )
        except backfills.QueueFull as full:
            context.log.warning(f"imported, and the nightly schedule will run them: {full}")

    def _alerts(self, context: dg.SensorEvaluationContext) -> dg.SensorResult:
        changes = Changes(self._engine)
        if context.cursor is None:
            return dg.SensorResult(skip_reason="watching from now on", cursor=str(changes.newest_id()))
        found = changes.after(int(context.cursor), alerts=True)
        for row in found:
            context.log.info(f"{row.account}: {words.line(row.change)}")
        cursor = str(found[-1].id) if found else context.cursor
        return dg.SensorResult(skip_reason=f"{len(found)} changes worth an alert", cursor=cursor)

    def _died(self, context: dg.SensorEvaluationContext) -> dg.SkipReason:
        results, now = Results(self._engine), datetime.now(UTC)
        try:
            ids = ask_again(context.instance, results, self._modules, self._settings, now)
        except backfills.QueueFull as full:
            return dg.SkipReason(str(full))
        return dg.SkipReason(f"asked again: {', '.join(ids)}" if ids else "no dead run")

    def _waiting(self, context: dg.SensorEvaluationContext) -> dg.SkipReason:
        return dg.SkipReason(f"{raise_waiting(context.instance, datetime.now(UTC))} waiting runs raised")

    def _expired(self, context: dg.SensorEvaluationContext) -> dg.SkipReason:
        del context
        found = expire(self._engine, self._settings.retention, datetime.now(UTC), EXPIRING_S)
        told = ", ".join(f"{count:,} {table}" for table, count in found.items() if count)
        return dg.SkipReason(f"let go of {told}" if told else "nothing is past its time")
