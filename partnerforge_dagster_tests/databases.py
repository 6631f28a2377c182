"""Which database a slow test runs on: in CI one of the two, with PARTNERFORGE_TESTS_FULL=1 both.

Not for: what a test is given (conftest.py's `database_url`).
"""

import os

import pytest

FULL = os.environ.get("PARTNERFORGE_TESTS_FULL") == "1"
BOTH = ("sqlite", "postgresql")


def in_ci_on(database: str, fixture: str = "database_url") -> pytest.MarkDecorator:
    """Mark a test; `fixture` is the one that makes a deployment on the database."""
    return pytest.mark.parametrize(fixture, BOTH if FULL else [database], indirect=True)
