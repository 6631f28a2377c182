"""The one partitions definition: an account is a partition, named by its registrable domain.

Not for: turning what people paste into a domain (accounts.py).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property

import dagster as dg
from sqlalchemy.exc import IntegrityError

from partnerforge_dagster.orchestration.tags import FIRST_TAG, LAST_TAG, PARTITION_TAG

ACCOUNT = "account"

account_partitions = dg.DynamicPartitionsDefinition(name=ACCOUNT)

CHUNK = 5_000
"""Keys added in one statement: SQLite refuses about 36,000 at once, PostgreSQL is fastest near this size."""

OVERTAKEN = 20
"""Times that another process may add some of the same keys first. Each time one of both has come further."""


def add_accounts(
    instance: dg.DagsterInstance, domains: Iterable[str], *, known: Collection[str] | None = None
) -> list[str]:
    """Make partitions of domains that are not yet; return those that are new. Idempotent.

    `known` are partitions that the caller has read already: reading them again takes a third of a second at 100,000.
    """
    if known is None:
        known = set(instance.get_dynamic_partitions(ACCOUNT))
    new = [domain for domain in dict.fromkeys(domains) if domain not in known]
    for start in range(0, len(new), CHUNK):
        _add(instance, new[start : start + CHUNK])
    return new


def _add(instance: dg.DagsterInstance, keys: Sequence[str]) -> None:
    """Dagster's SQLite storage looks which are new and then inserts them: who is overtaken in between looks again."""
    for _ in range(OVERTAKEN):
        try:
            instance.add_dynamic_partitions(ACCOUNT, keys)
        except IntegrityError:
            continue
        return
    instance.add_dynamic_partitions(ACCOUNT, keys)


class Order:
    """The partitions' order, read once and when it is needed: at 100,000 accounts it takes a third of a second."""

    def __init__(self, instance: dg.DagsterInstance) -> None:
        self._instance = instance

    def accounts_of(self, tags: Mapping[str, str]) -> tuple[str, ...]:
        """The accounts that a run's tags name: one, or neighbours in the order; none where they are not known."""
        if PARTITION_TAG in tags:
            return (tags[PARTITION_TAG],)
        if FIRST_TAG not in tags or LAST_TAG not in tags:
            return ()
        first, last = self._place.get(tags[FIRST_TAG]), self._place.get(tags[LAST_TAG])
        return () if first is None or last is None else tuple(self._accounts[first : last + 1])

    @cached_property
    def _accounts(self) -> Sequence[str]:
        return self._instance.get_dynamic_partitions(ACCOUNT)

    @cached_property
    def _place(self) -> Mapping[str, int]:
        return {account: place for place, account in enumerate(self._accounts)}
