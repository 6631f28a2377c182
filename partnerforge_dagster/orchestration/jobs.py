"""The one job: all fifteen modules for the accounts of a run. Subsets are asset selections of it.

Not for: when it runs (schedules and sensors) or with which accounts.
"""

import dagster as dg
from dagster import AssetSelection

ENRICH = "enrich"


def enrich_job() -> dg.UnresolvedAssetJobDefinition:
    """Every module, in the order of the graph."""
    return dg.define_asset_job(
        ENRICH,
        selection=AssetSelection.all(),
        description="Enrich accounts: run all fifteen modules and write the brief.",
    )
