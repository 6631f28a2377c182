"""The process's one event loop, in a thread of its own, on which all modules' coroutines run.

Dagster's steps wait for it in their worker threads; an HTTP client shared by modules lives on it.
Not for: which steps run side by side (executor.py).
"""

import asyncio
import os
import threading
from collections.abc import Coroutine
from concurrent.futures import CancelledError, Future
from typing import Any, TypeVar

T = TypeVar("T")


WIND_UP_S = 5.0
"""Seconds that cancelled work has to give back what it holds."""


class EventLoop:
    """A running loop. Work is owned (by a run id), so that the work of one run can be cancelled."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._owned: dict[str, set[Future[Any]]] = {}
        self._lock = threading.Lock()
        threading.Thread(target=self._loop.run_forever, name="partnerforge-loop", daemon=True).start()

    def run(self, work: Coroutine[Any, Any, T], *, owner: str) -> T:
        """Run `work` to its end and return its result, from any thread but the loop's own.

        Raises Cancelled when `cancel(owner)` ended it. An exception in the waiting thread (Ctrl-C) cancels the work.
        """
        ended = threading.Event()
        with self._lock:  # held over both: work that `cancel` cannot see yet would run on for ever
            future = asyncio.run_coroutine_threadsafe(_until(work, ended), self._loop)
            self._owned.setdefault(owner, set()).add(future)
        try:
            return future.result()
        except CancelledError as error:
            raise Cancelled(f"run {owner} was cancelled") from error
        finally:
            if future.cancel() or future.cancelled():
                # The task has yet to wind up: a process that ended now would leave claims behind for others to wait on.
                ended.wait(WIND_UP_S)
            with self._lock:
                self._owned[owner].discard(future)
                if not self._owned[owner]:
                    del self._owned[owner]

    def cancel(self, owner: str) -> None:
        """Cancel everything that `owner` has running."""
        with self._lock:
            futures = list(self._owned.get(owner, ()))
        for future in futures:
            future.cancel()


async def _until(work: Coroutine[Any, Any, T], ended: threading.Event) -> T:
    try:
        return await work
    finally:
        ended.set()


class Cancelled(Exception):
    """The work was cancelled from outside."""


_current: EventLoop | None = None
_lock = threading.Lock()


def event_loop() -> EventLoop:
    """The process's loop, started at first use."""
    global _current
    with _lock:
        if _current is None:
            _current = EventLoop()
        return _current


def _forget() -> None:
    global _current, _lock
    # A forked child has the parent's loop object but not its thread.
    _current, _lock = None, threading.Lock()


os.register_at_fork(after_in_child=_forget)
