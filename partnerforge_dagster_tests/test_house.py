"""The rules of the house that no linter knows."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "partnerforge_dagster"
LONGEST_FILE = 400
SOURCES = sorted(PACKAGE.rglob("*.py"))
ELSEWHERE = re.compile(r"files\.pythonhosted\.org|pypi\.org/simple|/simple/|/root/|/home/\w|/Users/\w|/work/|/tmp/\w+/")
"""Addresses of package indexes, and paths that exist on one machine only."""
MAY_NAME_THEM = {"partnerforge_dagster_tests/test_house.py"}


def tracked() -> list[str]:
    """Files of the repository."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [name for name in listed.splitlines() if (ROOT / name).is_file()]


def test_both_lists_of_tested_versions_agree() -> None:
    """constraints.txt (pip) and [tool.uv] constraint-dependencies (uv) are the same lines."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    pins = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    assert pins
    assert pins == project["tool"]["uv"]["constraint-dependencies"]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_file_is_short_and_says_what_it_is(path: Path) -> None:
    """A file of the package opens with a docstring, fits in a head, and leaves annotations to Dagster's eyes."""
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= LONGEST_FILE
    tree = ast.parse(text)
    assert ast.get_docstring(tree), "no module docstring"
    futures = [node for node in tree.body if isinstance(node, ast.ImportFrom) and node.module == "__future__"]
    assert not futures, "Dagster cannot resolve the annotations of assets and configs that are strings"


def test_imports_point_down() -> None:
    """The contracts in pyproject.toml hold."""
    checked = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"], cwd=ROOT, capture_output=True, text=True
    )
    assert checked.returncode == 0, checked.stdout[-3000:]


def test_no_lock_file() -> None:
    """A lock file records the addresses of the index it was made with: it is ignored and not tracked."""
    assert "uv.lock" in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert "uv.lock" not in tracked()


def test_nothing_leads_to_one_machine() -> None:
    """No tracked file names a package index or a path of the machine it was written on."""
    found = []
    for name in set(tracked()) - MAY_NAME_THEM:
        try:
            text = (ROOT / name).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # a picture
        found += [f"{name}: {hit.group()}" for hit in ELSEWHERE.finditer(text)]
    assert not found
