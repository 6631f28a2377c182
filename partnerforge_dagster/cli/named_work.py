"""The runs and backfills that a person means by an id, the beginning of one, or an account.

Not for: what is done with them (cancelling.py, resuming.py).
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from partnerforge_dagster.cli.common import complain, domains_of, refuse

if TYPE_CHECKING:
    from partnerforge_dagster.orchestration.work import Work, Works


def is_account(word: str) -> bool:
    """Ids have no dot, and every domain has one."""
    return "." in word


def by_id(works: "Works", words: Iterable[str]) -> "list[Work]":
    """The work that each word names; a word that names none, or several, refuses the command."""
    found: list[Work] = []
    wrong = []
    for word in words:
        named = works.named(word.strip().lower())
        if len(named) == 1:
            found += named
        elif named:
            ids = ", ".join(work.id for work in named[:5])
            wrong.append(f"{word!r} is the beginning of {len(named)} runs: {ids}; give more of the id")
        else:
            wrong.append(f"{word!r} is no run and no backfill here; `partnerforge runs` lists them")
    for message in wrong[:-1]:
        complain(message)
    if wrong:
        refuse(wrong[-1], code=1)
    return list({work.id: work for work in found}.values())


def accounts_among(words: Iterable[str]) -> list[str]:
    """The accounts that the words with a dot name; a bad one refuses the command."""
    return domains_of(word for word in words if is_account(word))
