"""Our code location under Dagster's default executor, as a reference for one_account.py."""

import dagster as dg

from partnerforge_dagster.definitions import ENRICH, build_defs


def enrich() -> dg.JobDefinition:
    """The job for `dagster.reconstructable`."""
    return build_defs(executor=dg.multiprocess_executor).resolve_job_def(ENRICH)
