"""A plan: what a run would ask of each provider, how long that takes, and whether a budget is in its way.

Not for: reading the store (cli/plan.py).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from partnerforge_dagster.governor.leases import WINDOW_S
from partnerforge_dagster.governor.limiter import BURST_GAP_S
from partnerforge_dagster.models.modules import MODULES
from partnerforge_dagster.planning.need import Need, Needs
from partnerforge_dagster.settings_providers import ProviderSettings

RUN_S = 3.0
"""Seconds of Dagster's own for a run, measured on two busy cores."""


@dataclass(frozen=True)
class ProviderPlan:
    """What a run would ask of one provider."""

    calls: int
    """Requests that leave, when none has to be tried again."""
    credits: int
    """In the provider's own credits."""
    cached: int
    """Questions that the cache answers."""
    seconds: float
    """The least time in which its limits let the calls leave."""
    spent: int
    """Credits of this month so far."""
    budget: int | None
    """Credits a month; None is no budget."""

    @property
    def over(self) -> bool:
        """Whether the month's budget would be passed."""
        return self.budget is not None and self.credits > 0 and self.spent + self.credits > self.budget


@dataclass(frozen=True)
class Plan:
    """What a run would do."""

    accounts: Mapping[str, Sequence[str]]
    """The modules that would run, by account."""
    providers: Mapping[str, ProviderPlan]
    runs: int
    seconds: float
    binds: str | None
    """The provider whose limits decide the time; None when the modules' own time does."""
    max_credits: int | None

    @property
    def credits(self) -> int:
        """Of all providers, each in its own."""
        return sum(provider.credits for provider in self.providers.values())

    @property
    def passes(self) -> list[str]:
        """Budgets that would be passed: providers, and `run`."""
        found = [name for name, provider in self.providers.items() if provider.over]
        return [*found, "run"] if self.max_credits is not None and self.credits > self.max_credits else found


def plan(
    selections: Mapping[str, Sequence[str]],
    needs: Iterable[Needs],
    *,
    providers: Mapping[str, ProviderSettings],
    spent: Mapping[str, int],
    upstream: Mapping[str, Sequence[str]],
    module_seconds: Mapping[str, float],
    accounts_a_run: int,
    runs_at_once: int = 1,
    max_credits: int | None = None,
) -> Plan:
    """Add up the accounts' needs and set them against limits, budgets and the modules' own time.

    `upstream` is what each module needs, `module_seconds` what it takes when nobody else is asking.
    """
    total: Needs = {}
    for need in needs:
        for name, part in need.items():
            total[name] = total.get(name, Need()).plus(part)
    planned = {name: _provider(total[name], providers[name], spent.get(name, 0)) for name in providers if name in total}
    # A run takes neighbours with the same modules; in one process one run follows the other.
    alike = Counter(tuple(modules) for modules in selections.values() if modules)
    runs = {modules: ceil(count / accounts_a_run) for modules, count in alike.items()}
    own_s = sum(count * critical_path(modules, upstream, module_seconds) for modules, count in runs.items())
    own_s /= runs_at_once
    slowest = max(planned, key=lambda name: planned[name].seconds, default=None)
    limits_s = planned[slowest].seconds if slowest else 0.0
    return Plan(
        accounts=selections,
        providers=planned,
        runs=sum(runs.values()),
        seconds=max(own_s, limits_s) + RUN_S * sum(runs.values()) / runs_at_once,
        binds=slowest if limits_s > own_s else None,
        max_credits=max_credits,
    )


def _provider(need: Need, settings: ProviderSettings, spent: int) -> ProviderPlan:
    calls = round(need.calls)
    seconds = seconds_of(calls, settings.per_minute)
    return ProviderPlan(calls, round(need.credits), round(need.cached), seconds, spent, settings.credits_a_month)


def seconds_of(calls: int, per_minute: int) -> float:
    """From the first call's leaving to the last one's, on an idle provider: bursts of a minute's calls, then a wait."""
    if calls == 0:
        return 0.0
    minutes, rest = divmod(calls - 1, per_minute)
    return minutes * WINDOW_S + rest * min(BURST_GAP_S, 60.0 / per_minute)


def critical_path(modules: Sequence[str], upstream: Mapping[str, Sequence[str]], seconds: Mapping[str, float]) -> float:
    """Seconds of the longest chain of these modules that wait for each other."""
    done: dict[str, float] = {}
    for name in (name for name in MODULES if name in modules):  # the table's order is topological
        done[name] = seconds.get(name, 0.0) + max((done[need] for need in upstream[name] if need in done), default=0.0)
    return max(done.values(), default=0.0)
