"""On whose behalf a call is made: account, module, run and urgency travel in a context variable.

The module decorator sets it; the governor's ledger and queue read it. Providers never see it.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass, replace

from partnerforge_dagster.governor.patience import Patience


@dataclass(frozen=True)
class CallContext:
    """Who asks."""

    account: str | None = None
    module: str | None = None
    run_id: str | None = None
    force: bool = False
    """Skip the cache's fresh answers (they are bought again and replaced)."""
    max_credits: int | None = None
    """What the run may spend, in credits of whatever provider; None is no budget."""
    interactive: bool = True
    """Interactive work goes before batch work."""
    patience: Patience | None = None
    """The asker's time limit, which does not count the wait for a turn."""

    def waiting(self) -> AbstractContextManager[None]:
        """A block that waits for others: for a turn, or for somebody who asks the same."""
        return self.patience.waiting() if self.patience else nullcontext()


_NOBODY = CallContext()
_current: ContextVar[CallContext] = ContextVar("partnerforge_call_context", default=_NOBODY)


def current() -> CallContext:
    """The context of the running task."""
    return _current.get()


@contextmanager
def calling(**changes: object) -> Iterator[CallContext]:
    """Run a block on behalf of somebody: `with calling(account="costco.com", module="technology_stack"): ...`."""
    context = replace(_current.get(), **changes)  # type: ignore[arg-type]  # names are checked by replace itself
    token = _current.set(context)
    try:
        yield context
    finally:
        _current.reset(token)
