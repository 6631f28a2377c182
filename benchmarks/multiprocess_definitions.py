"""Our code location under Dagster's default executor, as a reference for one_account.py."""

import dagster as dg

from partnerforge_dagster.definitions import build_defs
from partnerforge_dagster.orchestration.jobs import ENRICH

defs = build_defs(executor=dg.multiprocess_executor)


def enrich() -> dg.JobDefinition:
    """The job for `dagster.reconstructable`."""
    return defs.resolve_job_def(ENRICH)
