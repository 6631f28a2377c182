"""`partnerforge stats`: the queue and its progress, as a picture that fits 80 columns, live, and as JSON.

Not for: single runs (runs.py), single accounts (status.py), or how it is drawn (stats_picture.py).
"""

import json
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer
from rich.live import Live

from partnerforge_dagster.cli.book import Book
from partnerforge_dagster.cli.common import Deployment, open_deployment, out, refuse
from partnerforge_dagster.planning import backlog
from partnerforge_dagster.planning.priority import PRIORITIES
from partnerforge_dagster.settings import Settings

if TYPE_CHECKING:
    from partnerforge_dagster.orchestration.work import Work, Works
    from partnerforge_dagster.store.tally import Tally

EVERY_S = 3.0
"""Seconds between two pictures of `--watch`."""
DAEMON_S = 120.0
"""The daemon notes in its batches what has ended within half a minute or so; until then the runs tell."""


class Spent(NamedTuple):
    """Credits of one provider this month."""

    credits: int
    budget: int | None


@dataclass(frozen=True)
class Stats:
    """One look at a deployment."""

    at: datetime
    mode: str
    queued: Mapping[int, int]
    """Accounts that wait, by Dagster's priority, highest first."""
    bound: int
    """Accounts that the queue takes."""
    runs: int
    """Runs under way."""
    accounts: int
    """Accounts in them."""
    hour: "Tally"
    today: "Tally"
    """Since midnight UTC."""
    spent: Mapping[str, Spent]
    rate: float
    """Accounts a minute, measured."""
    backlog: int
    """Accounts that wait or are under way."""
    seconds: float | None
    """What the backlog takes, reckoned; None without one."""
    binds: str | None
    """The provider whose limits decide that."""

    @property
    def seconds_at_rate(self) -> float | None:
        """What the backlog takes if it goes on as lately."""
        return backlog.seconds_at(self.rate, self.backlog) if self.backlog else None


def stats(
    watch: Annotated[bool, typer.Option("--watch", help="Draw it anew every three seconds, until Ctrl-C.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object, for machines.")] = False,
) -> None:
    """Show the queue by priority, what runs, what was done and failed, spend, rate, and when the backlog is done.

    [bold]Examples[/]

      partnerforge stats

      partnerforge stats --watch
    """
    from partnerforge_dagster.cli.stats_picture import picture

    if watch and as_json:
        refuse("--watch and --json exclude each other; give one of them")
    deployment = open_deployment()
    if as_json:
        typer.echo(json.dumps(_as_json(look(deployment))))
    elif watch:
        _watch(deployment)
    else:
        out.print(picture(look(deployment)))


def _watch(deployment: Deployment) -> None:
    """In place on a terminal; elsewhere one picture under the other, so that a log of it can be read."""
    from partnerforge_dagster.cli.stats_picture import picture

    if not out.is_terminal:
        while True:
            out.print(picture(look(deployment)))
            time.sleep(EVERY_S)
    with Live(picture(look(deployment)), console=out, auto_refresh=False, screen=True) as live:
        while True:
            live.update(picture(look(deployment)), refresh=True)
            time.sleep(EVERY_S)


