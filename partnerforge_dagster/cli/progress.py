"""The picture of an enrichment while it runs: one line an account, the modules that run now, a bar.

On a terminal it is live; elsewhere each finished module is one line, so that a log stays readable.
"""

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Self

from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars
from rich.table import Column

from partnerforge_dagster.cli.common import err
from partnerforge_dagster.models.modules import MODULES
from partnerforge_dagster.orchestration.launch import StepEvent

MARKS = {StepEvent.SUCCEEDED: "done", StepEvent.FAILED: "failed", StepEvent.SKIPPED: "skipped"}
RUNNING_SHOWN = 4
BAR = 15
"""Characters of a bar: one for each module."""


class Progress:
    """A context manager whose `watch` is given to `Launch.run`."""

    def __init__(self, selections: Mapping[str, Sequence[str]], *, quiet: bool) -> None:
        self._selections = selections
        self._live = err.is_terminal and not quiet
        self._quiet = quiet
        self._bars = Bars(
            TextColumn("[bold]{task.fields[domain]}"),
            BarColumn(bar_width=BAR, table_column=Column(min_width=BAR)),
            MofNCompleteColumn(table_column=Column(min_width=5)),
            TimeElapsedColumn(table_column=Column(min_width=7)),
            # The one column that gives way on a narrow terminal: half a number is worse than half a name.
            TextColumn("[dim]{task.fields[running]}", table_column=Column(no_wrap=True, overflow="ellipsis", ratio=1)),
            expand=True,
            console=err,
            disable=not self._live,
        )
        self._tasks: dict[str, TaskID] = {}
        self._running: dict[str, list[str]] = {}

    def __enter__(self) -> Self:
        self._bars.start()
        for domain, modules in self._selections.items():
            self._running[domain] = []
            self._tasks[domain] = self._bars.add_task("", total=len(modules), domain=domain, running="")
            reused = len(MODULES) - len(modules)
            if reused and not self._quiet:
                err.print(
                    f"{domain}: {len(modules)} to run, {reused} of {len(MODULES)} modules fresh or not asked for",
                    style="dim",
                )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bars.stop()

    def watch(self, domain: str, module: str, event: StepEvent) -> None:
        """Show one event."""
        running = self._running[domain]
        if event is StepEvent.STARTED:
            running.append(module)
        else:
            if module in running:
                running.remove(module)
            self._bars.advance(self._tasks[domain])
            if not self._live and not self._quiet:
                err.print(f"{domain}  {module}  {MARKS[event]}")
        shown = ", ".join(running[:RUNNING_SHOWN]) + (" …" if len(running) > RUNNING_SHOWN else "")
        self._bars.update(self._tasks[domain], running=shown)
