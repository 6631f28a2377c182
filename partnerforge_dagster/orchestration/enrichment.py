"""Runs one module for the accounts of a step, side by side, and sorts what goes wrong.

Failure is data until it is fatal: whatever happens to one account (a provider down, a timeout, a bug) becomes that
account's result, and touches no other account and no other module. A result is stored as soon as it is there, so that
a killed step loses only what it had not finished. Knows nothing of Dagster.
Not for: where results are kept (store/results.py) or how they are shown (metadata.py, checks.py).
"""

import asyncio
import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from datetime import time as time_of_day
from typing import Any, TypeGuard

from sqlalchemy.exc import DBAPIError

from partnerforge_dagster.changes.condense import condense
from partnerforge_dagster.governor.context import calling
from partnerforge_dagster.governor.patience import Patience
from partnerforge_dagster.models.account import Account
from partnerforge_dagster.models.base import Mode
from partnerforge_dagster.models.changes import Change
from partnerforge_dagster.models.modules import BRIEF
from partnerforge_dagster.models.provenance import Gap, GapKind
from partnerforge_dagster.models.result import GOOD, ModuleResult, Status
from partnerforge_dagster.models.strategic_signal_brief import BriefGap, StrategicSignalBrief
from partnerforge_dagster.orchestration.module import Module
from partnerforge_dagster.privacy.records import without
from partnerforge_dagster.settings import Settings
from partnerforge_dagster.store.changes import Changes
from partnerforge_dagster.store.forgotten import forgotten_of
from partnerforge_dagster.store.lost_connection import connection_lost
from partnerforge_dagster.store.results import Results, StoredResult, content_hash

log = logging.getLogger(__name__)

CRITICAL = "company_context"
"""What depends on it does not run without it (SPEC section 3); only the brief is written all the same."""


@dataclass(frozen=True)
class Outcome:
    """One account's result of one module, and how long it took in seconds."""

    result: ModuleResult
    duration_s: float
    upstream: tuple[tuple[str, ModuleResult], ...] = ()
    """Upstream results that were missing in the store and had to be made first, in order."""
    stored: StoredResult | None = None
    """As it is in the store, with what it changed there; None for what nobody has stored yet."""

    @property
    def changes(self) -> tuple[Change, ...]:
        """What is different from the last good result."""
        return self.stored.changes if self.stored else ()

    @property
    def version(self) -> str:
        """The hash of what the result says: reckoned already where it is stored, at a third of what storing costs."""
        return self.stored.content_hash if self.stored else content_hash(self.result)


def moment(settings: Settings) -> datetime:
    """The `as_of` of results made now: the sandbox's own clock in sandbox mode, the real one otherwise."""
    if settings.mode is Mode.SANDBOX and settings.sandbox_today != "now":
        return datetime.combine(settings.sandbox_today, time_of_day(12), UTC)
    return datetime.now(UTC)


