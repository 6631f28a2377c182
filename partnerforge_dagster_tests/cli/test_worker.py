"""`partnerforge worker`: what it refuses. That it works: hosts/test_hosts.py."""

from pathlib import Path

import pytest

from partnerforge_dagster_tests.cli.running import run

BROKER = {"PARTNERFORGE_BROKER_URL": "redis://127.0.0.1:1/0"}
BOTH = BROKER | {"PARTNERFORGE_DATABASE_URL": "postgresql://me@host/db"}


@pytest.mark.parametrize(
    ("words", "settings", "said"),
    [
        ((), {}, "PARTNERFORGE_BROKER_URL=redis://"),
        ((), BROKER, "machines cannot share a SQLite file"),
        (("--queues", " , "), BOTH, "name at least one queue"),
        ((), {"PARTNERFORGE_BROKER_URL": "kafka://me:secret@host"}, "PARTNERFORGE_BROKER_URL"),
    ],
)
def test_refuses(tmp_path: Path, words: tuple[str, ...], settings: dict[str, str], said: str) -> None:
    """Bad input: exit status 2, the fix, and nothing is made."""
    refused = run(tmp_path, "worker", *words, **settings)
    assert (refused.code, refused.out) == (2, "")
    assert said in refused.err
    assert "secret" not in refused.err
    assert list(tmp_path.iterdir()) == []
