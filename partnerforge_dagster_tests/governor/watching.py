"""Looks on while the governor's transactions run.

Not for: what SQLAlchemy runs (its own events tell that).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from partnerforge_dagster.store.transaction import Transaction

Tell = Callable[[str, str], None]
"""Takes `before` or `after`, and the statement's text; of a commit the word."""


@contextmanager
def watched(tell: Tell) -> Iterator[None]:
    """Tell of every statement and every commit of every transaction, in this process, while the block runs."""
    with pytest.MonkeyPatch.context() as patch:
        for kind in (Transaction, *Transaction.__subclasses__()):
            patch.setattr(kind, "run", _telling(kind.run, tell))
            patch.setattr(kind, "commit", _telling(kind.commit, tell))
        yield


@contextmanager
def messages() -> Iterator[list[bytes]]:
    """Every message of a transaction to PostgreSQL, in this process, while the block runs."""
    sent: list[bytes] = []
    (kind,) = Transaction.__subclasses__()
    send = kind._send

    def noted(opened: Any) -> None:
        sent.append(b"; ".join(opened._unsent))
        send(opened)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kind, "_send", noted)
        yield sent


def _telling(work: Callable[..., None], tell: Tell) -> Callable[..., None]:
    def told(opened: Transaction, *asked: Any) -> None:
        words = asked[0].on(opened.dialect).sql if asked else "COMMIT"
        tell("before", words)
        work(opened, *asked)
        tell("after", words)

    return told
