"""What fingerprints are tested with.

Not for: anything that other folders use.
"""

import sys
from collections.abc import Iterator

import pytest

from partnerforge_dagster.research.fingerprints import wappalyzer


@pytest.fixture
def without_wappalyzer(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As on a machine that has no such package."""
    monkeypatch.setitem(sys.modules, "wappalyzer", None)
    wappalyzer.marks.cache_clear()
    yield
    wappalyzer.marks.cache_clear()
