"""Processes that tests start by the dozen: forked from one that has imported what they need.

Python keeps one such server for a process of the tests, and what it imports is said before it starts: hence one list.
Not for: the partnerforge command (cli/warm.py).
"""

import multiprocessing

FORKED = multiprocessing.get_context("forkserver")
FORKED.set_forkserver_preload(
    [
        "partnerforge_dagster_tests.governor.processes",
        "partnerforge_dagster_tests.governor.test_crash_points",
        "partnerforge_dagster_tests.orchestration.test_instance",
        "partnerforge_dagster_tests.store.test_copying",
        "partnerforge_dagster_tests.store.test_database",
    ]
)
