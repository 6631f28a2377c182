"""Writes the tested versions into constraints.txt and pyproject.toml: `uv run python docs/pin.py` after an upgrade.

Resolves freely inside pyproject's bounds, for every platform, without addresses (docs/decisions/0004).
"""

import re
import subprocess
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
BEGIN, END = "constraint-dependencies = [\n", "]\n"


def main() -> None:
    """Resolve, then rewrite both files."""
    project = (ROOT / "pyproject.toml").read_text()
    before, rest = project.split(BEGIN)
    after = rest.split(END, 1)[1]
    with tempfile.TemporaryDirectory() as folder:
        free = Path(folder, "pyproject.toml")
        free.write_text(before + BEGIN + END + after)
        command = "uv pip compile --universal --no-header --no-annotate --group dev --upgrade pyproject.toml"
        found = subprocess.run(command.split(), cwd=folder, check=True, capture_output=True, text=True).stdout
    pins = [re.sub(r"\s+", " ", line) for line in found.splitlines() if line]
    (ROOT / "constraints.txt").write_text("".join(f"{pin}\n" for pin in pins))
    lines = "".join(f'  "{pin}",\n' for pin in pins)
    (ROOT / "pyproject.toml").write_text(before + BEGIN + lines + END + after)


if __name__ == "__main__":
    main()
