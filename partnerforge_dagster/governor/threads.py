"""Worker threads for the governor's transactions, so that the event loop never waits for a database.

Not for: anything that takes long; there are few threads, as SQLite has one writer and PostgreSQL's row lock too.
"""

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


def log_failure(future: Future[object]) -> None:
    """A done-callback for work that nobody awaits."""
    error = future.exception()
    if error is not None:
        _log.error("the governor could not finish its books: %s", error)
