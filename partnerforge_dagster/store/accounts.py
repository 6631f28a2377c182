"""The accounts that PartnerForge knows.

Not for: turning what people paste into a domain (partnerforge_dagster/accounts.py), or Dagster's partitions.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import NamedTuple

from sqlalchemy import Engine, select

from partnerforge_dagster.store.database import insert_into, write
from partnerforge_dagster.store.tables import accounts


class Added(NamedTuple):
    """What an `add` did, in the order given and each domain once."""

    new: tuple[str, ...]
    known: tuple[str, ...]


class Accounts:
    """Reads and writes the accounts of a store."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, domains: Iterable[str]) -> Added:
        """Add the domains that are not known yet; idempotent, all or nothing."""
        given = tuple(dict.fromkeys(domains))
        if not given:
            return Added((), ())
        now = datetime.now(UTC)
        with write(self._engine) as connection:
            statement = insert_into(connection, accounts).on_conflict_do_nothing().returning(accounts.c.domain)
            rows = [{"domain": domain, "added_at": now} for domain in given]
            inserted = set(connection.execute(statement, rows).scalars())
        return Added(
            new=tuple(domain for domain in given if domain in inserted),
            known=tuple(domain for domain in given if domain not in inserted),
        )

    def all(self) -> list[str]:
        """Every domain, in the order of their adding, those of one `add` by name."""
        with self._engine.connect() as connection:
            return list(
                connection.execute(select(accounts.c.domain).order_by(accounts.c.added_at, accounts.c.domain)).scalars()
            )

    def __contains__(self, domain: str) -> bool:
        with self._engine.connect() as connection:
            return connection.execute(select(accounts.c.domain).where(accounts.c.domain == domain)).first() is not None