def look(deployment: Deployment) -> Stats:
    """What store and instance say now."""
    from partnerforge_dagster.models.work import State
    from partnerforge_dagster.orchestration.work import Works
    from partnerforge_dagster.store.calls import Calls
    from partnerforge_dagster.store.tally import tally

    now = datetime.now(UTC)
    settings, engine, works = deployment.settings, deployment.engine, Works(deployment.instance)
    under_way = works.runs(states=(State.RUNNING, State.CANCELING))
    busy = {account: run.modules for run in under_way for account in run.accounts}
    waiting = _waiting(deployment, works, set(busy), now)
    selections = {**{account: work.modules for account, work in waiting.items()}, **busy}
    seconds, binds = _time(settings, selections, now) if selections else (None, None)
    lately = tally(engine, now - timedelta(seconds=backlog.RATE_S))
    spent = Calls(engine).spent(f"{now:%Y-%m}")
    depth = Counter(work.priority for work in waiting.values())
    return Stats(
        at=now,
        mode=settings.mode.value,
        queued=dict(sorted(depth.items(), reverse=True)),
        bound=settings.queue_bound,
        runs=len(under_way),
        accounts=len(busy),
        hour=tally(engine, now - timedelta(hours=1)),
        today=tally(engine, now.replace(hour=0, minute=0, second=0, microsecond=0)),
        spent={
            name: Spent(spent.get(name, 0), provider.credits_a_month)
            for name, provider in settings.providers.named().items()
            if name in spent or provider.credits_a_month is not None
        },
        rate=backlog.rate(lately.done, lately.begun_at, now),
        backlog=len(selections),
        seconds=seconds,
        binds=binds,
    )


def _waiting(deployment: Deployment, works: "Works", busy: set[str], now: datetime) -> "dict[str, Work]":
    """Accounts that wait, each with the most urgent work that it waits for."""
    from partnerforge_dagster.models.work import OVER, UNFINISHED, State
    from partnerforge_dagster.orchestration.backfills import open_backfills

    left = {one.id: set(one.left) for one in open_backfills(deployment.instance) if not one.canceling}
    for run in works.runs(states=OVER, changed_since=now - timedelta(seconds=DAEMON_S)):
        if run.backfill_id in left:
            left[run.backfill_id] -= set(run.accounts)
    pieces = [(work, left[work.id]) for work in works.backfills(states=UNFINISHED) if work.id in left]
    queued = [run for run in works.runs(states=(State.QUEUED,)) if run.backfill_id not in left]
    pieces += [(run, set(run.accounts)) for run in queued]
    found: dict[str, Work] = {}
    for work, accounts in sorted(pieces, key=lambda piece: piece[0].priority):
        found.update(dict.fromkeys(accounts - busy, work))
    return found


def _time(settings: Settings, selections: Mapping[str, Sequence[str]], now: datetime) -> tuple[float, str | None]:
    """Seconds that the accounts take, and the provider whose limits decide that."""
    from partnerforge_dagster.definitions import declared_modules
    from partnerforge_dagster.planning.plan import plan

    book = Book(settings)
    looked_at = {account: selections[account] for account in backlog.sample(list(selections))}
    found = plan(
        selections,
        backlog.scaled(book.needs(looked_at, force=False, now=now), len(selections)),
        providers=settings.providers.named(),
        spent={},
        upstream={name: module.needs for name, module in declared_modules().items()},
        module_seconds=book.module_seconds(),
        accounts_a_run=settings.accounts_a_run,
        runs_at_once=max(1, settings.accounts_at_once // settings.accounts_a_run),
    )
    return found.seconds, found.binds


def _as_json(found: Stats) -> Mapping[str, Any]:
    def counts(tally: "Tally") -> Mapping[str, int]:
        return {"done": tally.done, "failed": tally.failed}

    return {
        "at": found.at.isoformat(),
        "mode": found.mode,
        "queue": {
            "accounts": sum(found.queued.values()),
            "bound": found.bound,
            "by_priority": {backlog.words_for(number, PRIORITIES): count for number, count in found.queued.items()},
        },
        "running": {"runs": found.runs, "accounts": found.accounts},
        "last_hour": counts(found.hour),
        "today": counts(found.today),
        "spend": {name: {"credits": spent.credits, "budget": spent.budget} for name, spent in found.spent.items()},
        "accounts_a_minute": round(found.rate, 1),
        "backlog": {
            "accounts": found.backlog,
            "seconds": found.seconds and round(found.seconds),
            "binds": found.binds,
            "seconds_at_rate": found.seconds_at_rate and round(found.seconds_at_rate),
        },
    }
