"""The one partitions definition: an account is a partition, named by its registrable domain.

Not for: turning what people paste into a domain (accounts.py).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence

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


def accounts_of(instance: dg.DagsterInstance, tags: Mapping[str, str]) -> Sequence[str]:
    """The accounts that a run's tags name: one, or neighbours in the partitions' order; none of a run without."""
    if PARTITION_TAG in tags:
        return [tags[PARTITION_TAG]]
    if FIRST_TAG not in tags or LAST_TAG not in tags:
        return []
    order = instance.get_dynamic_partitions(ACCOUNT)
    return order[order.index(tags[FIRST_TAG]) : order.index(tags[LAST_TAG]) + 1]
