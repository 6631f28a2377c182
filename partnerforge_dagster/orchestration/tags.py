"""Tags of runs, ours and those of Dagster that we set or read; and numbers in them.

Not for: what they mean to a step (assets_of.py) or to the queue (dagster.yaml).
"""

from collections.abc import Mapping

FORCE_TAG = "partnerforge/force"
"""`true` buys fresh answers even where the cache has some."""
BATCH_TAG = "partnerforge/batch"
"""`true` lets interactive work go first in the governor's queue, and counts in the queue's limit for batches."""
MAX_CREDITS_TAG = "partnerforge/max_credits"
"""The credits, of whatever provider, that the run may spend."""
REQUEST_TAG = "partnerforge/request"
"""By which a run that has just been created is found."""
AGAIN_TAG = "partnerforge/again"
"""How often the work of runs that died was asked for again; `taken` on the dead run itself (died.py)."""
ALIVE_TAG = ".dagster/partnerforge_alive"
"""When the run's process last said that it lives (Unix seconds). Dagster's pages hide tags that begin so."""

BACKFILL_TAG = "dagster/backfill"
"""The backfill that made the run; also where somebody started it in the UI."""
PRIORITY_TAG = "dagster/priority"
"""Higher first in the queue; a run without is 0."""
ASKED_PRIORITY_TAG = "partnerforge/priority"
"""What PRIORITY_TAG was before the run had waited for long (ageing.py)."""
MAX_RUNTIME_TAG = "dagster/max_runtime"
"""Seconds; held by our executor, and by the daemon where the run's process is gone."""
MAX_RETRIES_TAG = "dagster/max_retries"
"""Of one run, instead of dagster.yaml's."""
PARTITION_TAG = "dagster/partition"
FIRST_TAG = "dagster/asset_partition_range_start"
LAST_TAG = "dagster/asset_partition_range_end"
"""A run's one account, or the first and the last of several neighbours."""


def is_batch(tags: Mapping[str, str]) -> bool:
    """Backfills are batches whoever started them."""
    return tags.get(BATCH_TAG) == "true" or BACKFILL_TAG in tags


def whole(tag: str | None) -> int | None:
    """The tag's number; None where there is none: somebody may have written anything into it by hand."""
    return int(tag) if tag is not None and tag.removeprefix("-").isdecimal() else None


def priority_in(tags: Mapping[str, str], name: str = PRIORITY_TAG) -> int:
    """As Dagster's queue reads it: what is no number counts as none."""
    return whole(tags.get(name)) or 0