@dataclass
class Enrichment:
    """Runs modules for accounts on behalf of one run."""

    modules: Mapping[str, Module]
    settings: Settings
    results: Results
    tools: Mapping[str, Any]
    """Clients and seller profile by argument name."""
    run_id: str
    force: bool = False
    interactive: bool = True
    max_credits: int | None = None
    """What the run may spend, in credits of whatever provider; None is no budget."""
    as_of: datetime | None = None
    """The moment of all results, a recording's; None is that of each module's beginning."""
    _made: dict[tuple[str, str], asyncio.Task[Outcome]] = field(default_factory=dict)

    async def run(self, module: Module, domains: Sequence[str]) -> dict[str, Outcome]:
        """Results of `module` for every domain, from the newest stored results of what it needs."""
        stored = await asyncio.to_thread(self.results.latest_of, domains, module.needs)
        room = asyncio.Semaphore(self.settings.accounts_at_once)

        async def one(domain: str) -> Outcome:
            async with room:
                return await self._enrich(module, domain, stored)

        outcomes = await asyncio.gather(*(one(domain) for domain in domains))
        return dict(zip(domains, outcomes, strict=True))

    async def _enrich(self, module: Module, domain: str, stored: Mapping[tuple[str, str], StoredResult]) -> Outcome:
        made: list[tuple[str, ModuleResult]] = []
        upstream: dict[str, ModuleResult] = {}
        for name in module.needs:
            known = stored.get((domain, name))
            upstream[name] = known.result if self._usable(known) else await self._upstream(name, domain, made)
        started = time.monotonic()
        account = Account(domain=domain, as_of=self.as_of or moment(self.settings), mode=self.settings.mode)
        result = await self._ask(module, account, upstream)
        if result.status is Status.UNAVAILABLE or result.made_do:
            result = await self._last_good(module, result)
        return await asyncio.to_thread(self._keep, module, result, time.monotonic() - started, tuple(made))

    def _keep(
        self, module: Module, result: ModuleResult, duration_s: float, made: tuple[tuple[str, ModuleResult], ...]
    ) -> Outcome:
        """Store a result as soon as it is there, whatever becomes of the step's other accounts."""
        forgotten = forgotten_of(self.results.engine, result.account)
        if forgotten is not None:
            result = without(result, forgotten)
        if isinstance(result, StrategicSignalBrief) and result.status in GOOD:
            told = Changes(self.results.engine).since_last(result.account, BRIEF, self.run_id)
            result = result.model_copy(update={"changes": condense(row.change for row in told)})
        stored = self.results.put(result, module=module.name, run_id=self.run_id, duration_s=duration_s)
        return Outcome(result, duration_s, made, stored)

    def _usable(self, stored: StoredResult | None) -> TypeGuard[StoredResult]:
        """An earlier run's failure is tried again; this run's is final."""
        return stored is not None and (stored.status is not Status.UNAVAILABLE or stored.run_id == self.run_id)

    async def _upstream(self, name: str, domain: str, made: list[tuple[str, ModuleResult]]) -> ModuleResult:
        """An upstream result that the run did not load: the store's, or made now, once for all who need it."""
        stored = await asyncio.to_thread(self.results.latest, domain, name)
        if self._usable(stored):
            return stored.result
        key = (name, domain)
        first = key not in self._made
        if first:
            self._made[key] = asyncio.create_task(self._enrich(self.modules[name], domain, {}))
        outcome = await self._made[key]
        if first:
            made.extend([*outcome.upstream, (name, outcome.result)])
        return outcome.result

    async def _ask(self, module: Module, account: Account, upstream: Mapping[str, ModuleResult]) -> ModuleResult:
        critical = upstream.get(CRITICAL)
        if critical is not None and critical.status is Status.UNAVAILABLE and module.name != BRIEF:
            return unavailable(module, account, f"not run: {CRITICAL} is unavailable")
        tools = {name: self.tools[name] for name in module.resources}
        patience = Patience(self.settings.module_timeout_s)
        try:
            with calling(
                account=account.domain,
                module=module.name,
                run_id=self.run_id,
                force=self.force,
                interactive=self.interactive,
                max_credits=self.max_credits,
                patience=patience,
            ):
                async with patience.limit():
                    return await module.function(account, **upstream, **tools)
        except TimeoutError:
            return unavailable(
                module, account, f"{module.name} took longer than {self.settings.module_timeout_s:g} s and was stopped"
            )
        except Exception as error:  # a bug in one module for one account must harm no other
            if isinstance(error, DBAPIError) and connection_lost(error):
                raise  # no bug, and no answer either: the step tries again (assets_of.py)
            log.exception("%s failed for %s", module.name, account.domain)
            return unavailable(module, account, f"internal error in {module.name}: {type(error).__name__}: {error}")

    async def _last_good(self, module: Module, failed: ModuleResult) -> ModuleResult:
        """The last good result as stale, with the reasons why it could not be renewed; else the failure itself."""
        stored = await asyncio.to_thread(self.results.current, failed.account, module.name)
        if stored is None or stored.result.made_do:
            return failed
        update: dict[str, Any] = {"status": Status.STALE, "gaps": stored.result.gaps + failed.gaps}
        if isinstance(stored.result, StrategicSignalBrief):  # its readers see the gaps of all modules, not its own
            why = tuple(BriefGap(module=BRIEF, gap=gap) for gap in failed.gaps)
            update["data_gaps"] = stored.result.data_gaps + why
        return stored.result.model_copy(update=update)


def unavailable(module: Module, account: Account, reason: str) -> ModuleResult:
    """A result that says why there is none."""
    gap = Gap(subject=module.spec.title.lower(), kind=GapKind.COULD_NOT_ASK, provider=None, reason=reason)
    fields: dict[str, Any] = {"title": account.domain} if module.name == BRIEF else {}
    return module.spec.result(
        account=account.domain,
        as_of=account.as_of,
        mode=account.mode,
        status=Status.UNAVAILABLE,
        gaps=(gap,),
        **fields,
    )
