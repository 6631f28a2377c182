"""The pages say what the code does: every setting with its default, every command and option, every link."""

import json
import re
import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from typer.main import get_command

from partnerforge_dagster.cli import app
from partnerforge_dagster.providers.sandbox.faults import Kind
from partnerforge_dagster.settings import PREFIX, Settings

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
SETTINGS = (DOCS / "settings.md").read_text(encoding="utf-8")
COMMANDS = (DOCS / "commands.md").read_text(encoding="utf-8")


def fields(model: type[BaseModel], prefix: str) -> Iterator[tuple[str, FieldInfo]]:
    """Every setting by its variable, nested ones too."""
    for name, field in model.model_fields.items():
        variable = f"{prefix}{name.upper()}"
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from fields(field.annotation, f"{variable}__")
        else:
            yield variable, field


ALL = dict(fields(Settings, PREFIX))


def same(shown: str, default: Any) -> bool:
    """Whether the cell of the page is the default."""
    if default is None or default == "":
        return shown == "empty"
    if isinstance(default, bool):
        return shown.strip("`") == str(default).lower()
    if isinstance(default, tuple):
        return shown.strip("`") == json.dumps(default)
    if isinstance(default, int | float):
        return shown.replace(",", "").replace(".", "", 1).isdigit() and float(shown.replace(",", "")) == default
    return shown.strip("`") == (default.isoformat() if isinstance(default, date) else str(default))


@pytest.mark.parametrize("variable", ALL)
def test_setting_is_on_the_page_with_its_default(variable: str) -> None:
    """A setting is a row of docs/settings.md; a default that is made at run time is described in words."""
    row = re.search(rf"^\| `{variable}` \| ([^|]*) \|", SETTINGS, re.MULTILINE)
    assert row, f"{variable} is not in docs/settings.md"
    field = ALL[variable]
    if field.default_factory is None:
        assert same(row[1].strip(), field.get_default()), f"{variable}: {row[1]} is not {field.get_default()!r}"
    else:
        assert "the deployment's folder" in row[1]


def test_page_has_no_setting_that_is_none() -> None:
    """What was renamed or removed is gone from the page."""
    assert set(re.findall(r"^\| `(PARTNERFORGE_\w+)`", SETTINGS, re.MULTILINE)) == set(ALL)


def test_every_command_and_option_is_on_the_page() -> None:
    """A command is a section of docs/commands.md, and each of its options stands in that section."""
    sections = dict(re.findall(r"^## ([\w-]+)\n(.*?)(?=^## |\Z)", COMMANDS, re.MULTILINE | re.DOTALL))
    group = get_command(app)
    every: dict[str, Any] = group.commands  # type: ignore[attr-defined]  # a group, as there are several commands
    commands = {name: command for name, command in every.items() if not command.hidden}
    assert set(sections) == set(commands)
    for name, command in commands.items():
        parts = getattr(command, "commands", {})  # of a group, as `db`
        assert all(f"partnerforge {name} {part}" in sections[name] for part in parts)
        parameters = [parameter for part in (command, *parts.values()) for parameter in part.params]
        for option in (word for parameter in parameters for word in parameter.opts if word.startswith("--")):
            assert f"`{option}`" in sections[name], f"{option} of {name} is not in docs/commands.md"
    for option in (word for parameter in group.params for word in parameter.opts if word.startswith("--")):
        assert f"`{option}`" in COMMANDS


def test_every_kind_of_fault_is_on_the_page() -> None:
    """The table of faults is the sandbox's own."""
    assert set(re.findall(r"^\| `(\w+)` \| [A-Z2]", COMMANDS, re.MULTILINE)) == set(Kind)


def pages() -> list[Path]:
    """Markdown files that are, or are about to be, part of the repository."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    return [ROOT / name for name in listed if (ROOT / name).exists()]


def test_links_to_files_lead_somewhere() -> None:
    """A link to a file of the repository, in any page, is to one that exists."""
    broken = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in pages()
        for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8"))
        if "://" not in target and not (page.parent / target.partition("#")[0]).exists()
    ]
    assert not broken


def test_the_proofs_of_the_governor_exist() -> None:
    """Every file that docs/governor.md names is there."""
    named = re.findall(r"`((?:governor|chaos|benchmarks)/[\w.]*)`", (DOCS / "governor.md").read_text(encoding="utf-8"))
    roots = (ROOT, ROOT / "partnerforge_dagster", ROOT / "partnerforge_dagster_tests")
    assert len(named) > 10
    assert [name for name in named if not any((root / name).exists() for root in roots)] == []


def test_changelog_has_a_place_for_what_comes() -> None:
    """Changes are written down before there is a release."""
    assert re.search(r"^## Unreleased$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
