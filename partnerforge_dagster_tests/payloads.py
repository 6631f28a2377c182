"""Where the recorded answers lie: `shared/payloads` beside the project, or PARTNERFORGE_PAYLOADS.

They belong to the providers and are never copied into the project; without them the tests that read them are skipped.
"""

import json
import os
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(os.environ.get("PARTNERFORGE_PAYLOADS", Path(__file__).parents[2] / "shared" / "payloads"))


def raw(name: str) -> bytes:
    """The bytes of `builtwith/domain__kss.com.au.json`, say."""
    path = FOLDER / name
    if not path.exists():
        pytest.skip(f"recorded answer {path} is not here; set PARTNERFORGE_PAYLOADS to their folder (CI has them)")
    return path.read_bytes()


def body(name: str) -> Any:
    """The same, parsed."""
    return json.loads(raw(name))
