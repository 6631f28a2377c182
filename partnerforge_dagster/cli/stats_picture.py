"""The picture that `partnerforge stats` draws: 80 columns, two of them margin.

Not for: the figures (stats.py).
"""

from collections.abc import Iterator, Mapping

from rich import box
from rich.console import ConsoleRenderable, Group, RenderableType
from rich.padding import Padding
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from partnerforge_dagster.cli.stats import Spent, Stats
from partnerforge_dagster.planning import backlog
from partnerforge_dagster.planning.priority import PRIORITIES
from partnerforge_dagster.wording import plural

BAR = 20
"""Columns of a budget's bar."""
NEARLY, OVER = 0.8, 1.0
"""Shares of a budget from which on it is shown in yellow and in red."""


def picture(stats: Stats) -> RenderableType:
    """Everything, from what waits to when it is done."""
    head = Text.assemble(("PartnerForge", "bold"), f"  {stats.mode}  {stats.at:%Y-%m-%d %H:%M:%S} UTC\n")
    halves = Table.grid(padding=(0, 5, 0, 0))
    halves.add_row(_queue(stats), Group(_ended(stats), Text(), *_pace(stats)))
    parts: list[ConsoleRenderable] = [head, halves, *([_spend(stats.spent)] if stats.spent else [])]
    return Padding(Group(*parts), (1, 1, 1, 1))


def _table(*numbers: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 2, 0, 0), show_edge=False, pad_edge=False)
    table.add_column(numbers[0], min_width=11)
    for name in numbers[1:]:
        table.add_column(name, justify="right")
    return table


def _queue(stats: Stats) -> Table:
    table = _table("queue", "accounts")
    table.add_column("", no_wrap=True)
    for number in sorted({*PRIORITIES.values(), *stats.queued}, reverse=True):
        count = stats.queued.get(number, 0)
        table.add_row(backlog.words_for(number, PRIORITIES), Text(f"{count:,}", "" if count else "dim"))
    waiting = sum(stats.queued.values())
    full = Text(f"{waiting / stats.bound:.0%} of {stats.bound:,}", "red" if waiting >= stats.bound else "dim")
    table.add_section()
    table.add_row(Text("waiting", "bold"), Text(f"{waiting:,}", "bold"), full)
    table.add_row(Text("running", "cyan"), Text(f"{stats.accounts:,}", "cyan"), f"in {plural(stats.runs, 'run')}")
    return table


def _ended(stats: Stats) -> Table:
    table = _table("accounts", "last hour", "today")
    table.add_row(Text("done", "green"), f"{stats.hour.done:,}", f"{stats.today.done:,}")
    style = "red" if stats.today.failed else "dim"
    table.add_row(Text("failed", style), Text(f"{stats.hour.failed:,}", style), Text(f"{stats.today.failed:,}", style))
    return table


def _spend(spent: Mapping[str, Spent]) -> Padding:
    table = _table("provider", "credits this month", "budget")
    table.add_column("", width=BAR)
    table.add_column("", justify="right")
    for name, found in spent.items():
        share = backlog.share_of_budget(found.credits, found.budget)
        if share is None:
            table.add_row(name, f"{found.credits:,}", Text("none", "dim"))
            continue
        colour = "red" if share >= OVER else "yellow" if share >= NEARLY else "green"
        bar = ProgressBar(total=1.0, completed=min(share, 1.0), width=BAR, complete_style=colour, finished_style=colour)
        table.add_row(name, f"{found.credits:,}", f"{found.budget:,}", bar, Text(f"{share:.0%}", colour))
    return Padding(table, (1, 0, 0, 0))


def _pace(stats: Stats) -> Iterator[Text]:
    """How fast it goes, and when the backlog is done."""
    minutes = round(backlog.RATE_S / 60)
    yield Text.assemble((f"{stats.rate:.1f}", "bold"), f" a minute in the last {minutes} min")
    if stats.seconds is None:
        yield Text("nothing to do", "dim")
        return
    yield Text.assemble((f"{stats.backlog:,}", "bold"), " to go: about ", (_duration(stats.seconds), "bold"))
    yield Text(f"{stats.binds}'s limits decide that" if stats.binds else "the modules' own time decides that", "dim")
    if stats.seconds_at_rate is not None:
        yield Text(f"{_duration(stats.seconds_at_rate)} if it goes on as lately", "dim")


def _duration(seconds: float) -> str:
    for size, unit in ((86_400, "days"), (3_600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{max(seconds, 1):.0f} s"
