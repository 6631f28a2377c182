"""The server, one for all tests of the folder, and a desk for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from partnerforge_dagster_tests.providers.quirks.playing import Desk, desk
from partnerforge_dagster_tests.providers.quirks.server import QuirkServer, quirk_server


@pytest.fixture(scope="session")
def server() -> Iterator[QuirkServer]:
    with quirk_server() as served:
        yield served


@pytest.fixture(name="desk")
def _desk(server: QuirkServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with desk(server, tmp_path, monkeypatch) as opened:
        yield opened
