"""Our code location under Dagster's default executor, as a reference for one_account.py."""

import dagster as dg

from partnerforge_dagster.definitions import ENRICH, build_defs

defs = build_defs(executor=dg.multiprocess_executor)


def enrich() -> dg.JobDefinition:
    """The job for `dagster.reconstructable`."""
    return defs.resolve_job_def(ENRICH)
