"""Deployments that are dear to make: made by one process of a test run, of which every other process takes a copy.

Not for: what is made (the fixtures).
"""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], Any]) -> tuple[Path, Any]:
    """This process's own copy of the folder that `make` filled, and what it returned: something JSON can say."""
    own = factory.mktemp(name)
    of_all = factory.getbasetemp().parent if "PYTEST_XDIST_WORKER" in os.environ else factory.getbasetemp()
    made, said = of_all / f"{name}-made", of_all / f"{name}-said.json"
    with FileLock(of_all / f"{name}.lock"):
        if not said.exists():
            shutil.rmtree(made, ignore_errors=True)  # of a process that failed
            made.mkdir()
            said.write_text(json.dumps(make(made)), encoding="utf-8")
    shutil.copytree(made, own, dirs_exist_ok=True)
    return own, json.loads(said.read_text(encoding="utf-8"))
