"""Worker threads for the governor's transactions, so that the event loop never waits for a database.

Not for: anything that takes long; there are few threads, as SQLite has one writer and PostgreSQL's row lock too.
"""

import asyncio
import logging
import os
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

THREADS = 4
"""Fewer than an engine has connections."""

_log = logging.getLogger(__name__)
_pool = ThreadPoolExecutor(THREADS, thread_name_prefix="governor")


def _renew() -> None:
    """Threads do not survive a fork."""
    global _pool
    _pool = ThreadPoolExecutor(THREADS, thread_name_prefix="governor")


os.register_at_fork(after_in_child=_renew)


def submit(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Future[T]:
    """Run blocking work in a worker thread.

    The future cannot be cancelled: when its awaiter is, the work (storing what was paid for) is done all the same.
    """
    future: Future[T] = Future()
    future.set_running_or_notify_cancel()

    def run() -> None:
        try:
            future.set_result(work(*args, **kwargs))
        except BaseException as error:  # whatever it is, it is the awaiter's
            future.set_exception(error)

    _pool.submit(run)
    return future


async def run(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run blocking work in a worker thread and await what comes of it."""
    return await asyncio.wrap_future(submit(work, *args, **kwargs))


class Behind:
    """Work whose result nobody awaits, but for its end."""

    def __init__(self) -> None:
        self._unfinished: set[Future[object]] = set()

    def start(self, work: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> None:
        """Run blocking work in a worker thread; a failure is logged."""
        future = submit(work, *args, **kwargs)
        self._unfinished.add(future)
        future.add_done_callback(_log_failure)
        future.add_done_callback(self._unfinished.discard)

    async def finished(self) -> None:
        """Wait for the end of all of it."""
        await asyncio.gather(*map(asyncio.wrap_future, list(self._unfinished)), return_exceptions=True)


def _log_failure(future: Future[object]) -> None:
    error = future.exception()
    if error is not None:
        _log.error("the governor could not finish its books: %s", error)
